"""Pages 2 and 3: what stands behind each budget, and all of them as a picture."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import Kept, NightResult, SplitRow
from reports import decision, drawn, numbers, words
from reports.charts.dumbbell import dumbbell
from reports.last_count import count_head, count_meaning
from reports.numbers import NBSP
from reports.pages.answer_table import bold, cut_budgets, grouped, to_type_in
from reports.pages.page import between, cash, rate, rates
from reports.sentences.split_rows import NOT_TOLD
from reports.svg import Chart
from reports.tables import Column, Table, figure, lines, text_column


@dataclass(frozen=True)
class BudgetsPage:
    table: Table | None
    empty: str
    scale: str
    """How budgets and earnings relate where earnings are means per entity, or empty."""
    segments: str = ""
    """Why no budget is of a segment though the study asks for such, or empty."""
    counted: str = ""
    """What stands in the last column."""


@dataclass(frozen=True)
class PicturePage:
    chart: Chart | None
    twin: Table | None
    empty: str


def _marginal(row: SplitRow, result: NightResult) -> Markup:
    if row.marginal_iroas is None:
        why = "these logs cannot tell" if result.tier == "B" else "too little to compare with"
        why = NOT_TOLD if row.reason == Kept("not told") else why
        why = "the night was stopped" if words.stopped(result) else why
        return lines(figure(None, numbers.NOT_KNOWN), why)
    shown = rate(row.marginal_iroas)
    if row.marginal_iroas_low is None or row.marginal_iroas_high is None:
        return lines(shown, "interval not known")
    return lines(shown, rates(row.marginal_iroas_low, row.marginal_iroas_high))


def _attributed(row: SplitRow) -> Markup:
    if row.attributed_roas is None:
        return lines(figure(None, numbers.NOT_KNOWN), "no revenue logged, or nothing spent")
    return figure(numbers.ratio(row.attributed_roas), numbers.per_unit(row.attributed_roas))


def _cells(row: SplitRow, considered: float | None, result: NightResult) -> list[str | Markup]:
    """Where the first screen sums rows, what it says of each stands here."""
    name = Markup('<strong class="name">{}</strong>').format(words.row_name(row))
    summed = grouped(result)
    cells: list[str | Markup] = [lines(name, decision.row_why(result, row) if summed else "")]
    if summed:
        cells.append(cash(row.current))
        if cut := cut_budgets(result):
            cells.append(bold(cut[words.row_name(row)]))
    if words.moves(result.split):
        if summed:
            cells.append(to_type_in(row))
        spend = words.spend(row)
        cells.append(lines(cash(spend.expected), between(spend.low, spend.high)))
    if considered is not None:
        cells.append(lines(cash(considered), _against_today(considered, row)))
    return [
        *cells,
        between(row.min_allowed, row.max_allowed),
        _marginal(row, result),
        _attributed(row),
    ]


def _against_today(budget: float, row: SplitRow) -> str:
    if row.current <= 0:
        return ""
    return "as today" if budget == row.current else f"{numbers.times(budget / row.current)} of today’s"


def budgets_page(result: NightResult) -> BudgetsPage:
    rows, currency, noun = result.split.rows, result.currency, result.vocabulary.action
    typing = words.moves(result.split)
    if not rows:
        return BudgetsPage(None, f"There is no {noun} in these logs whose spend is known.", "")
    unit, summed = words.budget_money(result), grouped(result)
    told = any(r.marginal_iroas is not None or r.attributed_roas is not None for r in rows)
    considered = result.split.considered_budgets
    if not (typing or summed or told or considered):
        return BudgetsPage(None, f"These logs do not tell what stands behind the budget of any {noun}.", "")
    columns = [text_column(words.capital(noun))]
    if summed:
        columns.append(Column("Today", unit))
        if (total := result.split.over_budget) is not None and result.split.cut_budgets:
            columns.append(Column(f"For {numbers.budget(total)} {currency}", unit))
    if typing:
        columns += [Column("Type in", unit)] if summed else []
        columns.append(Column("Will be spent", "expected, with interval"))
    if considered:
        columns.append(Column("Considered", f"{unit}; not advised"))
    columns += [
        Column("You allow", unit),
        Column(f"One more {currency} earns", f"{currency} of margin, with interval"),
        Column(count_head(result), f"revenue per {currency}"),
    ]
    table = Table(
        f"What stands behind the budget of each {noun}",
        tuple(columns),
        [
            _cells(row, budget, result)
            for row, budget in zip(rows, considered or [None] * len(rows), strict=True)
        ],
        cards=True,
    )
    scale = ""
    if result.per == "entity":
        each = words.period(result.split.period_days)
        scale = (
            f"Budgets here are totals {each}, over all {result.vocabulary.entities}; "
            f"the trust page gives what a plan earns {words.per(result)}."
        )
    return BudgetsPage(table, "", scale, _segments(result), count_meaning(result))


def _segments(result: NightResult) -> str:
    """Why budgets are of whole channels, where the study asks for others."""
    word, why = result.vocabulary, result.segments_unused
    if not why:
        return ""
    because = {
        "alike": f"no segment answers to {word.an_action} otherwise than the rest beyond doubt, or budgets "
        "by segment promised no more",
        "fewer than two": "these logs tell fewer than two segments",
    }[why]
    return (
        f"The study asks for a budget per {word.action} and segment (split.segments). They are of whole "
        f"{word.actions} tonight: {because}."
    )


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
    shown = drawn.most_important(result, map(words.row_name, rows))
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
            between(r.low, r.high),
            between(r.min_allowed, r.max_allowed),
        ]
        for r in rows
        if words.row_name(r) in shown
    ]
    return PicturePage(dumbbell(result), Table(f"Budgets in{NBSP}figures", columns, body), "")
