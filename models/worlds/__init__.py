"""Simulated worlds whose truth is known: they write logs as an advertiser has them, and score policies."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from models.worlds.catalogue import SPECS, WORLDS, tail_days_of
from models.worlds.decisions import DECISION_WORLDS, Size
from models.worlds.journey import JourneyWorld
from models.worlds.logs import TIERS, first_day_of, write_logs
from models.worlds.order import ORDER_WORLDS, OrderWorld
from sql.errors import StudyError

__all__ = ["DECISIONS", "ORDER_WORLDS", "SPECS", "TIERS", "WORLDS", "open_world", "simulate", "tail_days_of"]

DECISIONS = {world.name: world for world in DECISION_WORLDS}
"""Worlds of other decisions than channels: each writes the one log that its study reads."""

LAST_DAY = date(2026, 11, 19)
"""The demo's logs end the day before the demo night."""


SHOP_ENTITIES, SHOP_DAYS = 20_000, 112


def open_world(
    name: str,
    *,
    seed: int = 1,
    entities: int = SHOP_ENTITIES,
    days: int = SHOP_DAYS,
    last_day: date = LAST_DAY,
) -> JourneyWorld:
    """A world on the first morning of `days` days. StudyError for a name that is not in the catalogue."""
    if name not in WORLDS:
        raise StudyError(f"there is no world named {name!r}; the worlds are: {', '.join(sorted(WORLDS))}")
    return JourneyWorld(WORLDS[name], entities, seed, first_day_of(last_day, days))


def simulate(
    name: str,
    *,
    out: Path,
    tier: str | None = None,
    seed: int = 1,
    entities: int | None = None,
    days: int | None = None,
    last_day: date = LAST_DAY,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a world's contract logs of one tier to `out`, ending on `last_day`.

    A+ logs opportunities and the platform's probabilities, A (left out: this) opportunities, B impressions
    only, C daily totals and the shop's own purchases. entities, days: the world's own numbers unless given.
    A world of another decision has one log, and raises StudyError where a tier is asked for.
    """
    if name in DECISIONS:
        one = DECISIONS[name]
        if tier is not None:
            raise StudyError(f"the world {name} has one log, so that --tier means nothing; leave it out")
        one.write(out, Size(entities or one.entities, days or one.days, seed, last_day))
        return
    tier = tier or "A"
    if tier not in TIERS:
        raise StudyError(f"a world writes logs of tier {', '.join(TIERS[:-1])} or {TIERS[-1]}, not {tier!r}")
    size = {"entities": entities or SHOP_ENTITIES, "days": days or SHOP_DAYS}
    if name in ORDER_WORLDS:
        first = first_day_of(last_day, size["days"])
        world: JourneyWorld | OrderWorld = OrderWorld(ORDER_WORLDS[name], size["entities"], seed, first)
    else:
        world = open_world(name, seed=seed, last_day=last_day, **size)
    write_logs(world, days=size["days"], tier=tier, out=out, progress=progress)
