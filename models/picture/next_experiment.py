"""Which holdout would decide what tonight's logs leave open."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.stats import norm

from models.mdp import MICROS, Transitions
from models.results import LONGEST_EXPERIMENT_DAYS, MOST_HELD_OUT, Interval, NextExperiment

SHARES = (0.05, 0.1, MOST_HELD_OUT)
POWER, FALSE_ALARMS = 0.8, 0.05
"""Of a two-sided test."""
MOST_WINDOWS = 8
"""The newest ones of a log say how much entities differ."""
MOST = 3


@dataclass(frozen=True)
class Window:
    """The entities of a stretch of days."""

    spread: float
    """Standard deviation of what one of them brings in it, currency units of margin."""
    entities: int


Spread = Callable[[int], Window]
"""By the days of a window."""


def next_experiments(
    slopes: Mapping[str, Interval],
    *,
    spend: Mapping[str, float],
    spread: Spread,
    difference: float,
    period_days: int,
) -> tuple[NextExperiment, ...]:
    """Channels whose marginal iROAS the logs cannot tell from 1, by what a decision is worth; at most three.

    slopes: marginal iROAS with interval, per channel; spend: per period.
    `difference`: how far from 1, where a unit of spend earns what it costs, an iROAS has to be for the
    experiment to tell with a chance of `POWER` (`power`). The fewest periods at the smallest share that do
    within 16 weeks are proposed. What a decision is worth: the expected gain from knowing which side of 1 the
    iROAS is on, on the channel's spend, where it is normal about tonight's estimate.
    Assumes independent entities and an average return near the marginal one; wrong for channels whose effects
    reach other entities, or last well beyond the experiment.
    """
    found: list[NextExperiment] = []
    for channel in sorted(slopes):
        slope, cost = slopes[channel], spend.get(channel, 0.0)
        if not (slope.low < 1 < slope.high) or cost <= 0:
            continue
        plan = _smallest(cost, spread, difference, period_days)
        if plan is None:
            continue
        share, days = plan
        held, stake = math.ceil(share * spread(days).entities), cost * _worth_of_knowing(slope)
        found.append(NextExperiment(channel, share, days, held, stake, difference))
    found.sort(key=lambda e: (-(e.gain_per_period or 0.0), e.channel))
    return tuple(found[:MOST])


def power(difference: float, cost: float, window: Window, share: float) -> float:
    """Chance that a holdout tells an iROAS apart from 1 that is `difference` away from it.

    cost: of the channel in the window that the experiment fills. What the held-out entities lack, scaled to
    all, is the channel's whole effect with standard error s sqrt(n (1 / share + 1 / (1 - share))), s the
    spread and n the number of entities; a two-sided test of level `FALSE_ALARMS` asks whether it is the cost.
    """
    error = window.spread * math.sqrt(window.entities * (1 / share + 1 / (1 - share)))
    if not 0 < error < math.inf:
        return 0.0
    reach, edge = difference * cost / error, float(norm.ppf(1 - FALSE_ALARMS / 2))
    return float(norm.cdf(reach - edge) + norm.cdf(-reach - edge))


def _smallest(cost: float, spread: Spread, difference: float, period_days: int) -> tuple[float, int] | None:
    """(share, days) of the experiment, or None."""
    for share in SHARES:
        for periods in range(1, LONGEST_EXPERIMENT_DAYS // period_days + 1):
            days = periods * period_days
            if power(difference, periods * cost, spread(days), share) >= POWER:
                return share, days
    return None


def _worth_of_knowing(slope: Interval) -> float:
    """Expected gain, per unit of spend, from knowing on which side of 1 the iROAS is:
    E max(d, 0) - max(E d, 0), d its distance to 1, normal."""
    half = (slope.high - slope.low) / 2
    if not math.isfinite(half):  # one end is no bound: the other one alone says how sure the estimate is
        half = min(slope.high - slope.estimate, slope.estimate - slope.low)
    error = half / float(norm.ppf(0.5 + slope.level / 2))
    away = abs(slope.estimate - 1) / error
    return error * float(norm.pdf(away) - away * norm.sf(away))


def spread_in(transitions: Transitions) -> Spread:
    """How much entities differ in the margin of a window, by its days, and how many are in one.

    Windows are cut backwards from the last day whose outcomes are all known; who has a decision in a window
    is in it, and their variances are averaged over the newest windows. A window is no average day made
    longer: an entity's days hang together, and the log-long mean of an entity differs far less. Beyond half
    of the log there is no second window to ask, and the spread is taken to grow in proportion, which is the
    most it can.
    """
    day, number = transitions.day, np.cumsum(np.diff(transitions.entity, prepend=0) != 0)
    known = day[transitions.mature]
    first, stop = (int(day.min()), int(known.max()) + 1) if len(known) else (0, 0)
    longest = max((stop - first) // 2, 1)
    margin = transitions.goal_micros()

    @cache
    def measured(days: int) -> Window:
        found = []
        for end in range(stop, first + days - 1, -days)[:MOST_WINDOWS]:
            rows = np.flatnonzero((day >= end - days) & (day < end))
            who = number[rows]
            sums = np.bincount(who, margin[rows] * MICROS)[np.bincount(who) > 0]
            if len(sums) > 1:
                found.append((float(sums.var(ddof=1)), len(sums)))
        if not found:
            return Window(math.inf, 0)
        return Window(math.sqrt(sum(variance for variance, _ in found) / len(found)), found[0][1])

    def spread(days: int) -> Window:
        window = measured(min(days, longest))
        return replace(window, spread=window.spread * max(days / longest, 1.0))

    return spread
