"""Simulated worlds whose truth is known: they write logs as an advertiser has them, and score policies."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from models.worlds.catalogue import SPECS, WORLDS, tail_days_of
from models.worlds.journey import JourneyWorld
from models.worlds.logs import TIERS, first_day_of, write_logs
from sql.errors import StudyError

__all__ = ["SPECS", "TIERS", "WORLDS", "open_world", "simulate", "tail_days_of"]

LAST_DAY = date(2026, 11, 19)
"""The demo's logs end the day before the demo night."""


def open_world(
    name: str, *, seed: int = 1, entities: int = 20_000, days: int = 112, last_day: date = LAST_DAY
) -> JourneyWorld:
    """A world on the first morning of `days` days. StudyError for a name that is not in the catalogue."""
    if name not in WORLDS:
        raise StudyError(f"there is no world named {name!r}; the worlds are: {', '.join(sorted(WORLDS))}")
    return JourneyWorld(WORLDS[name], entities, seed, first_day_of(last_day, days))


def simulate(
    name: str,
    *,
    out: Path,
    tier: str = "A",
    seed: int = 1,
    entities: int = 20_000,
    days: int = 112,
    last_day: date = LAST_DAY,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a world's contract logs of one tier to `out`, ending on `last_day`.

    A+ logs opportunities and the platform's probabilities, A opportunities, B impressions only, C daily
    totals and the shop's own purchases.
    """
    if tier not in TIERS:
        raise StudyError(f"a world writes logs of tier {', '.join(TIERS[:-1])} or {TIERS[-1]}, not {tier!r}")
    world = open_world(name, seed=seed, entities=entities, days=days, last_day=last_day)
    write_logs(world, days=days, tier=tier, out=out, progress=progress)
