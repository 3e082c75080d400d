"""Channel x segment: where segments answer differently to a channel, they may have budgets of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from models.behaviour import overlap_table
from models.evaluation import DoublyRobust, Gate, SupportGate, Weights
from models.mdp import PURCHASES, FeatureRows, Features, Transitions
from models.policies import probabilities_in, segment_of
from models.results import Overlap
from models.settings import EvaluationSettings, SplitSettings
from models.split.cells import Cells, cells_of
from models.split.delivery import DeliveryValue, Supports, standard_error, total
from models.split.local_model import WIDE, LocalModel, shifted
from models.split.rare_none import rarity
from models.split.small_segments import large_enough, people_reached

Floats = NDArray[np.float64]

FOLLOWS = 2.0
"""Standard errors by which a segment's spend has to rise with the budget, for a return per unit of it."""
PREFIX = "segment="


@dataclass(frozen=True)
class Segments:
    """One set of entities by segment: n rows, A actions, K channels, S segments, C clusters.

    An entity is in one segment, or in none, from first to last.
    """

    estimator: DoublyRobust
    features: Features  # (n, d) raw
    names: tuple[str, ...]  # (S,)
    columns: tuple[int, ...]  # (S,) feature column of each
    shares: Floats  # (K, S + 1) of each channel's logged spend, by segment and for whoever is in none
    people: NDArray[np.int64] | None = None
    """(K, S + 1) entities that each channel reached, as `shares`; None: enough everywhere."""
    least: int = 1
    """No figure is about fewer entities than this."""

    @cached_property
    def of_cluster(self) -> NDArray[np.int64]:
        """(C,) segment of each cluster, S for none."""
        journeys = self.estimator.journeys
        first = np.searchsorted(journeys.cluster, np.arange(journeys.n_clusters))
        return segment_of(self.features[first], self.columns)

    def delivery(self, cells: Cells, settings: EvaluationSettings | None = None) -> DeliveryValue:
        """What delivery is worth by the cells' multipliers. A cell's spend is that of its own clusters.

        settings: of the gates that plans have to pass (left out: none).
        """
        estimator, journeys = self.estimator, self.estimator.journeys
        masks = cells.masks(self.of_cluster)  # (cells, C)
        names = journeys.outcome_names
        goal = names.index(journeys.goal)
        costs = [names.index(f"cost:{cells.channels[c.channel]}") for c in cells.cells]
        purchases = names.index(PURCHASES) if PURCHASES in names else None

        def target_of(multipliers: Floats) -> Floats:
            policy = cells.policy(tuple(multipliers.tolist()), "scaled delivery")
            return probabilities_in(policy, self.features, journeys.eligible, estimator.behaviour)

        def columns(found: Floats) -> Floats:
            bought = np.zeros(len(found)) if purchases is None else found[:, purchases]
            spent = [found[:, k] * mask for k, mask in zip(costs, masks, strict=True)]
            return np.column_stack([found[:, goal], *spent, bought])

        def given(target: Floats, weights: Weights) -> Floats:
            return columns(estimator.contributions(target, weights))

        def contributions(multipliers: Floats) -> Floats:
            if np.all(multipliers == 1.0):
                return columns(estimator.logged)
            target = target_of(multipliers)
            return given(target, estimator.marginal_weights(target))

        return DeliveryValue(
            contributions,
            outcome_names=(journeys.goal, *(f"cost:{name}" for name in cells.names), PURCHASES),
            actions=(journeys.actions[0], *cells.names),
            scale=journeys.scale,
            cluster_key=journeys.cluster_key,
            supports=None if settings is None else self._supports(cells, settings, target_of, given),
        )

    def _supports(
        self,
        cells: Cells,
        settings: EvaluationSettings,
        target_of: Callable[[Floats], Floats],
        given: Callable[[Floats, Weights], Floats],
    ) -> Supports:
        estimator = self.estimator
        gate = SupportGate(estimator, settings)

        def looked(multipliers: Floats) -> tuple[Floats, Gate | None]:
            target = target_of(multipliers)
            weights = estimator.marginal_weights(target)
            return given(target, weights), gate.of_steps(target, weights)

        of_row = self.of_cluster[estimator.journeys.cluster]
        decided = estimator.journeys.is_decision
        rare = [
            float(rarity(estimator.behaviour[rows], estimator.journeys.eligible[rows])[cell.channel])
            * float(rows.mean())
            for cell in cells.cells
            for rows in [decided & np.isin(of_row, cell.segments)]
        ]
        return Supports(lambda m: gate.of_journeys(target_of(m)), looked, np.array(rare))

    def overlap(self, cells: Cells, min_probability: float) -> tuple[Overlap, ...]:
        """How often delivery chose each cell's channel among its own users, and how often none beside it."""
        journeys, found = self.estimator.journeys, []
        of_row = self.of_cluster[journeys.cluster]
        choice = journeys.eligible.sum(axis=1) >= 2
        for cell in cells.cells:
            rows = np.flatnonzero(choice & np.isin(of_row, cell.segments))
            table = overlap_table(
                self.estimator.behaviour[rows], journeys.eligible[rows], journeys.actions, min_probability
            )
            row = table[1 + cell.channel]
            found.append(
                Overlap(
                    cell.name, row.eligible_rows, row.mean_probability, row.mean_none_probability,
                    row.unsupported_share,
                )
            )  # fmt: skip
        return tuple(found)

    def cells(self, delivery: DeliveryValue, free: NDArray[np.bool_], level: float) -> Cells | None:
        """The channels (free (K,)) cut by segment where segments differ; None where none does. level: of all
        channels' tests together, since the entities that cut them judge the plans by cell too.

        delivery: whole channels, with the evaluations of `expand_today` already made. An evaluation at a
        channel's own multiplier, seen in one segment's clusters alone, is that segment's, since delivery to
        one entity does nothing to another; what little the shared nuisances add is settled when the cells
        are evaluated themselves.
        """
        if len(self.names) < 2:
            return None
        groups, moved = {}, np.flatnonzero(free).tolist()
        for k in moved:
            up, down = (delivery.quantities(shifted(np.ones(len(free)), k, s * WIDE)) for s in (1, -1))
            parts = merged(up - down, self.of_cluster, len(self.names), 1.0 - (1.0 - level) / len(moved))
            groups[k] = parts if self.people is None else large_enough(parts, self.people[k], self.least)
        if all(len(parts) < 2 for parts in groups.values()):
            return None
        nobody = not bool(self.shares[:, -1].any())
        return cells_of(groups, delivery.channels, self.names, self.columns, nobody=nobody)

    def model(self, cells: Cells, today: LocalModel, delivery: DeliveryValue) -> LocalModel:
        """Slopes and curvatures of every cell, from those of the whole channels: no further evaluation."""
        masks = cells.masks(self.of_cluster)
        columns = np.zeros((3, masks.shape[1], 1 + len(masks)))
        curvature = np.zeros((3, len(masks)))
        here, ones = today.today, np.ones(len(cells.channels))
        for j, (cell, mask) in enumerate(zip(cells.cells, masks, strict=True)):
            if not today.columns[:, :, 1 + cell.channel].any():
                continue  # a channel that is held was not evaluated
            columns[:, :, 1 + j] = today.columns[:, :, 1 + cell.channel] * mask
            up, down = (delivery.quantities(shifted(ones, cell.channel, s * WIDE)).T for s in (1, -1))
            curvature[:, j] = ((up + down - 2 * here) * mask).sum(axis=1) / WIDE**2
        return LocalModel(np.ones(len(masks)), columns, curvature, here)


def segments_of(
    estimator: DoublyRobust, transitions: Transitions, split: SplitSettings, least: int = 1
) -> Segments | None:
    """The entities of an estimator by segment, where the study's platforms can be told one from another.

    The estimator's journeys are rows of these transitions. least: entities that a cell must reach. None:
    `split.segments` is off, or there are not two segments.
    """
    spec = transitions.feature_spec
    found = [(f.name.removeprefix(PREFIX), j) for j, f in enumerate(spec) if f.name.startswith(PREFIX)]
    if not split.segments or len(found) < 2:
        return None
    names, columns = tuple(name for name, _ in found), tuple(j for _, j in found)
    of_row = segment_of(transitions.features, columns)
    spent = np.zeros((len(transitions.actions) - 1, len(names) + 1), dtype=np.int64)
    for k, action in enumerate(transitions.actions[1:]):
        np.add.at(spent[k], of_row, transitions.outcome(f"cost:{action}"))
    whole = np.maximum(spent.sum(axis=1, keepdims=True), 1)
    features = FeatureRows(transitions.features, estimator.journeys.rows)
    judged = estimator.journeys.rows[estimator.journeys.is_decision]
    people = people_reached(
        transitions.entity[judged], transitions.action[judged], of_row[judged],
        actions=len(transitions.actions), segments=len(names),
    )  # fmt: skip
    return Segments(estimator, features, names, columns, spent / whole, people, least)


def merged(
    slopes: Floats, segment: NDArray[np.int64], segments: int, level: float
) -> tuple[tuple[int, ...], ...]:
    """Groups of segments whose margin per unit of spend differs beyond doubt.

    slopes (C, 3): change of margin, spend and purchases per cluster, up to a common factor; segment (C,).
    A ratio's error is that of its residual, margin - ratio x spend. The two neighbouring groups that differ
    least are put together until every pair of neighbours differs by sqrt(chi-square_(S - 1)(level)) standard
    errors, which no two groups of S segments that are alike do with probability `level`, however they were
    found (Scheffé 1953): the groups that look most different are the ones that are left. Segments without
    spend that follows the budget join the group next to today's average. Assumes that clusters are
    independent and many in every segment; with few it merges.
    """
    margin, spend = slopes[:, 0], slopes[:, 1]
    own = [np.flatnonzero(segment == s) for s in range(segments)]
    known = [s for s in range(segments) if len(own[s]) > 1 and _follows(spend[own[s]])]
    if len(known) < 2:
        return (tuple(range(segments)),)
    parts: dict[tuple[int, ...], tuple[float, float]] = {(s,): _ratio(margin, spend, own[s]) for s in known}
    estimates = np.array([parts[s,][0] for s in known])
    precision = np.array([1 / max(parts[s,][1], 1e-12) ** 2 for s in known])
    mean = float((precision * estimates).sum() / precision.sum())
    apart = float(np.sqrt(chi2.ppf(level, len(known) - 1)))
    groups = sorted(parts, key=lambda part: (parts[part][0], part))
    while len(groups) > 1:
        gaps = [
            abs(parts[b][0] - parts[a][0]) / float(np.hypot(parts[a][1], parts[b][1]))
            for a, b in pairwise(groups)
        ]
        closest = int(np.argmin(gaps))
        if gaps[closest] > apart:
            break
        pair = tuple(sorted((*groups[closest], *groups[closest + 1])))
        parts[pair] = _ratio(margin, spend, np.concatenate([own[s] for s in pair]))
        groups[closest : closest + 2] = [pair]
    unknown = [s for s in range(segments) if s not in known]
    if unknown:
        nearest = min(range(len(groups)), key=lambda g: abs(parts[groups[g]][0] - mean))
        groups[nearest] = tuple(sorted((*groups[nearest], *unknown)))
    return tuple(sorted(groups))


def _follows(spend: Floats) -> bool:
    return total(spend) - FOLLOWS * standard_error(spend) > 0


def _ratio(margin: Floats, spend: Floats, rows: NDArray[np.int64]) -> tuple[float, float]:
    """(margin per spend, its standard error) of some clusters."""
    ratio = total(margin[rows]) / total(spend[rows])
    return ratio, standard_error(margin[rows] - ratio * spend[rows]) / total(spend[rows])
