"""How much off: the real night on a demand curve whose elasticity is known, and on discounts nobody drew by
lot."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from models.worlds.decisions.discount_level import ELASTICITY, LEVELS, OWN_SHARE, value, value_for_all
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/discount_level.toml"


def simulated(folder: Path, products: int = 700) -> Path:
    size = ["--entities", str(products)]
    assert main(["simulate", "discount_level", "--out", str(folder / "logs"), *size]) == 0
    return folder


def run_night(folder: Path, study: Path = STUDY) -> Path:
    ended = run_here("run", study, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/discount_level/2026-11-20"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_night(simulated(tmp_path_factory.mktemp("discount")))


def test_the_best_discount_and_the_elasticity(night: Path) -> None:
    """Each is wrong in at most one log of 20; no lower bound above what the two kinds allow, one of 40."""
    split = json.loads((night / "split.json").read_text())
    assert (split["question"], split["verdict"]) == ("how much", "CHOOSE_BY_RULE")
    best = int(value_for_all().argmax())
    may_be_best = split["answer"]["may_be_best"]
    assert float(LEVELS[best]) in may_be_best and 20.0 not in may_be_best
    assert split["elasticity"]["low"] <= ELASTICITY <= split["elasticity"]["high"]
    by_kind = (1 - OWN_SHARE) * value()[0].max() + OWN_SHARE * value()[1].max()
    assert 0 < split["rule"]["low"] < by_kind - value_for_all().max()
    rows = list(csv.DictReader((night / "levels.csv").open()))
    assert [float(row["level"]) for row in rows] == LEVELS.tolist()
    assert all(float(row["low"]) < float(row["value"]) < float(row["high"]) for row in rows)


def test_each_kind_is_given_its_own(night: Path) -> None:
    """Own labels 20 % or 10 %, brands the full price: 45 to 55 against 20 EUR a week are told in every
    log."""
    columns = json.loads((night / "transitions/columns.json").read_text())
    names = [f["name"] for f in columns["features"]]
    rows = pl.read_parquet(night / "transitions/transitions.parquet")
    own = rows["features"].to_numpy()[:, names.index("own_label")]
    kinds = pl.DataFrame({"entity": rows["entity"], "own": own}).unique()
    plan = pl.read_parquet(night / "next_best_action.parquet").join(kinds, on="entity")
    assert len(plan) == 700
    assert set(plan.filter(pl.col("own") == 0)["action"]) <= {"0", "5"}
    assert set(plan.filter(pl.col("own") == 1)["action"]) <= {"10", "20"}


def test_the_page_says_it_in_the_studys_words(night: Path) -> None:
    said = page_text(night).replace("\u00a0", " ")
    assert "Give by a rule: no one discount suits all." in said
    assert "A price higher by 1 % changes units by" in said and "May be best?" in said
    card = said[: said.index("Beside the best")]
    assert not any(word in card for word in (" ad ", " ads ", "channel", "users", "purchase"))


def test_check_names_the_question(tmp_path: Path) -> None:
    told = run_here("check", STUDY, "--logs", "logs", "--as-of", "2026-11-20", cwd=simulated(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "The question: how much: which discount, by the order of its levels." in told.stdout
    assert "The likely obstacle: none that shows" in told.stdout


def test_discounts_nobody_drew_are_refused(tmp_path: Path) -> None:
    """Without propensities nothing says why a product had its discount: tier B, and no level is advised. The
    night says what the check said before."""
    folder, study = simulated(tmp_path, products=200), tmp_path / "discount_level.toml"
    quick = '[agents]\nalgorithms = ["advantage"]\nseeds = [1]\nsteps = 5\n'
    study.write_text(STUDY.read_text() + quick)
    log = folder / "logs/impressions.parquet"
    pl.read_parquet(log).drop("propensity").write_parquet(log)
    published = run_night(folder, study)
    split, said = json.loads((published / "split.json").read_text()), page_text(published)
    assert "These logs cannot say which discount to take." in said and "random 10" not in said
    assert (split["tier"], split["verdict"]) == ("B", "NO_EVIDENCE")
    assert split["why"].startswith("No row says how likely its choice was")
    assert "levels" not in split
    ended = run_here("check", study, "--logs", "logs", "--as-of", "2026-11-20", cwd=folder)
    assert f"obstacle: n{split['why'][1:]}" in ended.stdout
