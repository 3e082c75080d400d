"""Stock whose best level is known, with and without a cost per order, from sales that hide unmet demand."""

import numpy as np
from scipy.stats import poisson

from models.levels import LevelsLog, StockScores, judge_levels
from models.restock import DayCosts, Demand, average_cost, best_reorder_policy, demand_from_sales
from models.results import LevelsResult
from models.trials import TrialLog
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.reorder_level import (
    HOLDING,
    LEVELS,
    REORDER_LEVEL,
    STOCK_OUT,
    Days,
    best_level,
    daily_cost,
    draw_days,
)
from tests.benchmarks.decisions.figure import Figure

DRAWS = 40
NEAR = 1.03


ORDERS = DayCosts(order=64.0, holding=1.0, stock_out=9.0)
MEAN_WANTED, LOGGED_DAYS = 20.0, 1_000
"""Of the (s, S) world: Poisson, and stocks of 10 to 75 units by lot."""


def figures() -> list[Figure]:
    return [*_newsvendor(), *_with_cost_per_order()]


def _newsvendor() -> list[Figure]:
    best = float(daily_cost(best_level()))
    drawn = [
        draw_days(Size(REORDER_LEVEL.entities, REORDER_LEVEL.days, 100 + k, LAST_DAY)) for k in range(DRAWS)
    ]
    found = [judge_levels(levels_of(days), seed=k) for k, days in enumerate(drawn)]
    peaks = np.array([one.peak for one in found])
    of_peaks = daily_cost(peaks)
    of_steps = daily_cost(np.array([one.best.level for one in found]))
    truth = daily_cost(LEVELS)
    at_best = LEVELS[int(truth.argmin())]
    kept = sum(one.may_be_best for each in found for one in each.values if one.level == at_best)
    beside = sum(_beside_holds(each) for each in found)
    blind = np.array([_by_sales(days) for days in drawn])
    return [
        Figure(
            "the newsvendor's best stock, 132.8 at 35.10 EUR a day: within 3 % of the cost, in 95 %",
            f"the curve's peak is {peaks.mean():.1f} ({peaks.min():.1f} to {peaks.max():.1f}), "
            f"{of_peaks.mean():.2f} "
            f"EUR on average and {of_peaks.max():.2f} at most in {DRAWS} logs of 300 SKUs and 60 days",
            int((of_peaks <= NEAR * best).sum()) >= 0.95 * DRAWS,
        ),
        Figure(
            "the same of the advised level, in steps of 4 units",
            f"{int((of_steps <= NEAR * best).sum())} of {DRAWS}; {of_steps.mean():.2f} EUR on average",
            int((of_steps <= NEAR * best).sum()) >= 0.95 * DRAWS,
        ),
        Figure(
            "the levels that may be best hold the best one, 95 %", f"{kept} of {DRAWS}", kept >= 0.9 * DRAWS
        ),
        Figure(
            "intervals beside the advised level hold at once, 95 %",
            f"{beside} of {DRAWS}",
            beside >= 0.9 * DRAWS,
        ),
        Figure(
            "demand hidden by stock-outs: surer than the 90 % quantile of what was sold",
            f"that quantile is {blind.mean():.1f}, at {daily_cost(blind).mean():.2f} EUR a day",
            float(daily_cost(blind).mean()) > float(of_peaks.mean()),
        ),
    ]


def _with_cost_per_order() -> list[Figure]:
    chances = poisson.pmf(np.arange(200), MEAN_WANTED)
    truth = Demand(chances, float(1.0 - chances.sum()))
    best = best_reorder_policy(truth, ORDERS)
    costs, blind = [], []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        stock, wanted = rng.integers(10, 76, LOGGED_DAYS), rng.poisson(MEAN_WANTED, LOGGED_DAYS)
        sold = np.minimum(stock, wanted)
        for found, demand in ((costs, demand_from_sales(sold, stock)), (blind, _as_if_demand(sold))):
            policy = best_reorder_policy(demand, ORDERS)
            found.append(average_cost(policy.at, policy.up_to, truth, ORDERS))
    return [
        Figure(
            "an (s, S) optimum, (14, 62) at 49.17 a day (Zheng & Federgruen 1991): within 3 % of the cost",
            f"({best.at}, {best.up_to}) where demand is known; from {LOGGED_DAYS:,} days of sales "
            f"{np.mean(costs):.2f} on "
            f"average and {max(costs):.2f} at most in {DRAWS} logs, {np.mean(blind):.2f} as if sales "
            "were the demand",
            max(costs) <= NEAR * best.cost,
        )
    ]


def _as_if_demand(sold: np.ndarray) -> Demand:
    return Demand(np.bincount(sold, minlength=76) / len(sold), 0.0)


def levels_of(days: Days) -> LevelsLog:
    """The world's log as a night reads it."""
    n = len(days.sku)
    log = TrialLog(
        entity=days.sku * 7919,
        arm=days.level,
        arms=tuple(f"{level:g}" for level in LEVELS),
        idle=None,
        outcome=STOCK_OUT * days.sold - HOLDING * days.left,
        cost=np.zeros(n),
        covariates=np.zeros((n, 0)),
        names=(),
        probability=np.full(n, 1 / len(LEVELS)),
    )
    return LevelsLog(log, LEVELS, "units", scores=StockScores(LEVELS, STOCK_OUT, -HOLDING))


def _beside_holds(found: LevelsResult) -> bool:
    """Whether every level lies in its interval beside the advised one."""
    best = float(daily_cost(found.best.level))
    known = [(one.under_best, best - float(daily_cost(one.level))) for one in found.values]
    return all(told is None or told.low <= truth <= told.high for told, truth in known)


def _by_sales(days: Days) -> float:
    """The critical quantile of sales, as if these were the demand."""
    return float(np.quantile(days.sold, STOCK_OUT / (STOCK_OUT + HOLDING)))
