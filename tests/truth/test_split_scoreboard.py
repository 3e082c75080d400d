"""The split benchmark itself: scores from records by hand, and one small replicate from logs to truth."""

import pytest

from tests.benchmarks.split_page import page_text
from tests.benchmarks.split_replicate import ORACLE, OURS, Size, one_replicate
from tests.benchmarks.split_scores import coverage, move_share, paired, promised_over_realised, score


def record(number: int, ours: float, oracle: float, *, verdict: str = "MOVE", high: float = 30.0) -> dict:
    """A replicate that earns 100 a week today."""
    earned = {OURS: ours, ORACLE: oracle, "equal split": -5.0}
    return {
        "replicate": number,
        "verdict": verdict,
        "promise": {"estimate": 12.0, "low": 0.0, "high": high},
        "seconds": 1.0,
        "plans": {},
        "realised": {
            name: {"uplift": gain, "error": 0.5, "spend": 1.0, "profit": 100.0}
            for name, gain in earned.items()
        },
    }


RECORDS = [
    record(0, 8.0, 10.0),
    record(1, 4.0, 10.0, high=3.0),
    record(2, -1.0, 10.0),
    record(3, 0.0, 10.0, verdict="KEEP"),
]


def test_a_score_counts_harm_and_the_share_of_the_oracle() -> None:
    found = score(RECORDS, OURS)
    assert (found.n, found.harm) == (4, 0.25)  # keeping today's split is no harm
    assert found.uplift == pytest.approx(0.0275) and found.share_of_oracle == pytest.approx(0.275)
    assert score(RECORDS, "equal split").harm == 1.0


def test_promises_are_judged_where_money_moved() -> None:
    assert move_share(RECORDS) == 0.75
    assert coverage(RECORDS) == (3, 1, 1, 1)  # one kept, one truth above, one below
    assert promised_over_realised(RECORDS) == pytest.approx(36 / 11)


def test_methods_are_compared_replicate_by_replicate() -> None:
    difference, p = paired(RECORDS, "equal split")
    assert difference == pytest.approx(0.0775) and 0 < p < 0.05
    assert paired(RECORDS, OURS)[0] == 0.0


def test_the_page_names_what_falls_short() -> None:
    text = page_text({("demo", 10_000): RECORDS}, days=56)
    assert "| demo | 10,000 | 4 | 75 % | +2.8 %" in text
    assert "| **all** | 3 | 1 | 1 | 1 | 33 % |" in text


def test_a_replicate_runs_from_a_worlds_logs_to_the_truth() -> None:
    """Where today's split stays it realises exactly 0; no plan leaves the bounds."""
    found = one_replicate("three-channels", 1, Size(entities=2_000, days=42, futures=2), None)
    assert found["verdict"] in ("KEEP", "NO_EVIDENCE", "MOVE", "MOVE_PARTLY")
    assert {OURS, "equal split", "last-click", "greedy ROAS"} <= set(found["realised"])
    if found["verdict"] in ("KEEP", "NO_EVIDENCE"):
        assert found["realised"][OURS]["uplift"] == 0.0
    for name, plan in found["plans"].items():
        assert plan[0] == 1.0 and min(plan) >= 0.5 - 1e-9 and max(plan) <= 2.0 + 1e-9, name
