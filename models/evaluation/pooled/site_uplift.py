"""A policy against today's delivery, from all sites' sums: what `uplift` says of rows in one place.

The estimates are the same to rounding, all of them: fitted Q, weights, headline and witnesses run on the same
normal equations. Intervals are those of `spread`, and the gates those of `support`, but for the tail's shape:
it is a property of single weights, so that a policy is refused as soon as one weight counts enough for that
shape to matter.
"""

from dataclasses import dataclass

import numpy as np

from models.evaluation.checks.witness import FAINT, check_witness
from models.evaluation.estimators.doubly_robust import DoublyRobust, Floats
from models.evaluation.estimators.policy_value import Uplifted
from models.evaluation.estimators.support import DECIDING_SHARE, MIN_ENTITIES_WITH_OUTCOME, Support
from models.evaluation.estimators.targets import Target
from models.evaluation.headline import beyond_noise
from models.evaluation.pooled.spread import Moments, SiteSpread, moments_of, slice_of, tails_of_sites
from models.mdp import PROFIT, Journeys
from models.results import FewDiffer, FewShowIt, Gate, HealthCheck, Refusal, Uplift
from models.settings import EvaluationSettings


@dataclass(frozen=True)
class OutcomeOfSites:
    """One outcome per budget period, all sites together."""

    outcome: str
    today: float
    value: float
    uplift: Uplift | Refusal


@dataclass(frozen=True)
class PolicyOfSites:
    """What all sites say of a policy."""

    outcomes: tuple[OutcomeOfSites, ...]
    witness: HealthCheck
    """Of profit, or the goal where there is none."""
    effective_journeys: float
    """At the thinnest step;"""
    whole_journeys: float
    """that went the policy's way from end to end."""
    journeys: int
    entities: int


def uplift_of_sites(
    dr: DoublyRobust, target: Target, name: str, settings: EvaluationSettings
) -> PolicyOfSites:
    """dr, target: this site's journeys, whose `sites` are asked. The answer is the same at every site."""
    journeys, sites = dr.journeys, dr.journeys.sites
    # not `dr.logged_value`: a cached property holds a lock, for which other sites' threads would wait
    today = dr.value_given(dr.model.fit(dr.behaviour), dr.behaviour, "logged")
    value = dr.value(target, name)
    o, names = len(journeys.outcome_names), journeys.outcome_names
    witnesses = list(value.uplifts(today, 0).witnesses)
    by_outcome = [value.uplifts(today, k) for k in range(o)]
    columns = [value.double_reinforcement, today.double_reinforcement]
    columns.append(np.column_stack([one.headline for one in by_outcome]))
    for witness in witnesses:
        columns.append(np.column_stack([one.witnesses[witness] - one.headline for one in by_outcome]))
    moments = moments_of(np.hstack(columns), sites)
    tails = tails_of_sites(value.uplift_gross, sites)
    shown = sites.total("entities with an outcome", np.count_nonzero(dr.logged_outcomes, axis=0) * 1.0)
    gate = _gate(value.support, journeys, settings)
    told = []
    for k, outcome in enumerate(names):
        spread = SiteSpread(
            float(moments.total[2 * o + k]),
            float(moments.errors[2 * o + k]),
            moments.entities,
            slice_of(tails, k),
        )
        few = min(
            int(shown[k]), int(shown[names.index(journeys.goal)]) if outcome == PROFIT else int(shown[k])
        )
        refused: Refusal | None = gate
        if gate is None and few < MIN_ENTITIES_WITH_OUTCOME:
            refused = FewShowIt(outcome, few, MIN_ENTITIES_WITH_OUTCOME)
        elif gate is None and not spread.known:
            refused = FewDiffer(outcome)
        beside = {w: (3 + i) * o + k for i, w in enumerate(witnesses)}
        terms = _Terms(outcome, journeys.scale, settings.level)
        uplift = refused or _uplift(spread, moments, beside, o + k, terms)
        logged, ours = (journeys.scale * moments.total[[o + k, k]]).tolist()
        told.append(OutcomeOfSites(outcome, logged, ours, uplift))
    k = names.index(PROFIT) if PROFIT in names else names.index(journeys.goal)
    surrogate = _as_two_entities(
        moments, {w: (3 + i) * o + k for i, w in enumerate(witnesses)}, 2 * o + k, o + k
    )
    return PolicyOfSites(
        outcomes=tuple(told),
        witness=check_witness(name, names[k], surrogate),
        effective_journeys=value.support.min_effective_sample_size,
        whole_journeys=value.journey_support.min_effective_sample_size,
        journeys=round(dr.steps.n_journeys),
        entities=round(moments.entities),
    )


def _gate(support: Support, journeys: Journeys, settings: EvaluationSettings) -> Gate | None:
    """As `support.gate_beyond`. Of a largest weight each site tells whether it is beyond a limit, no more."""
    sites, share, ess = journeys.sites, support.max_weight_share, support.min_effective_sample_size
    limit = settings.max_weight_share
    beyond = sites.total(
        "weights beyond limits", np.array([not share <= limit, not share < DECIDING_SHARE]) * 1.0
    )
    unsupported = float(support.unsupported.sum())
    if unsupported > settings.max_unsupported_share:
        mostly = journeys.actions[int(np.argmax(support.unsupported))]
        rare = settings.min_behaviour_probability
        return Gate("unsupported actions", unsupported, settings.max_unsupported_share, mostly, rare)
    if not ess >= settings.min_effective_sample_size:
        return Gate("effective sample size", ess, settings.min_effective_sample_size)
    if beyond[0]:
        return Gate("largest weight", limit, limit)
    return Gate("largest weight", DECIDING_SHARE, DECIDING_SHARE) if beyond[1] else None


@dataclass(frozen=True)
class _Terms:
    outcome: str
    scale: float
    level: float


def _uplift(
    spread: SiteSpread, moments: Moments, beside: dict[str, int], today: int, terms: _Terms
) -> Uplift:
    """As `headline.uplift_interval`: chance's reach, stretched to every witness, and never known better than
    `FAINT` of today's level. beside, today: columns of the moments."""
    below, above = spread.reach(terms.level)
    low, high = spread.estimate - below, spread.estimate + above
    for witness, column in beside.items():
        to = spread.estimate + beyond_noise(
            float(moments.total[column]), float(moments.errors[column]), witness
        )
        low, high = min(low, to), max(high, to)
    faint = FAINT * float(np.nan_to_num(moments.errors[today]))
    estimate, low, high = (terms.scale * end for end in (spread.estimate, low - faint, high + faint))
    return Uplift(terms.outcome, estimate, low, high, terms.level, spread.probability_positive)


def _as_two_entities(moments: Moments, beside: dict[str, int], headline: int, today: int) -> Uplifted:
    """Two contributions each, whose sum and clustered standard error are those of all entities."""
    own = _two(moments, headline)
    return Uplifted(
        own, {w: own + _two(moments, column) for w, column in beside.items()}, float(moments.errors[today])
    )


def _two(moments: Moments, column: int) -> Floats:
    total, error = float(moments.total[column]), float(np.nan_to_num(moments.errors[column]))
    return np.array([total + error, total - error]) / 2.0
