"""Staged events of a small world, straight from its days: the marts' layout without the log files."""

from pathlib import Path

import numpy as np
import polars as pl

from models.worlds.journey import JourneyWorld
from sql.events import Events


def _frame(**columns: np.ndarray | int) -> pl.DataFrame:
    size = max(np.size(c) for c in columns.values() if not isinstance(c, int))
    return pl.DataFrame({k: np.full(size, v) if isinstance(v, int) else v for k, v in columns.items()})


def events_of(world: JourneyWorld, days: int, folder: Path) -> Events:
    """Let `days` pass and write the marts; entity keys are the customers' numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    first = world.day
    tables: dict[str, list[pl.DataFrame]] = {
        name: [] for name in ("exposures", "opportunities", "clicks", "bookings", "visits")
    }
    for _ in range(days):
        day, today = world.day, world.step()
        shown, clicked = np.flatnonzero(today.action), np.flatnonzero(today.clicked)
        bought, visited = np.flatnonzero(today.revenue_micros), np.flatnonzero(today.visited)
        who, which = np.nonzero(today.opportunities)
        revenue = today.revenue_micros[bought]
        tables["exposures"].append(
            _frame(
                entity_key=shown,
                day=day,
                ordinal=0,
                action=today.action[shown],
                cost_micros=today.cost_micros[shown],
                clicks=today.clicked[shown].astype(np.int64),
                propensity=np.full(len(shown), np.nan),
            )
        )
        tables["opportunities"].append(_frame(entity_key=who, day=day, action=which + 1, n=1))
        tables["clicks"].append(_frame(entity_key=clicked, day=day, action=today.action[clicked], n=1))
        tables["visits"].append(_frame(entity_key=visited, day=day, n=1))
        tables["bookings"].append(
            _frame(
                entity_key=bought,
                day=day,
                known_day=day + today.reported_after[bought],
                purchases=1,
                revenue_micros=revenue,
                margin_micros=np.round(revenue * world.config.margin_rate).astype(np.int64),
            )
        )
    last = world.day - 1
    for name, frames in tables.items():
        table = pl.concat([f for f in frames if len(f)] or frames)
        if name == "bookings":
            table = table.filter(pl.col("known_day") <= last)
        table.write_parquet(folder / f"{name}.parquet")
    names = np.array([name for name, _ in world.config.segments])
    entities = pl.DataFrame(
        {"entity_key": np.arange(world.n), "entry_day": world.entry, "segment": names[world.segment]}
    )
    entities.filter(pl.col("entry_day") <= last).write_parquet(folder / "entities.parquet")
    return Events(
        folder=folder,
        tier="A",
        tier_reason="opportunities are logged",
        actions=world.actions,
        context_columns=(),
        user_features=(),
        segments=tuple(sorted(names)),
        first_day=first,
        last_day=last,
        delay_days=6,
        excluded_days=(),
        counts=(),
        inputs=(),
    )
