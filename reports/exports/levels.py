"""levels.csv, and the split.json of a night whose question is "how much"."""

from dataclasses import asdict

from models.results import Interval, LevelsResult, LevelValue, NightResult
from reports import numbers
from reports.exports.cells import Cell, csv_text
from reports.exports.no_split import answer_head

LEVEL_COLUMNS = (
    "level", "unit", "arm", "entities", "raw", "value", "low", "high", "over_idle", "over_idle_low",
    "over_idle_high", "under_best", "under_best_low", "under_best_high", "may_be_best",
)  # fmt: skip


def level_values(found: LevelsResult, one: LevelValue) -> dict[str, Cell]:
    """One level. Money in currency units per entity, cost taken off."""
    row = (
        one.level, found.unit, one.arm, one.entities, _money(one.raw), _money(one.estimate),
        *_ends(one.value), *_whole(one.over_idle), *_whole(one.under_best), one.may_be_best,
    )  # fmt: skip
    return dict(zip(LEVEL_COLUMNS, row, strict=True))


def how_much_object(result: NightResult, found: LevelsResult, schema: int) -> dict[str, object]:
    """The content of split.json: what a split has is null or empty, the answer is in `answer` and
    `levels`."""
    verdict, rule = found.test.verdict, found.test.rule
    return {
        **answer_head(result, "how much", schema),
        "answer": {
            "kind": str(verdict.kind),
            "level": found.best.level if verdict.arms else None,
            "may_be_best": [one.level for one in found.values if one.may_be_best],
            "barred": list(verdict.barred),
            "not_drawn": list(found.undrawn),
            "peak": numbers.exact(found.peak) if found.lends else None,
            "unit": found.unit,
            "degree": found.degree,
            "misfit": numbers.exact(found.misfit),
        },
        "entities": found.test.entities,
        "decisions": found.test.decisions,
        "levels": [level_values(found, one) for one in found.values],
        "elasticity": _elasticity(found),
        "rule": None if rule is None else _named("for", "all", rule.gain),
        "checks": [
            {"kind": c.kind, "passed": c.passed, "p_value": c.p_value, "subject": c.subject}
            for c in found.test.checks
        ],
        "log": None if found.test.log is None else asdict(found.test.log),
    }


def levels_csv(result: NightResult) -> bytes:
    """One row per level, each with the night it belongs to; empty without levels."""
    found, night = result.levels, [result.study, result.as_of, result.split.verdict, result.currency]
    rows = [[*night, *level_values(found, one).values()] for one in (found.values if found else ()) if found]
    return csv_text(("study", "as_of", "verdict", "currency", *LEVEL_COLUMNS), rows).encode()


def _elasticity(found: LevelsResult) -> dict[str, object] | None:
    """One for all levels, `fits` where there may be such a one, and that of every step."""
    one = found.elasticity
    if one is None:
        return None
    steps = [
        {"low_level": step.low, "high_level": step.high, "estimate": numbers.exact(step.estimate)}
        | {
            "low": numbers.exact(step.interval.low) if step.interval else None,
            "high": numbers.exact(step.interval.high) if step.interval else None,
        }
        for step in one.steps
    ]
    fits = {"fits": one.is_constant, "misfit": numbers.exact(one.misfit), "steps": steps}
    return {**(_named("of", found.demand, one.constant) or {}), **fits}


def _named(key: str, name: str, found: Interval | None) -> dict[str, Cell] | None:
    if found is None:
        return None
    ends = (("estimate", found.estimate), ("low", found.low), ("high", found.high))
    return {key: name} | {end: numbers.exact(value) for end, value in ends}


def _money(value: float | None) -> Cell:
    return numbers.money(value, per="entity")


def _ends(found: Interval | None) -> tuple[Cell, Cell]:
    return (None, None) if found is None else (_money(found.low), _money(found.high))


def _whole(found: Interval | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if found is None else (_money(found.estimate), *_ends(found))
