"""Worlds of other decisions: one log each, the same for the same seed, and a study that reads it."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.worlds import DECISIONS, LAST_DAY, simulate
from models.worlds.decisions import Size
from models.worlds.decisions.retention_offer import ARMS, KINDS, draw_customers, value
from sql.errors import StudyError
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_a_world_writes_one_log_which_its_study_reads(name: str, tmp_path: Path) -> None:
    for folder in ("one", "same"):
        simulate(name, out=tmp_path / folder, entities=200)
    one, same = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "same"))
    assert [path.name for path in one] == [path.name for path in same]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, same, strict=True))
    shown = pl.read_parquet(tmp_path / "one/impressions.parquet")
    assert shown["ts"].max().date() <= LAST_DAY and shown["user_id"].n_unique() <= 200
    assert (REPOSITORY / f"flows/studies/{name}.toml").is_file()
    with pytest.raises(StudyError, match="has one log"):
        simulate(name, out=tmp_path / "tier", tier="B")


def test_customers_are_worth_what_their_kind_says() -> None:
    """Of 100,000 customers each of the nine means lies within five of its standard errors."""
    drawn = draw_customers(Size(100_000, 74, 1, LAST_DAY))
    for k in range(len(KINDS)):
        for a in range(len(ARMS)):
            worth = (drawn.earned - drawn.cost)[(drawn.kind == k) & (drawn.arm == a)]
            assert abs(worth.mean() - value()[k, a]) < 5 * worth.std() / np.sqrt(len(worth))
