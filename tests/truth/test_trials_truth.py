"""The public e-mail test, where it is at hand: all 64,000 customers, read from its file."""

import numpy as np
import polars as pl
import pytest

from models.results import Answer
from models.trials import TrialLog, judge_trial
from tests.sql.tiny_logs import real_data

ARMS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
COST = 0.05


def read_test() -> TrialLog:
    folder = real_data("hillstrom")
    assert folder is not None
    log = pl.read_csv(folder / "hillstrom.csv", infer_schema_length=None)
    arm = np.array([list(ARMS).index(s) for s in log["segment"]])
    known = ("recency", "history", "mens", "womens", "newbie")
    return TrialLog(
        np.arange(len(log)), arm, tuple(ARMS.values()), 0, log["spend"].to_numpy().astype(float),
        np.where(arm > 0, COST, 0.0), log.select(known).to_numpy().astype(float), known,
        np.full(len(log), 1 / 3),
    )  # fmt: skip


@pytest.mark.skipif(real_data("hillstrom") is None, reason="the real log is not here")
def test_hillstrom_says_send_mens():
    """Means .653, 1.423 and 1.077; a t-test of mens against womens on its own has t = 2.1, p = .03: after
    both were told from none, the last step asks no more of the pair."""
    result = judge_trial(read_test())
    assert result.verdict.kind == Answer.ONE and result.verdict.arms == ("mens",)
    assert [round(a.mean, 3) for a in result.arms] == [0.653, 1.423, 1.077]
    assert [a.entities for a in result.arms] == [21_306, 21_307, 21_387]
    assert all(check.passed for check in result.checks)
    plain = {"mens": 1.423 - 0.653 - COST, "womens": 1.077 - 0.653 - COST}
    for arm, difference in plain.items():
        against = result.against_idle(arm)
        assert against is not None and against.interval is not None
        assert against.interval.low > 0 and against.interval.low < difference < against.interval.high
    between = next(d for d in result.differences if d.other == "womens")
    assert between.alone is not None and between.alone.low > 0 and between.told_apart
    assert between.interval is not None and between.interval.low < 0  # of three at once
    assert result.rule is not None and result.rule.gain is not None and result.rule.gain.low < 0
