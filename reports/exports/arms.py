"""arms.csv, differences.csv and the split.json of a night whose question is "which one"."""

from dataclasses import asdict
from math import isfinite

from models.results import (
    ArmDifference,
    ArmValue,
    Interval,
    NightResult,
    PartsFound,
    SegmentsFound,
    TrialResult,
)
from reports import numbers
from reports.exports.cells import Cell, csv_text
from reports.exports.no_split import answer_head

ARM_COLUMNS = (
    "test", "arm", "entities", "mean", "cost", "value", "low", "high", "level",
    "against_idle", "against_idle_low", "against_idle_high",
)  # fmt: skip
DIFFERENCE_COLUMNS = (
    "test", "arm", "other", "difference", "low", "high", "low_alone", "high_alone", "level", "told_apart",
    "more_entities", "more_entities_to_matter",
)  # fmt: skip


def arm_values(trial: TrialResult, arm: ArmValue) -> dict[str, Cell]:
    """One arm. Money in currency units per entity, cost taken off `value`."""
    against = trial.against_idle(arm.arm)
    row = (
        _test(trial), arm.arm, arm.entities, _money(arm.mean), _money(arm.cost), _money(arm.estimate),
        *_ends(arm.value), trial.level, None if against is None else _money(against.estimate),
        *_ends(None if against is None else against.interval),
    )  # fmt: skip
    return dict(zip(ARM_COLUMNS, row, strict=True))


def difference_values(trial: TrialResult, d: ArmDifference) -> dict[str, Cell]:
    """Two arms; `low`, `high` hold for all differences at once, `low_alone`, `high_alone` for this one."""
    row = (
        _test(trial), d.arm, d.other, _money(d.estimate), *_ends(d.interval), *_ends(d.alone), trial.level,
        d.told_apart, d.more_entities, d.more_entities_to_matter,
    )  # fmt: skip
    return dict(zip(DIFFERENCE_COLUMNS, row, strict=True))


def which_one_object(result: NightResult, schema: int) -> dict[str, object]:
    """The content of split.json: what a split has is null or empty, the answer is in `arms`; of several
    tests, in `tests`."""
    whole = answer_head(result, "which one", schema)
    if result.trial is not None:
        return whole | _answer(result.trial)
    tests = trials_of(result)
    unjudged = result.tests.unjudged if result.tests else ()
    return whole | {
        "tests": [_answer(trial) for trial in tests],
        "unjudged": [{"test": name, "why": sentence} for name, sentence in unjudged],
    }


def _answer(trial: TrialResult) -> dict[str, object]:
    rule = trial.rule
    return {
        "answer": {
            "kind": str(trial.verdict.kind),
            "arms": list(trial.verdict.arms),
            "undecided": list(trial.verdict.undecided),
            "worse": list(trial.verdict.worse),
            "barred": list(trial.verdict.barred),
            "idle": trial.idle,
        },
        "entities": trial.entities,
        "decisions": trial.decisions,
        "arms": [arm_values(trial, arm) for arm in trial.arms],
        "differences": [difference_values(trial, d) for d in trial.differences],
        "checks": [
            {"kind": c.kind, "passed": c.passed, "p_value": c.p_value, "subject": c.subject}
            for c in trial.checks
        ],
        "guardrails": [
            {
                "arm": g.arm,
                "outcome": g.bound.outcome,
                "worst": g.bound.worst,
                "bound": numbers.exact(g.bound.bound),
                "kept": g.bound.kept,
                "broken": g.is_broken,
                "level": numbers.exact(g.level),
                "level_with_idle": numbers.exact(g.level_with_idle),
                "change": None if g.change is None else numbers.exact(g.change.estimate),
            }
            for g in trial.guardrails
        ],
        "parts": None if trial.parts is None else _parts(trial.parts),
        "segments": None if trial.segments is None else _segments(trial.segments),
        "rule": None if rule is None else {"gain": _money(rule.estimate), **_named(rule.gain)},
        "log": None if trial.log is None else asdict(trial.log),
        "counted": None if trial.counted is None else asdict(trial.counted),
    }


def _parts(found: PartsFound) -> dict[str, object]:
    return {
        "levels": [
            {
                "part": one.part,
                "level": one.level,
                "effect": _money(one.effect.estimate),
                **_named(one.effect),
            }
            for one in found.levels
        ],
        "arms": [
            {"arm": one.arm, "own": _money(one.own), "value": _money(one.value.estimate), **_named(one.value)}
            for one in found.arms
        ],
        "own_share": numbers.exact(found.own_share),
    }


def _segments(found: SegmentsFound) -> dict[str, object]:
    """Bounds without an end are null."""
    return {
        "against": found.against,
        "p_value": numbers.exact(found.differ),
        "for_all": found.for_all,
        "gain": _money(found.gain.estimate),
        **_named(found.gain),
        "segments": [
            {
                "facts": [
                    {"fact": b.fact, "above": _end(b.above), "up_to": _end(b.up_to)} for b in one.bounds
                ],
                "entities": one.entities,
                "arm": one.arm,
                "effects": [
                    {"arm": e.arm, "effect": _money(e.interval.estimate), **_named(e.interval)}
                    for e in one.effects
                ],
            }
            for one in found.segments
        ],
    }


def _end(bound: float) -> float | None:
    return numbers.exact(bound) if isfinite(bound) else None


def trials_of(result: NightResult) -> tuple[TrialResult, ...]:
    """All tests of the night."""
    if result.trial is not None:
        return (result.trial,)
    return result.tests.tests if result.tests else ()


def arms_csv(result: NightResult) -> bytes:
    """One row per arm, each with the night it belongs to; empty without a test."""
    rows = [[*_night(result), *arm_values(t, a).values()] for t in trials_of(result) for a in t.arms]
    return csv_text(("study", "as_of", "verdict", "currency", *ARM_COLUMNS), rows).encode()


def differences_csv(result: NightResult) -> bytes:
    """One row per pair of arms."""
    rows = [
        [*_night(result), *difference_values(t, d).values()] for t in trials_of(result) for d in t.differences
    ]
    return csv_text(("study", "as_of", "verdict", "currency", *DIFFERENCE_COLUMNS), rows).encode()


def _test(trial: TrialResult) -> str | None:
    return trial.counted.test or None if trial.counted else None


def _night(result: NightResult) -> list[Cell]:
    return [result.study, result.as_of, result.split.verdict, result.currency]


def _money(value: float) -> float | None:
    return numbers.exact(value)


def _ends(interval: Interval | None) -> tuple[Cell, Cell]:
    return (None, None) if interval is None else (_money(interval.low), _money(interval.high))


def _named(interval: Interval | None) -> dict[str, Cell]:
    return dict(zip(("low", "high"), _ends(interval), strict=True))
