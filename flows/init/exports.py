"""Daily totals: exports of ad platforms, a file per platform or a column that says which."""

import re
from dataclasses import dataclass

from flows.init.lines import Line, listed, quoted
from flows.init.look import Column, Seen
from flows.init.roles import is_few, is_money, money_unit, named, tells_of_single_ones

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
    "reporting_starts",
    "datum",
]
NOBODY = "none"
"""The channel of sales that no channel claims."""
PLATFORMS = ["channel", "ad_channel", "platform", "network", "utm_source", "kanal"]
"""Columns that say whose spend a row is, where one file holds several."""
SPENDS = [
    "spend",
    "cost",
    "cost_micros",
    "spend_micros",
    "metrics_cost_micros",
    "amount_spent",
    "ad_spend",
    "media_spend",
    "local_spend_amount",
    "cost_in_local_currency",
    "cost_in",
    "billed_charge_local_micro",
    "spend_in_micro_dollar",
    "spend_micro",
    "kosten",
    "ausgaben",
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
    "total_sales",
    "net_sales",
    "gmv",
    "sales_30_d",
    "sales_14_d",
    "sales_7_d",
    "conv_value",
    "purchases_conversion_value",
    "website_purchases_conversion_value",
    "umsatz",
]
CLICKS = [
    "clicks",
    "inline_link_clicks",
    "taps",
    "swipes",
    "link_clicks",
    "url_clicks",
    "clickthrough_1",
    "klicks",
]
IMPRESSIONS = ["impressions", "impression", "impression_1", "views", "impr", "impressionen"]
CAMPAIGNS = [
    "campaign_id",
    "campaign",
    "id",
    "campaign_name",
    "ad_id",
    "ad_group_id",
    "adgroup_id",
    "geo",
    "kampagne",
]
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


@dataclass(frozen=True)
class Part:
    """One part of the totals: its lines, and what it is about."""

    path: str
    channel: str
    by_place: bool
    """Its rows are of countries or regions: the same spend as another export of the channel, cut finer."""
    lines: tuple[Line, ...]

    @property
    def told(self) -> frozenset[str]:
        """Columns of the totals that its lines name."""
        return frozenset(line.key.partition(".")[2] for line in self.lines)


def export_part(seen: Seen) -> Part | None:
    """The part that one platform's export is, or one of several platforms; None where the file is none."""
    days, spends = days_of(seen), named(seen, SPENDS, is_money)
    if not days or not spends or tells_of_single_ones(seen):
        return None
    day, spend = days[0], spends[0]
    clicks = next(iter(named(seen, CLICKS, lambda c: c.is_number)), None)
    worth = [c for c in named(seen, WORTH, lambda c: c.is_number) if c is not spend]
    worth.sort(key=lambda c: not is_money(c))
    places = [c.name for c in seen.columns.values() if c.word in PLACES and c.given]
    channel, told = _channel(seen)
    whose = _whose(channel, told)
    columns = {"date": (day, "its values are days or times")}
    columns["spend"] = (spend, money_unit(spend, _per_click(seen, spend, clicks))[1])
    if worth:
        columns["revenue"] = (worth[0], other_worth(worth))
    if clicks:
        columns["clicks"] = (clicks, "")
    if shown := named(seen, IMPRESSIONS, lambda c: c.is_number):
        columns["impressions"] = (shown[0], "")
    lines = [Line("path", quoted(seen.path), ""), whose]
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
    lines += row_key(seen, day, told)
    return Part(seen.path, channel, bool(places), tuple(lines))


def left_out(parts: list[Part]) -> tuple[list[Part], list[str]]:
    """The parts without those that tell another part's spend again, by place, and notes on these."""
    whole = {part.channel for part in parts if not part.by_place} - {""}
    kept, notes, seen_places = list[Part](), list[str](), set[str]()
    for part in parts:
        if part.by_place and (part.channel in whole or part.channel in seen_places):
            notes.append(f"{part.path}: the spend of {part.channel} by place, again; left out.")
            continue
        if part.by_place:
            seen_places.add(part.channel)
        kept.append(part)
    return kept, notes


def days_of(seen: Seen) -> list[Column]:
    """Columns of days or times, best word first."""
    return named(seen, DAYS, lambda c: c.time in ("day", "time"))


def channel_of_name(seen: Seen) -> str:
    """The first word of the file's name."""
    return re.split(r"[_\W]", seen.stem.lower())[0] or seen.stem.lower()


def _channel(seen: Seen) -> tuple[str, Column | None]:
    """Whose spend it is, or empty, and the column that tells it row by row."""
    told = named(seen, PLATFORMS, lambda c: is_few(c) and not c.is_number and c.distinct > 1)
    return ("", told[0]) if told else (channel_of_name(seen), None)


def _whose(channel: str, told: Column | None) -> Line:
    if told is None:
        return Line("constants.channel", quoted(channel), "the file's name begins so")
    return Line("columns.channel", quoted(told.name), f"{told.distinct} values: {', '.join(told.top[:4])}")


def _per_click(seen: Seen, money: Column, clicks: Column | None) -> float:
    """Of an amount, what a click has on average; 0 where the file has no clicks."""
    totals = [float(seen.rows[c.name].cast(float, strict=False).sum() or 0.0) for c in (money, clicks) if c]
    return totals[0] / totals[1] if len(totals) == 2 and totals[1] else 0.0


def other_worth(worth: list[Column]) -> str:
    """What to check of the best column of revenue."""
    others = [column.name for column in worth[1:]]
    return (
        f"CHECK: {', '.join(others)} could be meant too"
        if others
        else "what the platform claims, a report column"
    )


def row_key(seen: Seen, day: Column, channel: Column | None = None) -> list[Line]:
    """What tells rows of one day apart, and of one channel where a column tells it."""
    owns = key_columns(seen, day, channel)
    if owns is None:
        last = "rows of one day cannot be told apart; those with other content will be refused"
        return [Line("joined.campaign_id", "", last)]
    if not owns or owns == ["campaign_id"]:
        return []
    if len(owns) == 1:
        return [Line("columns.campaign_id", quoted(owns[0]), "it tells the rows of one day apart")]
    return [Line("joined.campaign_id", listed(owns), "together they tell the rows of one day apart")]


def key_columns(seen: Seen, day: Column, channel: Column | None = None) -> list[str] | None:
    """A campaign, and as many further columns as it takes to tell rows of one day apart; None: none do."""
    campaign = next(iter(named(seen, CAMPAIGNS, lambda c: c.given > 0)), None)
    told = [] if channel is None else [channel.name]
    rows = seen.rows.with_columns(seen.rows[day.name].str.slice(0, 10).alias("its day"))
    owns = [campaign.name] if campaign else []
    more = [day.name] if day.time == "time" else []
    more += [
        c.name
        for c in seen.columns.values()
        if c.name not in (*owns, *more, *told) and 1 < c.distinct <= 200 and not c.is_number and not c.time
    ]
    for name in ("", *more):
        owns += [name] if name else []
        if not rows.select("its day", *told, *owns).is_duplicated().any():
            return owns
    return None
