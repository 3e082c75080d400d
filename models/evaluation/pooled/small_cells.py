"""What a site may hand over: no sum of a few people.

Sums of an evaluation are kept by cells of days left x fold x action, and by a journey's step. A cell with
some, but too few entities would tell of these, so that the site takes no part. A feature that too few
entities of a cell have another value of than most stays here, for all sites alike; and so does an outcome
that too few of a cell, or of a step, show: a sum of one buyer's revenue is that buyer's. Of what profit is
made of none can stay.
"""

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.regression_cells import slot_rows
from models.mdp import Journeys, Outcome, fold_of
from sql.errors import LogError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Cells:
    """One site's journeys by the cells that sums are kept by."""

    def __init__(self, journeys: Journeys, folds: int, least: int) -> None:
        """least: entities that a sum is about at least."""
        self.journeys, self.least = journeys, least
        fold = fold_of(journeys.cluster_key, folds)[journeys.cluster]
        slots = slot_rows(journeys, fold, folds)
        widths = np.diff(slots.segments, axis=2).ravel()
        cell = np.empty(len(fold), np.int64)
        cell[slots.order] = np.repeat(np.arange(len(widths)), widths)
        self._days = slots.n_slots
        self._in_cells = _Entities(cell, journeys)
        self._in_steps = _Entities(journeys.t.astype(np.int64), journeys)

    def refuse_small(self) -> None:
        """LogError where some, but fewer than `least` entities share a cell or a step."""
        everybody = np.ones(len(self.journeys.t), bool)
        counts = self._in_cells.among(everybody)
        few = np.flatnonzero((counts > 0) & (counts < self.least))
        if len(few):
            action = self.journeys.actions[int(few[0]) % len(self.journeys.actions)]
            raise LogError(
                f"Of {self._days} days of a journey this site has one on which only {counts[few[0]]} of a "
                f"fold's entities got {action!r}: their sum would tell of them (logs.min_cell_users = "
                f"{self.least}). Log longer, or leave the action out."
            )
        if self._few(self._in_steps, everybody):
            raise LogError(
                f"At this site fewer than logs.min_cell_users = {self.least} entities get as far as the last "
                "decision of a journey; decision.max_per_epoch or longer epochs make these fewer."
            )

    def told_features(self, raw: NDArray[np.floating]) -> Bools:
        """(d,) columns of raw (n, d), the state in the journeys' rows, of which no cell has some, but fewer
        than `least` entities off the value that most rows have."""
        kept = np.zeros(raw.shape[1], bool)
        for k in range(raw.shape[1]):
            _, where, counts = np.unique(raw[:, k], return_inverse=True, return_counts=True)
            kept[k] = not self._few(self._in_cells, where != np.argmax(counts))
        return kept

    def told_outcomes(self, spec: tuple[Outcome, ...]) -> Bools:
        """(b,) logged outcomes that in no cell from its day on, and at no step, some but fewer than `least`
        entities show. LogError where that leaves out what profit is made of."""
        kept = np.zeros(len(spec), bool)
        for k, outcome in enumerate(spec):
            shown = self.journeys.outcomes[:, k] != 0
            kept[k] = not (
                self._few(self._in_cells, self._from_here_on(shown)) or self._few(self._in_steps, shown)
            )
            if not kept[k] and (outcome.is_cost or outcome.goal_weight):
                raise LogError(
                    f"At this site a day of the journeys has fewer than logs.min_cell_users = {self.least} "
                    f"entities with any {outcome.name}: its sum would tell of them. Log longer, or judge "
                    "with fewer actions."
                )
        return kept

    def _from_here_on(self, shown: Bools) -> Bools:
        """(n,) rows from which on their journey shows it."""
        ahead = shown[::-1].cumsum()[::-1]  # (n,) from here to the end of all journeys
        journey = self.journeys.journey
        last = np.searchsorted(journey, journey, side="right")
        return ahead > np.append(ahead, 0)[last]

    def _few(self, entities: "_Entities", rows: Bools) -> bool:
        counts = entities.among(rows)
        return bool(((counts > 0) & (counts < self.least)).any())


class _Entities:
    """Distinct entities among rows, by a grouping (n,) of these."""

    def __init__(self, group: Ints, journeys: Journeys) -> None:
        pairs, self._pair = np.unique(group * journeys.n_clusters + journeys.cluster, return_inverse=True)
        self._of_pair = pairs // journeys.n_clusters

    def among(self, rows: Bools) -> Ints:
        """How many each group has, counting some of the rows (n,) alone."""
        there = np.zeros(len(self._of_pair), bool)
        there[self._pair[rows]] = True
        return np.bincount(self._of_pair[there], minlength=int(self._of_pair[-1]) + 1)
