"""What logs cannot judge yet, told before anything is trained."""

from pathlib import Path

import pytest

from models.mdp import build_transitions, deal_folds, why_unjudgeable
from models.results import OneArm
from models.settings import DecisionSettings
from tests.sql.tiny_logs import impression, purchase, stage, write_log

SINGLE = DecisionSettings(single_step=True, horizon_days=2, tail_days=0)


@pytest.mark.parametrize(("arms", "told"), [("A", OneArm("A")), ("AB", None)])
def test_a_test_of_one_arm_has_nothing_to_compare(tmp_path: Path, arms: str, told: OneArm | None) -> None:
    """Nothing is spent on it, so that budgets are no word for what is missing."""
    log = write_log(
        tmp_path / "log",
        impressions=[
            impression(n, "2026-01-01", f"u{n}", arms[n % len(arms)], 0, propensity=1 / len(arms))
            for n in range(60)
        ],
        purchases=[purchase(n, "2026-01-02", f"u{n}") for n in range(30)],
    )
    t = build_transitions(stage(log, single_step=True), SINGLE)
    folds = deal_folds(t.entity)
    assert why_unjudgeable(t, folds, SINGLE, "user") == told
