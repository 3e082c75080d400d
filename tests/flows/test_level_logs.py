"""What logs of ordered levels lack, told before a night is run: `allot check` on a demand curve."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.conftest import REPOSITORY
from tests.flows.typed import Ended, run_here

STUDY = REPOSITORY / "flows/studies/discount_level.toml"


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    assert main(["simulate", "discount_level", "--out", str(folder / "logs"), "--entities", "200"]) == 0
    return folder / "logs"


@pytest.fixture
def logs(simulated: Path, tmp_path: Path) -> Path:
    """A copy of the simulated logs, to be changed."""
    return Path(shutil.copytree(simulated, tmp_path / "logs"))


def check(logs: Path, *changes: tuple[str, str]) -> Ended:
    """`allot check` of the shipped study, with some of its text replaced."""
    text = STUDY.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    study = logs.parent / "study.toml"
    study.write_text(text)
    return run_here("check", study, "--logs", logs, "--as-of", "2026-11-20", cwd=logs.parent)


def test_a_price_whose_goods_cost_nothing_is_refused(logs: Path) -> None:
    bought = logs / "purchases.parquet"
    pl.read_parquet(bought).drop("margin").write_parquet(bought)
    told = check(logs)
    assert told.returncode == 2
    assert "no purchase carries a margin and `decision.margin_rate` is not set" in told.stderr
    assert check(logs, ("[decision]", "[decision]\nmargin_rate = 0.3")).returncode == 0


def test_a_level_that_nobody_was_given_is_named(logs: Path) -> None:
    told = check(logs, ("levels = [0, 5, 10, 20]", "levels = [0, 5, 10, 15, 20]")).stdout
    assert "Nobody was given 15 %: nothing can be said of it." in told
    assert "The likely obstacle: none that shows" in told
    rows = [line.split()[0] for line in told.splitlines() if line.split() and line.split()[0].isdigit()]
    assert rows == ["0", "5", "10", "20"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("levels = [0, 5, 10, 20]", "levels = [0, 5, 10]", "The log decides on 20, which is none of"),
        (
            'demand = "units"',
            'demand = "unit"',
            "decision.demand: the log has no outcome unit; name it in an",
        ),
    ],
)
def test_what_a_night_refuses_is_told_before(logs: Path, old: str, new: str, words: str) -> None:
    assert f"The likely obstacle: {words}" in check(logs, (old, new)).stdout
