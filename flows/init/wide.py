"""Daily totals in a wide table: a column of spend per channel."""

import re

from flows.init.exports import NOBODY, SPENDS, WORTH, Part, days_of, row_key
from flows.init.lines import Line, quoted
from flows.init.look import Seen
from flows.init.roles import is_money, named, tells_of_single_ones

WIDE = r"^(?P<channel>.+?)[_ ](?:[sS]pend|SPEND|[cC]ost|COST|S)$"
"""Names of a wide table's columns of spend: `Channel0_spend`, `tv_S`."""
NO_CHANNELS = {
    *("unit", "total", "all", "sum", "average", "avg", "mean", "min", "max", "net", "gross", "estimated"),
    *("product", "products", "item", "items", "order", "orders", "shipping", "delivery", "handling"),
    *("packaging", "production", "goods", "material", "fixed", "variable", "labor", "labour", "staff"),
    *("overall", "planned"),
}
"""What stands before `cost` and is no channel: `unit_cost`, `shipping_cost`, `total_spend`."""


def wide_parts(seen: Seen) -> list[Part]:
    """A part per channel of a table with a column of spend for each; none where there are not two."""
    days = days_of(seen)
    found = {
        column.name: match["channel"]
        for column in seen.columns.values()
        if (match := re.match(WIDE, column.name)) and is_money(column)
    }
    others = [own for own, channel in found.items() if channel.lower() in NO_CHANNELS]
    found = {own: channel for own, channel in found.items() if own not in others}
    if not days or len(found) < 2 or named(seen, SPENDS, is_money) or tells_of_single_ones(seen):
        return []
    key = row_key(seen, days[0])
    not_read = f"no channel's: {', '.join(others)}" if others else ""
    date = Line("columns.date", quoted(days[0].name), "its values are days")
    parts = [
        Part(
            seen.path,
            channel,
            False,
            (
                Line("path", quoted(seen.path), not_read),
                Line("constants.channel", quoted(channel), f"the column {own} holds its spend"),
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
            Line("constants", f'{{ channel = "{NOBODY}", spend = "0" }}', ""),
            date,
            Line("columns.revenue", quoted(worth[0].name), ""),
            *key,
        )
        parts.append(Part(seen.path, NOBODY, False, lines))
    else:
        per_unit = "revenue_per_conversion" in {c.word for c in seen.columns.values()}
        more = ": multiply conversions by revenue_per_conversion" if per_unit else ""
        asks = Line(
            "columns.revenue", "", f"no column of {seen.path} is revenue{more}; write it into a column"
        )
        parts[0] = Part(seen.path, parts[0].channel, False, (*parts[0].lines, asks))
    return parts
