"""The best split of each benchmark world, searched for once with the truth at hand."""

from pathlib import Path

from models.worlds.catalogue import WORLDS, tail_days_of
from models.worlds.oracle import oracle_of as find
from models.worlds.truth import Horizon


def oracle_multipliers(world: str, work: Path) -> tuple[float, ...]:
    """(A,) of the oracle split, `none` first; kept in `work` between runs."""
    horizon = Horizon(days=7, tail_days=tail_days_of(world))
    return (1.0, *find(WORLDS[world], horizon=horizon, folder=work / "oracles").multipliers)
