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
from models.results import HealthCheck

MICROS = 1_000_000
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


def money_findings(log: DailyLog, *, single_step: bool, currency: str) -> tuple[DatedCheck, ...]:
    """Every check of money, in the order of a reader's interest."""
    found = [single_rows(log, currency), spend_against_sales(log, currency)]
    if not single_step:
        found += [spend_by_day(log, currency), cost_of_an_ad(log, currency), value_of_an_order(log, currency)]
    return tuple(found)


def single_rows(log: DailyLog, currency: str) -> DatedCheck:
    """A few rows that are ten thousand times as large as any other of their channel."""
    name, unit, limit = "single rows", "times the next largest", f"<= {ROW_GAP:,}"
    worst, where = 1.0, None
    for amounts in log.largest:
        gap, n = widest_gap(amounts)
        if gap > worst:
            worst, where = gap, (amounts, n)
    if worst <= ROW_GAP or where is None:
        return DatedCheck(
            HealthCheck(name, "ok", worst, unit, limit, "No row costs or earns far more than any other.")
        )
    amounts, n = where
    rows = "1 row" if n == 1 else f"{n} rows"
    verb = "is" if n == 1 else "are"
    days = tuple(sorted(set(amounts.day[:n])))
    text = (
        f"{rows} of {_table_of(amounts)} {verb} worth {_money(amounts.micros[0], currency)}"
        f"{'' if n == 1 else ' at most'} on {listed_days(days)}; the next largest is worth "
        f"{_money(amounts.micros[n], currency)}. Mend or remove what was mistyped in the export, or take out "
        f"{'the day' if len(days) == 1 else 'the days'} with [[exclude]]."
    )
    return DatedCheck(HealthCheck(name, "stop", worst, unit, limit, text), days)


def widest_gap(amounts: LargestAmounts) -> tuple[float, int]:
    """(largest ratio of an amount to the next, how many rows stand beyond it); (1, 0) where rows are few."""
    micros = np.array(amounts.micros, np.float64)
    if amounts.rows_above_zero < FEWEST_ROWS or len(micros) < 2:
        return 1.0, 0
    ratio = micros[: min(MOST_ROWS, len(micros) - 1)] / micros[1 : MOST_ROWS + 1]
    return float(ratio.max()), int(ratio.argmax()) + 1


def spend_against_sales(log: DailyLog, currency: str) -> DatedCheck:
    """All costs in a wrong unit: nothing else in the log says so but what customers pay."""
    name, unit, limit = "spend against sales", "times all sales", f"<= {SPEND_PER_SALES:g}"
    spend, sales = float(log.channel_days["cost_micros"].sum()), float(log.shop_days["revenue_micros"].sum())
    if log.shop_days["purchases"].sum() < FEWEST_PURCHASES or sales <= 0:
        return DatedCheck(HealthCheck(name, "ok", None, unit, limit, "There are too few sales to tell."))
    if spend <= SPEND_PER_SALES * sales:
        text = "What the ads cost and what customers paid are of one size."
        return DatedCheck(HealthCheck(name, "ok", spend / sales, unit, limit, text))
    text = (
        f"The ads of this log cost {_money(spend, currency)}, and all purchases brought "
        f"{_money(sales, currency)}: the costs look as if they were written in another unit. Say which in "
        'the study (`money_unit = "micros"` or "cents" of the table impressions), or mend the export.'
    )
    return DatedCheck(HealthCheck(name, "stop", spend / sales, unit, limit, text))


def spend_by_day(log: DailyLog, currency: str) -> DatedCheck:
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
        text = "No day's spend stands far above the others."
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(farthest)), unit, limit, text))
    distance, channel, worst, usual_log = max(found, key=lambda row: (row[0], row[1]))
    days = tuple(sorted({int(log.day[i]) for _, _, i, _ in found}))
    k = log.channels.index(channel)
    text = (
        f"{channel} spent {_money(log.channel_days['cost_micros'][worst, k], currency)} on "
        f"{day_text(log.day[worst])}{_rows_text(log, channel, int(worst), currency)}, where "
        f"{_money(np.exp(usual_log), currency)} is usual{_more_days(days)}. Mend the export or its "
        "`money_unit`, or take the day out with [[exclude]]; if it is real, say so with [[event]]."
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(distance)), unit, limit, text), days)


def cost_of_an_ad(log: DailyLog, currency: str) -> DatedCheck:
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
        text = "An ad costs about the same on every day."
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(farthest)), unit, limit, text))
    most, channel, worst, usual_log = max(found, key=lambda row: (row[0], row[1]))
    days = tuple(sorted({int(log.day[i]) for _, _, i, _ in found}))
    k = log.channels.index(channel)
    n_ads = int(log.channel_days["impressions"][worst, k])
    each = log.channel_days["cost_micros"][worst, k] / n_ads
    text = (
        f"An ad of {channel} cost {_money(each, currency)} on {day_text(log.day[worst])} ({n_ads:,} rows, "
        f"{_money(log.channel_days['cost_micros'][worst, k], currency)} in all), where "
        f"{_money(np.exp(usual_log), currency)} is usual{_more_days(days)}: the cost was written in another "
        "unit on some days. Mend the export, so that one `money_unit` holds for all its rows, or take the "
        "days out with [[exclude]]."
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(most)), unit, limit, text), days)


def value_of_an_order(log: DailyLog, currency: str) -> DatedCheck:
    """Days on which the middle order is a multiple or a fraction of what it is otherwise.

    The middle of five or more, since a single order may be worth anything.
    """
    name, unit, limit = "value of an order", "times the usual", f"<= {FACTOR:g}"
    middle = log.shop_days["median_revenue_micros"]
    active = np.flatnonzero((log.shop_days["purchases"] >= 5) & (middle > 0))
    text = "Orders are worth about the same on every day."
    if len(active) < FEWEST_DAYS:
        return DatedCheck(HealthCheck(name, "ok", None, unit, limit, text))
    figure = np.log(middle[active])
    usual = middle_of(figure)
    distance = np.abs(figure - usual)
    off = np.flatnonzero(distance > allowed(figure))
    if not len(off):
        return DatedCheck(HealthCheck(name, "ok", float(np.exp(distance.max())), unit, limit, text))
    i = off[distance[off].argmax()]
    worst, days = active[i], tuple(log.day[active[off]].tolist())
    text = (
        f"The middle one of {int(log.shop_days['purchases'][worst]):,} orders on "
        f"{day_text(log.day[worst])} is worth {_money(middle[worst], currency)}, where "
        f"{_money(np.exp(usual), currency)} is usual{_more_days(days)}: revenue was written in another unit "
        "on some days. Mend the export, so that one `money_unit` holds for all purchases, or take the days "
        "out with [[exclude]]."
    )
    return DatedCheck(HealthCheck(name, "stop", float(np.exp(distance[i])), unit, limit, text), days)


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


def listed_days(days: tuple[int, ...]) -> str:
    """`2026-11-03`, `2026-11-03 and 2026-11-05`, or the first two and how many more."""
    shown = [day_text(day) for day in days]
    if len(shown) <= 2:
        return " and ".join(shown)
    return f"{shown[0]}, {shown[1]} and {len(shown) - 2} more days"


def _more_days(days: tuple[int, ...]) -> str:
    if len(days) == 1:
        return ""
    return f" ({len(days)} such days from {day_text(days[0])} to {day_text(days[-1])})"


def _rows_text(log: DailyLog, channel: str, at: int, currency: str) -> str:
    """` (214 rows, the largest 2,000,000.00 EUR)` where the log tells rows apart."""
    ads = int(log.channel_days["impressions"][at, log.channels.index(channel)])
    largest = max(_costs_on(log, channel, int(log.day[at])), default=0)
    parts = ([f"{ads:,} row{'' if ads == 1 else 's'}"] if ads else []) + (
        [f"the largest {_money(largest, currency)}"] if largest else []
    )
    return f" ({', '.join(parts)})" if parts else ""


def _costs_on(log: DailyLog, channel: str, day: int) -> Iterator[int]:
    for amounts in log.largest:
        if (amounts.kind, amounts.channel) == ("cost", channel):
            yield from (m for m, d in zip(amounts.micros, amounts.day, strict=True) if d == day)


def _table_of(amounts: LargestAmounts) -> str:
    return "the purchases" if (amounts.kind, amounts.channel) == ("revenue", "none") else amounts.channel


def _money(micros: float | np.floating | np.integer, currency: str) -> str:
    units = float(micros) / MICROS
    return f"{units:,.2f} {currency}" if units >= 1 else f"{units:.3g} {currency}"
