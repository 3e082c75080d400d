"""Columns that can only come after the draw of a test: outcomes or guardrails, never facts about a user."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from flows.init.lines import Line, comment, listed, quoted
from flows.init.look import Column, Seen
from flows.init.roles import MARGINS, REVENUES, SUCCESSES

WORSE = {
    *(
        "unsubscribed",
        "unsubscribe",
        "unsubscribes",
        "optout",
        "complained",
        "complaint",
        "complaints",
        "spam",
    ),
    *("returned", "return", "returns", "refunded", "bounced", "bounce", "bounces", "churned", "churn"),
    *("cancelled", "canceled", "abgemeldet", "abmeldung", "beschwerde", "retoure", "gekuendigt"),
}
"""What may not get more."""
BETTER = {
    *("opened", "open", "opens", "clicked", "click", "clicks", "visited", "visit", "visits", "viewed"),
    *("converted", "conversion", "conversions", "purchased", "purchase", "purchases", "bought", "ordered"),
    *("orders", "responded", "response", "redeemed", "delivered", "geoeffnet", "geklickt"),
    *("units", "quantity", "sold", "margin", "profit", "menge", "marge", "gewinn"),
    *("besucht", "gekauft", "bestellt", "konvertiert", "eingeloest"),
}
RESULTS = {*REVENUES, *MARGINS, *SUCCESSES}
EARLIER = {"before", "prior", "previous", "previously", "past", "pre", "lifetime", "vorher", "bisher"}
"""Beside these a name tells what was there before: `opened_before`, `prior_purchases`."""
LATER = {"after", "afterwards", "danach", "nachher"}
"""Beside these it tells what followed, whatever it is: `spend_after`."""
KEPT = {"margin", "profit", "marge", "gewinn", "deckungsbeitrag"}
PAID = {"revenue", "sales", "spend", "spent", "turnover", "umsatz"}
RELATIVE = {"rate", "pct", "percent", "share", "ratio", "quote", "prozent"}
YES_NO = {"yes": "1", "y": "1", "true": "1", "t": "1", "ja": "1", "no": "0", "n": "0", "false": "0", "f": "0"}
YES_NO |= {"nein": "0"}


def comes_after(column: Column) -> bool:
    """Whether its name says that it can only be known once the arm was drawn."""
    words = set(column.word.split("_"))
    told = words & (WORSE | BETTER | LATER) or column.word in RESULTS or "opt_out" in column.word
    return bool(told) and not words & EARLIER


def amounts_after(seen: Seen, kinds: set[str]) -> list[Column]:
    """Amounts whose names begin with what they are of, margin or revenue, and say that they followed; of a
    margin nothing else does: `margin_14_days`."""
    return [
        c
        for c in seen.columns.values()
        if comes_after(c)
        and c.word.split("_")[0] in kinds
        and not {*c.word.split("_")} & RELATIVE
        and c.is_number
        and c.distinct > 1
    ]


def never_without(seen: Seen, column: Column, arm: Column, idle: Collection[str]) -> bool:
    """Whether nobody has it in the arms (values of `arm`) that got nothing: no level to hold a guardrail
    to. False where there is no such arm."""
    without = seen.rows.filter(pl.col(arm.name).is_in(list(idle)))[column.name].drop_nulls()
    none = ("", *(word for word, number in YES_NO.items() if number == "0"))
    told = without.filter(~without.str.strip_chars().str.to_lowercase().is_in(none))
    is_there = told.cast(pl.Float64, strict=False) != 0
    return bool(idle) and not is_there.fill_null(True).any()


@dataclass(frozen=True)
class Place:
    """Where a column stands."""

    who: str
    """The column of users,"""
    when: Line
    """the line of the rows' time,"""
    path: str
    """the file,"""
    state: str
    """and the setting that takes what was known before."""


def after_draw(column: Column, place: Place, *, never_idle: bool = False) -> tuple[str, ...]:
    """Commented lines that make an outcome of a column, as they have to stand; never_idle: nobody has it who
    got nothing."""
    who, when, path, state = place.who, place.when, place.path, place.state
    told = f"{column.name} comes after the draw: an outcome or a guardrail, never a fact about a user"
    unless = f"what was there before the draw belongs into {state}"
    read = _read(column, when)
    if not read:
        return (
            "",
            comment(f"{told}. Written as numbers, a part of [logs.tables.outcomes] can read it; {unless}."),
        )
    name = _name(column)
    lines = [Line("path", quoted(path), ""), Line("columns.entity_id", quoted(who), ""), *read]
    lines.append(Line("constants.name", quoted(name), ""))
    own = [Line("name", quoted(name), "")]
    is_worse = bool(set(column.word.split("_")) & WORSE)
    if is_worse and never_idle:
        why = "no guardrail: it is 0 where nothing was done, and a share of 0 says nothing"
        own.append(Line("role", quoted("info"), why))
    elif is_worse:
        own += [Line("role", quoted("guardrail"), ""), Line("worst", "0.10", "CHECK: it may rise by 10 %")]
    else:
        own.append(Line("role", quoted("info"), "shown, and decides nothing"))
    parts = ["[[logs.tables.outcomes.parts]]", *(line.text() for line in lines)]
    return (
        "",
        comment(f"{told}; name it so ({unless}):"),
        *map(comment, (*parts, "[[outcome]]", *(o.text() for o in own))),
    )


def _name(column: Column) -> str:
    """As an outcome may be called: letters first, at most 40."""
    word = column.word[:39]
    return word if word[:1].isalpha() else f"o{word}"


def _read(column: Column, when: Line) -> list[Line]:
    """How its values become numbers: as they stand, 1 where a time is given, or yes and no; else nothing."""
    missing = Line("without", f"{{ {quoted(column.name)} = {listed([''])} }}", "")
    if column.time:
        ts = Line("columns.ts", quoted(column.name), "it counts within decision.horizon_days: CHECK that")
        return [ts, Line("constants.value", quoted("1"), ""), missing]
    value = Line("columns.value", quoted(column.name), "")
    if column.is_number:
        return [when, value, missing]
    if all(one.lower() in YES_NO for one in column.top):
        pairs = ", ".join(f"{quoted(one)} = {quoted(YES_NO[one.lower()])}" for one in column.top)
        return [when, value, Line("values.value", f"{{ {pairs} }}", ""), missing]
    return []
