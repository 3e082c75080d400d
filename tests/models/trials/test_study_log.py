"""A study's own goals, costs and guardrails in its test."""

from pathlib import Path

import numpy as np
import pytest

from models.mdp.build_transitions import build_transitions
from models.results import Answer, TrialResult, ZeroToday
from models.settings import DecisionSettings, OutcomeSettings
from models.trials import StudiedTrial, judge_trial, read_trial
from sql.errors import LogError
from tests.sql.tiny_logs import stage, write_log

SIGNUPS = OutcomeSettings(name="signups", role="goal", weight=30.0)
COMPLAINTS = OutcomeSettings(name="complaints", role="guardrail", worst=0.05)


def read(
    folder: Path,
    *outcomes: OutcomeSettings,
    idle: str = "wait",
    complaining: float = 0.1,
    complaining_idle: float = 0.1,
) -> StudiedTrial:
    """2,000 entities: half are left to wait, which costs 2, and half are sent mail at 1, after which 3 in 10
    sign up instead of 1 in 10, and `complaining` complain instead of `complaining_idle`. Nobody buys."""
    rng = np.random.default_rng(5)
    sent, followed = [], []
    for k in range(2_000):
        mail, ts = k % 2 == 1, f"2026-01-{1 + k % 5:02} 09:00"
        sent.append(
            {
                "impression_id": f"i{k}", "ts": ts, "user_id": f"u{k}", "propensity": 0.5,
                "channel": "mail" if mail else "Wait", "cost": 1 if mail else 2,
            }
        )  # fmt: skip
        for name, rate in (
            ("signups", 0.3 if mail else 0.1),
            ("complaints", complaining if mail else complaining_idle),
        ):
            if rng.random() < rate:
                later = ts.replace(" 09", " 10")
                followed.append({"entity_id": f"u{k}", "ts": later, "name": name, "value": 1})
    log = write_log(folder / "log", impressions=sent, outcomes=followed)
    events = stage(log, single_step=True, idle=idle)
    decision = DecisionSettings(single_step=True, horizon_days=7, idle=idle)
    return read_trial(build_transitions(events, decision, outcomes), events, decision)


def judge(test: StudiedTrial) -> TrialResult:
    return judge_trial(test.log, rows=test.rows, guarded=test.guarded)


def test_an_arm_is_worth_the_study_s_goals_less_what_it_costs(tmp_path: Path) -> None:
    """Mail brings 30 x 0.3 - 1 and waiting 30 x 0.1 - 2: 7 more, with a standard error of 0.5."""
    trial = judge(read(tmp_path, SIGNUPS))
    wait, mail = trial.arms
    assert (wait.arm, wait.cost, mail.cost, trial.idle) == ("wait", 2.0, 1.0, "wait")
    assert mail.mean == pytest.approx(9, abs=1.5) and wait.mean == pytest.approx(3, abs=1.0)
    assert (trial.verdict.kind, trial.verdict.arms) == (Answer.ONE, ("mail",))
    assert trial.differences[0].estimate == pytest.approx(7, abs=1.5) and not trial.guardrails


def test_an_arm_that_keeps_to_the_guardrail_beyond_doubt_is_chosen(tmp_path: Path) -> None:
    """Complaints fall from 10 to 2 %: the upper bound of the change is far below +5 % of the 10."""
    trial = judge(read(tmp_path, SIGNUPS, COMPLAINTS, complaining=0.02))
    assert trial.verdict.arms == ("mail",) and trial.verdict.barred == ()
    [guardrail] = trial.guardrails
    assert (guardrail.arm, guardrail.bound.outcome, guardrail.bound.kept) == ("mail", "complaints", True)


@pytest.mark.parametrize("complaining", [0.1, 0.3])
def test_an_arm_that_breaks_a_guardrail_or_may_is_not(tmp_path: Path, complaining: float) -> None:
    """At 10 % the change is none, but +5 % of it lies within its interval of about +-26 %."""
    trial = judge(read(tmp_path, SIGNUPS, COMPLAINTS, complaining=complaining))
    assert trial.verdict.kind == Answer.NOTHING and trial.verdict.barred == ("mail",)
    [guardrail] = trial.guardrails
    assert guardrail.bound.bound is not None and guardrail.bound.bound > 0.05
    assert (guardrail.level, guardrail.level_with_idle) == pytest.approx((complaining, 0.1), abs=0.05)
    assert guardrail.change is not None and guardrail.is_broken == (complaining == 0.3)
    assert guardrail.change.estimate == pytest.approx(guardrail.level / guardrail.level_with_idle - 1)
    assert trial.rule is None


def test_a_share_of_a_level_that_is_0_is_told_as_the_reason(tmp_path: Path) -> None:
    """Nobody can complain of a mail that was not sent."""
    trial = judge(read(tmp_path, SIGNUPS, COMPLAINTS, complaining=0.02, complaining_idle=0.0))
    [guardrail] = trial.guardrails
    assert (guardrail.level_with_idle, guardrail.bound.bound) == (0.0, None) and guardrail.level > 0
    assert guardrail.bound.reason == ZeroToday("complaints")


def test_a_guardrail_of_a_test_without_idle_is_refused(tmp_path: Path) -> None:
    test = read(tmp_path, SIGNUPS, COMPLAINTS, idle="")
    assert test.log.idle is None and set(test.log.arms) == {"mail", "Wait"}
    with pytest.raises(LogError, match="complaints is a guardrail, which an arm is held to against doing"):
        judge(test)
