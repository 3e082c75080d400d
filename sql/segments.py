"""Segments as the log names them, without those that hold so few users that a figure would tell of them."""

import duckdb

from sql.database import rows
from sql.small_cells import hidden_cells

MOST_SEGMENTS = 50
OTHER_SEGMENT = "other"


def merge_segments(connection: duckdb.DuckDBPyConnection, least: int) -> tuple[str, ...]:
    """Keep the most frequent segments of `marts.entities` that hold at least `least` users; the rest become
    one, `other`, with users of no segment where these are few. Each segment is a column of the state.

    Where even all together are fewer, nobody has a segment. Returns notes.
    """
    counts: list[tuple[str | None, int]] = rows(
        connection,
        "SELECT segment, count(*) AS users FROM marts.entities GROUP BY segment "
        "ORDER BY users DESC, segment NULLS LAST",
    )
    named = [segment for segment, _ in counts if segment is not None]
    rare = set(named[MOST_SEGMENTS - 1 :]) if len(named) > MOST_SEGMENTS else set()
    others = [(segment, users) for segment, users in counts if segment not in rare]
    left = sum(users for segment, users in counts if segment in rare)
    hidden = hidden_cells([users for _, users in others], least, left)
    merged = rare | {segment for (segment, _), hide in zip(others, hidden, strict=True) if hide}
    if not named or not merged:
        return ()
    enough = sum(users for segment, users in counts if segment in merged) >= least
    connection.execute(
        """UPDATE marts.entities SET segment = $other
        WHERE list_contains($merged, segment) OR (segment IS NULL AND $without)""",
        {
            "other": OTHER_SEGMENT if enough else None,
            "merged": [segment for segment in merged if segment is not None],
            "without": None in merged,
        },
    )
    notes = []
    if rare:
        kept = f"The {MOST_SEGMENTS - 1} largest of {len(named)} segments are kept"
        notes.append(f"{kept}, the rest is `{OTHER_SEGMENT}`.")
    if any(hidden):
        into = f"are `{OTHER_SEGMENT}`" if enough else "are not told apart"
        notes.append(f"Segments of fewer than {least} users {into}, so that no figure tells of a few people.")
    return tuple(notes)
