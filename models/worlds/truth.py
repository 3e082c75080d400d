"""The truth: what a policy really earns when it is put in force in a world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.worlds.journey import Decide, JourneyWorld


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
