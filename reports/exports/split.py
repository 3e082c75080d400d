"""split.json and split.csv: the recommendation, for platforms and BI."""

import json
import math
from dataclasses import fields
from typing import Literal

from models.results import Interval, NightResult, SplitDecision, SplitRow, StepLimit, Uplift
from reports import numbers, words
from reports.exports.arms import which_one_object
from reports.exports.cells import Cell, csv_text
from reports.exports.levels import how_much_object
from reports.exports.regions import regions_object
from reports.sentences.split_changes import changed_text
from reports.sentences.split_rows import row_text
from reports.sentences.split_verdict import why_text

SCHEMA = 1


def row_values(result: NightResult, row: SplitRow) -> dict[str, Cell]:
    """One row as the files hold it: money to the cent, ratios to four decimals, in the schema's order."""

    def money(value: float | None) -> float | None:
        return numbers.money(value)

    spend = words.spend(row)
    return {
        "channel": row.channel,
        "segment": row.segment,
        "current": money(row.current),
        "recommended": money(row.recommended),
        "low": money(row.low),
        "high": money(row.high),
        "min_allowed": money(row.min_allowed),
        "max_allowed": money(row.max_allowed),
        "multiplier": numbers.ratio(row.multiplier),
        "marginal_iroas": numbers.ratio(row.marginal_iroas),
        "marginal_iroas_low": numbers.ratio(row.marginal_iroas_low),
        "marginal_iroas_high": numbers.ratio(row.marginal_iroas_high),
        "expected_spend": money(spend.expected),
        "expected_spend_low": money(spend.low),
        "expected_spend_high": money(spend.high),
        "attributed_roas": numbers.ratio(row.attributed_roas),
        "reason": row_text(row, result.vocabulary, result.currency),
    }


ROW_COLUMNS = tuple(field.name for field in fields(SplitRow) if field.name != "broken")


def _money(found: Interval | None, which: Literal["estimate", "low", "high"]) -> Cell:
    return None if found is None else numbers.money(getattr(found, which))


def _spent(result: NightResult) -> Cell:
    """Of all rows together, where nothing was forecast; None where there is none."""
    rows = [words.spend(row).expected for row in result.split.rows]
    return numbers.money(math.fsum(rows)) if rows else None


def _uplift(uplift: Uplift | None) -> dict[str, Cell] | None:
    if uplift is None:
        return None
    return {
        "outcome": uplift.outcome,
        "estimate": numbers.money(uplift.estimate),
        "low": numbers.money(uplift.low),
        "high": numbers.money(uplift.high),
        "level": uplift.level,
        "probability_better": numbers.share(uplift.probability_better),
    }


def _considered(d: SplitDecision) -> dict[str, object] | None:
    """The split that was found and is not advised, with what it would have promised."""
    if d.considered is None or not d.considered_budgets:
        return None
    return {"uplift": _uplift(d.considered), "plan": _plan(d, d.considered_budgets)}


def _cut(d: SplitDecision) -> dict[str, object] | None:
    """Today's budgets cut to the study's total within its limits."""
    if not d.cut_budgets:
        return None
    return {"total": numbers.money(d.over_budget), "plan": _plan(d, d.cut_budgets)}


def _plan(d: SplitDecision, budgets: tuple[float, ...]) -> list[dict[str, Cell]]:
    return [
        {"channel": row.channel, "segment": row.segment, "budget": numbers.money(budget)}
        for row, budget in zip(d.rows, budgets, strict=True)
    ]


def _limited_by(limit: StepLimit | None) -> dict[str, object] | None:
    """What limited the step: the gate the wanted plan is beyond, and how much of the step is left."""
    if limit is None:
        return None
    return {
        "gate": limit.kind,
        "figure": numbers.ratio(limit.figure),
        "limit": limit.limit,
        "kept": numbers.share(limit.kept),
        "wanted": {row: numbers.money(budget) for row, budget in limit.wanted},
    }


def split_object(result: NightResult) -> dict[str, object]:
    """The content of split.json."""
    d, word, currency = result.split, result.vocabulary, result.currency
    if result.regions is not None:
        return regions_object(result, result.regions, SCHEMA)
    if result.levels is not None:
        return how_much_object(result, result.levels, SCHEMA)
    if result.trial is not None or result.tests is not None:
        return which_one_object(result, SCHEMA)
    return {
        "schema": SCHEMA,
        "study": result.study,
        "as_of": result.as_of,
        "currency": currency,
        "tier": result.tier,
        "question": "split a budget",
        "verdict": d.verdict,
        "why": why_text(d, word, currency),
        "changed": changed_text(d, word, currency),
        "budget": {
            "period_days": d.period_days,
            "current": numbers.money(d.budget_current),
            "recommended": numbers.money(d.budget_recommended),
            "expected_spend": _money(d.spend, "estimate") if d.spend else _spent(result),
            "expected_spend_low": _money(d.spend, "low"),
            "expected_spend_high": _money(d.spend, "high"),
        },
        "uplift": _uplift(d.uplift),
        "considered": _considered(d),
        "cut": _cut(d),
        "limited_by": _limited_by(d.limited_by),
        "rows": [row_values(result, row) for row in d.rows],
    }


def json_text(content: object) -> str:
    """JSON as people read it, non-ASCII names as they are; never NaN or infinity."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def split_json(result: NightResult) -> bytes:
    return json_text(split_object(result)).encode()


def split_csv(result: NightResult) -> bytes:
    """One row per channel (and segment), each with the night it belongs to, so that nights can be stacked."""
    d = result.split
    night: list[Cell] = [result.study, result.as_of, d.verdict, result.tier, result.currency, d.period_days]
    rows = [[*night, *row_values(result, row).values()] for row in d.rows]
    columns = ("study", "as_of", "verdict", "tier", "currency", "period_days", *ROW_COLUMNS)
    return csv_text(columns, rows).encode()
