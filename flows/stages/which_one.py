"""The question "which one": a test of arms, judged on all its entities, where a study asks it."""

from dataclasses import replace

from flows.night import Night
from flows.stages.findings import Decided
from models.mdp import Transitions
from models.results import Answer, ArmsJudged, HealthCheck, SplitDecision, TrialResult, TrialVerdict
from models.trials import asks_which_one, judge_trial, read_trial
from sql.events import Events

OF_A_SPLIT = frozenset(("overlap with none", "shown ads alone", "effective sample size"))
"""Checks of what only a split rests on."""
VERDICTS = {
    Answer.ONE: "CHOOSE",
    Answer.SEVERAL: "CHOOSE_AMONG",
    Answer.IDLE: "CHOOSE_NONE",
    Answer.NOTHING: "NO_EVIDENCE",
    Answer.CONTRADICTION: "NO_EVIDENCE",
}


def judge_arms(night: Night, events: Events, transitions: Transitions) -> TrialResult | None:
    """Arms, differences and the answer; None where the study asks another question."""
    study = night.study
    if not asks_which_one(transitions, events, study.decision, study.split):
        return None
    log, rows = read_trial(transitions, events, study.decision)
    return judge_trial(
        log,
        level=study.evaluation.level,
        seed=study.seed,
        matters=study.evaluation.difference_that_matters,
        rows=rows,
    )


def checks_of_the_test(trial: TrialResult, health: tuple[HealthCheck, ...]) -> tuple[HealthCheck, ...]:
    """The night's checks without those of a split, and with the test's own."""
    own = tuple(
        HealthCheck(
            check.kind,
            "ok" if check.passed else "stop",
            check.p_value,
            "probability",
            f">= {check.false_alarm:g}",
            check,
        )
        for check in trial.checks
    )
    return (*own, *(check for check in health if check.kind not in OF_A_SPLIT))


def answer_which_one(night: Night, trial: TrialResult, health: tuple[HealthCheck, ...]) -> Decided:
    """The answer in the place of a split; a check that says stop forbids one."""
    study = night.study
    stop = next((check for check in health if check.status == "stop"), None)
    if stop:
        trial = replace(trial, verdict=TrialVerdict(Answer.CONTRADICTION), rule=None)
    split = SplitDecision(
        verdict=VERDICTS[trial.verdict.kind],
        why=ArmsJudged(trial, stop),
        period_days=study.split.period_days,
        budget_current=0.0,
        budget_recommended=0.0,
        uplift=None,
        rows=(),
    )
    return Decided(split, trial=trial)
