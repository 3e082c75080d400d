"""Tables of events: ads shown, clicks, purchases and what else the log contract knows, under other names."""

from dataclasses import dataclass

from flows.init.lines import Line, quoted
from flows.init.look import Column, Seen
from flows.init.roles import (
    ARMS,
    CHANNELS,
    COSTS,
    IDS,
    PROPENSITIES,
    REVENUES,
    TIMES,
    USERS,
    is_few,
    is_probability,
    is_time,
    money_unit,
    named,
)
from sql.contract import CONTRACT

STEMS = {
    "impressions": [
        "impressions",
        "impression",
        "ads",
        "ad_impressions",
        "shown",
        "displays",
        "sends",
        "mailings",
        "exposures",
    ],
    "clicks": ["clicks", "click", "ad_clicks"],
    "purchases": ["purchases", "purchase", "orders", "order", "transactions", "sales", "conversions"],
    "opportunities": ["opportunities", "opportunity", "auctions", "requests"],
    "users": ["users", "user", "customers", "customer", "members"],
    "visits": ["visits", "visit", "sessions", "pageviews"],
    "arms": ["arms", "assignments"],
    "counts": ["counts", "arm_counts", "results"],
    "geo": ["geo", "regions", "markets"],
    "totals": ["totals", "daily"],
    "budgets": ["budgets"],
    "experiments": ["experiments", "lift_tests"],
}
"""Contract table -> names its files go by."""
WORDS = {
    "ts": TIMES,
    "entry_ts": ["entry_ts", "signup_time", "signup_date", "registered_at", "created_at", "first_seen"],
    "user_id": USERS,
    "channel": CHANNELS,
    "cost": COSTS,
    "revenue": REVENUES,
    "propensity": PROPENSITIES,
    "arm": [*ARMS, "name"],
    "n": ["n", "users", "visitors", "customers", "trials", "sample_size", "size"],
    "successes": ["successes", "conversions", "converted", "buyers", "clicks", "k"],
    "sum": ["sum", "total", "revenue"],
    "sum_of_squares": ["sum_of_squares", "sum_squares", "sumsq", "squares"],
    "day": ["day", "date"],
    "test": ["test", "experiment", "experiment_id", "test_name"],
    "region": ["region", "geo", "market", "dma", "state", "city"],
    "outcome": ["outcome", "revenue", "sales", "conversions", "orders"],
    "spend": ["spend", "cost"],
    "treated": ["treated", "treatment", "is_treated"],
    "date": ["date", "day"],
    **IDS,
}
FITS = {
    "ts": is_time, "entry_ts": is_time, "day": is_time, "date": is_time, "channel": is_few, "arm": is_few,
    "cost": lambda c: c.is_number, "revenue": lambda c: c.is_number, "propensity": is_probability,
    "n": lambda c: c.is_whole, "successes": lambda c: c.is_whole, "sum": lambda c: c.is_number,
    "sum_of_squares": lambda c: c.is_number, "outcome": lambda c: c.is_number,
    "treated": lambda c: c.distinct <= 2,
}  # fmt: skip
MONEY = ("cost", "revenue", "spend")


@dataclass(frozen=True)
class Table:
    """One table of the contract: the lines of its section."""

    name: str
    lines: tuple[Line, ...]
    columns: dict[str, Column]
    """Contract column -> the file's own."""
    unread: tuple[str, ...]
    """Columns of the file that nothing reads."""


def table_of(seen: Seen) -> Table | None:
    """The contract's table that a file is, by its name or by the columns it has; None where it is none."""
    by_name = next((table for table, stems in STEMS.items() if _is_called(seen.stem, stems)), None)
    if by_name is not None and _missing(by_name, seen) <= 2:
        return _table(by_name, seen)
    complete = [table for table in ("counts", "geo") if not _missing(table, seen) and _is_total(table, seen)]
    complete += [t for t in ("impressions", "purchases", "opportunities") if not _missing(t, seen)]
    return _table(complete[0], seen) if complete else None


def _is_called(stem: str, stems: list[str]) -> bool:
    word = stem.lower().replace("-", "_")
    return word in stems or any(word.startswith(f"{s}_") or word.endswith(f"_{s}") for s in stems)


def _is_total(table: str, seen: Seen) -> bool:
    """Counts need what they count; and neither has users."""
    if named(seen, USERS, lambda _: True):
        return False
    found = _columns(table, seen)
    return table == "geo" or "successes" in found or {"sum", "sum_of_squares"} <= found.keys()


def _columns(table: str, seen: Seen) -> dict[str, Column]:
    """Contract column -> the file's own: its own name if it is there, else the best word that fits."""
    contract, found = CONTRACT[table], dict[str, Column]()
    for name in contract.required + contract.optional:
        fits = FITS.get(name, lambda c: c.given > 0)
        free = [c for c in named(seen, [name, *WORDS.get(name, [])], fits) if c not in found.values()]
        if free:
            found[name] = free[0]
    return found


def _missing(table: str, seen: Seen) -> int:
    required = {*CONTRACT[table].required}
    if table == "geo":
        required |= {"treated"}
    return len(required - _columns(table, seen).keys())


def _table(table: str, seen: Seen) -> Table:
    found = _columns(table, seen)
    lines = [Line("path", quoted(seen.path), f"{seen.n_rows:,} rows")]
    for name, column in found.items():
        if column.name != name:
            lines.append(Line(f"columns.{name}", quoted(column.name), _why(name, column)))
    for name in CONTRACT[table].required:
        if name not in found:
            ids = "; `#row` numbers the rows" if name.endswith("_id") and name != "user_id" else ""
            free = '; where ads cost nothing: `constants.cost = "0"`' if name == "cost" else ""
            lines.append(Line(f"columns.{name}", "", f"which column of {seen.path} is {name}?{ids}{free}"))
    for name in MONEY:
        if name in found:
            unit, why = money_unit(found[name], 0.0)
            if unit != "currency":
                lines.append(Line(f"money_units.{name}", quoted(unit), why))
    own = {column.name for column in found.values()}
    unread = tuple(c.name for c in seen.columns.values() if c.name not in own and c.given)
    return Table(table, tuple(lines), found, unread)


def _why(name: str, column: Column) -> str:
    if column.time in ("day", "time"):
        return "its values are times" + (" with a zone" if column.has_zone else "")
    if column.time:
        return f"numbers: {column.time} since 1970"
    if name in ("channel", "arm"):
        few = ", ".join(column.top[:4])
        return f"{column.distinct} values: {few}{', ...' if column.distinct > 4 else ''}"
    if name == "propensity":
        return f"from {column.low:g} to {column.high:g}"
    return "by its name"
