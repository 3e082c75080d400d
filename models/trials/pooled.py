"""A test that ran at several sites, judged as one: sums travel, rows stay.

Every site runs this program on its own rows and stops at each `total` until the others' sums are there; then
all go on with the same totals and end with the same answer. With one site, `alone`, it is the same program.
All it needs of rows adds up: cross products for the regressions of `adjustment`, their errors on rows left
out, sums of scores, products of scores about their mean, and moments of the weighted outcomes.

Values, standard errors and what is told apart are those of `comparison.compare_arms` on all rows at once, to
rounding, but for the bootstrap-t: resampling needs entities by group, and groups of a few are no sums to give
away. Differences keep to the gamma guard alone (`spread`), which is near it from 400 effective terms on. Not
covered: a value's own interval, the balance of covariates (it asks for ranks among all), rules, guardrails.
Assumes that nobody is at two sites, and that all drew arms with the same probabilities. The sums have no
noise: whoever knows all others of a sum knows the last one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.results import ArmValue, TrialCheck
from models.trials.checks import FALSE_ALARM, clustered_squares, ratio_of_counts
from models.trials.comparison import Comparison, ScoreSums, compare_sums
from models.trials.ridge_sums import Candidates, candidates_of
from models.trials.simultaneous import Pair, pairs_of
from models.trials.site_sums import (
    cross_products,
    first_sums,
    left_out_errors,
    predictions,
    site_scores,
)
from models.trials.spread import TINY, Amounts, ArmMoments, Spread, Terms, pooled_error, tails_of
from models.trials.trial_log import Floats, TrialLog

Total = Callable[[str, Floats], Floats]
"""The sum of an array over all sites, which ask for the same names in the same order."""
NOTHING = 1e-9
"""A standard error below this share of the scores' size is rounding, not knowledge."""


def alone(_: str, mine: Floats) -> Floats:
    """The total of one site."""
    return mine


@dataclass(frozen=True)
class PooledTest:
    """What all sites say together."""

    compared: Comparison
    check: TrialCheck
    """The sample ratio."""
    entities: int
    decisions: int


def pool_arms(
    log: TrialLog,
    total: Total,
    *,
    planned: Floats | None,
    level: float = 0.95,
    matters: float | None = None,
) -> PooledTest:
    """The test of all sites. log: of this one, with the arms and covariates of all. planned (A,): shares that
    all sites drew arms with; None: those of the log's rows, which differ, or none are told.
    """
    arms, d = len(log.arms), len(log.names)
    first = total("counts and sums", first_sums(log))
    counts, outcomes, costs = first[: 3 * arms].reshape(3, arms)
    n, entities = first[3 * arms], first[3 * arms + 1]
    centre = first[3 * arms + 2 :] / n if d else np.zeros(0)
    fixed = log.probability is None or planned is not None
    weight = n / counts[log.arm] if fixed else 1.0 / np.asarray(log.probability)
    products = total("cross products", cross_products(log, centre))
    candidates = _candidates(products, centre)
    best = np.argmin(total("errors of rows left out", left_out_errors(log, candidates)), axis=2)
    mine = site_scores(log, predictions(log, candidates, best), weight)
    means = [
        cell[0, -1] / max(cell[0, 0], 1.0) for cell in products.sum(axis=0)
    ]  # near the values, so that little cancels
    middle = np.array(means) * n / entities
    centred, pairs = mine.value - middle, pairs_of(arms, log.idle)
    shares = np.zeros(arms) if planned is None else planned
    values, squares, given, moments, amounts, of_pairs, clustered = _pooled(
        total, "scores", centred.sum(axis=0), np.einsum("ci,cj->ij", centred, centred, optimize=False),
        mine.entities_of_arms, mine.moments, mine.amounts, mine.of_pairs(pairs),
        clustered_squares(log, shares),
    )  # fmt: skip
    covariance = entities / max(entities - 1, 1.0) * (squares - np.outer(values, values) / entities)
    sums = ScoreSums(
        log.arms,
        log.idle,
        values + entities * middle,
        covariance,
        np.rint(given).astype(np.int64),
        (round(entities), round(n)),
    )
    told = _Told(sums, moments, amounts, dict(zip(pairs, of_pairs, strict=True)))
    differences = compare_sums(sums, told.spread, level=level, matters=matters)
    check = TrialCheck("sample ratio", True, None, FALSE_ALARM, "", 0.0, 0.0, "probabilities")
    if planned is not None:
        check = ratio_of_counts(log.arms, counts, planned, clustered if entities < n else None)
    at_least = np.maximum(counts, 1.0)
    arm_values = tuple(
        ArmValue(
            arm=arm,
            entities=int(sums.entities_of_arms[k]),
            mean=float(outcomes[k] / at_least[k]),
            cost=float(costs[k] / at_least[k]),
            estimate=float(sums.values[k] / n),
            value=None,
        )
        for k, arm in enumerate(log.arms)
    )
    return PooledTest(Comparison(arm_values, differences), check, round(entities), round(n))


def _candidates(products: Floats, centre: Floats) -> list[list[Candidates]]:
    """(F, A) what the rows outside every fold teach of every arm, from products (F, A, p, p)."""
    outside = products.sum(axis=0) - products
    return [[candidates_of(arm, of_arms.sum(axis=0), centre) for arm in of_arms] for of_arms in outside]


def _pooled(total: Total, name: str, *mine: Floats) -> list[Floats]:
    """Several arrays' totals in one round."""
    found = total(name, np.concatenate([one.ravel() for one in mine]))
    ends = np.cumsum([one.size for one in mine])[:-1]
    return [part.reshape(one.shape) for part, one in zip(np.split(found, ends), mine, strict=True)]


@dataclass(frozen=True)
class _Told:
    """What the scores of all sites add up to."""

    sums: ScoreSums
    moments: Floats  # (A, MOMENTS)
    amounts: Floats  # (4,)
    of_pairs: dict[Pair, Floats]  # (2,) each

    def spread(self, pair: Pair) -> Spread:
        """Of the sum over all entities of one arm's scores minus another's, by the gamma guard alone."""
        (i, j), sums = pair, self.sums
        entities = sums.size[0]
        estimate = float(sums.values[i] - sums.values[j])
        variance = float(sums.covariance[i, i] + sums.covariance[j, j] - 2 * sums.covariance[i, j])
        error = math.sqrt(max(variance, 0.0))
        squares = variance * (entities - 1) / entities + estimate**2 / entities  # of all scores' differences
        if not error > NOTHING * math.sqrt(max(squares, 0.0)):
            given = float(sums.entities_of_arms[i]), float(sums.entities_of_arms[j])
            error = entities * pooled_error(given, *self.of_pairs[pair].tolist())
        arm, other = (_moments(self.moments[k].tolist()) for k in pair)
        amounts = self.amounts.tolist()
        return Spread(
            estimate, error, tails_of(arm, other, Amounts(Terms(*amounts[:2]), Terms(*amounts[2:])))
        )


def _moments(of: list[float]) -> ArmMoments:
    return ArmMoments(Terms(of[0], of[1]), Terms(of[2], of[3]), of[4], of[6] / max(of[5], TINY))
