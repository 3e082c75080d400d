"""Classes of content, where what is clicked most wears readers out: the real night on a known world."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/content.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """800 readers, five weeks."""
    folder = tmp_path_factory.mktemp("content")
    size = ["--entities", "800", "--days", "35"]
    assert main(["simulate", "content", "--out", str(folder / "logs"), *size]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/content/2026-11-20"


def rows(night: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((night / name).open()))


def test_a_plan_by_clicks_has_more_clicks_and_loses_readers(night: Path) -> None:
    """In truth a third of the minutes; that it is worse is told by ten standard errors."""
    found = {(r["policy"], r["outcome"]): float(r["estimate"]) for r in rows(night, "evaluation.csv")
             if r["estimator"] == "DRL" and r["estimate"]}  # fmt: skip
    assert found["click greedy", "clicks"] > found["logged", "clicks"]
    assert found["click greedy", "active_tomorrow"] < 0.8 * found["logged", "active_tomorrow"]
    verdicts = {r["policy"]: r["verdict"] for r in rows(night, "evidence.csv")}
    assert verdicts["click greedy"] == "worse"


def test_the_learned_plan_wins_readers_back(night: Path) -> None:
    """Light readers come back for news, curious ones for series: so nearly all are shown."""
    names = [f["name"] for f in json.loads((night / "transitions/columns.json").read_text())["features"]]
    table = pl.read_parquet(night / "transitions/transitions.parquet")
    curious = pl.col("features").arr.get(names.index("taste=curious"))
    taste = table.select("entity", curious=curious).unique("entity")
    plan = pl.read_parquet(night / "next_best_action.parquet").join(taste, on="entity")
    right = pl.when(pl.col("curious") > 0).then(pl.lit("series")).otherwise(pl.lit("news"))
    assert plan.select((pl.col("action") == right).mean()).item() > 0.9


def test_the_page_says_what_to_do_where_nothing_costs_anything(night: Path) -> None:
    said = page_text(night)
    said = said[: said.rindex("Appendix: data and method")]
    assert "No content class costs anything: decide by the learned plan." in said
    assert "who gets what is in next_best_action.parquet" in said and "Budgets per content class" not in said
    assert "reader" in said and "0 clicks" not in said
    assert not any(word in said for word in (" ads ", "channel", "users", "purchase"))
