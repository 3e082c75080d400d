"""The shops benchmark from end to end on a few hundred customers, and its scores from records by hand."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.shops_page import page_text
from tests.benchmarks.shops_replicate import FORMAT, Draw, one_log
from tests.benchmarks.shops_scoreboard import draws_of, file_of, options_of, records_in, run
from tests.benchmarks.shops_scores import advice, cells_held, considered, coverage, fixed, spend_gaps
from tests.benchmarks.shops_told import CONSIDERED, FIXED


def small(null: bool = False) -> Draw:
    return Draw("development", 0, null, log=0, entities=500, days=40, windows=2)


@pytest.mark.parametrize("null", [False, True])
def test_one_log_is_told_and_held_against_both_truths(null: bool, tmp_path: Path) -> None:
    record = json.loads(json.dumps(one_log(small(null), "8ab0ec1+")))
    assert (record["setting"], record["refused"], record["version"]) == (small(null).name, "", "8ab0ec1+")
    names = [plan["name"] for plan in record["plans"]]
    assert names[-2:] == list(FIXED) and set(names) <= {CONSIDERED, *FIXED}
    assert len(record["plan_truths"]) == len(names) and len(record["cell_truths"]) == len(record["cells"])
    for plan in record["plans"]:
        assert (plan["interval"] is None) == bool(plan["refusal"])
    halved = record["plan_truths"][-2]
    assert halved["log"]["spend"] < 0.95 and halved["after"]["spend"] < 0.95
    if null:  # what is not spent is all that is gained
        assert all(truth["log"]["estimate"] == 0 for truth in record["cell_truths"])
        assert halved["log"]["uplift"] > 0
    text = page_text([record], options_of(["--entities", "500", "--days", "40"]))
    assert "500 customers, 40 days" in text and "## Alarms" in text
    (tmp_path / "page.md").write_text(text)


def test_a_run_resumes_where_it_ended(tmp_path: Path) -> None:
    options = options_of(["--settings", "2", "--logs", "1", "--both", "--entities", "500", "--days", "40"])
    draws = draws_of(options)
    assert [d.null for d in draws] == [False, True] and len({file_of(tmp_path, d) for d in draws}) == 2
    for draw in draws:
        line = {"format": FORMAT, "log": 0, "setting": draw.name}
        file_of(tmp_path, draw).write_text(json.dumps(line) + '\n{"cut')
    run(draws, tmp_path, processes=1, resume=True)  # nothing is missing
    assert [records_in(file_of(tmp_path, d))[0]["setting"] for d in draws] == [d.name for d in draws]


def by_hand(*, null: bool, verdict: str, uplift: float, low: float, plan: tuple[float, ...]) -> dict:
    truth = {"uplift": uplift, "error": 1.0, "spend": 0.9, "spend_today": 10.0, "spend_change": [-2.0, 1.0]}
    interval = {"estimate": low + 10, "low": low, "high": low + 20}
    told = {"multipliers": plan, "interval": interval, "refusal": "", "witness": 0.1, "disputed": False}
    told["spend_change"] = (-2.0, 0.0)
    silent = {**told, "name": FIXED[0], "interval": None, "refusal": "no"}
    return {
        "setting": "s", "null": null, "refused": "", "verdict": verdict, "obstacle": "", "seconds": 1.0,
        "truth_seconds": 1.0, "peak_gib": 1.0, "profit": {"log": 100.0, "after": 200.0}, "volume": 1.0,
        "plans": [{"name": CONSIDERED, **told}, silent],
        "plan_truths": [{"log": truth, "after": truth}] * 2,
        "cells": [{"channel": "a", "segment": None, "interval": interval}],
        "cell_truths": [{"log": {"estimate": low - 1, "error": 0.1}, "after": None}],
        "past": {"status": "warn", "figure": 0.001}, "placebo": {"status": "ok", "figure": 1.0},
    }  # fmt: skip


def test_scores_count_misses_on_their_side_and_money_in_weeks() -> None:
    records = [
        by_hand(null=False, verdict="MOVE", uplift=5.0, low=1.0, plan=(0.5, 1.5)),
        by_hand(null=False, verdict="MOVE", uplift=-5.0, low=1.0, plan=(0.5, 1.5)),
        by_hand(null=False, verdict="KEEP", uplift=30.0, low=-1.0, plan=(0.5, 1.5)),
    ]
    held = coverage(considered(records))
    assert (held.n, held.above, held.below) == (3, 1, 1) and held.half_width == pytest.approx(0.1)
    assert coverage(fixed(records)).coverage is None
    slopes = coverage(cells_held(records, by_segment=False))
    assert (slopes.n, slopes.below) == (3, 3) and not cells_held(records, by_segment=False, where="after")
    assert spend_gaps(records[:1]) == [(-0.2, -0.1)]
    grown = records[0] | {"volume": 2.0}  # promised to twice as many as the log had on average
    assert considered([grown])[0].low == considered(records)[0].low / 2
    assert considered([grown], "after") == considered(records[:1], "after")
    found = advice(records, "log")
    assert (found.moves, found.false_moves, found.realised) == (2, None, 0.0)
    assert found.harm == pytest.approx(1 / 3) and advice(records[:1], "after").realised == 0.025
    twins = [
        by_hand(null=True, verdict="MOVE", uplift=1.0, low=0.5, plan=p) for p in ((0.5, 1.0), (0.5, 1.2))
    ]
    assert advice(twins, "log").false_moves == 1
