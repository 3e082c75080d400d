"""Bids: one for all, by worth, and under a budget, in a second-price world and on iPinYou's real auctions."""

import numpy as np
from numpy.typing import NDArray

from models.bidding import Auctions, PacedBudget, Replay, learn_spend, pace, replay
from models.levels import LevelsLog, SecondPriceScores, judge_levels
from models.trials import TrialLog
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.bid_level import BID_LEVEL, LEVELS, Clicks, draw_clicks, profit
from tests.benchmarks.decisions.figure import Figure
from tests.sql.tiny_logs import real_data

DRAWS = 20
BUDGET_DRAWS = 40
BUDGET = 0.15
"""EUR per auction: a third of what bids at the worth spend."""
MOST_BID = 300.0
"""Up to which iPinYou's prices are known."""
SHARES = (32, 8, 2)
TICKS = (24, 48)
OF_LINEAR = 19 / 21


def figures() -> list[Figure]:
    return [*_one_for_all(), *_under_a_budget(), *_ipinyou()]


def _one_for_all() -> list[Figure]:
    truth, best = profit(LEVELS), int(profit(LEVELS).argmax())
    found = [judge_levels(levels_of(seed), seed=seed) for seed in range(DRAWS)]
    near = sum(abs(int(np.flatnonzero(one.best.level == LEVELS)[0]) - best) <= 1 for one in found)
    kept = sum(one.values[best].may_be_best for one in found)
    lost = np.mean([truth[best] - truth[one.best.level == LEVELS][0] for one in found])
    gains = [
        one.test.rule.estimate for one in found if one.test.rule is not None and one.test.chooses_by_rule
    ]
    whole = draw_clicks(Size(1_000_000, 14, 7, LAST_DAY))
    by_worth = (
        float(np.where(whole.price <= whole.worth, whole.worth - whole.price, 0.0).mean()) - truth[best]
    )
    return [
        Figure(
            "one bid for all within a step of the best, 1 EUR, in 95 %",
            f"{near} of {DRAWS} logs of {BID_LEVEL.entities:,} auctions; it loses {lost:.4f} of "
            f"{truth[best]:.3f} EUR",
            near >= 0.95 * DRAWS,
        ),
        Figure(
            "the bids that may be best hold the best one, 95 %", f"{kept} of {DRAWS}", kept >= 0.9 * DRAWS
        ),
        Figure(
            "a rule of a few lines is told, with four fifths of what bids at the worth earn beyond one "
            "for all",
            f"told in {len(gains)} of {DRAWS}; {np.mean(gains):.3f} of {by_worth:.3f} EUR per auction",
            len(gains) == DRAWS and float(np.mean(gains)) >= 0.8 * by_worth,
        ),
    ]


def _under_a_budget() -> list[Figure]:
    shares, spent, quarters = [], [], []
    for seed in range(BUDGET_DRAWS):
        past, today = (_auctions(draw_clicks(Size(20_000, 14, seed + k, LAST_DAY))) for k in (1000, 2000))
        budget = BUDGET * today.n
        best = learn_spend(today).multiplier_of(BUDGET)
        hindsight = replay(today, best * today.worth, budget).gained.sum()
        done = pace(today, learn_spend(past), PacedBudget(budget, most=1.0))
        shares.append(float(done.gained.sum() / hindsight))
        spent.append(float(done.spent.sum() / budget))
        quarters.append(done.share_spent(by=0.25))
    return [
        Figure(
            "under a budget, at least 97 % of the best bids in hindsight",
            f"{np.mean(shares):.1%} on average, {min(shares):.1%} at least in {BUDGET_DRAWS} days of "
            "20,000 auctions",
            min(shares) >= 0.97,
        ),
        Figure(
            "its budget is never exceeded, and at most half of it gone after a quarter of the day",
            f"{max(spent):.2%} of it spent at most; {max(quarters):.0%} after a quarter at most",
            max(spent) <= 1.0 and max(quarters) <= 0.5,
        ),
    ]


def _ipinyou() -> list[Figure]:
    past, today = ipinyou("train"), ipinyou("test")
    if past is None or today is None:
        return []
    found, curve = [], learn_spend(past)
    for share in SHARES:
        budget = float(today.price.sum()) / share
        linear = max(_clicks(today, k * today.worth, budget) for k in np.geomspace(1e4, 1e6, 400))
        constant = max(_clicks(today, np.full(today.n, bid), budget) for bid in np.arange(1.0, MOST_BID + 1))
        done = [pace(today, curve, PacedBudget(budget, ticks, most_bid=MOST_BID)) for ticks in TICKS]
        clicks = [int(one.gained.sum()) for one in done]
        told = " and ".join(f"{n} with {ticks} ticks" for n, ticks in zip(clicks, TICKS, strict=True))
        found.append(
            Figure(
                f"iPinYou, a budget of 1/{share}, learnt on the first part: at least 19 of 21 clicks of "
                "the best "
                "linear bid in hindsight",
                f"{told}; in hindsight the best linear bid {linear}, the best constant one {constant}, of "
                f"{int(today.gained.sum())}",
                min(clicks) >= OF_LINEAR * linear,
            )
        )
        found.append(
            Figure(
                f"iPinYou, 1/{share}: budget never exceeded, at most half gone after the first quarter",
                f"{max(one.spent.sum() / budget for one in done):.2%} spent at most; "
                f"{max(one.share_spent(by=0.25) for one in done):.0%} after a quarter",
                all(_keeps(one, budget) for one in done),
            )
        )
    return found


def ipinyou(part: str) -> Auctions | None:
    """The auctions of advertiser 1458, worth their predicted click rate; None where the data is absent."""
    folder = real_data("ipinyou")
    if folder is None:
        return None
    click, price, rate, _ = np.loadtxt(folder / f"replay_1458.{part}.tsv").T
    return Auctions(rate, price, click)


def _keeps(done: Replay, budget: float) -> bool:
    return bool(done.spent.sum() <= budget and done.spent[: len(done.spent) // 4].sum() <= 0.5 * budget)


def _clicks(today: Auctions, bids: NDArray[np.float64], budget: float) -> int:
    return int(replay(today, np.minimum(bids, MOST_BID), budget).gained.sum())


def _auctions(drawn: Clicks) -> Auctions:
    return Auctions(drawn.worth, drawn.price, drawn.gained)


def levels_of(seed: int) -> LevelsLog:
    """The world's log as a night reads it."""
    drawn = draw_clicks(Size(BID_LEVEL.entities, BID_LEVEL.days, 100 + seed, LAST_DAY))
    n = len(drawn.worth)
    level = np.random.default_rng(seed).integers(0, len(LEVELS), n)
    won = drawn.price <= LEVELS[level]
    log = TrialLog(
        entity=np.arange(n) * 7919,
        arm=level,
        arms=tuple(f"{one:g}" for one in LEVELS),
        idle=None,
        outcome=np.where(won, drawn.gained, 0.0),
        cost=np.where(won, drawn.price, 0.0),
        covariates=drawn.worth[:, None],
        names=("expected_worth",),
        probability=np.full(n, 1 / len(LEVELS)),
    )
    return LevelsLog(log, LEVELS, "EUR", scores=SecondPriceScores(LEVELS))
