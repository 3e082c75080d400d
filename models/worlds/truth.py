"""The truth: what a policy really earns when it is put in force in a world.

`realise` counts what happened, as an advertiser would. `score_split` and `score_policy` compare a policy with
today's delivery for one budget period and count averages instead of luck, which takes far fewer futures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policies import ScaledDelivery
from models.worlds.journey import Decide, JourneyWorld
from sql.errors import StudyError


@dataclass(frozen=True)
class Horizon:
    """How long a policy is in force, how much longer outcomes count, and the seeds of the futures."""

    days: int = 7
    tail_days: int = 14
    futures: tuple[int, ...] = (101, 102, 103, 104)


WEEK = Horizon()
"""One budget period of a week, and the fortnight after it."""


@dataclass(frozen=True)
class Realised:
    """Totals over all customers, in currency units, mean over futures; arrays hold one entry a future."""

    margin: NDArray[np.float64]  # (F,)
    cost: NDArray[np.float64]  # (F, K)
    days: int

    @property
    def profit(self) -> NDArray[np.float64]:  # (F,)
        return self.margin - self.cost.sum(1)


def realise(
    world: JourneyWorld, decide: Decide | None, *, days: int, tail_days: int, futures: tuple[int, ...]
) -> Realised:
    """Put a policy in force for `days`, let today's delivery return for `tail_days`, count everything.

    Every future is one seed: policies realised with the same seeds meet the same random numbers.
    """
    margins, costs = [], []
    for seed in futures:
        future = world.fork(seed)
        margin, cost = 0, np.zeros(world.k)
        for day in range(days + tail_days):
            today = future.step(decide if day < days else None)
            margin += int(today.revenue_micros.sum())
            cost += np.bincount(today.action, today.cost_micros, world.k + 1)[1:]
        margins.append(margin * world.config.margin_rate / 1e6)
        costs.append(cost / 1e6)
    return Realised(np.array(margins), np.array(costs), days)


def relative_uplift(policy: Realised, logged: Realised) -> tuple[float, float]:
    """Mean realised gain in profit as a share of today's profit, and its standard error over futures."""
    gain = (policy.profit - logged.profit) / logged.profit
    error = float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else float("nan")
    return float(gain.mean()), error


@dataclass(frozen=True)
class Expected:
    """What n customers bring on average in F futures of a policy: sums over days in force and tail."""

    margin: NDArray[np.float64]  # (F, n) currency units
    spend: NDArray[np.float64]  # (F, n) currency units
    by_channel: NDArray[np.float64]  # (F, K) spend, currency units
    profit_in_force: float
    """Profit of the days in force alone, in currency units, mean over futures."""
    margin_in_force: float


@dataclass(frozen=True)
class Score:
    """A policy for one budget period against today's delivery. Currency units, totals over all customers."""

    uplift: float
    """Change in profit until the tail ends: margin less cost."""
    error: float
    """Its standard error over customers; they share nothing but budget shocks, whose luck is left out."""
    margin: float
    """Change in margin."""
    spend: NDArray[np.float64]  # (K,) change in spend, by channel
    spend_today: NDArray[np.float64]  # (K,) until the tail ends
    profit_today: float
    """Of one period."""

    @property
    def relative(self) -> float:
        """The uplift as a share of today's profit in one period."""
        return self.uplift / self.profit_today


def expected(
    world: JourneyWorld,
    policy: ScaledDelivery | Decide | None,
    horizon: Horizon = WEEK,
) -> Expected:
    """Put a policy in force for a while, let today's delivery return for the tail, add up the averages.

    Margin is the purchase rate times the mean amount and cost the probability of an exposure times its mean
    price, given the customer's state on the day: the same mean as what `realise` counts, with the luck of
    the purchase itself left out (Rao & Blackwell). A split needs no state and runs several times faster.
    """
    margins, spends, channels, in_force, margin_in_force = [], [], [], 0.0, 0.0
    quick = policy is None or isinstance(policy, ScaledDelivery)
    for seed in horizon.futures:
        future = world.outlook_fork(seed) if quick else world.fork(seed)
        margin, spend, channel = np.zeros(world.n), np.zeros(world.n), np.zeros(world.k)
        for day in range(horizon.days + horizon.tail_days):
            now = policy if day < horizon.days else None
            if now is None or isinstance(now, ScaledDelivery):
                today = future.expect(now) if quick else future.step().outlook
            else:
                today = future.step(now).outlook
            margin += today.margin
            spend += today.cost.sum(axis=1)
            channel += today.cost.sum(axis=0)
            if day == horizon.days - 1:
                in_force += float(margin.sum() - spend.sum()) / len(horizon.futures)
                margin_in_force += float(margin.sum()) / len(horizon.futures)
        margins.append(margin)
        spends.append(spend)
        channels.append(channel)
    return Expected(np.array(margins), np.array(spends), np.array(channels), in_force, margin_in_force)


def compare(policy: Expected, today: Expected) -> Score:
    """The score of a policy against today's delivery in the same futures."""
    margin = (policy.margin - today.margin).mean(axis=0)  # (n,)
    profit = margin - (policy.spend - today.spend).mean(axis=0)
    n = len(profit)
    return Score(
        uplift=float(profit.sum()),
        error=float(np.sqrt(n) * profit.std(ddof=1)) if n > 1 else float("nan"),
        margin=float(margin.sum()),
        spend=(policy.by_channel - today.by_channel).mean(axis=0),
        spend_today=today.by_channel.mean(axis=0),
        profit_today=today.profit_in_force,
    )


def score_split(
    world: JourneyWorld,
    multipliers: tuple[float, ...],
    horizon: Horizon = WEEK,
    *,
    today: Expected | None = None,
) -> Score:
    """What "each channel m_k times as often as today" brings in one period, the horizon's days in force.

    multipliers (A,): per action of `world.actions`, none's unused. today: saves a run where it is known.
    """
    if len(multipliers) != world.k + 1:
        raise StudyError(f"a split of this world has {world.k + 1} multipliers, not {len(multipliers)}")
    today = expected(world, None, horizon) if today is None else today
    return compare(expected(world, ScaledDelivery(tuple(multipliers), "split"), horizon), today)


def score_policy(
    world: JourneyWorld,
    decide: Decide,
    horizon: Horizon = WEEK,
    *,
    today: Expected | None = None,
) -> Score:
    """The same for any policy, personalised ones included; the world must have its history."""
    today = expected(world, None, horizon) if today is None else today
    return compare(expected(world, decide, horizon), today)
