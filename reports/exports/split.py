"""split.json, split.csv and split.xlsx: the recommendation, for platforms, BI and Excel."""

import io
import json
from dataclasses import fields
from datetime import datetime

import xlsxwriter

from models.results import NightResult, SplitRow, StepLimit, Uplift
from reports import evidence, numbers, words
from reports.exports.arms import which_one_object
from reports.exports.cells import Cell, csv_text, guarded
from reports.exports.regions import regions_object
from reports.sentences.split_advice import advices
from reports.sentences.split_changes import changed_text
from reports.sentences.split_rows import row_text
from reports.sentences.split_verdict import why_text

SCHEMA = 1

RATIOS = frozenset(
    ("multiplier", "marginal_iroas", "marginal_iroas_low", "marginal_iroas_high", "attributed_roas")
)


def row_values(result: NightResult, row: SplitRow) -> dict[str, Cell]:
    """One row as the files hold it: money to the cent, ratios to four decimals, in the schema's order."""

    def money(value: float | None) -> float | None:
        return numbers.money(value)

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
        "expected_spend": money(row.expected_spend),
        "expected_spend_low": money(row.expected_spend_low),
        "expected_spend_high": money(row.expected_spend_high),
        "attributed_roas": numbers.ratio(row.attributed_roas),
        "reason": row_text(row, result.vocabulary, result.currency),
    }


ROW_COLUMNS = tuple(field.name for field in fields(SplitRow) if field.name != "broken")


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
        },
        "uplift": _uplift(d.uplift),
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


def split_xlsx(result: NightResult) -> bytes:
    """A workbook: `split` with the table, `about` with the verdict. The same bytes for the same result."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    created = datetime.fromisoformat(result.as_of)
    book.set_properties({"title": "Budget split", "author": "allot", "created": created})
    _split_sheet(book, result)
    _about_sheet(book, result)
    book.close()
    return buffer.getvalue()


def _split_sheet(book: xlsxwriter.Workbook, result: NightResult) -> None:
    sheet = book.add_worksheet("split")
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    typed = book.add_format({"num_format": "#,##0.00", "bold": True})
    ratio = book.add_format({"num_format": "0.00"})
    for j, name in enumerate(ROW_COLUMNS):
        sheet.write_string(0, j, result.vocabulary.action if name == "channel" else name, head)
    for i, row in enumerate(result.split.rows, start=1):
        for j, (name, value) in enumerate(row_values(result, row).items()):
            if isinstance(value, str):
                sheet.write_string(i, j, guarded(value))
            elif value is not None:
                style = typed if name == "recommended" else ratio if name in RATIOS else money
                sheet.write_number(i, j, value, style)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(ROW_COLUMNS) - 2, 14)
    sheet.set_column(len(ROW_COLUMNS) - 1, len(ROW_COLUMNS) - 1, 70)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _about_sheet(book: xlsxwriter.Workbook, result: NightResult) -> None:
    sheet = book.add_worksheet("about")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    d, word, currency = result.split, result.vocabulary, result.currency
    changed = changed_text(d, word, currency)
    lines: list[tuple[str, Cell]] = [
        ("what to do", words.headline(result)),
        ("what to expect", words.expectation(result, relied=evidence.relied_on(result))),
        ("verdict", d.verdict),
        ("why", why_text(d, word, currency)),
        *([("what changed since last night", changed)] if changed else []),
        *(("what would change it", sentence) for sentence in advices(d.missing, word)),
        ("study", result.study),
        ("as_of", result.as_of),
        ("tier", result.tier),
        ("unit of budgets", words.budget_money(result)),
        ("unit of uplift", words.budget_money(result)),
        ("budget today", numbers.money(d.budget_current)),
        ("budget recommended", numbers.money(d.budget_recommended)),
    ]
    for name, value in (_uplift(d.uplift) or {}).items():
        lines.append((f"uplift {name}", value))
    for i, (name, value) in enumerate(lines):
        sheet.write_string(i, 0, name, bold)
        if isinstance(value, str):
            sheet.write_string(i, 1, guarded(value), wrap)
        elif value is not None:
            sheet.write_number(i, 1, value, wrap)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
