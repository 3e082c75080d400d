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
def test_hillstrom_says_send_mens_on_all_customers(run_night: Callable[[str, str], Path]) -> None:
    """The e-mails were drawn at random, so the mean spend of an arm is what it is worth. The log is fixed:
    nothing is left to chance."""
    log = pl.read_csv(real_data("hillstrom") / "hillstrom.csv", infer_schema_length=None)  # type: ignore[operator]
    means = dict(log.group_by("segment").agg(pl.col("spend").mean()).iter_rows())
    names = {"mens": "Mens E-Mail", "womens": "Womens E-Mail", "none": "No E-Mail"}

    night = run_night("hillstrom", "2008-04-03")
    split = json.loads((night / "split.json").read_text())
    assert (split["question"], split["verdict"], split["answer"]["arms"]) == ("which one", "CHOOSE", ["mens"])
    assert split["rows"] == [] and split["entities"] == 64_000 and split["why"].startswith("Send mens.")
    for arm in split["arms"]:
        assert arm["mean"] == pytest.approx(means[names[arm["arm"]]], abs=1e-6)
        assert arm["value"] == pytest.approx(arm["mean"] - arm["cost"], abs=0.02)
        assert arm["low"] < arm["value"] < arm["high"]
    pairs = {(d["arm"], d["other"]): d for d in split["differences"]}
    assert set(pairs) == {("mens", "none"), ("womens", "none"), ("mens", "womens")}
    assert all(d["told_apart"] for d in pairs.values()) and pairs["mens", "none"]["low"] > 0
    page = (night / "report.html").read_text()
    assert "Send mens." in page and "no e-mail" in page and "split" not in page[page.index("<body") :]


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
@pytest.mark.skipif(real_data("complete_journey") is None, reason="the real log is not here")
def test_complete_journey_knows_which_campaigns_still_run(run_night: Callable[[str, str], Path]) -> None:
    night = run_night("complete_journey", "2018-01-01")
    split = json.loads((night / "split.json").read_text())
    assert split["tier"] == "A"
    # of three kinds of campaigns only one ran in the newest four weeks: there is nothing to split any more
    assert {row["channel"] for row in split["rows"] if row["current"] > 0} == {"Type B"}
    assert split["verdict"] == "NO_EVIDENCE" and "All spend goes to one channel (Type B)" in split["why"]
