"""Daily totals: exports of ad platforms, and wide tables with a column of spend per channel."""

import re
from dataclasses import dataclass

from flows.init.lines import Line, comment, listed, quoted
from flows.init.look import Column, Seen
from flows.init.roles import is_money, money_unit, named

DAYS = [
    "date",
    "day",
    "date_start",
    "stat_time_day",
    "stat_time_hour",
    "time",
    "hour",
    "week",
    "segments_date",
]
SPENDS = [
    "spend",
    "cost",
    "cost_micros",
    "spend_micros",
    "metrics_cost_micros",
    "amount_spent",
    "local_spend_amount",
    "cost_in_local_currency",
    "billed_charge_local_micro",
    "spend_in_micro_dollar",
    "spend_micro",
    "cost_in_usd",
]
WORTH = [
    "revenue",
    "conversions_value",
    "conversion_value",
    "conversion_value_in_local_currency",
    "conversion_purchases_value",
    "total_purchase_value",
    "purchase_value",
    "total_conversions_value_in_micro_dollar",
    "all_conversions_value",
    "sales",
    "sales_30_d",
    "sales_14_d",
    "sales_7_d",
]
CLICKS = ["clicks", "inline_link_clicks", "taps", "swipes", "link_clicks", "url_clicks", "clickthrough_1"]
IMPRESSIONS = ["impressions", "impression", "impression_1", "views"]
CAMPAIGNS = ["campaign_id", "campaign", "id", "campaign_name", "ad_id", "ad_group_id", "adgroup_id", "geo"]
PLACES = [
    "country",
    "region",
    "country_code",
    "member_country",
    "location_name",
    "location_type",
    "city",
    "segment",
    "province",
]
WIDE = r"^(?P<channel>.+?)[_ ](?P<kind>[sS]pend|SPEND|[cC]ost|COST|S)$"
"""Names of a wide table's columns of spend: `Channel0_spend`, `tv_S`."""


@dataclass(frozen=True)
class Part:
    """One part of the totals: its lines, and what it is about."""

    path: str
    channel: str
    by_place: bool
    """Its rows are of countries or regions: the same spend as another export of the channel, cut finer."""
    lines: tuple[Line, ...]
    currency: str = ""


def export_part(seen: Seen) -> Part | None:
    """The part that one platform's export is; None where the file is none."""
    days, spends = _days(seen), named(seen, SPENDS, is_money)
    if not days or not spends:
        return None
    day, spend = days[0], spends[0]
    clicks = next(iter(named(seen, CLICKS, lambda c: c.is_number)), None)
    worth = [c for c in named(seen, WORTH, lambda c: c.is_number) if c is not spend]
    worth.sort(key=lambda c: not is_money(c))
    places = [c.name for c in seen.columns.values() if c.word in PLACES and c.given]
    channel = re.split(r"[_\W]", seen.stem.lower())[0] or seen.stem.lower()
    columns = {"date": (day, "its values are days or times")}
    columns["spend"] = (spend, money_unit(spend, _per_click(seen, spend, clicks))[1])
    if worth:
        columns["revenue"] = (worth[0], _other_worth(worth))
    if clicks:
        columns["clicks"] = (clicks, "")
    if shown := named(seen, IMPRESSIONS, lambda c: c.is_number):
        columns["impressions"] = (shown[0], "")
    lines = [Line("path", quoted(seen.path), ""), _constant("channel", channel, "the file's name begins so")]
    lines += [
        Line(f"columns.{name}", quoted(column.name), why)
        for name, (column, why) in columns.items()
        if column.name != name or why
    ]
    for name in ("spend", "revenue"):
        if name in columns:
            unit, _ = money_unit(
                columns[name][0], _per_click(seen, spend, clicks) if name == "spend" else 1.0
            )
            if unit != "currency":
                lines.append(Line(f"money_units.{name}", quoted(unit), "see the column's line"))
    lines += _row_key(seen, day)
    return Part(seen.path, channel, bool(places), tuple(lines), _currency(seen))


def wide_parts(seen: Seen) -> list[Part]:
    """A part per channel of a table with a column of spend for each; none where there are not two."""
    days = _days(seen)
    found = {
        column.name: match["channel"]
        for column in seen.columns.values()
        if (match := re.match(WIDE, column.name)) and is_money(column)
    }
    if not days or len(found) < 2 or named(seen, SPENDS, is_money):
        return []
    key = _row_key(seen, days[0])
    date = Line("columns.date", quoted(days[0].name), "its values are days")
    parts = [
        Part(
            seen.path,
            channel,
            False,
            (
                Line("path", quoted(seen.path), ""),
                _constant("channel", channel, f"the column {own} holds its spend"),
                date,
                Line("columns.spend", quoted(own), ""),
                *key,
            ),
        )
        for own, channel in found.items()
    ]
    worth = named(seen, WORTH, is_money)
    if worth:
        lines = (
            Line("path", quoted(seen.path), "the sales, which no channel claims"),
            Line("constants", '{ channel = "none", spend = "0" }', ""),
            date,
            Line("columns.revenue", quoted(worth[0].name), ""),
            *key,
        )
        parts.append(Part(seen.path, "none", False, lines))
    else:
        per_unit = "revenue_per_conversion" in {c.word for c in seen.columns.values()}
        more = ": multiply conversions by revenue_per_conversion" if per_unit else ""
        asks = Line(
            "columns.revenue", "", f"no column of {seen.path} is revenue{more}; write it into a column"
        )
        parts[0] = Part(seen.path, parts[0].channel, False, (*parts[0].lines, asks))
    return parts


def left_out(parts: list[Part]) -> tuple[list[Part], list[str]]:
    """The parts without those that tell another part's spend again, by place, and comments on these."""
    whole = {part.channel for part in parts if not part.by_place}
    kept, notes, seen_places = list[Part](), list[str](), set[str]()
    for part in parts:
        if part.by_place and (part.channel in whole or part.channel in seen_places):
            notes.append(comment(f"{part.path}: the spend of {part.channel} by place, again; left out."))
            continue
        if part.by_place:
            seen_places.add(part.channel)
        kept.append(part)
    return kept, notes


def _days(seen: Seen) -> list[Column]:
    return named(seen, DAYS, lambda c: c.time in ("day", "time"))


def _constant(name: str, value: str, why: str) -> Line:
    return Line(f"constants.{name}", quoted(value), why)


def _per_click(seen: Seen, money: Column, clicks: Column | None) -> float:
    """Of an amount, what a click has on average; 0 where the file has no clicks."""
    totals = [float(seen.rows[c.name].cast(float, strict=False).sum() or 0.0) for c in (money, clicks) if c]
    return totals[0] / totals[1] if len(totals) == 2 and totals[1] else 0.0


def _other_worth(worth: list[Column]) -> str:
    others = [column.name for column in worth[1:]]
    return (
        f"CHECK: {', '.join(others)} could be meant too"
        if others
        else "what the platform claims, a report column"
    )


def _row_key(seen: Seen, day: Column) -> list[Line]:
    """What tells rows of one day apart: a campaign, and as many further columns as it takes."""
    campaign = next(iter(named(seen, CAMPAIGNS, lambda c: c.given > 0)), None)
    date = seen.rows[day.name].str.slice(0, 10).alias("its day")
    rows = seen.rows.with_columns(date)
    owns = [campaign.name] if campaign else []
    more = [day.name] if day.time == "time" else []
    more += [
        c.name
        for c in seen.columns.values()
        if c.name not in (*owns, *more) and 1 < c.distinct <= 200 and not c.is_number and not c.time
    ]
    for name in ("", *more):
        owns += [name] if name else []
        if not rows.select("its day", *owns).is_duplicated().any():
            break
    else:
        last = "rows of one day cannot be told apart; those with other content will be refused"
        return [Line("joined.campaign_id", "", last)]
    if not owns or owns == ["campaign_id"]:
        return []
    why = "together they tell the rows of one day apart"
    if len(owns) == 1:
        return [Line("columns.campaign_id", quoted(owns[0]), "it tells the rows of one day apart")]
    return [Line("joined.campaign_id", listed(owns), why)]


def _currency(seen: Seen) -> str:
    """The ISO code that a column of the export holds in every row, or empty."""
    for column in seen.columns.values():
        if "currency" in column.word and column.distinct == 1 and re.fullmatch("[A-Z]{3}", column.top[0]):
            return column.top[0]
    return ""
