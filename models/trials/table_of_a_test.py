"""Is the log a table of a test, counted or by region, that knows no single entity?"""

import polars as pl

from sql.events import Events


def asks_of_counts(events: Events) -> bool:
    """The log tells counts per arm, and no decision or daily total that could be asked."""
    return _rows(events, "counts") > 0 and _nothing_else(events)


def asks_of_regions(events: Events) -> bool:
    """The log tells outcomes per region, and nothing else that could be asked."""
    return _rows(events, "geo") > 0 and not _rows(events, "counts") and _nothing_else(events)


def asks_of_a_table(events: Events) -> bool:
    """Either of both."""
    return asks_of_counts(events) or asks_of_regions(events)


def _nothing_else(events: Events) -> bool:
    return not any(_rows(events, name) for name in ("exposures", "opportunities", "totals"))


def _rows(events: Events, name: str) -> int:
    return int(pl.scan_parquet(events.folder / f"{name}.parquet").select(pl.len()).collect().item())
