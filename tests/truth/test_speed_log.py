"""The speed benchmark's logs, and that the ways that read them find the same: equal answers, compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.benchmarks import speed_pandas, speed_transitions
from tests.benchmarks.speed_floor import sort_and_write
from tests.benchmarks.speed_log import CHANNELS, DAYS, SpeedLog, write_speed_log

LOG = SpeedLog(impressions=3_000)
"""Of 150 users, with 72 clicks and 15 purchases."""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speed") / "logs"
    write_speed_log(LOG, folder)
    return folder


@pytest.fixture(scope="module")
def ours(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> speed_transitions.Transitions:
    return speed_transitions.build(LOG, logs, tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def theirs(logs: Path) -> pd.DataFrame:
    return speed_pandas.build(logs)


def test_a_log_has_the_rates_it_is_told_and_comes_sorted_by_time(logs: Path) -> None:
    tables = {path.stem: pl.read_parquet(path) for path in logs.glob("*.parquet")}
    sizes = {name: len(table) for name, table in tables.items()}
    assert sizes == {"impressions": 3_000, "clicks": 72, "purchases": 15, "users": 150}
    for name in ("impressions", "clicks", "purchases"):
        assert tables[name]["ts"].is_sorted()
    for name, key in (("impressions", "impression_id"), ("clicks", "impression_id"), ("users", "user_id")):
        assert tables[name][key].is_unique().all()
    assert set(tables["impressions"]["channel"]) == set(CHANNELS)
    assert tables["impressions"]["ts"].dt.date().n_unique() == DAYS
    assert set(tables["purchases"]["user_id"]) <= set(tables["users"]["user_id"])


def test_a_log_is_the_same_every_time_and_another_one_with_another_seed(logs: Path, tmp_path: Path) -> None:
    write_speed_log(LOG, tmp_path / "again")
    write_speed_log(SpeedLog(3_000, seed=2), tmp_path / "other")
    for path in logs.glob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    others = pl.read_parquet(tmp_path / "other" / "impressions.parquet")
    assert not others.equals(pl.read_parquet(logs / "impressions.parquet"))


def test_pandas_and_ours_find_the_same_decisions_ads_clicks_margin_and_cost(
    ours: speed_transitions.Transitions, theirs: pd.DataFrame, logs: Path
) -> None:
    found, told = speed_transitions.found_in(ours), speed_pandas.found_in(theirs)
    del found["features"], told["features"]  # these differ, and the page says so
    assert found == told
    assert found["clicks"] == 72 and found["decisions"] > 150 * DAYS
    impressions = pl.read_parquet(logs / "impressions.parquet")
    assert found["cost_micros"] == pytest.approx(1e6 * impressions["cost"].sum())
    assert found["shown"] == impressions.select("user_id", pl.col("ts").dt.date(), "channel").n_unique()


@pytest.mark.parametrize("window", [1, 7, 30])
def test_pandas_and_ours_see_the_same_past(
    ours: speed_transitions.Transitions, theirs: pd.DataFrame, window: int
) -> None:
    names = [feature.name for feature in ours.feature_spec]
    for channel in CHANNELS:
        column = f"shown_{channel}_{window}d"
        mine = ours.features[:, names.index(column)]  # (n,) sorted by pseudonym, theirs by user
        assert mine.sum() > 0
        assert np.array_equal(np.sort(mine), np.sort(theirs[column].to_numpy()))


def test_the_days_margin_stands_with_its_last_row(theirs: pd.DataFrame) -> None:
    last = ~theirs.duplicated(["user_id", "day"], keep="last")
    assert (theirs.loc[~last, "margin_micros"] == 0).all() and (~last).any()
    assert theirs.loc[last, "margin_micros"].sum() > 0


def test_the_floor_writes_every_event_once_in_the_order_of_users_and_times(
    logs: Path, tmp_path: Path
) -> None:
    assert sort_and_write(logs, tmp_path) == {"events": 3_000 + 72 + 15, "clicks": 72}
    events = pl.read_parquet(tmp_path / "sorted.parquet").select("user_id", "ts")
    assert events.equals(events.sort("user_id", "ts"))
