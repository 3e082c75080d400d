"""The floor of every way from a log to a table per user: all events sorted by user and time, and written."""

from pathlib import Path
from typing import Any

import duckdb


def sort_and_write(logs: Path, work: Path) -> dict[str, Any]:
    """By DuckDB on one thread; clicks find their user by their impression."""
    read = {name: f"read_parquet('{logs / name}.parquet')" for name in ("impressions", "clicks", "purchases")}
    written = work / "sorted.parquet"
    with duckdb.connect(config={"threads": 1, "temp_directory": str(work)}) as connection:
        connection.execute(
            f"""
            COPY (
                SELECT user_id, ts, 'impression' AS kind, channel, cost AS amount FROM {read["impressions"]}
                UNION ALL
                SELECT impressions.user_id, clicks.ts, 'click', impressions.channel, NULL
                FROM {read["clicks"]} AS clicks
                JOIN {read["impressions"]} AS impressions USING (impression_id)
                UNION ALL
                SELECT user_id, ts, 'purchase', NULL, revenue FROM {read["purchases"]}
                ORDER BY user_id, ts
            ) TO '{written}' (FORMAT parquet)
            """
        )
        found = connection.execute(
            f"SELECT count(*), sum(kind = 'click') FROM read_parquet('{written}')"
        ).fetchone()
    assert found is not None
    return {"events": int(found[0]), "clicks": int(found[1])}
