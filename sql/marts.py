"""The marts of `Events`: which there are, by what they are sorted, and their files."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sql.database import rows
from sql.encoding import encode_columns, encoded_select
from sql.parquet import write_parquet
from sql.segments import merge_segments
from sql.settings import LogSettings

MARTS: dict[str, tuple[str, ...]] = {
    "totals": ("day", "action"),
    "budgets": ("day", "action"),
    "experiments": ("action", "first_day", "last_day", "unit", "multiplier"),
    "counts": ("test", "day", "arm"),
    "geo": ("region", "day"),
    "exposures": ("entity_key", "day", "ordinal"),
    "opportunities": ("entity_key", "day", "action"),
    "arms": ("entity_key", "day"),
    "clicks": ("entity_key", "day", "action"),
    "bookings": ("entity_key", "day", "known_day"),
    "visits": ("entity_key", "day"),
    "outcomes": ("entity_key", "day", "known_day", "name"),
    "entities": ("entity_key",),
    "attributed": ("action",),
    "last_touch": ("entity_key", "day"),
    "last_click": ("entity_key", "day"),
    "channel_days": ("day", "action"),
    "shop_days": ("day",),
    "largest_amounts": ("kind", "action", "rank"),
}
"""Mart -> its unique key, in the order of building."""
SORTED = ("exposures",)
"""Marts whose rows stand by their key already (checks/keys_unique.sql)."""


@dataclass(frozen=True)
class WrittenMarts:
    """Names that only the data could tell."""

    context_columns: tuple[str, ...]
    user_features: tuple[str, ...]
    segments: tuple[str, ...]
    notes: tuple[str, ...]


def write_marts(connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path) -> WrittenMarts:
    """Write every mart, its logged columns encoded as float64, and say how they are called."""
    context, context_notes = encode_columns(
        connection, "marts.exposures", "context", settings.context, "context_", settings.min_cell_users
    )
    features, feature_notes = encode_columns(
        connection, "marts.entities", "features", settings.user_features, "feature_", settings.min_cell_users
    )
    segment_notes = merge_segments(connection, settings.min_cell_users)
    encoded = {
        "exposures": ("context, ts, segment", "c_", context),
        "entities": ("features", "f_", features),
    }  # mart -> columns that are not written as they are, and those made of them
    for mart, key in MARTS.items():
        order = () if mart in SORTED else key
        query, parameters = f"SELECT * FROM marts.{mart}", dict[str, str]()
        if mart in encoded:
            others, prefix, columns = encoded[mart]
            more, parameters = encoded_select(prefix, columns)
            query = f"SELECT * EXCLUDE ({others}){more} FROM marts.{mart}"
        write_parquet(connection, query, folder / f"{mart}.parquet", order=order, parameters=parameters)
    segments = rows(
        connection, "SELECT DISTINCT segment FROM marts.entities WHERE segment IS NOT NULL ORDER BY segment"
    )
    return WrittenMarts(
        context_columns=tuple(c.name for c in context),
        user_features=tuple(c.name for c in features),
        segments=tuple(s for (s,) in segments),
        notes=context_notes + feature_notes + segment_notes,
    )
