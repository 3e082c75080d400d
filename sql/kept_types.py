"""Columns that stay what their Parquet files hold: a time or a number needs no way through text and back.

The staging models take either and make the same of both (`sql/staging/macros_by_type.sql`). Other types, and
what the study joins, sets or converts, are read as text.
"""

from collections.abc import Iterable, Mapping

from sql.contract import WantedColumns

TIMES = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS")
NUMBERS = ("DOUBLE",)
MAY_STAY = {
    **dict.fromkeys(("ts", "knowledge_ts", "returned_ts", "entry_ts"), TIMES),
    **dict.fromkeys(("cost", "revenue", "margin", "propensity", "value"), NUMBERS),
}
"""Contract column -> DuckDB's types that its staging model takes beside text."""


def types_that_stay(types: Mapping[str, str], wanted: WantedColumns) -> dict[str, str]:
    """Contract column -> its type, of those that can stay as they are. types: by names in the files."""
    made = {*wanted.joined, *wanted.constants, *wanted.values, *wanted.units}
    found = {name: types.get(own, "") for name, own in wanted.columns.items() if name not in made}
    return {name: kind for name, kind in found.items() if kind in MAY_STAY.get(name, ())}


def agreed(several: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What all that are read together say alike; nothing of nobody."""
    first, *others = [dict(types) for types in several] or [dict[str, str]()]
    return {name: kind for name, kind in first.items() if all(o.get(name) == kind for o in others)}
