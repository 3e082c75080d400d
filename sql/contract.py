"""The log contract: which columns each table has, which it needs."""

from dataclasses import dataclass, field

from sql.advice import MONEY
from sql.errors import StudyError
from sql.hints import did_you_mean, listing, show
from sql.settings import LogFiles, LogSettings, MoneyUnit


@dataclass(frozen=True)
class ContractTable:
    """One table of the contract. Columns the marts do not use (campaign_id, won) are not asked for."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    extra: str | None = None
    """The setting whose columns this table also holds, as one list column of the staging table."""


CONTRACT: dict[str, ContractTable] = {
    "impressions": ContractTable(
        ("impression_id", "ts", "user_id", "channel", "cost"),
        ("knowledge_ts", "propensity", "segment"),
        extra="context",
    ),
    "clicks": ContractTable(("impression_id", "ts"), ("click_id", "cost")),
    "purchases": ContractTable(
        ("purchase_id", "user_id", "ts", "revenue"), ("margin", "knowledge_ts", "returned_ts")
    ),
    "opportunities": ContractTable(
        ("opportunity_id", "ts", "user_id", "channel"), ("eligible", "propensity", "holdout")
    ),
    "users": ContractTable(("user_id", "entry_ts"), ("segment",), extra="features"),
    "visits": ContractTable(("user_id", "ts")),
    "outcomes": ContractTable(("entity_id", "ts", "name", "value"), ("knowledge_ts",)),
    "totals": ContractTable(
        ("date", "channel", "spend"), ("campaign_id", "impressions", "clicks", "revenue")
    ),
    "arms": ContractTable(("user_id", "arm", "since"), ("until",)),
    "budgets": ContractTable(("date", "channel", "planned")),
    "experiments": ContractTable(
        ("channel", "start", "end", "lift", "standard_error"), ("unit", "multiplier")
    ),
    "counts": ContractTable(("arm", "n"), ("successes", "sum", "sum_of_squares", "day", "test")),
    "geo": ContractTable(("region", "day", "outcome"), ("spend", "treated")),
}
"""In the order of staging: clicks look up impressions."""

UNUSED = {"impressions": ("campaign_id", "opportunity_id"), "opportunities": ("won",)}
"""Columns of the contract that a study may rename although nothing reads them yet."""


@dataclass(frozen=True)
class WantedColumns:
    """What to read of one relation: contract column -> its name there; names of the extra list column."""

    columns: dict[str, str]
    required: frozenset[str]
    """Contract columns that must be there."""
    extra: str | None = None
    extra_columns: tuple[str, ...] = ()
    """Names there, each required: the study asked for them."""
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Contract column -> names there whose values make it."""
    constants: dict[str, str] = field(default_factory=dict)
    """Contract column -> its value in every row."""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    """Contract column -> value there -> the value it is read as."""
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Name there -> values that a row must have, or must not have, to be read."""
    units: dict[str, MoneyUnit] = field(default_factory=dict)
    """Contract column -> the unit it is written in, where it is read as currency units instead."""

    named: dict[str, str] = field(default_factory=dict)
    """Contract column that the study itself says how to read -> its name there, which one of the files must
    have. Columns of the contract that nothing reads yet are among them."""

    @property
    def read(self) -> frozenset[str]:
        """Every name there that is made use of."""
        joined = (name for names in self.joined.values() for name in names)
        plain = (own for name, own in self.columns.items() if name not in (self.joined | self.constants))
        return frozenset((*plain, *joined, *self.extra_columns, *self.only, *self.without))


def table_unit(table: str, settings: LogSettings) -> MoneyUnit:
    """The one unit of all money in a table; `currency` where units differ, so that others are converted."""
    files = settings.tables[table].files if table in settings.tables else ()
    units = {unit for part in files for unit in (part.money_unit, *part.money_units.values())}
    return units.pop() if len(units) == 1 else "currency"


def wanted_columns(table: str, settings: LogSettings) -> tuple[WantedColumns, ...]:
    """Columns of one contract table under the study's renaming, for each of its parts; StudyError for a name
    that means nothing."""
    named = settings.tables.get(table)  # type: ignore[call-overload]
    if named is None:
        return (_wanted(table, settings, LogFiles(), ""),)
    key = f"logs.tables.{table}"
    if not named.parts:
        return (_wanted(table, settings, named, key),)
    return tuple(_wanted(table, settings, part, f"{key}.parts.{n}") for n, part in enumerate(named.parts, 1))


def _wanted(table: str, settings: LogSettings, files: LogFiles, key: str) -> WantedColumns:
    contract = CONTRACT[table]
    names = contract.required + contract.optional
    extra = settings.context if table == "impressions" else settings.user_features if table == "users" else ()
    given: dict[str, tuple[str, ...]] = {
        "columns": names + extra + UNUSED.get(table, ()),
        "joined": names,
        "constants": names,
        "values": names,
        "money_units": tuple(name for name in names if name in MONEY),
    }
    for section, known in given.items():
        for name in getattr(files, section):
            if name not in known:
                raise StudyError(
                    f"`{key}.{section}.{name}`: {table} has no such column"
                    f"{did_you_mean(name, known)} Columns: {listing(known)}."
                )
    for name in files.columns:
        if name in files.constants or name in files.joined:
            raise StudyError(f"`{key}.columns.{name}` is told twice; keep one.")
    unit = table_unit(table, settings)
    return WantedColumns(
        columns={name: files.columns.get(name, name) for name in names},
        required=frozenset(contract.required),
        extra=contract.extra,
        extra_columns=tuple(files.columns.get(name, name) for name in extra),
        joined=files.joined,
        constants=files.constants,
        values=files.values,
        only=files.only,
        without=files.without,
        units={
            name: own
            for name in given["money_units"]
            if (own := files.money_units.get(name, files.money_unit)) != unit
        },
        named={
            name: files.columns.get(name, name)
            for name in (*files.columns, *files.values, *files.money_units)
            if name not in (files.joined | files.constants)
        },
    )


STATE = {"impressions": "logs.context", "users": "logs.user_features"}
"""Table -> the setting that makes further columns of it state."""


def unused_columns(table: str, columns: tuple[str, ...], read: frozenset[str]) -> list[str]:
    """A note on columns of a file that the study does not name, and on those that could be state; else none.

    `read`: names that the study makes use of, for this table or for another of the same files.
    """
    known = {*read, *UNUSED.get(table, ())}
    unused = [show(name, 60) for name in columns if name and name not in known]
    if not unused:
        return []
    if table not in STATE:
        return [f"Columns of {table} that nothing reads: {listing(unused, 12)}."]
    return [
        f"Columns of {table} that the study makes no use of: {listing(unused)}. Where delivery or what is "
        f"bought depends on one that was known before, name it in `{STATE[table]}`."
    ]
