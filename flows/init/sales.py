"""Sales per day, beside the spend of other files: the shop's own, or those that one platform claims."""

from dataclasses import replace

from flows.init.exports import (
    NOBODY,
    SPENDS,
    WORTH,
    Part,
    channel_of_name,
    days_of,
    key_columns,
    other_worth,
)
from flows.init.lines import Line, listed, quoted
from flows.init.look import Seen
from flows.init.roles import is_money, money_unit, named, tells_of_single_ones


def is_daily_sales(seen: Seen) -> bool:
    """Whether the file tells sales per day and no spend: the shop's own, or what a platform claims."""
    told = days_of(seen) and named(seen, WORTH, is_money) and not named(seen, SPENDS, lambda _: True)
    return bool(told) and not tells_of_single_ones(seen)


def sales_part(seen: Seen, spent: list[Part]) -> Part | None:
    """Sales per day beside the spend of others: the claims of the platform that the file's name says, where
    its spend stands alone, else all sales, of which there is one row a day. None where it is neither."""
    day, worth, channel = days_of(seen)[0], named(seen, WORTH, is_money), channel_of_name(seen)
    own = [part for part in spent if part.channel == channel]
    keys = key_columns(seen, day)
    if own and keys is not None and not any("revenue" in part.told for part in own):
        why = "the revenue of the same platform's spend"
        key = [Line("joined.campaign_id", listed([day.name, *keys]), "no row is taken for one of the spend")]
    elif keys == []:
        channel, key, why = NOBODY, [], "all sales, whoever brought them"
    else:
        return None
    unit, _ = money_unit(worth[0], 1.0)
    units = [Line("money_units.revenue", quoted(unit), "see the column's line")] if unit != "currency" else []
    lines = (
        Line("path", quoted(seen.path), why),
        Line("constants", f"{{ channel = {quoted(channel)}, spend = {quoted('0')} }}", ""),
        Line("columns.date", quoted(day.name), "its values are days"),
        Line("columns.revenue", quoted(worth[0].name), other_worth(worth) if len(worth) > 1 else ""),
        *units,
        *key,
    )
    return Part(seen.path, channel, False, lines)


def without_claims(part: Part, why: str) -> Part:
    """The part without what its platform claims to have sold, nor a question about it."""
    kept = [line for line in part.lines if line.key.partition(".")[2] != "revenue"]
    if any(line.value for line in part.lines if line.key == "columns.revenue"):
        kept.append(Line("constants.revenue", quoted(""), why))
    return replace(part, lines=tuple(kept))


def without_question(part: Part) -> Part:
    """The part without asking for revenue, where purchases tell what was sold."""
    return replace(
        part, lines=tuple(line for line in part.lines if line.value or line.key != "columns.revenue")
    )
