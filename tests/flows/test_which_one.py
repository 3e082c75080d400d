"""A randomised test, from its log to its page: the question follows from the study, rows are decisions."""

import csv
import json
import random
from pathlib import Path

import pytest

from tests.flows.test_mailing import write
from tests.flows.typed import run_here

pytestmark = pytest.mark.usefixtures("prefect_server")

STUDY = """
name = "promotion"
entity = "member"
[logs]
folder = "logs"
[decision]
single_step = true
horizon_days = 10
[evaluation]
difference_that_matters = 2.0
"""


def a_test(folder: Path, *, effect: float, cost: float, controls: str, members: int = 3000) -> Path:
    """Half get a coupon; its controls are logged as rows of `controls`: arms or opportunities."""
    draw = random.Random(11)
    (folder / "logs").mkdir(parents=True)
    (folder / "promotion.toml").write_text(STUDY)
    sent, arms, chances, bought = [], [], [], []
    for i in range(members):
        day, given = 1 + i % 5, draw.random() < 0.5
        ts = f"2026-01-{day:02} 09:00"
        chances.append([f"o{i}", ts, f"u{i}", "coupon", 0.5])
        arms.append([f"u{i}", "treated" if given else "holdout", ts])
        if given:
            sent.append(
                [f"i{i}", ts, f"u{i}", "coupon", cost, *([0.5] if controls == "opportunities" else [])]
            )
        if draw.random() < (0.2 + effect if given else 0.2):
            bought.append([f"p{i}", f"2026-01-{day + draw.randint(1, 8):02} 10:00", f"u{i}", "20"])
        if i % 100 == 0:  # one purchase long before, one long after
            bought += [
                [f"b{i}", "2025-11-01 10:00", f"u{i}", "20"],
                [f"a{i}", "2026-02-20 10:00", f"u{i}", "20"],
            ]
    header = "impression_id ts user_id channel cost"
    write(folder / "logs/purchases.csv", "purchase_id ts user_id revenue", bought)
    if controls == "opportunities":
        write(folder / "logs/impressions.csv", f"{header} propensity", sent)
        write(folder / "logs/opportunities.csv", "opportunity_id ts user_id channel propensity", chances)
    else:
        write(folder / "logs/impressions.csv", header, sent)
        write(folder / "logs/arms.csv", "user_id arm since", arms)
    return folder


def answer(folder: Path, as_of: str = "2026-03-01") -> dict:
    night = run_here("run", "promotion.toml", "--as-of", as_of, "--out", "out", "--threads", "1", cwd=folder)
    assert night.returncode == 0, night.stderr
    return json.loads((folder / "out/promotion" / as_of / "split.json").read_text())


@pytest.mark.parametrize("controls", ["arms", "opportunities"])
def test_controls_without_an_impression_are_decisions(tmp_path: Path, controls: str) -> None:
    """Each coupon brings 4 and costs .5, with a standard error of .3: sent, but for one log in 10^20."""
    split = answer(a_test(tmp_path, effect=0.2, cost=0.5, controls=controls))
    assert (split["verdict"], split["answer"]["arms"]) == ("CHOOSE", ["coupon"])
    assert split["entities"] == split["decisions"] == 3000  # nobody was dropped
    assert {a["arm"]: a["entities"] for a in split["arms"]}.keys() == {"none", "coupon"}
    assert split["log"]["purchases_outside"] == 60 and split["log"]["immature"] == 0
    page = (tmp_path / "out/promotion/2026-03-01/report.html").read_text().replace("\u00a0", " ")
    assert "60 purchases of theirs came before the decision or after that window: none counts." in page


def test_a_promotion_that_pays_nothing_back_is_told_to_stop(tmp_path: Path) -> None:
    """It costs 2, with a standard error of .3 : told in all but one log in 10^7."""
    split = answer(a_test(tmp_path, effect=0.0, cost=2.0, controls="arms"))
    assert (split["verdict"], split["answer"]["arms"]) == ("CHOOSE_NONE", ["none"])
    page = (tmp_path / "out/promotion/2026-03-01/report.html").read_text()
    body = page[page.index("<body") :]
    assert "Show no ad." in body and "coupon is worth less than no ad, cost included." in body
    assert not any(word in body for word in ("split", "frontier", "saw an ad", "Budgets"))


def test_the_log_ends_with_the_as_of_date_and_not_with_its_last_purchase(tmp_path: Path) -> None:
    """Decided on the 1st to the 5th, ten days each: on the 13th those of the 4th and 5th are still open."""
    split = answer(a_test(tmp_path, effect=0.2, cost=0.5, controls="arms"), "2026-01-14")
    assert split["log"]["last_day"] == "2026-01-04" and split["log"]["immature"] == 600


def test_arms_that_say_no_decision_are_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = a_test(tmp_path, effect=0.2, cost=0.5, controls="arms")
    rows = list(csv.reader((folder / "logs/arms.csv").open()))
    usual = [[r[0], "usual" if r[1] == "holdout" else r[1], r[2]] for r in rows[1:]]
    write(folder / "logs/arms.csv", "user_id arm since", [*usual, ["extra", "random", "2026-01-02"]])
    night = run_here("run", "promotion.toml", "--as-of", "2026-03-01", "--out", "out", cwd=folder)
    assert night.returncode == 4 and "entities of the arm `usual` have no impression" in night.stderr


def test_a_study_with_a_budget_to_split_is_asked_for_a_split(tmp_path: Path) -> None:
    folder = a_test(tmp_path, effect=0.2, cost=0.5, controls="arms", members=400)
    study = (folder / "promotion.toml").read_text()
    few = '[agents]\nalgorithms = ["advantage"]\nseeds = [1]\n[split]\nbootstrap = 2\ntotal = 100.0\n'
    (folder / "promotion.toml").write_text(f"{study}{few}")
    assert answer(folder)["question"] == "split a budget"
