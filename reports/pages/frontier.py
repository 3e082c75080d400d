"""Page 5: what a larger or smaller total budget would earn, by split and by personalised delivery."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import NightResult
from reports import drawn, numbers, words
from reports.charts.frontier import Point, frontier, in_order, personal_points
from reports.pages.page import between, cash, estimated, ordered
from reports.pages.personal import delivery_knows_more, past, said_of_personal
from reports.svg import Chart
from reports.tables import Column, Table, figure, lines, text_column


@dataclass(frozen=True)
class FrontierPage:
    chart: Chart | None
    tables: tuple[tuple[str, Table], ...]
    """Folded under the chart, each with what it is called."""
    empty: str
    caution: str = ""
    """Why the curve should not be acted on tonight, or empty."""
    personal: tuple[str, ...] = ()
    """What personalised delivery would add, and where it ends; without a chart, why there is none."""


def channels(result: NightResult) -> list[str]:
    """All channels of the plans, in the order of the study's actions, unknown ones last by name."""
    plans: list[Point] = [*result.frontier, *personal_points(result)]
    return ordered([c for plan in plans for c in plan.spend_by_channel], result.actions)


def _shown(result: NightResult) -> tuple[list[str], list[str]]:
    """Channels with a column of their own, those that move or spend most, and those that share one."""
    every = channels(result)
    room = len(every) if len(every) == drawn.PANELS + 1 else drawn.PANELS  # one alone needs no other name
    shown = drawn.most_important(result, every, room)
    return [c for c in every if c in shown], [c for c in every if c not in shown]


def _spend_columns(result: NightResult) -> tuple[Column, ...]:
    shown, others = _shown(result)
    rest = (Column(f"{len(others)} others", "spend; frontier.csv has each"),) if others else ()
    return (*(Column(name, "spend") for name in shown), *rest)


def _spends(result: NightResult, plan: Point) -> list[Markup]:
    shown, others = _shown(result)
    rest = [cash(sum(plan.spend_by_channel.get(c, 0.0) for c in others))] if others else []
    return [*(cash(plan.spend_by_channel.get(c)) for c in shown), *rest]


def frontier_page(result: NightResult) -> FrontierPage:
    personal = personal_points(result)
    if not result.frontier and not personal:
        why = (
            f"{words.capital(result.vocabulary.delivery)}-only logs cannot say what a larger budget "
            "would cause, so no curve is drawn."
            if result.tier == "B"
            else "No plan at another budget could be vouched for, so no curve is drawn."
        )
        return FrontierPage(None, (), why, personal=said_of_personal(result))
    tables = []
    if result.frontier:
        tables.append(("The same as a table", _splits(result)))
    if personal:
        tables.append(("Personalised delivery as a table", _personal(result)))
    return FrontierPage(frontier(result), tuple(tables), "", _caution(result), said_of_personal(result))


def _caution(result: NightResult) -> str:
    """What holds the split back tonight speaks against these plans as well."""
    if delivery_knows_more(result):
        return past(result)
    found = result.split.considered
    if found is not None and found.low > 0:
        return (
            "This curve rests on the same kind of estimate as the move that is held back tonight: "
            "read it with the same doubt."
        )
    return ""


def _splits(result: NightResult) -> Table:
    unit = words.budget_money(result)
    columns = (
        text_column("Total budget", unit),
        Column("Spent", unit),
        Column("Margin", f"{unit}, with interval"),
        Column(f"One more {result.currency} earns", "price"),
        *_spend_columns(result),
    )
    rows = [
        [
            cash(p.budget),
            cash(p.spend),
            lines(*estimated(p.value, p.low, p.high)),
            figure(numbers.ratio(p.price), numbers.per_unit(p.price)),
            *_spends(result, p),
        ]
        for p in in_order(result)
    ]
    return Table("Plans at other budgets", columns, rows)


def _personal(result: NightResult) -> Table:
    unit = words.budget_money(result)
    columns = (
        text_column("Total budget", unit),
        Column("Spent", f"{unit}, if you leave it alone"),
        Column("Corrected nightly", f"{unit}, towards the money left"),
        Column("Margin", f"{unit}, with interval"),
        *_spend_columns(result),
    )
    rows = [
        [
            cash(p.budget),
            lines(cash(p.spend), between(p.spend_low, p.spend_high)),
            between(p.corrected_low, p.corrected_high),
            lines(*estimated(p.value, p.low, p.high)),
            *_spends(result, p),
        ]
        for p in personal_points(result)
    ]
    return Table("Personalised delivery at other budgets", columns, rows)
