"""A log with more decisions than a night may look at: a sample is judged, everybody is told."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from models.worlds import simulate
from tests.flows.short_night import STUDY
from tests.flows.typed import run_here

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.mark.slow
def test_a_sample_stands_for_everybody(tmp_path: Path) -> None:
    simulate("demo", out=tmp_path / "logs", tier="A", entities=700, days=42)
    for name, most in (("whole", ""), ("part", "[evaluation]\nmax_decisions = 10_000\n")):
        study = STUDY.replace('"shop"', f'"{name}"') + most
        (tmp_path / f"{name}.toml").write_text(study)
        done = run_here("run", f"{name}.toml", "--as-of", "2026-11-20", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    whole, part = (tmp_path / f"out/{name}/2026-11-20" for name in ("whole", "part"))

    decisions = [pl.read_parquet(f / "transitions/transitions.parquet") for f in (whole, part)]
    assert 8_000 < len(decisions[1]) < 12_000 < len(decisions[0])
    checks = json.loads((part / "health.json").read_text())["checks"]
    assert not [c for c in checks if c["status"] == "stop"]  # money is held against the sample's own
    today = [{r["channel"]: r["current"] for r in json.loads((f / "split.json").read_text())["rows"]}
             for f in (whole, part)]  # fmt: skip
    assert today[0] == today[1]
    acted = [pl.read_parquet(f / "next_best_action.parquet")["entity"] for f in (whole, part)]
    assert acted[0].equals(acted[1])
    spent = [_spent(f) for f in (whole, part)]
    assert spent[1] == pytest.approx(spent[0], rel=0.25)  # four standard errors of 250 customers' spend
    assert re.search(r"\(a sample of about 6\d\d\)", (part / "report.html").read_text())
    assert "a sample of" not in (whole / "report.html").read_text()


def _spent(night: Path) -> float:
    """By today's delivery, per budget period, as the evaluation has it."""
    logged = pl.read_csv(night / "evaluation.csv").filter(policy="logged", outcome="cost")
    return float(logged["estimate"][0])
