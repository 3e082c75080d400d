"""Offers to customers who would have stayed: the real night on a world whose answer is known spares them."""

import json
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from models.worlds.decisions.retention_offer import SHARE, value
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/retention_offer.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 12,000 customers: the rule's gain, 1.0 at best, has a standard error of about .2."""
    folder = tmp_path_factory.mktemp("retention")
    assert main(["simulate", "retention_offer", "--out", str(folder / "logs"), "--entities", "12000"]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/retention_offer/2026-11-20"


def test_an_offer_for_all_loses_and_a_rule_earns(night: Path) -> None:
    """No promise above the best that kinds allow; each of these is wrong in one log of 40."""
    split = json.loads((night / "split.json").read_text())
    best = float(SHARE @ value().max(axis=1) - (SHARE @ value()).max())
    assert split["verdict"] == "CHOOSE_BY_RULE"
    assert "offer" in split["answer"]["worse"]
    assert 0 < split["rule"]["low"] < best


def test_the_plan_spares_the_loyal(night: Path) -> None:
    """Who ordered twelve times in a year is loyal but for one in a hundred: none of these gets the offer, and
    most of those with up to five orders and a month away do."""
    columns = json.loads((night / "transitions/columns.json").read_text())
    names = [f["name"] for f in columns["features"]]
    rows = pl.read_parquet(night / "transitions/transitions.parquet")
    facts = rows["features"].to_numpy()
    orders, away = (facts[:, names.index(name)] for name in ("orders_last_year", "months_since_order"))
    known = pl.DataFrame({"entity": rows["entity"], "orders": orders, "away": away})
    plan = pl.read_parquet(night / "next_best_action.parquet").join(known, on="entity")
    assert len(plan) == 12_000
    assert "offer" not in plan.filter(pl.col("orders") >= 12)["action"].to_list()
    wavering = plan.filter((pl.col("orders") <= 5) & (pl.col("away") <= 1))["action"]
    assert (wavering == "offer").mean() > 0.9


def test_the_page_says_it_in_the_studys_words(night: Path) -> None:
    said = page_text(night)
    said = said[: said.rindex("Data and method")]
    assert "Send by a rule: no one message suits all." in said
    assert "customer" in said and "no message" in said
    assert not any(word in said for word in (" ad ", " ads ", "channel", "users", "purchase"))
