"""The questions "which one" and "how much": a test of arms, or of ordered levels, on all its entities or on
counts of them; and by region."""

from dataclasses import replace

from flows.night import Night
from flows.stages.findings import Decided
from models.levels import judge_levels, read_levels
from models.mdp import Transitions
from models.results import (
    Answer,
    ArmsJudged,
    CountedTests,
    HealthCheck,
    LevelsJudged,
    LevelsResult,
    RegionsJudged,
    RegionsResult,
    SeveralJudged,
    SplitDecision,
    TrialResult,
    Why,
)
from models.trials import (
    Counting,
    asks_of_a_table,
    asks_of_counts,
    asks_of_regions,
    asks_which_one,
    guardrail_of_a_table,
    judge_counted_tests,
    judge_test_by_region,
    judge_trial,
    read_trial,
)
from sql.errors import LogError
from sql.events import Events

Judgement = TrialResult | LevelsResult | CountedTests | RegionsResult
OF_A_SPLIT = frozenset(("overlap with none", "shown ads alone", "effective sample size"))
"""Checks of what only a split rests on."""
VERDICTS = {
    Answer.ONE: "CHOOSE",
    Answer.SEVERAL: "CHOOSE_AMONG",
    Answer.IDLE: "CHOOSE_NONE",
    Answer.NOTHING: "NO_EVIDENCE",
    Answer.CONTRADICTION: "NO_EVIDENCE",
}
BY_RULE = "CHOOSE_BY_RULE"
"""Of a test whose rule earns more than any one arm."""


def judge_arms(night: Night, events: Events, transitions: Transitions) -> Judgement | None:
    """Arms, differences and the answer; of several tests in one file, all of them; of a test by region, what
    the treated ones gained. None where the study asks another question."""
    study = night.study
    if study.guardrails and asks_of_a_table(events):
        raise LogError(guardrail_of_a_table(study.guardrails[0].name))
    if asks_of_counts(events):
        matters = study.evaluation.difference_that_matters
        found = judge_counted_tests(events, Counting(study.decision.idle, study.evaluation.level, matters))
        return found if len(found.tests) + len(found.unjudged) > 1 else found.tests[0]
    if asks_of_regions(events):
        return judge_test_by_region(events, level=study.evaluation.level)
    if not asks_which_one(transitions, events, study.decision, study.split):
        return None
    if study.decision.levels:
        asked = read_levels(transitions, events, study.decision)
        return judge_levels(
            asked.levels,
            level=study.evaluation.level,
            seed=study.seed,
            rows=asked.rows,
            guarded=asked.guarded,
        )
    studied = read_trial(transitions, events, study.decision)
    return judge_trial(
        studied.log,
        level=study.evaluation.level,
        seed=study.seed,
        matters=study.evaluation.difference_that_matters,
        rows=studied.rows,
        guarded=studied.guarded,
    )


def checks_of_the_test(trial: Judgement, health: tuple[HealthCheck, ...]) -> tuple[HealthCheck, ...]:
    """The night's checks without those of a split, and with the test's own."""
    if isinstance(trial, LevelsResult):
        trial = trial.test
    if not isinstance(trial, TrialResult):
        return health
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


def answer_which_one(night: Night, trial: Judgement, health: tuple[HealthCheck, ...]) -> Decided:
    """The answer in the place of a split; a check that says stop forbids one."""
    stop = next((check for check in health if check.status == "stop"), None)
    if isinstance(trial, RegionsResult):
        verdict = "FOUND" if trial.found and not stop else "NO_EVIDENCE"
        return Decided(without_budgets(night, verdict, RegionsJudged(trial, stop)), regions=trial)
    if isinstance(trial, CountedTests):
        found = any(t.verdict.kind != Answer.NOTHING for t in trial.found) and not stop
        verdict = "CHOOSE" if found else "NO_EVIDENCE"
        return Decided(without_budgets(night, verdict, SeveralJudged(trial, stop)), tests=trial)
    if isinstance(trial, LevelsResult):
        if stop:
            trial = replace(trial, test=trial.test.withdrawn())
        verdict = BY_RULE if trial.test.chooses_by_rule else VERDICTS[trial.test.verdict.kind]
        return Decided(without_budgets(night, verdict, LevelsJudged(trial, stop)), levels=trial)
    if stop:
        trial = trial.withdrawn()
    verdict = BY_RULE if trial.chooses_by_rule else VERDICTS[trial.verdict.kind]
    return Decided(without_budgets(night, verdict, ArmsJudged(trial, stop)), trial=trial)


def without_budgets(night: Night, verdict: str, why: Why) -> SplitDecision:
    """A decision that is none about a split."""
    return SplitDecision(
        verdict=verdict,
        why=why,
        period_days=night.study.split.period_days,
        budget_current=0.0,
        budget_recommended=0.0,
        uplift=None,
        rows=(),
    )
