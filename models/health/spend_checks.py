"""Money that cannot be so: single rows, days and whole logs, held against the rest of the log.

A slip of the decimal point, a unit that changed or a row typed by hand is off by a factor of thirty and more;
what seasons, auctions, promotions and heavy-tailed orders do stays within what the log itself shows. Each
check says how often it would stop a night on a sound log.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.health.daily_log import DailyLog, LargestAmounts
from models.results import (
    AdCostOff,
    FewSales,
    HealthCheck,
    NoGap,
    OrderOff,
    RowGap,
    SpendAndSales,
    SpendOff,
    Steady,
)

EPOCH = date(1970, 1, 1)

ROW_GAP = 10_000
"""Times the next largest row of its channel. Of amounts with the heaviest tail met in practice (Pareto, 1)
the largest is that far from the next once in 10,000 logs; of lognormal ones never."""
MOST_ROWS, FEWEST_ROWS = 10, 30
"""So many rows may stand beyond the gap; so few say nothing about what is usual."""

FACTOR, SPREADS = 30.0, 12.0
"""A day is off by this factor, and by this many robust standard deviations of the log of the day's figure.
The second is for channels of a few rows a day: sums of lognormal costs (1.5) are never that far off, and of
costs with a Pareto tail (1), which no auction has, once in 1,500 days at most."""
FEWEST_DAYS = 14
NEAR_DAYS = 14
"""On each side: a lasting change of budget is measured against both of its sides, so only days on their own,
and a change younger than a week, can be off."""

SPEND_PER_SALES, FEWEST_PURCHASES = 100.0, 20


@dataclass(frozen=True)
class DatedCheck:
    """A check, and the days it doubts (since 1970-01-01): today's spend is not read off them."""

    check: HealthCheck
    days: tuple[int, ...] = ()


def money_findings(log: DailyLog, *, single_step: bool) -> tuple[DatedCheck, ...]:
    """Every check of money, in the order of a reader's interest."""
    found = [single_rows(log), spend_against_sales(log)]
    if not single_step:
        found += [spend_by_day(log), cost_of_an_ad(log), value_of_an_order(log)]
    return tuple(found)


def single_rows(log: DailyLog) -> DatedCheck:
    """A few rows that are ten thousand times as large as any other of their channel."""
    name, unit, limit = "single rows", "times the next largest", f"<= {ROW_GAP:,}"
    worst, where = 1.0, None
    for amounts in log.largest:
        gap, n = widest_gap(amounts)
        if gap > worst:
            worst, where = gap, (amounts, n)
    if worst <= ROW_GAP or where is None:
        return DatedCheck(HealthCheck(name, "ok", worst, unit, limit, NoGap()))
    amounts, n = where
    days = tuple(sorted(set(amounts.day[:n])))
    found = RowGap(
        "" if (amounts.kind, amounts.channel) == ("revenue", "none") else amounts.channel,
        n,
        amounts.micros[0],
        amounts.micros[n],
        tuple(map(day_text, days)),
    )
    return DatedCheck(HealthCheck(name, "stop", worst, unit, limit, found), days)


def widest_gap(amounts: LargestAmounts) -> tuple[float, int]:
    """(largest ratio of an amount to the next, how many rows stand beyond it); (1, 0) where rows are few."""
    micros = np.array(amounts.micros, np.float64)
    if amounts.rows_above_zero < FEWEST_ROWS or len(micros) < 2:
        return 1.0, 0
    ratio = micros[: min(MOST_ROWS, len(micros) - 1)] / micros[1 : MOST_ROWS + 1]
    return float(ratio.max()), int(ratio.argmax()) + 1


def spend_against_sales(log: DailyLog) -> DatedCheck:
    """All costs in a wrong unit: nothing else in the log says so but what customers pay."""
    name, unit, limit = "spend against sales", "times all sales", f"<= {SPEND_PER_SALES:g}"
    spend, sales = float(log.channel_days["cost_micros"].sum()), float(log.shop_days["revenue_micros"].sum())
    if log.shop_days["purchases"].sum() < FEWEST_PURCHASES or sales <= 0:
        return DatedCheck(HealthCheck(name, "ok", None, unit, limit, FewSales()))
    status = "ok" if spend <= SPEND_PER_SALES * sales else "stop"
    return DatedCheck(HealthCheck(name, status, spend / sales, unit, limit, SpendAndSales(spend, sales)))


def spend_by_day(log: DailyLog) -> DatedCheck:
    """A day on which a channel spent far more than on the days around it."""
    name, unit, limit = "spend by day", "times the usual", f"<= {FACTOR:g}"
    found: list[tuple[float, str, int, float]] = []
    farthest = 0.0
    for k, channel in enumerate(log.channels):
        spend = log.channel_days["cost_micros"][:, k]
        active = np.flatnonzero(spend > 0)
        if len(active) < FEWEST_DAYS + 1:
            continue
        figure = np.log(spend[active])
        usual = median_around(figure)
        farthest = max(farthest, float((figure - usual).max()))
        off = (figure - usual > allowed(figure)) & ~log.marked[active]
        found += [
            (float(figure[i] - usual[i]), channel, int(active[i]), float(usual[i]))
            for i in np.flatnonzero(off)
        ]
    if not found:
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(farthest)), unit, limit, Steady()))
    distance, channel, worst, usual_log = max(found, key=lambda row: (row[0], row[1]))
    days = tuple(sorted({int(log.day[i]) for _, _, i, _ in found}))
    k = log.channels.index(channel)
    told = SpendOff(
        channel,
        day_text(log.day[worst]),
        int(log.channel_days["cost_micros"][worst, k]),
        float(np.exp(usual_log)),
        int(log.channel_days["impressions"][worst, k]),
        max(_costs_on(log, channel, int(log.day[worst])), default=0),
        tuple(map(day_text, days)),
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(distance)), unit, limit, told), days)


def cost_of_an_ad(log: DailyLog) -> DatedCheck:
    """Days on which an ad cost a multiple or a fraction of what it costs otherwise: a unit that changed.

    The spend of such a day is off in the same direction, so that a few dear ads on a quiet day, or a channel
    that grows, are none.
    """
    name, unit, limit = "cost of an ad", "times the usual", f"<= {FACTOR:g}"
    found: list[tuple[float, str, int, float]] = []
    farthest = 0.0
    for k, channel in enumerate(log.channels):
        spend, ads = log.channel_days["cost_micros"][:, k], log.channel_days["impressions"][:, k]
        active = np.flatnonzero((spend > 0) & (ads > 0))
        if len(active) < FEWEST_DAYS:
            continue
        total = np.log(spend[active])
        figure = total - np.log(ads[active])
        usual = middle_of(figure)
        farthest = max(farthest, float(np.abs(figure - usual).max()))
        distance, of_day = figure - usual, total - middle_of(total)
        off = (
            (np.abs(distance) > allowed(figure))
            & (np.abs(of_day) > np.log(FACTOR))
            & (np.sign(distance) == np.sign(of_day))
        )
        found += [(abs(float(distance[i])), channel, int(active[i]), usual) for i in np.flatnonzero(off)]
    if not found:
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(farthest)), unit, limit, Steady()))
    most, channel, worst, usual_log = max(found, key=lambda row: (row[0], row[1]))
    days = tuple(sorted({int(log.day[i]) for _, _, i, _ in found}))
    k = log.channels.index(channel)
    n_ads, micros = (int(log.channel_days[m][worst, k]) for m in ("impressions", "cost_micros"))
    told = AdCostOff(
        channel,
        day_text(log.day[worst]),
        micros / n_ads,
        float(np.exp(usual_log)),
        n_ads,
        micros,
        tuple(map(day_text, days)),
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(most)), unit, limit, told), days)


def value_of_an_order(log: DailyLog) -> DatedCheck:
    """Days on which the middle order is a multiple or a fraction of what it is otherwise.

    The middle of five or more, since a single order may be worth anything.
    """
    name, unit, limit = "value of an order", "times the usual", f"<= {FACTOR:g}"
    middle = log.shop_days["median_revenue_micros"]
    active = np.flatnonzero((log.shop_days["purchases"] >= 5) & (middle > 0))
    if len(active) < FEWEST_DAYS:
        return DatedCheck(HealthCheck(name, "ok", None, unit, limit, Steady()))
    figure = np.log(middle[active])
    usual = middle_of(figure)
    distance = np.abs(figure - usual)
    off = np.flatnonzero(distance > allowed(figure))
    if not len(off):
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(distance.max())), unit, limit, Steady()))
    i = off[distance[off].argmax()]
    worst, days = active[i], tuple(log.day[active[off]].tolist())
    told = OrderOff(
        day_text(log.day[worst]),
        int(log.shop_days["purchases"][worst]),
        int(middle[worst]),
        float(np.exp(usual)),
        tuple(map(day_text, days)),
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(distance[i])), unit, limit, told), days)


def allowed(figure: NDArray[np.float64]) -> float:
    """How far the log of a day's figure may be from the usual: `FACTOR`, or more where days differ much.

    The spread is that of the change from one day to the next, which a change of level does not widen:
    1.4826 median |x_t - x_(t-1)| / sqrt 2.
    """
    spread = 1.4826 * float(np.median(np.abs(np.diff(figure)))) / np.sqrt(2)
    return float(max(np.log(FACTOR), SPREADS * spread))


def middle_of(figure: NDArray[np.float64]) -> float:
    """The median, of an even number the lower of the two: never a level between two units that no day has."""
    return float(np.quantile(figure, 0.5, method="lower"))


def median_around(figure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of the days around each day, up to `NEAR_DAYS` on each side, itself left out. (n,)"""
    n = len(figure)
    return np.array(
        [
            np.median(np.concatenate([figure[max(0, i - NEAR_DAYS) : i], figure[i + 1 : i + 1 + NEAR_DAYS]]))
            for i in range(n)
        ]
    )


def day_text(day: int | np.integer) -> str:
    return (EPOCH + timedelta(days=int(day))).isoformat()


def _costs_on(log: DailyLog, channel: str, day: int) -> Iterator[int]:
    for amounts in log.largest:
        if (amounts.kind, amounts.channel) == ("cost", channel):
            yield from (m for m, d in zip(amounts.micros, amounts.day, strict=True) if d == day)
