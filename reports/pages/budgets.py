"""Pages 2 and 3: the table to type in, and the same as a picture."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import NightResult, SplitRow
from reports import decision, numbers, words
from reports.charts.dumbbell import direction, dumbbell
from reports.numbers import NBSP
from reports.svg import Chart
from reports.tables import Column, Table, figure, lines, text_column


@dataclass(frozen=True)
class BudgetsPage:
    table: Table | None
    empty: str
    typing: bool
    """Whether there is anything to type in."""
    scale: str
    """How budgets and earnings relate where earnings are means per entity, or empty."""


@dataclass(frozen=True)
class PicturePage:
    chart: Chart | None
    twin: Table | None
    empty: str


def _change_cell(row: SplitRow) -> Markup:
    delta = words.change(row)
    if delta == 0:
        return figure(0.0, "kept")
    arrow = "▲" if delta > 0 else "▼"
    base = numbers.percent(delta / row.current, signed=True) + " of today" if row.current else "new"
    shown = figure(numbers.money(delta), numbers.budget(delta, signed=True))
    text = Markup('<span class="{}"><span aria-hidden="true">{}</span> {}</span>')
    return lines(text.format(direction(row), arrow, shown), base)


def _range(low: float, high: float) -> Markup:
    a, b = (figure(numbers.money(v), numbers.budget(v)) for v in (low, high))
    return Markup("{} to {}").format(a, b)


def _marginal(row: SplitRow, result: NightResult) -> Markup:
    if row.marginal_iroas is None:
        why = "these logs cannot tell" if result.tier == "B" else "too little to compare with"
        why = "the night was stopped" if words.stopped(result) else why
        return lines(figure(None, numbers.NOT_KNOWN), why)
    shown = figure(numbers.ratio(row.marginal_iroas), numbers.per_unit(row.marginal_iroas))
    if row.marginal_iroas_low is None or row.marginal_iroas_high is None:
        return lines(shown, "interval not known")
    low, high = (
        figure(numbers.ratio(v), numbers.per_unit(v))
        for v in (row.marginal_iroas_low, row.marginal_iroas_high)
    )
    return lines(shown, Markup("{} to {}").format(low, high))


def _attributed(row: SplitRow) -> Markup:
    if row.attributed_roas is None:
        return lines(figure(None, numbers.NOT_KNOWN), "no revenue logged, or nothing spent")
    return figure(numbers.ratio(row.attributed_roas), numbers.per_unit(row.attributed_roas))


def _cells(row: SplitRow, result: NightResult, *, typing: bool) -> list[str | Markup]:
    name = Markup('<strong class="name">{}</strong>').format(words.row_name(row))
    text = numbers.to_type_in(row.recommended) if words.change(row) else numbers.budget(row.recommended)
    expected = figure(numbers.money(row.expected_spend), numbers.budget(row.expected_spend))
    cells: list[str | Markup] = [
        lines(name, decision.row_reason(result, row)),
        figure(numbers.money(row.current), numbers.budget(row.current)),
    ]
    if typing:
        cells += [
            Markup('<b class="typed">{}</b>').format(figure(numbers.money(row.recommended), text)),
            _change_cell(row),
            lines(expected, _range(row.expected_spend_low, row.expected_spend_high)),
        ]
    cells += [_range(row.min_allowed, row.max_allowed), _marginal(row, result), _attributed(row)]
    return cells


def budgets_page(result: NightResult) -> BudgetsPage:
    rows, currency, noun = result.split.rows, result.currency, result.vocabulary.action
    typing = words.moves(result.split)
    if not rows:
        return BudgetsPage(
            None, f"There is no {noun} in these logs whose spend is known, so there is no table.", typing, ""
        )
    unit = words.budget_money(result)
    columns = [text_column(words.capital(noun), "and why"), Column("Today", unit)]
    if typing:
        columns += [
            Column("Type in", unit),
            Column("Change"),
            Column("Will be spent", "expected, with interval"),
        ]
    columns += [
        Column("You allow", unit),
        Column(f"One more {currency} earns", f"{currency} of margin, with interval"),
        Column("Platform claims", f"revenue per {currency}"),
    ]
    foot: list[str | Markup] = [
        "In all",
        figure(numbers.money(result.split.budget_current), numbers.budget(result.split.budget_current)),
    ]
    if typing:
        total, before = result.split.budget_recommended, result.split.budget_current
        delta = round(total - before, 4) + 0.0
        foot += [
            Markup('<b class="typed">{}</b>').format(figure(numbers.money(total), numbers.budget(total))),
            figure(numbers.money(delta), numbers.budget(delta, signed=True) if delta else "unchanged"),
            "",
        ]
    foot += [""] * 3
    table = Table(
        f"Budgets per {noun}" + (" to type in" if typing else ", unchanged"),
        tuple(columns),
        [_cells(row, result, typing=typing) for row in rows],
        foot,
        cards=True,
    )
    scale = ""
    if result.per == "entity":
        each = words.period(result.split.period_days)
        scale = (
            f"Budgets here are totals {each}, over all {result.vocabulary.entities}; "
            f"the trust page gives what a plan earns {words.per(result)}."
        )
    return BudgetsPage(table, "", typing, scale)


def _typed(row: SplitRow) -> tuple[Markup, Markup]:
    """What to type in, and how many times today's it is."""
    text = numbers.to_type_in(row.recommended) if words.change(row) else numbers.budget(row.recommended)
    return (
        figure(numbers.money(row.recommended), text),
        figure(numbers.ratio(row.multiplier), numbers.times(row.multiplier)),
    )


def picture_page(result: NightResult) -> PicturePage:
    rows, noun = result.split.rows, result.vocabulary.action
    if not rows:
        return PicturePage(None, None, f"There is nothing to draw: no {noun} has a budget.")
    if result.split.verdict == "NO_EVIDENCE":
        return PicturePage(None, None, "There is nothing to draw: without evidence no budget moves.")
    unit = words.budget_money(result)
    typing = words.moves(result.split)
    columns = (
        text_column(words.capital(noun)),
        Column("Today", unit),
        *((Column("Type in", unit), Column("Times today’s")) if typing else ()),
        Column("Range of the data", unit),
        Column("You allow", unit),
    )
    body = [
        [
            words.row_name(r),
            figure(numbers.money(r.current), numbers.budget(r.current)),
            *(_typed(r) if typing else ()),
            _range(r.low, r.high),
            _range(r.min_allowed, r.max_allowed),
        ]
        for r in rows
    ]
    return PicturePage(dumbbell(result), Table(f"Budgets in{NBSP}figures", columns, body), "")
