"""Reorder levels per SKU and day, which are no channels: through the real night, against its truth."""

import csv
import json
import re
from pathlib import Path

import polars as pl
import pytest

from tests.flows.reorder_shop import best_gain_a_week, write_shop
from tests.flows.typed import run_here

pytestmark = [
    pytest.mark.usefixtures("prefect_server"),
    pytest.mark.filterwarnings("error::RuntimeWarning"),
]


def night_of(folder: Path, *, idle: str, worst: float) -> Path:
    """The published night of a shop; idle and worst of its study."""
    write_shop(folder, idle=idle, worst=worst)
    night = run_here(
        "run", "reorder.toml", "--as-of", "2026-03-31", "--out", "out", "--threads", "1", cwd=folder
    )
    assert night.returncode == 0, night.stderr
    return folder / "out/reorder/latest"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`usual` is what is done where nothing is; complaints may double."""
    return night_of(tmp_path_factory.mktemp("wide"), idle="usual", worst=1.0)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A level is always chosen; complaints may rise by 5 %."""
    return night_of(tmp_path_factory.mktemp("strict"), idle="", worst=0.05)


def text_of(night: Path) -> str:
    html = re.sub(r"<style>.*?</style>", "", (night / "report.html").read_text(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def estimates(night: Path, policy: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader((night / "evaluation.csv").open())
    return {row["outcome"]: row for row in rows if (row["policy"], row["estimator"]) == (policy, "DRL")}


def kinds(night: Path) -> tuple[int, int]:
    """How many SKUs run fast and how many slowly."""
    speed = pl.read_csv(night.parents[2] / "logs/users.csv")["speed"]
    return int(speed.sum()), int((1 - speed).sum())


@pytest.mark.parametrize("name", ["wide", "strict"])
def test_policies_are_compared_by_the_weighted_goal(name: str, request: pytest.FixtureRequest) -> None:
    night = request.getfixturevalue(name)
    found = estimates(night, "advantage")
    goal, sold, waste = (float(found[o]["estimate"]) for o in ("goal", "sold", "waste"))
    assert goal == pytest.approx(sold - waste, abs=0.01)
    assert float(found["profit"]["estimate"]) == pytest.approx(goal)  # nothing costs anything
    assert found["goal"]["unit"] == "EUR per 7 days" and found["shelf"]["unit"] == "boxes per 7 days"
    evidence = {row["policy"]: row for row in csv.DictReader((night / "evidence.csv").open())}["advantage"]
    truth = best_gain_a_week(*kinds(night))
    assert evidence["verdict"] == "better"
    assert float(evidence["uplift_low"]) < truth < float(evidence["uplift_high"])


def test_without_a_cost_there_is_nothing_to_split_and_a_plan_for_every_sku(wide: Path) -> None:
    split = json.loads((wide / "split.json").read_text())
    assert (split["verdict"], split["tier"]) == ("NO_EVIDENCE", "A+")
    assert "there is no budget to split" in split["why"]
    actions = pl.read_parquet(wide / "next_best_action.parquet")["action"].value_counts()
    fast, slow = kinds(wide)
    assert dict(actions.iter_rows()) == {"high": fast, "low": slow}  # the best level of each kind
    said = text_of(wide)
    assert (
        "No reorder level costs anything here, so there is no budget to meet: for every SKU and day" in said
    )


def test_a_guardrail_holds_the_plan_back_and_is_named(strict: Path) -> None:
    actions = pl.read_parquet(strict / "next_best_action.parquet")["action"].unique().to_list()
    assert actions == ["do_not_act"]
    said = text_of(strict)
    assert re.search(
        r"The personalised plan is held back\. complaints is a guardrail: it could rise by \d+ %, "
        r"and the study lets it rise by 5 %\.",
        said,
    )


def test_the_idle_level_has_the_shops_word_or_does_not_exist(wide: Path, strict: Path) -> None:
    columns = json.loads((wide / "transitions/columns.json").read_text())
    assert columns["actions"] == ["usual", "high", "low"]
    roles = {o["name"]: o["role"] for o in columns["outcomes"]}
    assert roles["margin"] == "info" and roles["shelf"] == "info" and roles["waste"] == "goal"
    assert json.loads((strict / "transitions/columns.json").read_text())["actions"] == [
        "none", "high", "low", "usual",
    ]  # fmt: skip
    table = pl.read_parquet(strict / "transitions/transitions.parquet")
    assert not table["eligible"].arr.get(0).any() and table["action"].min() == 1
    checks = {c["name"]: c["status"] for c in json.loads((strict / "health.json").read_text())["checks"]}
    assert not [name for name in checks if name.startswith("overlap with none")]
    assert "stop" not in checks.values()


@pytest.mark.parametrize("name", ["wide", "strict"])
def test_the_report_speaks_the_shops_words(name: str, request: pytest.FixtureRequest) -> None:
    said = text_of(request.getfixturevalue(name))
    for words in ("reorder levels", "SKUs", "every SKU", "Are there enough orders?", "complaints", "sold"):
        assert words in said
    assert not re.search(r"\b(customers?|everybody)\b", said)
