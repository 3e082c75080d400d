"""What an arm may not make worse than the study allows, whatever it brings.

An arm passes when the bound of the outcome's change against idle keeps to `worst` times the level of idle:
non-inferiority with that margin, as for a plan of a split (`models.evaluation.guardrails`). The bound is that
of the interval in which all differences of the test lie at once, so that some arm that breaks a guardrail
passes it by chance in 1 - level of all tests at most, however many arms there are. Each guardrail is held to
the level on its own, as an arm has to pass all. What cannot be told does not pass. The level of idle counts
as known: its error matters less than the change's by a factor of |worst|.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.evaluation import BootstrapT
from models.results import ArmDifference, ArmGuardrail, GuardrailBound, Interval, ZeroToday
from models.trials.comparison import compare_arms
from models.trials.trial_log import Floats, TrialLog
from sql.errors import LogError


@dataclass(frozen=True)
class Guarded:
    """An outcome that follows a test's decisions and may not get worse."""

    name: str
    worst: float
    """The change it may take, as a share of what it is with idle; above 0 it may rise so far, else fall."""
    amount: Floats  # (n,) in its own unit


def guardrail_without_idle(name: str) -> str:
    """Why a test without idle holds no arm to a guardrail."""
    return (
        f"{name} is a guardrail, which an arm is held to against doing nothing, and no decision of this test "
        'does nothing: let `decision.idle` name the arm that stands for today, or write role = "info".'
    )


def guardrail_of_a_table(name: str) -> str:
    """Why a test that is logged as a table holds no arm to a guardrail."""
    return (
        f"{name} is a guardrail, and a table of counts or of regions tells one outcome alone: leave it out "
        "of the study, or log the decisions one by one."
    )


def hold_to_guardrails(
    log: TrialLog, guarded: Sequence[Guarded], bootstrap: BootstrapT, *, level: float
) -> tuple[ArmGuardrail, ...]:
    """Every outcome, arm by arm, idle left out. bootstrap: of the log's entities.

    Raises LogError for a test without idle: nothing says then what an outcome is today.
    """
    if guarded and log.idle is None:
        raise LogError(guardrail_without_idle(guarded[0].name))
    return tuple(found for one in guarded for found in _of_one(log, one, bootstrap, level))


def _of_one(log: TrialLog, one: Guarded, bootstrap: BootstrapT, confidence: float) -> list[ArmGuardrail]:
    followed = replace(log, outcome=one.amount, cost=np.zeros(log.n))
    compared = compare_arms(followed, level=confidence, bootstrap=bootstrap)
    idle = compared.arms[log.idle or 0]
    level = {arm.arm: arm.estimate for arm in compared.arms}
    found = list[ArmGuardrail]()
    for difference in compared.differences:
        if difference.other != idle.arm:
            continue
        change = _as_share(difference, abs(idle.estimate))
        bound = None if change is None else change.low if one.worst <= 0 else change.high
        held = GuardrailBound(one.name, one.worst, bound, None if idle.estimate else ZeroToday(one.name))
        found.append(ArmGuardrail(difference.arm, held, level[difference.arm], idle.estimate, change))
    return found


def _as_share(difference: ArmDifference, today: float) -> Interval | None:
    told = difference.interval
    if told is None or not today > 0:
        return None
    return Interval(difference.estimate / today, told.low / today, told.high / today, told.level)
