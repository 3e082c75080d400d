"""A sound log of a small shop, and what may be done to it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from models.worlds import simulate

Tables = dict[str, pl.DataFrame]
Poison = Callable[[Tables], Tables]

LAST_DAY = date(2026, 11, 19)
AS_OF = date(2026, 11, 20)


def sound_log(folder: Path, *, tier: str = "A", entities: int = 600, days: int = 70, seed: int = 1) -> Tables:
    """Contract tables of the demo shop, ending the day before the night."""
    simulate("demo", out=folder, tier=tier, entities=entities, days=days, last_day=LAST_DAY, seed=seed)
    return {path.stem: pl.read_parquet(path) for path in sorted(folder.iterdir())}


def write_tables(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def days_before_night(n: int) -> datetime:
    """Midnight, n days before the night's."""
    return datetime.combine(AS_OF - timedelta(days=n), datetime.min.time())


def on_last(n: int) -> pl.Expr:
    """Rows of the newest n days of the log."""
    return pl.col("ts") >= days_before_night(n)


def one_row_costs(amount: float, channel: str = "video", days_ago: int = 5) -> Poison:
    """The first impression of a channel, so many days before the night."""

    def poison(log: Tables) -> Tables:
        shown = log["impressions"].with_row_index()
        day = pl.col("ts").is_between(days_before_night(days_ago), days_before_night(days_ago - 1))
        row = shown.filter(day & (pl.col("channel") == channel))["index"][0]
        cost = pl.when(pl.col("index") == row).then(amount).otherwise("cost")
        return {**log, "impressions": shown.with_columns(cost=cost).drop("index")}

    return poison


def one_order_brings(amount: float) -> Poison:
    def poison(log: Tables) -> Tables:
        first = pl.int_range(pl.len()) == 0
        revenue = pl.when(first).then(amount).otherwise("revenue")
        return {**log, "purchases": log["purchases"].with_columns(revenue=revenue)}

    return poison


def times(table: str, column: str, factor: float, rows: pl.Expr) -> Poison:
    """Another unit on some rows."""

    def poison(log: Tables) -> Tables:
        changed = pl.when(rows).then(pl.col(column) * factor).otherwise(column)
        return {**log, table: log[table].with_columns(changed.alias(column))}

    return poison


def every_row_costs(amount: float) -> Poison:
    return lambda log: {**log, "impressions": log["impressions"].with_columns(cost=pl.lit(amount))}


def without(table: str, rows: pl.Expr) -> Poison:
    """A feed that lacks some rows; clicks on impressions that are gone are gone too."""

    def poison(log: Tables) -> Tables:
        left = {**log, table: log[table].filter(~rows)}
        shown = left["impressions"]["impression_id"].implode()
        return {**left, "clicks": left["clicks"].filter(pl.col("impression_id").is_in(shown))}

    return poison


def ended(channel: str, days_ago: int) -> Poison:
    """A channel that was switched off: neither shown nor offered any more."""
    gone = on_last(days_ago) & (pl.col("channel") == channel)
    return lambda log: without("impressions", gone)(without("opportunities", gone)(log))


def begun(channel: str, days_ago: int) -> Poison:
    """A channel that started."""
    before = ~on_last(days_ago) & (pl.col("channel") == channel)
    return lambda log: without("impressions", before)(without("opportunities", before)(log))
