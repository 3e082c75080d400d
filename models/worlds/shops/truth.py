"""What a split really earns: in the log's own weeks, and in the weeks after it.

An evaluation averages over the weeks of its log, so that its interval is held against `over_log`: the world
runs again from its first morning, and from a snapshot at the start of each of a few evenly spaced windows the
split is in force, with people's luck drawn anew and the calendar as it was. `after_log` is what comes: the
log's last level goes on, season and weeks with it. Averages are counted and not luck, and policies meet
the same random numbers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.worlds.shops.world import ShopWorld
from models.worlds.truth import Expected, Horizon, Score, compare

Floats = NDArray[np.float64]
TWO_FUTURES = Horizon(futures=(101, 102))
WINDOWS = 5


@dataclass(frozen=True)
class ShopTruth:
    """Worlds on the mornings on which a split is put in force, W of them, each with F futures."""

    starts: tuple[ShopWorld, ...]
    horizon: Horizon
    same_calendar: bool
    """The futures share their start's calendar, as days that are over do."""
    share_left_out: float = 0.0
    """Share of the windows that were left out; the rest stand for them, with an error."""

    @cached_property
    def today(self) -> Expected:
        """Today's delivery."""
        return self.expected(None)

    def expected(self, multipliers: Floats | None) -> Expected:
        """A split in force, then today's delivery for the tail; (K,) or (n, K) times today's budgets.
        W x F futures, those of a start side by side."""
        margins, spends, channels, in_force, margin_in_force = [], [], [], 0.0, 0.0
        for number, start in enumerate(self.starts):
            for seed in self.horizon.futures:
                world = start.fork(1_000 * seed + number, same_calendar=self.same_calendar)
                margin, cost = np.zeros(world.n), np.zeros((world.n, world.k))
                for day in range(self.horizon.days + self.horizon.tail_days):
                    today = world.expect(multipliers if day < self.horizon.days else None)
                    margin += today.margin
                    cost += today.cost
                    if day == self.horizon.days - 1:
                        in_force += float(margin.sum() - cost.sum())
                        margin_in_force += float(margin.sum())
                margins.append(margin)
                spends.append(cost.sum(axis=1))
                channels.append(cost.sum(axis=0))
        runs = len(margins)
        return Expected(
            np.array(margins), np.array(spends), np.array(channels), in_force / runs, margin_in_force / runs
        )

    def score(self, multipliers: Floats) -> Score:
        """Against today's delivery; `error` is that of the futures drawn and the windows left out, for these
        customers and not for others."""
        if np.all(multipliers == 1.0):
            return self.compared(self.today)
        return self.compared(self.expected(multipliers))

    def compared(self, policy: Expected) -> Score:
        """The same of a split that has been lived through."""
        found = compare(policy, self.today)
        gain = (policy.margin - policy.spend) - (self.today.margin - self.today.spend)  # (W x F, n)
        return Score(
            uplift=found.uplift,
            error=self.error_of(gain),
            margin=found.margin,
            spend=found.spend,
            spend_today=found.spend_today,
            profit_today=found.profit_today,
        )

    def error_of(self, gain: Floats) -> float:
        """Standard error of the mean over runs of totals (W x F, n); NaN for a single future.

        Customers share no luck within a calendar, so their variances add up. After the log they share the
        calendar, and totals differ by future; between windows, where some are left out, totals differ too.
        """
        starts, futures = len(self.starts), len(self.horizon.futures)
        if futures < 2:
            return float("nan")
        runs = gain.reshape(starts, futures, -1)
        if not self.same_calendar:
            return float(runs.sum(2).std(axis=1, ddof=1).mean() / np.sqrt(starts * futures))
        luck = float(runs.var(axis=1, ddof=1).sum()) / futures / starts**2
        if starts < 2:
            return float(np.sqrt(luck))
        between = float(runs.mean(1).sum(1).var(ddof=1)) / starts - luck
        return float(np.sqrt(luck + max(between, 0.0) * self.share_left_out))


def after_log(world: ShopWorld, horizon: Horizon = TWO_FUTURES) -> ShopTruth:
    """From the log's last evening on. world: with all its days passed."""
    return ShopTruth((world,), horizon, same_calendar=False)


def over_log(
    first_morning: ShopWorld, starts: tuple[int, ...], horizon: Horizon = TWO_FUTURES, windows: int = WINDOWS
) -> ShopTruth:
    """In the log's own windows. first_morning: before any day has passed; starts: first day of each window
    of the evaluation (days since 1970-01-01), ascending, of which evenly spaced ones are lived through."""
    chosen = spaced(starts, windows)
    world = first_morning.fork(first_morning.seed, same_calendar=True)
    snapshots: list[ShopWorld] = []
    while len(snapshots) < len(chosen):
        if world.day == chosen[len(snapshots)]:
            snapshots.append(world.fork(world.seed, same_calendar=True))
        world.expect()
    return ShopTruth(tuple(snapshots), horizon, True, share_left_out=1 - len(chosen) / len(starts))


def mature_starts(
    first_day: int, days: int, horizon: Horizon = TWO_FUTURES, *, delay_days: int = 7
) -> tuple[int, ...]:
    """Windows side by side, cut backwards from the last day whose tail is complete and reported."""
    last = first_day + days - delay_days - horizon.tail_days - horizon.days
    return tuple(range(last, first_day - 1, -horizon.days))[::-1]


def spaced(starts: tuple[int, ...], count: int) -> tuple[int, ...]:
    """The middle one of each of `count` runs of equal length, or all where they are no more."""
    if len(starts) <= count:
        return starts
    return tuple(starts[int((i + 0.5) * len(starts) / count)] for i in range(count))
