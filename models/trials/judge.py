"""One test, from its log to its answer."""

from collections.abc import Sequence

from models.evaluation import BootstrapT
from models.results import Answer, TrialResult, TrialRows, TrialVerdict
from models.trials.checks import check_trial
from models.trials.comparison import compare_arms
from models.trials.guardrails import Guarded, hold_to_guardrails
from models.trials.parts import find_parts
from models.trials.rule import find_rule
from models.trials.trial_log import TrialLog
from models.trials.verdict import decide_which
from sql.errors import LogError


def judge_trial(
    log: TrialLog,
    *,
    level: float = 0.95,
    seed: int = 0,
    matters: float | None = None,
    rows: TrialRows | None = None,
    guarded: Sequence[Guarded] = (),
) -> TrialResult:
    """Checks first: where one fails, the figures are shown and nothing is concluded from them.

    matters: the difference that matters, in currency units per decision. rows: what of a study's log it is.
    guarded: outcomes that may not get worse; they hold one arm for everybody, so that no rule is looked for.
    Raises LogError for a log that holds decisions for fewer than two arms.
    """
    if (log.decisions > 0).sum() < 2:
        raise LogError("A test needs decisions for two arms at least; the log holds those for one.")
    checks = check_trial(log)
    bootstrap = BootstrapT(log.keys, seed=seed)
    compared = compare_arms(log, level=level, matters=matters, bootstrap=bootstrap)
    guardrails = hold_to_guardrails(log, guarded, bootstrap, level=level)
    barred = {one.arm for one in guardrails if not one.bound.kept}
    idle = None if log.idle is None else log.arms[log.idle]
    sound = all(check.passed for check in checks)
    return TrialResult(
        verdict=decide_which(compared, idle, barred) if sound else TrialVerdict(Answer.CONTRADICTION),
        idle=idle,
        arms=compared.arms,
        differences=compared.differences,
        checks=checks,
        entities=log.n_entities,
        decisions=log.n,
        level=level,
        rule=find_rule(log, level=level, seed=seed) if sound and not guarded else None,
        guardrails=guardrails,
        parts=find_parts(log, level=level) if sound else None,
        log=rows,
    )
