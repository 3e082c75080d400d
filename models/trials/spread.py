"""How far a difference of two arms may be from what was estimated.

Purchases are rare and heavy: an arm's sum is of few, unequal terms, and where the heaviest one is missing by
chance sum and standard error are low together. So each arm has the gamma reach of a weighted Poisson sum with
one term more than was seen (Fay & Feuer 1997; `gamma_interval`), and the difference of two independent arms

    above^2 = (above of the one)^2 + (below of the other)^2,    below^2 likewise (Zou & Donner 2008).

With many terms (MANY_TERMS) a bootstrap-t, if there are entities to resample, sees what skewness is left; the
longer side counts. The term that was not seen is the arm's weight x an amount typical of all arms together,
by its share of the total: an arm without a purchase is not certain to bring nothing. It is raised by
1 / sqrt(n) + 2 / n for n effective amounts, as far as the arms' sums differ: where they are alike a purchase
may be missing on either side. Too wide where an arm has a handful of purchases: `tests/benchmarks/trials.md`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.evaluation import Tails, guard_reach
from models.results import Interval
from models.trials.trial_log import Floats

MANY_TERMS = 400
BISECTIONS = 40
LARGEST_Z = 6.0
MAX_CORRECTION = 3.0
"""By how many of its own standard errors the spread of few terms is lifted to that of all arms' amounts."""
TINY = np.finfo(np.float64).tiny
"""Keeps a division by 0 finite."""


@dataclass(frozen=True)
class Terms:
    """Terms of one sign, as positive numbers."""

    total: float
    squares: float
    """Sum of their squares."""


@dataclass(frozen=True)
class ArmMoments:
    """What one arm's weighted outcomes, weight x outcome over the rows given the arm, add up to."""

    gains: Terms
    losses: Terms
    fourths: float
    """Sum of fourth powers, which says how uncertain the squares are; 0: not known."""
    weight: float
    """Typical weight of a row."""


@dataclass(frozen=True)
class Amounts:
    """Outcomes as they came, of all arms together."""

    gains: Terms
    losses: Terms


NOTHING = Terms(0.0, 0.0)


def terms_of(values: Floats) -> tuple[Terms, Terms]:
    """Gains and losses among values (n,)."""
    gains, losses = np.maximum(values, 0.0), np.maximum(-values, 0.0)
    return (
        Terms(float(gains.sum()), float((gains**2).sum())),
        Terms(float(losses.sum()), float((losses**2).sum())),
    )


@dataclass(frozen=True)
class Spread:
    """The distribution of one estimated difference of sums."""

    estimate: float
    error: float
    """Standard error; 0 where no entity of both arms differs from another."""
    tails: Tails
    draws: Floats | None = None
    """(B,) bootstrap-t; None: not used."""

    def reach(self, level: float) -> tuple[float, float]:
        """(below, above) the estimate, at a two-sided level."""
        guarded = guard_reach(self.tails, np.array([self.error**2]), level)
        below, above = float(guarded[0][0]), float(guarded[1][0])
        if self.draws is None:
            return below, above
        low, high = np.quantile(self.draws, [0.5 - level / 2, 0.5 + level / 2])
        return max(below, float(high) * self.error), max(above, -float(low) * self.error)

    def interval(self, level: float, *, scale: float, said: float | None = None) -> Interval | None:
        """scale x the difference; said: the level claimed, where it is another. None: nothing is known."""
        below, above = self.reach(level)
        if not below + above > 0:
            return None
        low, high = self.estimate - below, self.estimate + above
        return Interval(scale * self.estimate, scale * low, scale * high, said or level)

    @property
    def z(self) -> float:
        """The |z| at whose level 2 Phi(z) - 1 the interval ends at 0; 0 where nothing is known."""
        side = 0 if self.estimate > 0 else 1
        small, large = 0.0, LARGEST_Z
        if not sum(self.reach(0.5)) > 0:
            return 0.0
        for _ in range(BISECTIONS):
            middle = 0.5 * (small + large)
            inside = self.reach(2 * float(ndtr(middle)) - 1)[side] < abs(self.estimate)
            small, large = (middle, large) if inside else (small, middle)
        return small


def pooled_error(entities: tuple[float, float], total: float, squares: float) -> float:
    """Standard error of the difference of two arms' means, were both of one distribution; 0 where all
    outcomes are alike.

    Where an arm's outcomes are all alike, its own spread is 0 and says nothing: 500 of 500 and 0 of 500 are
    told apart by the spread of both together. total, squares: sums of their outcomes.
    """
    n = sum(entities)
    variance = max(squares - total**2 / n, 0.0) / max(n - 1, 1)
    return float(np.sqrt(variance * sum(1 / one for one in entities)))


def tails_of(arm: ArmMoments, other: ArmMoments, amounts: Amounts) -> Tails:
    """The tails of arm minus other, which the arm's gains raise, and the other's losses."""
    gain = _unseen(arm.gains.total, other.gains.total, amounts.gains)
    loss = _unseen(arm.losses.total, other.losses.total, amounts.losses)
    raises = arm.gains.squares + other.losses.squares
    lowers = other.gains.squares + arm.losses.squares
    squares = raises + lowers
    noise = np.sqrt(arm.fourths + other.fourths) / max(squares, TINY)
    expected = sum(
        (mine.total * arm.weight + theirs.total * other.weight) * seen.squares / max(seen.total, TINY)
        for mine, theirs, seen in (
            (arm.gains, other.gains, amounts.gains),
            (arm.losses, other.losses, amounts.losses),
        )
    )
    values = (
        arm.gains.total + other.losses.total,
        other.gains.total + arm.losses.total,
        raises,
        lowers,
        max(arm.weight * gain, other.weight * loss),
        max(other.weight * gain, arm.weight * loss),
        min(max(expected / max(squares, TINY), 1.0), 1.0 + MAX_CORRECTION * noise),
    )
    return Tails(*(np.array([float(v)]) for v in values))


def _unseen(arm: float, other: float, amounts: Terms) -> float:
    """The amount that may not have been seen; arm, other: what such amounts add up to in either."""
    size = arm + other
    fewness = amounts.squares / max(amounts.total**2, TINY)
    uneven = abs(arm - other) / size if size > 0 else 1.0
    raised = 1 + uneven * (np.sqrt(fewness) + 2 * fewness)
    return float(amounts.squares / max(amounts.total, TINY) * raised)
