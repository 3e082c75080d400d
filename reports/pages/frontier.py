"""Page 5: what a larger or smaller total budget would earn."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import NightResult
from reports import numbers, words
from reports.charts.frontier import frontier, in_order
from reports.svg import Chart
from reports.tables import Column, Table, figure


@dataclass(frozen=True)
class FrontierPage:
    chart: Chart | None
    table: Table | None
    empty: str
    caution: str = ""
    """Why the curve should not be acted on tonight, or empty."""


def channels(result: NightResult) -> list[str]:
    """Channels of the plans, in the order of the study's actions, unknown ones last by name."""
    known = {name: i for i, name in enumerate(result.actions)}
    return sorted(
        {c for p in result.frontier for c in p.spend_by_channel}, key=lambda c: (known.get(c, len(known)), c)
    )


def frontier_page(result: NightResult) -> FrontierPage:
    if not result.frontier:
        why = (
            "Impression-only logs cannot say what a larger budget would cause, so no curve is drawn."
            if result.tier == "B"
            else "No plan at another budget could be vouched for, so no curve is drawn."
        )
        return FrontierPage(None, None, why)
    unit = words.budget_money(result)
    names = channels(result)
    columns = (
        Column("Total budget", unit),
        Column("Spent", unit),
        Column("Margin", unit),
        Column("Interval", unit),
        Column(f"One more {result.currency} earns", "price"),
        *(Column(name, "spend") for name in names),
    )
    rows = []
    for p in in_order(result):
        text = numbers.interval(p.value, p.low, p.high, most=2)
        low, high = (figure(numbers.money(v), t) for v, t in ((p.low, text.low), (p.high, text.high)))
        rows.append(
            [
                figure(numbers.money(p.budget), numbers.budget(p.budget)),
                figure(numbers.money(p.spend), numbers.budget(p.spend)),
                figure(numbers.money(p.value), text.estimate),
                Markup("{} to {}").format(low, high),
                figure(numbers.ratio(p.price), numbers.per_unit(p.price)),
                *(
                    figure(
                        numbers.money(p.spend_by_channel.get(c)),
                        numbers.budget(p.spend_by_channel.get(c)),
                    )
                    for c in names
                ),
            ]
        )
    table = Table("Plans at other budgets", columns, rows)
    found = result.split.considered
    caution = ""
    if found is not None and found.low > 0:
        caution = (
            "This curve rests on the same kind of estimate as the move that is held back tonight: "
            "read it with the same doubt."
        )
    return FrontierPage(frontier(result), table, "", caution)
