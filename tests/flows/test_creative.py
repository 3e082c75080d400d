"""Forty creatives that are too many to tell apart, and what their parts tell all the same: the real night."""

import json
from pathlib import Path

import pytest

from flows.cli import main
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/creative.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """16,000 impressions, 400 of each creative."""
    folder = tmp_path_factory.mktemp("creative")
    assert main(["simulate", "creative", "--out", str(folder / "logs"), "--entities", "16000"]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/creative/2026-11-20"


def test_parts_are_told_where_creatives_are_not(night: Path) -> None:
    """Video is worth .0098 more than text, with a standard error of .0018: the other way round in no log."""
    split = json.loads((night / "split.json").read_text())
    assert len(split["arms"]) == 40 and split["verdict"] != "CHOOSE"
    levels = {(one["part"], one["level"]): one for one in split["parts"]["levels"]}
    assert len(levels) == 11
    assert levels["format", "video"]["effect"] > levels["format", "text"]["effect"]
    assert split["parts"]["arms"][0]["own"] != split["parts"]["arms"][0]["value"]


def test_the_page_names_the_parts_and_the_best_of_many(night: Path) -> None:
    said = page_text(night)
    said = said[: said.rindex("Data and method")]
    assert "What the parts are worth" in said and "Format: video" in said
    assert "28 more creatives, worth less, are in arms.csv." in said
    assert "All 780 are in differences.csv" in said
    assert "What came within 1 day of it counts." in said
    assert not any(word in said for word in (" ad ", " ads ", "channel", "users", "purchase"))
