"""The table of the first screen: per row what it is today, what to type in, the change, and why."""

from collections.abc import Sequence

from markupsafe import Markup

from models.results import NightResult, SplitRow
from reports import decision, numbers, words
from reports.charts.dumbbell import direction
from reports.pages.page import cash
from reports.tables import Column, Table, figure, lines, text_column

MANY = 14
"""More rows than fit on one sheet of paper beside the answer: then rows that stay for one reason are one."""


def grouped(result: NightResult) -> bool:
    """Whether rows that keep today's budget are summed, reason by reason."""
    return len(result.split.rows) > MANY


def to_type_in(row: SplitRow) -> Markup:
    """The budget as it is typed in, on the platform's step where it moves."""
    text = numbers.to_type_in(row.recommended) if words.change(row) else numbers.budget(row.recommended)
    return Markup('<b class="typed">{}</b>').format(figure(numbers.money(row.recommended), text))


def _change(row: SplitRow) -> Markup:
    delta = words.change(row)
    if delta == 0:
        return figure(0.0, "kept")
    arrow = "▲" if delta > 0 else "▼"
    base = numbers.percent(delta / row.current, signed=True) + " of today" if row.current else "new"
    shown = figure(numbers.money(delta), numbers.budget(delta, signed=True))
    text = Markup('<span class="{}"><span aria-hidden="true">{}</span> {}</span>')
    return lines(text.format(direction(row), arrow, shown), base)


def cut_budgets(result: NightResult) -> dict[str, float]:
    """By row, what keeps the study's total with today's split kept; empty where no limit needs it told."""
    cut = result.split.cut_budgets
    return dict(zip(map(words.row_name, result.split.rows), cut, strict=True)) if cut else {}


def bold(budget: float) -> Markup:
    """A budget to type in."""
    return Markup('<b class="typed">{}</b>').format(cash(budget))


def _cells(result: NightResult, row: SplitRow) -> list[str | Markup]:
    name = Markup('<strong class="name">{}</strong>').format(words.row_name(row))
    cells: list[str | Markup] = [name, cash(row.current)]
    if words.moves(result.split):
        cells += [to_type_in(row), _change(row)]
    if cut := cut_budgets(result):
        cells.append(bold(cut[words.row_name(row)]))
    return [*cells, decision.row_why(result, row)]


def _together(result: NightResult, why: str, rows: Sequence[SplitRow]) -> list[str | Markup]:
    """Rows that keep today's budget for one reason: who they are, and their sum."""
    name = Markup('<strong class="name">{}</strong>').format(words.actions(result, len(rows)))
    listed = words.listed([words.shorten(words.row_name(r), 24) for r in rows])
    total = cash(sum(r.current for r in rows))
    cells: list[str | Markup] = [lines(name, listed), total]
    if words.moves(result.split):
        cells += ["as today", figure(0.0, "kept")]
    if cut := cut_budgets(result):
        cells.append(bold(sum(cut[words.row_name(r)] for r in rows)))
    return [*cells, why]


def _rows(result: NightResult) -> list[list[str | Markup]]:
    rows = result.split.rows
    if not grouped(result):
        return [_cells(result, row) for row in rows]
    alike: dict[str, list[SplitRow]] = {}
    for row in rows:
        if not words.change(row):
            alike.setdefault(decision.row_why(result, row), []).append(row)
    moved = [_cells(result, row) for row in rows if words.change(row)]
    return moved + [
        _together(result, why, own) if len(own) > 1 else _cells(result, own[0]) for why, own in alike.items()
    ]


def answer_table(result: NightResult) -> Table | None:
    """None where no row has a budget."""
    split, unit, noun = result.split, words.budget_money(result), result.vocabulary.action
    if not split.rows:
        return None
    today = f"{unit}, as typed in" if split.any_typed_in else unit
    columns = [text_column(words.capital(noun)), Column("Today", today)]
    foot: list[str | Markup] = ["In all", cash(split.budget_current)]
    if words.moves(split):
        delta = round(split.budget_recommended - split.budget_current, 4) + 0.0
        columns += [Column("Type in", unit), Column("Change")]
        foot += [
            bold(split.budget_recommended),
            figure(numbers.money(delta), numbers.budget(delta, signed=True) if delta else "unchanged"),
        ]
    if split.cut_budgets and split.over_budget is not None:
        columns.append(Column(f"For {numbers.budget(split.over_budget)} {result.currency}", unit))
        foot.append(bold(sum(split.cut_budgets)))
    unchanged = ", unchanged and cut" if split.cut_budgets else ", unchanged"
    caption = f"Budgets per {noun}" + (" to type in" if words.moves(split) else unchanged)
    return Table(caption, (*columns, text_column("Why")), _rows(result), [*foot, ""], cards=True)
