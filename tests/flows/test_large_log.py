"""A log larger than other tests': cores change no bit of what is said, and a sample stands for everybody."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from models.worlds import simulate
from tests.flows.short_night import STUDY
from tests.flows.typed import bytes_of, run_here

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log long enough for Q's folds to be fitted side by side, as plans, prices and policies are."""
    folder = tmp_path_factory.mktemp("large")
    simulate("demo", out=folder / "logs", tier="A", entities=900, days=45)
    return folder


@pytest.fixture(scope="module")
def night(shop: Path) -> Callable[..., Path]:
    """The published folder of a night on so many cores, under a name of its own; `more` is of its study."""

    def published(name: str, cores: int, more: str = "") -> Path:
        (shop / f"{name}.toml").write_text(STUDY + more)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
            asked = ("run", f"{name}.toml", "--as-of", "2026-11-20", "--out", f"out-{name}")
            done = run_here(*asked, cwd=shop)
        assert done.returncode == 0, done.stderr
        return shop / f"out-{name}/shop/2026-11-20"

    return published


@pytest.fixture(scope="module")
def whole(night: Callable[..., Path]) -> Path:
    return night("whole", cores=1)


def test_one_core_and_three_give_the_same_bytes(whole: Path, night: Callable[..., Path]) -> None:
    one, three = bytes_of(whole), bytes_of(night("three", cores=3))
    assert one == three and "split.json" in one and "policies/dqn.json" in one


def test_a_sample_stands_for_everybody(whole: Path, night: Callable[..., Path]) -> None:
    part = night("part", cores=2, more="[evaluation]\nmax_decisions = 10_000\n")
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
    assert re.search(r"\(a sample of about 8\d\d\)", (part / "report.html").read_text())
    assert "a sample of" not in (whole / "report.html").read_text()


def _spent(night: Path) -> float:
    """By today's delivery, per budget period, as the evaluation has it."""
    logged = pl.read_csv(night / "evaluation.csv").filter(policy="logged", outcome="cost")
    return float(logged["estimate"][0])
