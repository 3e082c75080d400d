"""The log contract: which columns each table has, which it needs."""

from dataclasses import dataclass

from sql.errors import StudyError
from sql.hints import did_you_mean, listing, show
from sql.settings import LogSettings


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


def wanted_columns(table: str, settings: LogSettings) -> WantedColumns:
    """Columns of one contract table under the study's renaming; StudyError for a name that means nothing."""
    contract = CONTRACT[table]
    names = contract.required + contract.optional
    extra = settings.context if table == "impressions" else settings.user_features if table == "users" else ()
    renamed = settings.tables[table].columns if table in settings.tables else {}
    for key in renamed:
        if key not in names + extra + UNUSED.get(table, ()):
            raise StudyError(
                f"`logs.tables.{table}.columns.{key}`: {table} has no such column"
                f"{did_you_mean(key, names + extra)} Columns: {listing(names + extra)}."
            )
    return WantedColumns(
        columns={name: renamed.get(name, name) for name in names},
        required=frozenset(contract.required),
        extra=contract.extra,
        extra_columns=tuple(renamed.get(name, name) for name in extra),
    )


STATE = {"impressions": "logs.context", "users": "logs.user_features"}
"""Table -> the setting that makes further columns of it state."""


def unused_columns(table: str, columns: tuple[str, ...], wanted: WantedColumns) -> list[str]:
    """A note on columns of a file that could be state and that the study does not name; else none."""
    known = {*wanted.columns.values(), *wanted.extra_columns, *UNUSED.get(table, ())}
    unused = [show(name, 60) for name in columns if name and name not in known]
    if table not in STATE or not unused:
        return []
    return [
        f"Columns of {table} that the study makes no use of: {listing(unused)}. Where delivery or what is "
        f"bought depends on one, name it in `{STATE[table]}`."
    ]
