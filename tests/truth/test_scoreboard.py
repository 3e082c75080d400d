"""The scoreboard in small: 60 logs of three worlds. And that it scores, resumes and prints what it should."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.numerics.one_thread import one_blas_thread
from tests.benchmarks.evaluation_page import table, write_section
from tests.benchmarks.evaluation_scoreboard import code_version, file_of, records_of
from tests.benchmarks.evaluation_scoreboard_candidates import candidates_of, subset
from tests.benchmarks.evaluation_scoreboard_estimators import HEADLINE
from tests.benchmarks.evaluation_scoreboard_logs import ESTIMATED, Plan, case_of, one_log, true_values
from tests.benchmarks.evaluation_scoreboard_page import scoreboard_text
from tests.benchmarks.evaluation_scoreboard_scores import binomial_error, gate, ranking, score

LOGS = 60
SMALL = 0.2
"""Share of each world's users: a fifth of the purchases."""
PLAN = Plan(seed=5, logs=LOGS, candidate_logs=0, small=SMALL)
UPLIFT = "uplift of profit"


@cache
def drawn(world: str) -> list[dict[str, Any]]:
    with one_blas_thread():
        return [one_log(world, PLAN, log) for log in range(LOGS)]


@pytest.mark.parametrize("world", ["one-step-mild", "five-rich"])
@pytest.mark.parametrize("quantity", ["margin", UPLIFT])
def test_the_headline_is_unbiased_and_covers(world: str, quantity: str):
    """Bias below 4 Monte-Carlo standard errors: a false alarm in 15,000. At least 50 of 60 intervals hold the
    truth: an interval that covers 95 % falls below that once in 5,800 runs, one that covers 80 % in two of
    three. False alarms of all four cases: under 1 in 1,000."""
    found = score(case_of(world, SMALL)[0], drawn(world), HEADLINE, quantity)
    assert abs(found.relative_bias) < 4 * found.bias_error
    assert found.coverage is not None and found.coverage * LOGS >= 50


def test_a_hidden_intent_biases_a_model_of_the_state_and_not_the_headline():
    """The world was built so that the state forgets: FQE, which believes it, falls short of the truth by more
    than 4 standard errors of its mean; the headline, which knows recent surprises, and SNDR, which follows
    whole histories, stay within 4 (a false alarm in 15,000 each)."""
    case, records = case_of("hidden-strong", SMALL)[0], drawn("hidden-strong")
    model, headline, witness = (score(case, records, name, "margin") for name in ("FQE", HEADLINE, "SNDR"))
    assert model.relative_bias < -4 * model.bias_error
    assert abs(headline.relative_bias) < 4 * headline.bias_error
    assert abs(witness.relative_bias) < 4 * witness.bias_error


def test_a_log_depends_on_its_number_alone():
    assert one_log("five-rich", PLAN, 3) == drawn("five-rich")[3]
    assert drawn("five-rich")[4] != drawn("five-rich")[3]


def test_estimated_propensities_are_near_the_true_ones():
    """Same log, mu from counts: another estimate, within the half-width of the interval."""
    with_true = drawn("five-rich")[0]["rows"][HEADLINE]["margin"]
    estimated = one_log("five-rich" + ESTIMATED, PLAN, 0)["rows"][HEADLINE]["margin"]
    assert 0 < abs(estimated[0] - with_true[0]) < (with_true[2] - with_true[1]) / 2


def test_scores_by_hand():
    """Four logs with errors -1, +1, +1, +1 in units of the truth's tenth, one interval below the truth."""
    case = case_of("five-rich")[0]
    truth = true_values(case)["margin"]
    step = truth / 10
    rows = [[truth - step, truth - 2 * step, truth - step / 2, step], *[_around(truth + step, 2 * step)] * 3]
    records = [_record(row) for row in rows]
    records[0]["refused"] = "no credible estimate: too few"
    found = score(case, records, HEADLINE, "margin")
    assert found.relative_rmse == pytest.approx(0.1)
    assert found.relative_bias == pytest.approx(0.05)
    assert found.coverage == 0.75 and found.shown_coverage == 1.0
    assert (found.truth_above, found.truth_below) == (0.25, 0.0)
    assert found.width == pytest.approx(1.0)


def test_the_gate_by_hand():
    """Three logs: a better policy accepted, a worse one accepted, a worse one held back by the other half."""
    case = case_of("five-rich")[0]
    uplifts = candidates_of("five-rich")[1]
    best, worst = int(uplifts.argmax()), int(uplifts.argmin())
    low: list[float | None] = [None] * len(uplifts)
    low[worst] = 0.1  # its bound is above 0 on the choosing half
    judged = [(best, 0.2), (worst, 0.3), (worst, -0.1)]
    records = [{"candidates": {"low": low, "chosen": c, "report": report}} for c, report in judged]
    found = gate(case, records)
    worse = int((uplifts <= 0).sum())
    assert (found.accepted, found.wrong) == pytest.approx((2 / 3, 1 / 3))
    assert found.realised == pytest.approx((uplifts[best] + uplifts[worst]) / 3 / uplifts[best])
    assert found.false_bounds == pytest.approx(1 / worse)


def test_the_true_order_has_spearman_1_and_no_regret():
    case, uplifts = case_of("five-rich")[0], candidates_of("five-rich")[1]
    backwards = [{"candidates": {"estimates": {HEADLINE: list(-uplifts)}}}]
    right = [{"candidates": {"estimates": {HEADLINE: list(3 * uplifts + 1)}}}]
    found, wrong = ranking(case, right, HEADLINE), ranking(case, backwards, HEADLINE)
    assert (found.spearman, found.regret_1, found.regret_5) == pytest.approx((1.0, 0.0, 0.0))
    assert wrong.spearman == pytest.approx(-1.0) and wrong.regret_1 > wrong.regret_5 > 0


def test_choosing_and_reporting_share_no_user():
    """One log with candidates: bounds where the gates allow, and the chosen one has the highest."""
    judged = one_log("five-rich", Plan(seed=5, logs=1, candidate_logs=1, small=SMALL), 0)["candidates"]
    lows = [-np.inf if low is None else low for low in judged["low"]]
    assert judged["chosen"] == int(np.argmax(lows))
    journeys = case_of("five-rich", SMALL)[0].draw(np.random.default_rng(1))
    half = np.arange(journeys.n_clusters) % 2 == 0
    parts = [subset(journeys, half), subset(journeys, ~half)]
    assert not set(parts[0].cluster_key) & set(parts[1].cluster_key)
    total = sum(part.outcomes.sum(axis=0) for part in parts)
    assert total == pytest.approx(journeys.outcomes.sum(axis=0))


def test_a_share_of_one_still_has_an_error():
    assert 0 < binomial_error(1.0, 60) < 0.05
    assert np.isnan(binomial_error(None, 0))


def test_a_run_goes_on_where_it_was_killed(tmp_path: Path):
    """A line cut short and records of another seed or other code are drawn again; the rest is kept."""
    whole = {"seed": 5, "code": code_version()}
    lines = [json.dumps(whole | {"log": 0}), json.dumps(whole | {"log": 1, "seed": 6})]
    lines += [json.dumps(whole | {"log": 2, "code": "older"}), json.dumps(whole | {"log": 3})[:-5]]
    file_of(tmp_path, "five-rich").write_text("\n".join(lines))
    assert [record["log"] for record in records_of(tmp_path, "five-rich", PLAN)] == [0]


def test_the_page_keeps_other_sections(tmp_path: Path):
    page = tmp_path / "page.md"
    write_section("hillstrom", "## Second\n\ntext", page)
    write_section("scoreboard", "## First", page)
    write_section("scoreboard", "## First again", page)
    text = page.read_text()
    assert text.index("## First again") < text.index("## Second") and text.count("## First") == 1
    with pytest.raises(ValueError, match="no section"):
        write_section("elsewhere", "", page)


def test_every_table_has_its_paragraph_and_no_row_is_ragged():
    worlds = ("one-step-mild", "hidden-strong", "five-rich")
    text = scoreboard_text({w: drawn(w) for w in worlds}, "command", 5)
    for block in text.split("### ")[1:]:
        title, paragraph, rows = block.split("\n\n")[:3]
        assert len(paragraph) > 30 and rows.startswith("| "), title
        assert len({row.count(" | ") for row in rows.strip().splitlines()}) == 1, title
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


def _around(estimate: float, half: float) -> list[float]:
    return [estimate, estimate - half, estimate + half, half]


def _record(row: list[float]) -> dict[str, Any]:
    rows = {HEADLINE: {"margin": row}}
    return {"rows": rows, "refused": "", "refused outcomes": [], "disputed": False}
