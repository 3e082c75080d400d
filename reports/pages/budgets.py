"""Pages 2 and 3: the table to type in, and the same as a picture."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import NightResult, SplitRow
from reports import numbers, words
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


@dataclass(frozen=True)
class PicturePage:
    chart: Chart | None
    twin: Table | None
    empty: str


def _change_cell(row: SplitRow, per: str) -> Markup:
    delta = words.change(row)
    if delta == 0:
        return figure(0.0, "kept")
    arrow = "▲" if delta > 0 else "▼"
    base = numbers.percent(delta / row.current, signed=True) + " of today" if row.current else "new"
    shown = figure(numbers.money(delta, per=per), numbers.budget(delta, signed=True))
    text = Markup('<span class="{}"><span aria-hidden="true">{}</span> {}</span>')
    return lines(text.format(direction(row), arrow, shown), base)


def _range(low: float, high: float, per: str) -> Markup:
    a, b = (figure(numbers.money(v, per=per), numbers.budget(v)) for v in (low, high))
    return Markup("{} to {}").format(a, b)


def _marginal(row: SplitRow, tier: str) -> Markup:
    if row.marginal_iroas is None:
        why = "these logs cannot tell" if tier == "B" else "too little to compare with"
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
        return lines(figure(None, numbers.NOT_KNOWN), "nothing attributed")
    return figure(numbers.ratio(row.attributed_roas), numbers.per_unit(row.attributed_roas))


def _cells(row: SplitRow, per: str, tier: str, *, typing: bool) -> list[str | Markup]:
    name = Markup('<strong class="name">{}</strong>').format(words.row_name(row))
    text = numbers.to_type_in(row.recommended) if words.change(row) else numbers.budget(row.recommended)
    expected = figure(numbers.money(row.expected_spend, per=per), numbers.budget(row.expected_spend))
    cells: list[str | Markup] = [
        lines(name, row.reason),
        figure(numbers.money(row.current, per=per), numbers.budget(row.current)),
    ]
    if typing:
        cells += [
            Markup('<b class="typed">{}</b>').format(figure(numbers.money(row.recommended, per=per), text)),
            _change_cell(row, per),
            lines(expected, _range(row.expected_spend_low, row.expected_spend_high, per)),
        ]
    cells += [_range(row.min_allowed, row.max_allowed, per), _marginal(row, tier), _attributed(row)]
    return cells


def budgets_page(result: NightResult) -> BudgetsPage:
    rows, per, currency = result.split.rows, result.per, result.currency
    typing = words.moves(result.split)
    if not rows:
        return BudgetsPage(
            None, "There is no channel in these logs whose spend is known, so there is no table.", typing
        )
    unit = words.money(result)
    columns = [text_column("Channel", "and why"), Column("Today", unit)]
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
        figure(
            numbers.money(result.split.budget_current, per=per), numbers.budget(result.split.budget_current)
        ),
    ]
    if typing:
        total, before = result.split.budget_recommended, result.split.budget_current
        delta = round(total - before, 4) + 0.0
        foot += [
            Markup('<b class="typed">{}</b>').format(
                figure(numbers.money(total, per=per), numbers.budget(total))
            ),
            figure(
                numbers.money(delta, per=per), numbers.budget(delta, signed=True) if delta else "unchanged"
            ),
            "",
        ]
    foot += [""] * 3
    table = Table(
        "Budgets per channel" + (" to type in" if typing else ", unchanged"),
        tuple(columns),
        [_cells(row, per, result.tier, typing=typing) for row in rows],
        foot,
        cards=True,
    )
    return BudgetsPage(table, "", typing)


def picture_page(result: NightResult) -> PicturePage:
    rows, per = result.split.rows, result.per
    if not rows:
        return PicturePage(None, None, "There is nothing to draw: no channel has a budget.")
    if result.split.verdict == "NO_EVIDENCE":
        return PicturePage(None, None, "There is nothing to draw: without evidence no budget moves.")
    unit = words.money(result)
    columns = (
        text_column("Channel"),
        Column("Today", unit),
        Column("Type in", unit),
        Column("Times today’s"),
        Column("Range of the data", unit),
        Column("You allow", unit),
    )
    body = [
        [
            words.row_name(r),
            figure(numbers.money(r.current, per=per), numbers.budget(r.current)),
            figure(
                numbers.money(r.recommended, per=per),
                numbers.to_type_in(r.recommended) if words.change(r) else numbers.budget(r.recommended),
            ),
            figure(numbers.ratio(r.multiplier), numbers.times(r.multiplier)),
            _range(r.low, r.high, per),
            _range(r.min_allowed, r.max_allowed, per),
        ]
        for r in rows
    ]
    return PicturePage(dumbbell(result), Table(f"Budgets in{NBSP}figures", columns, body), "")
