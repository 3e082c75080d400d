"""Whole nights on real logs, where they are there: few training steps, everything else as shipped."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.conftest import REPOSITORY
from tests.sql.tiny_logs import real_data

FEW_STEPS = """
[agents]
seeds = [1]
steps = 5
hidden_units = [8]
batch_size = 64
"""


@pytest.fixture
def run_night(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[[str, str], Path]:
    """`allot run` on a shipped study, in this process; returns the folder of the published night."""

    def run(name: str, as_of: str) -> Path:
        shipped = (REPOSITORY / f"flows/studies/{name}.toml").read_text(encoding="utf-8")
        assert "agents" not in tomllib.loads(shipped)
        study = tmp_path / f"{name}.toml"
        study.write_text(shipped.replace("[split]", "[split]\nbootstrap = 5") + FEW_STEPS, encoding="utf-8")
        logs = str(real_data(name))
        code = main(["run", str(study), "--logs", logs, "--as-of", as_of, "--out", str(tmp_path / "out")])
        assert (code, capfd.readouterr().err) == (0, "")
        return tmp_path / "out" / name / as_of

    return run


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
@pytest.mark.skipif(real_data("hillstrom") is None, reason="the real log is not here")
def test_hillstrom_each_arm_is_worth_its_plain_mean(run_night: Callable[[str, str], Path]) -> None:
    """The e-mails were drawn at random, so the mean spend of an arm is what it is worth.

    The key of the pseudonyms decides who reports. It is fixed here, so nothing is left to chance; drawn
    anew, each of the three 95 % intervals would miss its mean at most about once in twenty.
    """
    log = pl.read_csv(real_data("hillstrom") / "hillstrom.csv", infer_schema_length=None)  # type: ignore[operator]
    means = dict(log.group_by("segment").agg(pl.col("spend").mean()).iter_rows())
    arms = {"mens": "Mens E-Mail", "womens": "Womens E-Mail", "none": "No E-Mail"}
    assert [round(means[arm], 3) for arm in arms.values()] == [1.423, 1.077, 0.653]

    night = run_night("hillstrom", "2008-04-03")
    assert json.loads((night / "split.json").read_text())["tier"] == "A+"
    estimates = pl.read_csv(night / "evaluation.csv")
    for action, arm in arms.items():
        for estimator in ("SNPDIS", "SNDR"):
            row = estimates.row(
                by_predicate=(pl.col("policy") == f"always {action}")
                & (pl.col("outcome") == "margin")
                & (pl.col("estimator") == estimator),
                named=True,
            )
            assert row["unit"] == "USD per customer"
            assert row["low"] <= means[arm] <= row["high"], (action, estimator)
            assert row["high"] - row["low"] < 1.0  # narrow enough to say something


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
@pytest.mark.skipif(real_data("complete_journey") is None, reason="the real log is not here")
def test_complete_journey_knows_which_campaigns_still_run(run_night: Callable[[str, str], Path]) -> None:
    night = run_night("complete_journey", "2018-01-01")
    split = json.loads((night / "split.json").read_text())
    assert split["tier"] == "A"
    # of three kinds of campaigns only one ran in the newest four weeks: there is nothing to split any more
    assert {row["channel"] for row in split["rows"] if row["current"] > 0} == {"Type B"}
    assert split["verdict"] == "NO_EVIDENCE" and "All spend goes to one channel (Type B)" in split["why"]
