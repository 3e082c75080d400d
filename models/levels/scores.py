"""What every decision says of every level, in one of two ways.

`DoublyRobustScores` of a test (`models.trials`): a decision tells of its own level alone, doubly robust.

From below: a decision at one level tells what every lower level would have brought, y_i(b), and nothing of
higher ones. With b_0 < b_1 < ... and levels drawn with fixed shares,

    score_i(b_j) = y_i(b_0) + sum over 1 <= k <= j of 1[level_i >= b_k] / P(level >= b_k) (y_i(b_k) -
    y_i(b_k-1)).

Its mean estimates the value of b_j: each step up is judged by the decisions that stood at least as high. A
step is paired within the decision, so that what swings from one to the next cancels: far surer than values
of levels apart. (One-sided feedback: Zhao & Chen 2019; Huh & Rusmevichientong 2009.)

- `StockScores`: levels are a stock that is ordered up to; a day that sold s would have sold min(s, b) of a
lower
  level, and left b - min(s, b). What was wanted and not there is in no log, and need not be. Wrong where a
  low stock keeps customers away, or sends them to another SKU.
- `SecondPriceScores`: levels are bids; an auction won at a price would have been won by every bid from that
price
  on, and lost by those below; one that was lost, by every lower bid. Wrong in first-price auctions, and where
  others answer one's bids.

Assumption of both: the level was drawn by lot.
"""

from dataclasses import dataclass

import numpy as np

from models.levels.curve import Floats
from models.trials import RowScores, TrialLog


def from_below(log: TrialLog, value: Floats) -> Floats:
    """(n, A) scores from what each row tells of every level up to its own, value (n, A); of higher ones
    whatever stands there is not used."""
    shares = log.decisions / log.n
    at_least = shares[::-1].cumsum()[::-1]  # (A,) of decisions at a level or a higher one
    reached = log.arm[:, None] >= np.arange(1, value.shape[1])
    steps = np.where(reached, np.diff(value, axis=1), 0.0) / at_least[1:]
    return np.concatenate([value[:, :1], value[:, :1] + steps.cumsum(axis=1)], axis=1)


@dataclass(frozen=True)
class StockScores:
    """Of levels that are a stock; both ways of asking are one, as nothing is learnt."""

    at: Floats  # (A,) levels of the arms, ascending
    sold: float
    """Value of a unit sold;"""
    left: float
    """of one left over, below 0."""

    def own(self, log: TrialLog) -> Floats:
        level = self.at[log.arm]
        sold = (log.outcome - log.cost - self.left * level) / (self.sold - self.left)  # (n,)
        lower = np.minimum(sold[:, None], self.at)  # (n, A) what lower levels would have sold
        return from_below(log, self.sold * lower + self.left * (self.at - lower))

    def taught(self, log: TrialLog, others: TrialLog) -> Floats:  # noqa: ARG002
        return self.own(log)


@dataclass(frozen=True)
class SecondPriceScores:
    """Of levels that are bids; the cost of a row is the price, 0 where the auction was lost."""

    at: Floats  # (A,) bids of the arms, ascending

    def own(self, log: TrialLog) -> Floats:
        won = (log.cost > 0)[:, None] & (log.cost[:, None] <= self.at)  # (n, A)
        return from_below(log, np.where(won, (log.outcome - log.cost)[:, None], 0.0))

    def taught(self, log: TrialLog, others: TrialLog) -> Floats:  # noqa: ARG002
        return self.own(log)


@dataclass(frozen=True)
class OnCurve:
    """Scores to choose by, brought onto the curve; they are judged as they came."""

    scores: RowScores
    smoother: Floats  # (A, A)

    def own(self, log: TrialLog) -> Floats:
        return self.scores.own(log) @ self.smoother.T

    def taught(self, log: TrialLog, others: TrialLog) -> Floats:
        return self.scores.taught(log, others)
