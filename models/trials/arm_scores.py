"""What every entity says of every arm: the doubly robust scores of a randomised test.

For a row i with covariates x, arm a_i and value y_i (weighted outcomes minus the arm's cost),

    score_i(a) = m_a(x_i) + 1[a_i = a] / e_i (y_i - m_a(x_i)),

e the probability of the arm given and m_a a regression learned from other entities (`adjustment`). Its mean
estimates the value of giving `a` to everybody, whatever m is, as long as e is right: the draw guarantees it
and no model. (Robins, Rotnitzky & Zhao 1994; with fixed shares Lin 2013's estimator up to cross-fitting.)
Wrong where one entity's arm changes what another does, and where e is not the probability of what was done.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.evaluation import Gross
from models.trials.adjustment import cross_fitted_predictions, predict_arms
from models.trials.spread import TINY, Amounts, ArmMoments, pooled_error, terms_of
from models.trials.trial_log import Floats, Ints, TrialLog


@dataclass(frozen=True)
class ArmScores:
    """Sums over the rows of each of C entities; an arm's value is the sum of its column / `rows`."""

    key: Ints  # (C,)
    value: Floats  # (C, A) scores
    weighted: Floats  # (C, A) weight x outcome of the rows given the arm
    amount: Floats  # (C,) outcomes as they came
    weight: Floats  # (C, A) the largest weight of a row given the arm
    rows: int

    def of_arms(self) -> Gross:
        """What was weighted for each arm, for the guard against purchases that were not seen: one per arm."""
        return Gross(
            self.weighted, np.repeat(self.amount[:, None], self.value.shape[1], 1), self.weight.max(1)
        )

    def moments(self, arm: int) -> ArmMoments:
        """Of one arm's weighted outcomes."""
        terms, weight = self.weighted[:, arm], self.weight[:, arm]
        gains, losses = terms_of(terms)
        return ArmMoments(
            gains,
            losses,
            fourths=float((terms**4).sum()),
            weight=float((weight**2).sum() / max(float(weight.sum()), TINY)),
        )

    def pooled_error(self, arm: int, other: int) -> float:
        """Standard error of the sum of one arm's scores minus another's, were their outcomes alike."""
        entities = [int((self.weight[:, k] > 0).sum()) for k in (arm, other)]
        seen = self.amount[self.weight[:, [arm, other]].max(axis=1) > 0]
        error = pooled_error((entities[0], entities[1]), float(seen.sum()), float((seen**2).sum()))
        return len(self.key) * error

    @property
    def amounts(self) -> Amounts:
        """Of all arms."""
        return Amounts(*terms_of(self.amount))


def row_scores(log: TrialLog, predicted: Floats) -> Floats:
    """(n, A) scores of the rows, from predictions (n, A)."""
    scores = predicted.copy()
    at = np.arange(log.n), log.arm
    scores[at] += log.weight * (log.outcome - log.cost - predicted[at])
    return scores


class RowScores(Protocol):
    """(n, A) scores of a test's rows, whose means are the values of its arms."""

    def own(self, log: TrialLog) -> Floats:
        """Of all rows; whatever is learnt for one of them, other entities teach."""

    def taught(self, log: TrialLog, others: TrialLog) -> Floats:
        """Of a log's rows; whatever is learnt, another log teaches."""


@dataclass(frozen=True)
class DoublyRobustScores:
    """Those of the formula above."""

    def own(self, log: TrialLog) -> Floats:
        return row_scores(log, cross_fitted_predictions(log))

    def taught(self, log: TrialLog, others: TrialLog) -> Floats:
        return row_scores(log, predict_arms(others, log.covariates))


def arm_scores(log: TrialLog) -> ArmScores:
    """Scores of all entities, cross-fitted."""
    given = np.zeros((log.n, len(log.arms)))
    given[np.arange(log.n), log.arm] = log.weight
    start = np.flatnonzero(log.first)
    return ArmScores(
        key=log.keys,
        value=np.add.reduceat(DoublyRobustScores().own(log), start, axis=0),
        weighted=np.add.reduceat(given * log.outcome[:, None], start, axis=0),
        amount=np.add.reduceat(log.outcome, start),
        weight=np.maximum.reduceat(given, start, axis=0),
        rows=log.n,
    )
