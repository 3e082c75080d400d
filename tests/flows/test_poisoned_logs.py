"""Whole nights on logs that hold what cannot be so: nothing is moved, and the report says what and where."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.flows.short_night import STUDY
from tests.models.poisoned_logs import (
    AS_OF,
    Tables,
    every_row_costs,
    on_last,
    one_row_costs,
    sound_log,
    times,
    without,
    write_tables,
)

OUT_OF_IT = """
[[exclude]]
first = 2026-11-15
last = 2026-11-15
why = "a slip of the keyboard"
"""

pytestmark = pytest.mark.usefixtures("prefect_server", "pseudonym_key")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return sound_log(tmp_path_factory.mktemp("sound"), entities=300, days=56)


@pytest.fixture
def run_night(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Path]:
    """`allot run` in this process; returns the published folder."""

    def run(tables: Tables, *, as_of: date = AS_OF, study: str = STUDY) -> Path:
        write_tables(tmp_path / "logs", tables)
        (tmp_path / "shop.toml").write_text(study)
        arguments = [
            str(tmp_path / "shop.toml"),
            "--as-of",
            as_of.isoformat(),
            "--out",
            str(tmp_path / "out"),
        ]
        assert (main(["run", *arguments]), capfd.readouterr().err) == (0, "")
        return tmp_path / "out/shop" / as_of.isoformat()

    return run


def split_of(night: Path) -> dict:
    split: dict = json.loads((night / "split.json").read_text())
    return split


def stops_of(night: Path) -> set[str]:
    health = json.loads((night / "health.json").read_text())
    return {check["name"] for check in health["checks"] if check["status"] == "stop"}


@pytest.mark.parametrize(
    ("poison", "check", "said"),
    [
        (one_row_costs(2_000_000.0), "single rows", "1 row of video is worth 2,000,000.00 EUR on 2026-11-15"),
        (times("impressions", "cost", 1e6, on_last(1)), "cost of an ad", "on 2026-11-19"),
        (every_row_costs(9.9e7), "spend against sales", "written in another unit"),
        (without("opportunities", on_last(8)), "silence: opportunities", "no opportunities from 2026-11-12"),
    ],
    ids=["one row", "last day in micros", "every row", "opportunities stop"],
)
def test_a_poisoned_log_moves_nothing(
    run_night: Callable[..., Path], sound: Tables, poison: Callable[[Tables], Tables], check: str, said: str
) -> None:
    night = run_night(poison(sound))
    split = split_of(night)
    assert split["verdict"] == "NO_EVIDENCE"
    assert said in split["why"]
    assert all(row["recommended"] == row["current"] for row in split["rows"])
    assert check in stops_of(night)
    assert said in (night / "report.html").read_text()


def test_a_log_thirty_days_stale_moves_nothing(run_night: Callable[..., Path], sound: Tables) -> None:
    night = run_night(sound, as_of=AS_OF + timedelta(days=30))
    assert split_of(night)["verdict"] == "NO_EVIDENCE"
    why = split_of(night)["why"]
    assert "The log ends on 2026-11-19, and the 30 days between it and the night are missing" in why
    assert "--as-of 2026-11-20" in why


def test_poisoned_daily_totals_move_nothing(run_night: Callable[..., Path], tmp_path: Path) -> None:
    totals = sound_log(tmp_path / "made", tier="C", entities=300, days=56)
    last = pl.col("date") == pl.col("date").max()
    night = run_night(times("totals", "spend", 1e6, last)(totals))
    assert split_of(night)["verdict"] == "NO_EVIDENCE"
    assert "2026-11-19" in split_of(night)["why"]


def test_the_excluded_row_no_longer_stops_the_night(run_night: Callable[..., Path], sound: Tables) -> None:
    night = run_night(one_row_costs(2_000_000.0)(sound), study=STUDY + OUT_OF_IT)
    assert not {"single rows", "spend by day", "cost of an ad"} & stops_of(night)


def test_costs_beyond_all_money_are_one_sentence(
    sound: Tables, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tables(tmp_path / "logs", every_row_costs(9.9e9)(sound))
    (tmp_path / "shop.toml").write_text(STUDY)
    assert main(["check", str(tmp_path / "shop.toml"), "--as-of", AS_OF.isoformat()]) == 4
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1
    assert "The cost of all impressions adds up to more than 8,000,000,000,000" in said[0]
    assert "logs.tables.impressions.money_unit" in said[0]
