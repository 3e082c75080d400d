"""Every arm's value and every difference, on all entities."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.evaluation import BootstrapT, joint_covariance, standard_errors
from models.results import ArmDifference, ArmValue
from models.trials.arm_scores import ArmScores, arm_scores
from models.trials.simultaneous import JointNormal, Pair, pairs_of
from models.trials.spread import MANY_TERMS, Spread, tails_of
from models.trials.trial_log import MIN_ENTITIES, Floats, Ints, TrialLog

POWER = 0.8
"""Chance to tell two arms apart that more entities are counted for."""
MOST_ENTITIES = 10**12
"""More than this are not counted."""


@dataclass(frozen=True)
class Comparison:
    """Arms, in the log's order, and every pair of them."""

    arms: tuple[ArmValue, ...]
    differences: tuple[ArmDifference, ...]


def compare_arms(
    log: TrialLog,
    *,
    level: float = 0.95,
    seed: int = 0,
    matters: float | None = None,
    bootstrap: BootstrapT | None = None,
) -> Comparison:
    """Values and simultaneous differences, per decision in currency units.

    matters: the difference that matters, if the study says one. bootstrap: of the same entities, where many
    tests of them are judged. An arm with fewer than MIN_ENTITIES entities has a value without interval.
    """
    scores = arm_scores(log)
    resampling = bootstrap or BootstrapT(scores.key, seed=seed)
    sums = ScoreSums(
        log.arms,
        log.idle,
        scores.value.sum(axis=0),
        joint_covariance(scores.value),
        log.entities_of_arms,
        (log.n_entities, scores.rows),
    )
    differences = compare_sums(
        sums, lambda pair: spread_of(scores, pair, resampling), level=level, matters=matters
    )
    return Comparison(_arm_values(log, scores, resampling, level), differences)


@dataclass(frozen=True)
class ScoreSums:
    """What the scores of all entities add up to: all that differences of arms are made of."""

    arms: tuple[str, ...]
    idle: int | None
    values: Floats  # (A,) sums of scores
    covariance: Floats  # (A, A) of these sums
    entities_of_arms: Ints  # (A,)
    size: tuple[int, int]
    """Entities, and rows, of the whole test."""


def compare_sums(
    sums: ScoreSums, spread: Callable[[Pair], Spread], *, level: float, matters: float | None
) -> tuple[ArmDifference, ...]:
    """All differences, simultaneous; spread: the distribution of the sum of one arm's scores minus another's,
    asked for every pair of arms with enough entities."""
    entities, rows = sums.size
    few = sums.entities_of_arms < MIN_ENTITIES
    pairs = pairs_of(len(sums.arms), sums.idle)
    judged = [pair for pair in pairs if not few[list(pair)].any()]
    joint = JointNormal(sums.covariance, judged, level)
    each = joint.level_of_each if judged else level
    spreads = {pair: spread(pair) for pair in judged}
    steps = joint.steps(np.array([spreads[pair].z for pair in judged])) if judged else None
    differences = []
    for pair in pairs:
        arm, other = sums.arms[pair[0]], sums.arms[pair[1]]
        if steps is None or pair not in spreads:
            estimate = float((sums.values[pair[0]] - sums.values[pair[1]]) / rows)
            differences.append(ArmDifference(arm, other, estimate, None, None, None, False))
            continue
        told, critical = steps.of(judged.index(pair))
        one, scale = spreads[pair], 1 / rows
        differences.append(
            ArmDifference(
                arm=arm,
                other=other,
                estimate=scale * one.estimate,
                standard_error=scale * one.error,
                interval=one.interval(each, scale=scale, said=level),
                alone=one.interval(level, scale=scale),
                told_apart=told,
                more_entities=_more(entities, one, one.estimate, critical),
                more_entities_to_matter=_more(entities, one, matters and matters / scale, critical),
            )
        )
    return tuple(differences)


def more_entities(n: int, difference: float, error: float, critical: float) -> int | None:
    """How many beside n entities tell a difference from 0 with a chance of POWER; None: beyond counting.

    A standard error falls with the root of the entities; critical + z(POWER) of them make the difference.
    """
    wanted = (critical + float(ndtri(POWER))) * error
    if abs(difference) * math.sqrt(MOST_ENTITIES) <= wanted * math.sqrt(n):
        return None
    return max(math.ceil(n * ((wanted / difference) ** 2 - 1)), 0)


def spread_of(scores: ArmScores, pair: Pair, bootstrap: BootstrapT) -> Spread:
    """Of the sum over all entities of one arm's scores minus another's."""
    contributions = (scores.value[:, pair[0]] - scores.value[:, pair[1]])[:, None]
    tails = tails_of(scores.moments(pair[0]), scores.moments(pair[1]), scores.amounts)
    estimate, error = float(contributions.sum()), float(standard_errors(contributions)[0])
    if not math.isfinite(error):
        error = 0.0
    many = error > 0 and float(tails.effective_terms[0]) >= MANY_TERMS
    return Spread(
        estimate=estimate,
        error=error or scores.pooled_error(*pair),
        tails=tails,
        draws=bootstrap.studentised(contributions)[:, 0] if many else None,
    )


def _more(n: int, one: Spread, difference: float | None, critical: float) -> int | None:
    if critical == 0 or one.error == 0 or difference is None:
        return None
    return more_entities(n, difference, one.error, critical)


def _arm_values(
    log: TrialLog, scores: ArmScores, bootstrap: BootstrapT, level: float
) -> tuple[ArmValue, ...]:
    found = bootstrap.intervals(scores.value, scale=1 / scores.rows, level=level, gross=scores.of_arms())
    counts = np.maximum(log.decisions, 1)
    means = np.bincount(log.arm, log.outcome, len(log.arms)) / counts
    costs = np.bincount(log.arm, log.cost, len(log.arms)) / counts
    return tuple(
        ArmValue(
            arm=arm,
            entities=int(log.entities_of_arms[k]),
            mean=float(means[k]),
            cost=float(costs[k]),
            estimate=float(scores.value[:, k].sum() / scores.rows),
            value=found[k] if log.entities_of_arms[k] >= MIN_ENTITIES else None,
        )
        for k, arm in enumerate(log.arms)
    )
