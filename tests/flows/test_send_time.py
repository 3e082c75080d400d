"""When to send: the real night finds whose hour is when, whatever zone the log's times are written in."""

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.cli import main
from models.worlds.decisions.send_time import OWL_SHARE, value
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/send_time.toml"


def run_night(folder: Path, logs: str) -> Path:
    ended = run_here(
        "run", STUDY, "--logs", logs, "--as-of", "2026-11-20", "--out", f"out_{logs}", cwd=folder
    )
    assert ended.returncode == 0, ended.stderr
    return folder / f"out_{logs}/send_time/2026-11-20"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("send_time")
    size = ["--entities", "1200", "--days", "20"]
    assert main(["simulate", "send_time", "--out", str(folder / "local"), *size]) == 0
    return folder


@pytest.fixture(scope="module")
def night(folder: Path) -> Path:
    return run_night(folder, "local")


def test_early_birds_at_breakfast_and_owls_in_the_evening(night: Path) -> None:
    """A kind earns .4 USD a day more at its own hour than at the next one, with a standard error of .06. The
    promise lies above what the kinds allow in one log of 40."""
    split = json.loads((night / "split.json").read_text())
    assert split["verdict"] == "CHOOSE_BY_RULE"
    shares = np.array([1 - OWL_SHARE, OWL_SHARE])
    best = shares @ value().max(axis=1) - (shares @ value()).max()
    assert 0 < split["rule"]["low"] < best
    columns = json.loads((night / "transitions/columns.json").read_text())
    names = [f["name"] for f in columns["features"]]
    rows = pl.read_parquet(night / "transitions/transitions.parquet")
    hour = rows["features"].to_numpy()[:, names.index("usual_hour")]
    known = pl.DataFrame({"entity": rows["entity"], "hour": hour}).unique()
    plan = pl.read_parquet(night / "next_best_action.parquet").join(known, on="entity")
    assert len(plan) == 1200
    assert (plan.filter(pl.col("hour") < 11)["action"] == "at 8").mean() > 0.9
    assert (plan.filter(pl.col("hour") > 18)["action"] == "at 21").mean() > 0.9


def test_the_clock_is_the_studys_whatever_zone_the_log_is_written_in(folder: Path, night: Path) -> None:
    """Half of New York's evening purchases are tomorrow's in UTC: written so, they are the same purchases."""
    (folder / "utc").mkdir()
    for path in sorted((folder / "local").glob("*.parquet")):
        table = pl.read_parquet(path)
        times = [name for name in ("ts", "entry_ts") if name in table.columns]
        zoned = pl.col(times).dt.replace_time_zone("America/New_York").dt.convert_time_zone("UTC")
        table.with_columns(zoned).write_parquet(folder / "utc" / path.name)
    written, told = run_night(folder, "utc"), night
    rows = [list(csv.DictReader((one / "arms.csv").open())) for one in (told, written)]
    assert rows[0] == rows[1]


def test_the_page_says_it_in_the_studys_words(night: Path) -> None:
    said = page_text(night).replace("\u00a0", " ")
    assert "Send by a rule: no one send time suits all." in said and "Send at 8." in said
