"""Items on visits: the real night on a world in which no one item suits all."""

import json
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from models.worlds.decisions.recommendation import SHARE, VALUE
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/recommendation.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30,000 visits: the rule's gain of .29 has a standard error of about .06."""
    folder = tmp_path_factory.mktemp("recommendation")
    assert main(["simulate", "recommendation", "--out", str(folder / "logs"), "--entities", "30000"]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/recommendation/2026-11-20"


def test_visits_get_the_item_that_suits_them(night: Path) -> None:
    """Phones get scarves, desktops jackets or boots; no promise above what the best choice earns."""
    split = json.loads((night / "split.json").read_text())
    best = float(SHARE @ VALUE.max(axis=1) - (SHARE @ VALUE).max())
    assert split["verdict"] == "CHOOSE_BY_RULE" and 0 < split["rule"]["low"] < best
    names = [f["name"] for f in json.loads((night / "transitions/columns.json").read_text())["features"]]
    table = pl.read_parquet(night / "transitions/transitions.parquet")
    desktop = table.select("entity", desktop=pl.col("features").arr.get(names.index("desktop")))
    plan = pl.read_parquet(night / "next_best_action.parquet").join(desktop, on="entity")
    assert len(plan) == 30_000
    by_phone, by_desktop = (set(plan.filter(pl.col("desktop") == at)["action"]) for at in (0, 1))
    assert by_phone <= {"scarf", "hat", "gloves"} and by_desktop <= {"boots", "jacket"}


def test_the_page_says_which_item_when(night: Path) -> None:
    said = page_text(night)
    said = said[: said.rindex("Data and method")]
    assert "Show by a rule: no one item suits all." in said and "EUR per visit" in said
    assert not any(word in said for word in (" ad ", " ads ", "channel", "users"))
