"""The log held against its own past, in words: what cannot be so, and what it no longer holds."""

from models.results import (
    AdCostOff,
    FewSales,
    HealthCheck,
    NoGap,
    NoSilence,
    OfHistory,
    OrderOff,
    RowGap,
    Silent,
    SpendAndSales,
    SpendOff,
    Steady,
    Vocabulary,
)
from reports import words

UPDATE = "Bring the feed up to date, or take the days out with [[exclude]]"
CLOSED = f"{UPDATE}; if it was closed, say so with [[event]]."
"""What to do about a feed that fell silent, where the shop may have been closed."""


def history_text(check: HealthCheck, found: OfHistory, word: Vocabulary, currency: str) -> str:
    """What was found, and what to do about it."""
    match found:
        case NoGap():
            return "No row costs or earns far more than any other."
        case RowGap():
            return _row_gap(found, currency)
        case FewSales():
            return "There are too few sales to tell."
        case SpendAndSales():
            return _spend_and_sales(check.status == "ok", found, word, currency)
        case SpendOff():
            return _spend_off(found, currency)
        case AdCostOff():
            return _ad_cost_off(found, word, currency)
        case OrderOff():
            return _order_off(found, word, currency)
        case Steady():
            ad, orders = words.capital(word.a_treatment), words.capital(word.successes)
            return {
                "spend by day": "No day's spend stands far above the others.",
                "cost of an ad": f"{ad} costs about the same on every day.",
                "value of an order": f"{orders} are worth about the same on every day.",
            }[check.kind]
        case NoSilence():
            return f"No long stretch of days lacks {check.subject} that the weeks before had."
        case Silent():
            return _silent(check.subject, found, word)


def _row_gap(found: RowGap, currency: str) -> str:
    one, table = found.rows == 1, found.channel or "the purchases"
    rows = "1 row" if one else f"{found.rows} rows"
    return (
        f"{rows} of {table} {'is' if one else 'are'} worth {_money(found.largest_micros, currency)}"
        f"{'' if one else ' at most'} on {_listed(found.days)}; the next largest is worth "
        f"{_money(found.next_micros, currency)}. Mend or remove what was mistyped in the export, or take out "
        f"{'the day' if len(found.days) == 1 else 'the days'} with [[exclude]]."
    )


def _spend_and_sales(ok: bool, found: SpendAndSales, word: Vocabulary, currency: str) -> str:
    if ok:
        return f"What the {word.treatments} cost and what was paid are of one size."
    return (
        f"The {word.treatments} of this log cost {_money(found.spend_micros, currency)}, and all "
        f"{word.successes} brought {_money(found.sales_micros, currency)}: the costs look as if they were "
        'written in another unit. Say which in the study (`money_unit = "micros"` or "cents" of the table '
        "impressions), or mend the export."
    )


def _spend_off(found: SpendOff, currency: str) -> str:
    parts = [f"{found.rows:,} row{'' if found.rows == 1 else 's'}"] if found.rows else []
    parts += [f"the largest {_money(found.largest_micros, currency)}"] if found.largest_micros else []
    rows = f" ({', '.join(parts)})" if parts else ""
    return (
        f"{found.channel} spent {_money(found.micros, currency)} on {found.day}{rows}, where "
        f"{_money(found.usual_micros, currency)} is usual{_more(found.days)}. Mend the export or its "
        "`money_unit`, or take the day out with [[exclude]]; if it is real, say so with [[event]]."
    )


def _ad_cost_off(found: AdCostOff, word: Vocabulary, currency: str) -> str:
    ad = word.a_treatment
    return (
        f"{words.capital(ad)} of {found.channel} cost {_money(found.each_micros, currency)} on "
        f"{found.day} ({found.rows:,} rows, {_money(found.micros, currency)} in all), where "
        f"{_money(found.usual_micros, currency)} is usual{_more(found.days)}: the cost was written in "
        f"another unit on some days. Mend the export, so that one `money_unit` holds for all its rows, or "
        f"take the days out with [[exclude]]."
    )


def _order_off(found: OrderOff, word: Vocabulary, currency: str) -> str:
    return (
        f"The middle one of {found.orders:,} {word.successes} on {found.day} is worth "
        f"{_money(found.middle_micros, currency)}, where {_money(found.usual_micros, currency)} is "
        f"usual{_more(found.days)}: revenue was written in another unit on some days. Mend the export, so "
        f"that one `money_unit` holds for the whole table purchases, or take the days out with [[exclude]]."
    )


def _silent(name: str, found: Silent, word: Vocabulary) -> str:
    when = (
        f"on {found.first}" if found.days == 1 else f"from {found.first} to {found.last} ({found.days} days)"
    )
    of = f" of {found.channel}" if found.channel else ""
    others = word.action if found.others == 1 else word.actions
    more = f"; so it is with {found.others} more {others}" if found.others else ""
    lacks = "no" if found.counted == 0 else f"only {found.counted:,}"
    return (
        f"The log holds {lacks} {name}{of} {when}, where about {found.expected:,.0f} are usual{more}. "
        f"{_advice(name, word)}"
    )


def _advice(feed: str, word: Vocabulary) -> str:
    """What to do about a feed that fell silent."""
    if feed == "impressions":
        return (
            f"{UPDATE}; if the {word.action} was paused on purpose, log its opportunities of those days with "
            "eligible = false."
        )
    if feed == "ads with a cost":
        return "Bring the costs up to date, or take the days out with [[exclude]]."
    return f"{UPDATE}." if feed in ("opportunities", "clicks") else CLOSED


def _listed(days: tuple[str, ...]) -> str:
    """`2026-11-03`, `2026-11-03 and 2026-11-05`, or the first two and how many more."""
    if len(days) <= 2:
        return " and ".join(days)
    more = len(days) - 2
    return f"{days[0]}, {days[1]} and {more} more day{'' if more == 1 else 's'}"


def _more(days: tuple[str, ...]) -> str:
    return "" if len(days) == 1 else f" ({len(days)} such days from {days[0]} to {days[-1]})"


def _money(micros: float, currency: str) -> str:
    units = micros / 1_000_000
    return f"{units:,.2f} {currency}" if units >= 1 else f"{units:.3g} {currency}"
