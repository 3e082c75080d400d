"""The split of a media mix model: the plug-in optimum of response curves learnt from daily totals alone."""

import numpy as np

from models.settings import SplitSettings
from models.totals.daily import DailyTotals
from models.totals.model import fit_totals
from models.totals.settings import TotalsSettings
from models.worlds import open_world
from models.worlds.exchange import best_exchange
from models.worlds.journey import JourneyWorld
from tests.benchmarks.split_night import HORIZON_DAYS

MMM = "media mix model"
REPORTED = 0.95
"""Days younger than this quantile of the purchases' delay are not learnt from."""


def totals_advice(
    world_name: str, seed: int, entities: int, days: int, split: SplitSettings
) -> tuple[float, ...]:
    """Multipliers (A,) of the optimum of the posterior mean curves, at no more than today's budget.

    The model is allot's own for daily totals, told to answer for every channel, as media mix models do:
    allot itself would say that budgets which hardly move identify nothing. The same customers as in the
    replicate's log, whose world has run for longer.
    """
    world = open_world(world_name, seed=seed, entities=entities, days=days)
    return best_plan(live_through(world, days), split, world.k)


def live_through(world: JourneyWorld, days: int) -> DailyTotals:
    """The daily totals of `days` under today's delivery; a sale counts on the day of the purchase."""
    spend, margin, first = np.zeros((days, world.k)), np.zeros(days), world.day
    for t in range(days):
        today = world.step()
        spend[t] = np.bincount(today.action, today.cost_micros, world.k + 1)[1:] / 1e6
        margin[t] = int(today.revenue_micros.sum()) / 1e6 * world.config.margin_rate
    unknown = int(np.ceil(-world.config.delay_days * np.log(1 - REPORTED)))
    known = np.arange(days) < days - unknown
    return DailyTotals(
        world.actions[1:], np.arange(first, first + days), spend, np.where(known, margin, 0.0), known
    )


def best_plan(daily: DailyTotals, split: SplitSettings, channels: int) -> tuple[float, ...]:
    """(A,) multipliers: exchange search on the curves, within the split's bounds and step cap.

    A channel without a curve is taken to earn what it costs.
    """
    everything = TotalsSettings(
        randomised=daily.channels,
        min_spend_variation=1e-12,
        min_independent_share=1e-12,
        min_moves=1.0,
        max_prior_share=1 - 1e-9,
    )
    found = fit_totals(daily, everything, period_days=HORIZON_DAYS, level=0.95, seed=1).channels
    spend = np.array([channel.spend for channel in found])
    grid = [(np.array(c.curve.budgets), np.array(c.curve.margin)) if c.curve else None for c in found]

    def value(multipliers: np.ndarray) -> tuple[float, float]:
        """(change in margin, change in spend); a channel without a curve earns what it costs."""
        margin = 0.0
        for budget, curve, today in zip(multipliers * spend, grid, spend, strict=True):
            margin += float(np.interp(budget, *curve)) if curve else budget - today
        return margin, float((multipliers * spend).sum() - spend.sum())

    nudge = 0.1
    steps = nudge * np.eye(channels)
    slopes = [(value(1 + step)[0] - value(1 - step)[0]) / (2 * nudge) for step in steps]
    plan = best_exchange(
        value,
        np.array([slopes, spend]),
        weights=spend / spend.sum(),
        low=split.min_multiplier,
        high=split.max_multiplier,
        move=split.max_move_share,
    )
    return (1.0, *(float(m) for m in plan))
