"""Ordered levels, from the decisions of a test to the answer to "how much"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.evaluation import BootstrapT
from models.levels.curve import Floats, fit_level_curve
from models.levels.elasticity import price_elasticity
from models.levels.scores import OnCurve
from models.levels.sure import Parts, Sure, how_sure
from models.results import (
    Answer,
    ArmGuardrail,
    Elasticity,
    LevelsResult,
    LevelValue,
    TrialResult,
    TrialRows,
    TrialVerdict,
)
from models.trials import (
    DoublyRobustScores,
    Guarded,
    RowScores,
    TrialLog,
    check_trial,
    find_rule,
    hold_to_guardrails,
)
from sql.errors import LogError

FEWEST = 3
"""Levels of which a curve is made."""


@dataclass(frozen=True)
class LevelsLog:
    """Decisions between ordered levels."""

    log: TrialLog
    """Its arms ascend, as `at` does."""
    at: Floats  # (A,) levels
    unit: str = ""
    demand: str = ""
    """Name of the outcome whose price elasticity is asked for;"""
    sold: Floats | None = None  # (n,) and that outcome itself
    scores: RowScores | None = None
    """What a decision tells of lower levels too; None: of its own alone."""
    undrawn: tuple[float, ...] = ()
    """Levels that the study asks about and nobody was given."""


def judge_levels(
    levels: LevelsLog,
    *,
    level: float = 0.95,
    seed: int = 0,
    rows: TrialRows | None = None,
    guarded: Sequence[Guarded] = (),
) -> LevelsResult:
    """Checks first: where one fails, the figures are shown and nothing is concluded from them.

    rows: what of a study's log it is. guarded: outcomes that may not get worse than with idle; they hold one
    level for everybody, so that no rule is looked for. Raises LogError for fewer than three levels.
    """
    log = levels.log
    if len(log.arms) < FEWEST or (log.decisions == 0).any():
        raise LogError(
            f"How much is asked of {FEWEST} levels or more; the log holds decisions for {len(log.arms)}."
        )
    checks = check_trial(log)
    bootstrap = BootstrapT(log.keys, seed=seed)
    guardrails = hold_to_guardrails(log, guarded, bootstrap, level=level)
    scores: RowScores = levels.scores or DoublyRobustScores()
    raw = _by_entity(log, scores.own(log))
    curve = fit_level_curve(levels.at, raw.values, raw.covariance)
    allowed = _allowed(log, guardrails)
    sure = how_sure(raw, curve, bootstrap, level, allowed)
    sound = all(check.passed for check in checks)
    on_curve = OnCurve(scores, curve.smoother)
    test = TrialResult(
        verdict=_verdict(log, sure, guardrails) if sound else TrialVerdict(Answer.CONTRADICTION),
        idle=None if log.idle is None else log.arms[log.idle],
        arms=(),
        differences=(),
        checks=checks,
        entities=log.n_entities,
        decisions=log.n,
        level=level,
        rule=find_rule(log, level=level, seed=seed, scores=on_curve) if sound and not guarded else None,
        log=rows,
        guardrails=guardrails,
    )
    reach = levels.at[allowed] if allowed.any() else levels.at
    return LevelsResult(
        test=test,
        values=_values(levels, raw.values, sure),
        unit=levels.unit,
        degree=curve.degree,
        misfit=curve.misfit,
        peak=curve.peak(raw.values, float(reach[0]), float(reach[-1])),
        demand=levels.demand,
        elasticity=_elasticity(levels, bootstrap, level),
        from_below=levels.scores is not None,
        undrawn=levels.undrawn,
    )


def _by_entity(log: TrialLog, scores: Floats) -> Parts:
    """Scores of the rows (n, A), summed within entities."""
    return Parts(np.add.reduceat(scores, np.flatnonzero(log.first), axis=0), log.n)


def _allowed(log: TrialLog, guardrails: tuple[ArmGuardrail, ...]) -> np.ndarray:
    """(A,) whether a level keeps to all guardrails."""
    barred = {one.arm for one in guardrails if not one.bound.kept}
    return np.array([arm not in barred for arm in log.arms])


def _verdict(log: TrialLog, sure: Sure, guardrails: tuple[ArmGuardrail, ...]) -> TrialVerdict:
    order = np.argsort(-sure.estimates, kind="stable")
    may = tuple(log.arms[a] for a in order if sure.may_be_best[a])
    barred = tuple(dict.fromkeys(one.arm for one in guardrails if not one.bound.kept))
    worse = tuple(arm for arm in log.arms if arm not in may and arm not in barred)
    kind = Answer.ONE if len(may) == 1 else Answer.SEVERAL
    if not worse and not barred:
        return TrialVerdict(Answer.NOTHING, undecided=may)
    if log.idle is not None and may == (log.arms[log.idle],):
        kind = Answer.IDLE
    return TrialVerdict(kind, arms=may, worse=worse, barred=barred)


def _values(levels: LevelsLog, raw: Floats, sure: Sure) -> tuple[LevelValue, ...]:
    log = levels.log
    best = int(np.where(sure.may_be_best, sure.estimates, -np.inf).argmax())
    return tuple(
        LevelValue(
            arm=arm,
            level=float(levels.at[a]),
            entities=int(log.entities_of_arms[a]),
            raw=float(raw[a]),
            estimate=float(sure.estimates[a]),
            value=sure.value(a),
            over_idle=None if log.idle is None else sure.difference(a, log.idle),
            under_best=sure.difference(a, best),
            may_be_best=bool(sure.may_be_best[a]),
        )
        for a, arm in enumerate(log.arms)
    )


def _elasticity(levels: LevelsLog, bootstrap: BootstrapT, level: float) -> Elasticity | None:
    if levels.sold is None:
        return None
    log = replace(levels.log, outcome=levels.sold, cost=np.zeros(levels.log.n))
    parts = _by_entity(log, DoublyRobustScores().own(log))
    return price_elasticity(levels.at, parts, bootstrap, level)
