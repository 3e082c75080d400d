"""split.xlsx for whoever opens it in a spreadsheet: the answer first, then the budgets, units in headers."""

import io
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from models.results import NightResult
from reports import evidence, numbers, words
from reports.exports.cells import Cell, guarded
from reports.exports.split import row_values
from reports.last_count import count_head
from reports.sentences.split_advice import advices, proposed
from reports.sentences.split_changes import changed_text
from reports.sentences.split_verdict import why_text

MONEY, RATIO, CHANGE, SHARE = "#,##0.00", "0.00", "+#,##0.00;\u2212#,##0.00;0.00", "0 %"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True)
class SheetColumn:
    """A column of the budgets: its key among the row's values, header, number format and width in letters."""

    key: str
    head: str
    form: str = ""
    width: int = 14


def split_xlsx(result: NightResult) -> bytes:
    """A workbook: `answer` with the verdict, `budgets` with the table. The same bytes for the same result."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    created = datetime.fromisoformat(result.as_of)
    book.set_properties({"title": "Budget split", "author": "allot", "created": created})
    _answer_sheet(book, result)
    _budgets_sheet(book, result)
    book.close()
    return buffer.getvalue()


def sheet_columns(result: NightResult) -> list[SheetColumn]:
    """What to type in and why, then what stands behind it; segments have a column where the split has any."""
    unit = words.budget_money(result).replace(numbers.NBSP, " ")
    one, currency = f"One more {result.currency} earns", result.currency
    segmented = any(row.segment is not None for row in result.split.rows)
    return [
        SheetColumn("channel", words.capital(result.vocabulary.action), width=34),
        *([SheetColumn("segment", "Segment", width=20)] if segmented else []),
        SheetColumn("current", f"Today, {unit}", MONEY),
        SheetColumn("recommended", f"Type in, {unit}", MONEY),
        SheetColumn("change", f"Change, {unit}", CHANGE),
        SheetColumn("multiplier", "Times today's", RATIO, 10),
        SheetColumn("reason", "Why", width=60),
        SheetColumn("expected_spend", f"Will be spent, {unit}", MONEY),
        SheetColumn("expected_spend_low", f"Will be spent, at least, {unit}", MONEY),
        SheetColumn("expected_spend_high", f"Will be spent, at most, {unit}", MONEY),
        SheetColumn("min_allowed", f"Least that you allow, {unit}", MONEY),
        SheetColumn("max_allowed", f"Most that you allow, {unit}", MONEY),
        SheetColumn("low", f"Best budget, at least, {unit}", MONEY),
        SheetColumn("high", f"Best budget, at most, {unit}", MONEY),
        SheetColumn("marginal_iroas", f"{one}, {currency} of margin", RATIO),
        SheetColumn("marginal_iroas_low", f"{one}, at least, {currency} of margin", RATIO),
        SheetColumn("marginal_iroas_high", f"{one}, at most, {currency} of margin", RATIO),
        SheetColumn("attributed_roas", f"{count_head(result)}, revenue per {currency}", RATIO),
    ]


def _budgets_sheet(book: xlsxwriter.Workbook, result: NightResult) -> None:
    sheet, columns = book.add_worksheet("budgets"), sheet_columns(result)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for j, column in enumerate(columns):
        sheet.write_string(0, j, column.head, head)
        sheet.set_column(j, j, column.width)
    styles = {
        column.key: book.add_format(
            {"num_format": column.form, "valign": "top", "bold": column.key == "recommended"}
        )
        for column in columns
        if column.form
    }
    for i, row in enumerate(result.split.rows, start=1):
        values = {**row_values(result, row), "change": numbers.money(words.change(row))}
        for j, column in enumerate(columns):
            value = values[column.key]
            if isinstance(value, str):
                sheet.write_string(i, j, guarded(value), text)
            elif value is not None:
                sheet.write_number(i, j, value, styles[column.key])
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _answer_sheet(book: xlsxwriter.Workbook, result: NightResult) -> None:
    sheet = book.add_worksheet("answer")
    name = book.add_format({"bold": True, "valign": "top"})
    first = book.add_format({"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"})
    styles = {
        form: book.add_format({"num_format": form, "text_wrap": True, "valign": "top", "align": "left"})
        for form in ("", MONEY, CHANGE, SHARE)
    }
    for i, (label, value, form) in enumerate(_answer(result)):
        sheet.write_string(i, 0, label, name)
        style = first if i < 2 else styles[form]
        if isinstance(value, str):
            sheet.write_string(i, 1, guarded(value.replace(numbers.NBSP, " ")), style)
        elif value is not None:
            sheet.write_number(i, 1, value, style)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.freeze_panes(1, 0)
    sheet.fit_to_pages(1, 0)


def _answer(result: NightResult) -> list[tuple[str, Cell, str]]:
    """Name, value and number format of every line: the verdict, its sentence, and what they rest on."""
    d, word, currency, unit = result.split, result.vocabulary, result.currency, words.budget_money(result)
    changed = changed_text(d, word, currency)
    missing = advices(proposed(d.missing, result.pictures.next_experiments), word)
    expected = words.expectation(result, relied=evidence.relied_on(result))
    condition = evidence.claim(result)
    lines: list[tuple[str, Cell, str]] = [
        ("Verdict", words.VERDICTS[d.verdict], ""),
        ("What to do", words.headline(result), ""),
        *([("Condition", condition, "")] if condition and expected else []),
        *([("What to expect", expected, "")] if expected else []),
        ("Why", why_text(d, word, currency), ""),
        *([("What changed since last night", changed, "")] if changed else []),
        *(("What would change it", sentence, "") for sentence in missing),
        (f"Budget today, {unit}", numbers.money(d.budget_current), MONEY),
        (f"Budget to type in, {unit}", numbers.money(d.budget_recommended), MONEY),
    ]
    if d.uplift is not None:
        u, level = d.uplift, numbers.percent(d.uplift.level)
        lines += [
            (f"Extra {u.outcome}, {unit}", numbers.money(u.estimate), CHANGE),
            (f"At least ({level} interval), {unit}", numbers.money(u.low), CHANGE),
            (f"At most ({level} interval), {unit}", numbers.money(u.high), CHANGE),
            ("Chance that it beats today's split", numbers.share(u.probability_better), SHARE),
        ]
    return [*lines, ("Study", result.study, ""), ("Night", result.as_of, ""), ("Evidence", result.tier, "")]
