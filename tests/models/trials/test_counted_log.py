"""Tests in a table of counts: each one's answer, and which of many may be believed."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.results import Answer, CountedTests
from models.trials import Counting, asks_of_counts, judge_counted_tests
from sql.errors import LogError
from sql.settings import DayRange
from tests.sql.tiny_logs import stage, write_table


def judged(folder: Path, rows: list[dict], *, exclude=(), **how) -> CountedTests:
    write_table(folder / "log" / "counts.csv", rows)
    events = stage(folder / "log", idle=how.get("idle", "none"), exclude=exclude)
    assert asks_of_counts(events)
    return judge_counted_tests(events, Counting(**how))


def test_one_test_by_days_is_one_answer_against_the_arm_that_does_nothing(tmp_path: Path) -> None:
    rows = [
        {"arm": arm, "day": f"2026-01-0{day}", "n": 4000, "successes": won}
        for day in (1, 2)
        for arm, won in (("a", 300), ("none", 200))
    ]
    [trial] = judged(tmp_path, rows).tests
    assert (trial.verdict.kind, trial.verdict.arms, trial.idle) == (Answer.ONE, ("a",), "none")
    assert trial.against_idle("a").estimate == pytest.approx(100 / 4000)
    counted = trial.counted
    assert (counted.of, counted.first_day, counted.last_day) == ("successes", "2026-01-01", "2026-01-02")
    assert trial.entities == 16_000 and counted.left_out == 0


@pytest.mark.parametrize(("written", "idle"), [("None", "none"), ("OLD", "old")])
def test_the_arm_that_does_nothing_is_known_in_any_case(tmp_path: Path, written: str, idle: str) -> None:
    rows = [{"arm": arm, "n": 4000, "successes": won} for arm, won in (("a", 300), (written, 200))]
    [trial] = judged(tmp_path, rows, idle=idle).tests
    assert trial.idle == idle and trial.against_idle("a").told_apart


def test_days_left_out_bound_nothing(tmp_path: Path) -> None:
    rows = [
        {"arm": arm, "day": f"2026-01-0{day}", "n": 4000, "successes": 200}
        for day in (1, 2, 3)
        for arm in "ab"
    ]
    first = DayRange(first=date(2026, 1, 1), last=date(2026, 1, 1), why="an outage")
    [trial] = judged(tmp_path, rows, exclude=(first,)).tests
    assert (trial.counted.first_day, trial.counted.last_day) == ("2026-01-02", "2026-01-03")
    assert (trial.entities, trial.counted.left_out) == (16_000, 8_000)


def test_sums_are_judged_where_all_rows_have_them(tmp_path: Path) -> None:
    sums = {"n": 1000, "successes": 100}
    rows = [
        {"arm": "a", "sum": 5000.0, "sum_of_squares": 300_000.0, **sums},
        {"arm": "b", "sum": 5100.0, "sum_of_squares": 300_000.0, **sums},
    ]
    [trial] = judged(tmp_path, rows, matters=1.0).tests
    [difference] = trial.differences
    assert trial.counted.of == "sum" and trial.idle is None
    assert difference.estimate == pytest.approx(-0.1) and difference.more_entities_to_matter > 0


def test_false_discoveries_are_kept_few_among_many_tests(tmp_path: Path) -> None:
    """30 tests of nothing and 5 of a lift from 10 to 15 %, 4,000 each: all 5 are found but for one log in
    10^6, and of those found at most 5 % are false on average: 3 or more of 30 once in 1,000 logs."""
    rng, rows = np.random.default_rng(3), []
    for k in range(35):
        for arm, rate in (("none", 0.10), ("new", 0.15 if k < 5 else 0.10)):
            rows.append(
                {"test": f"t{k:02}", "arm": arm, "n": 4000, "successes": int(rng.binomial(4000, rate))}
            )
    tests = judged(tmp_path, rows)
    found = [t.counted.test for t in tests.found]
    assert found[:5] == [f"t{k:02}" for k in range(5)] and len(found) <= 7
    assert all(t.verdict.kind == Answer.ONE for t in tests.found)


def test_a_test_that_cannot_be_judged_is_named_and_holds_up_no_other(tmp_path: Path) -> None:
    rows = [
        {"test": "good", "arm": arm, "n": 1000, "successes": won} for arm, won in (("a", 100), ("b", 200))
    ]
    tests = judged(tmp_path, [*rows, {"test": "lone", "arm": "a", "n": 10, "successes": 2}])
    assert [t.counted.test for t in tests.tests] == ["good"]
    assert tests.unjudged[0][0] == "lone" and "2 to 20 arms" in tests.unjudged[0][1]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"arm": "a", "n": 10, "successes": 2}], "A test needs 2 to 20 arms; the counts hold 1"),
        (
            [
                *({"arm": arm, "n": 10, "successes": 2} for arm in "ab"),
                *({"arm": arm, "n": 5, "successes": 1, "day": "2026-01-01"} for arm in "ab"),
            ],
            "Some rows of the counts tell a day and others none",
        ),
        ([{"arm": f"a{k}", "n": 10, "successes": 2} for k in range(21)], "the counts hold 21"),
        (
            [
                {"arm": "a", "n": 10, "successes": 2},
                {"arm": "b", "n": 10, "sum": 2.0, "sum_of_squares": 2.0},
            ],
            "tell one of them in all",
        ),
    ],
)
def test_a_log_without_a_test_is_refused_with_a_sentence(tmp_path: Path, rows, sentence: str) -> None:
    with pytest.raises(LogError, match=sentence):
        judged(tmp_path, rows)
