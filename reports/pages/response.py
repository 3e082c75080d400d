"""Page 6: what each channel would earn at other budgets."""

from models.results import NightResult
from reports import words
from reports.charts.response import in_order, response
from reports.pages.page import Page, Part, cash, empty, estimated
from reports.tables import Column, Table, text_column


def response_page(result: NightResult) -> Page:
    if result.tier == "B":
        return empty(
            "Impression-only logs cannot say what a channel would earn at another budget; logged "
            "opportunities would."
        )
    curves = in_order(result)
    if not curves:
        return empty(
            "No channel’s curve could be drawn: that takes channels whose spend follows their budget, and "
            "people who could have been shown an ad and were not."
        )
    unit = words.budget_money(result)
    rows = [
        [
            c.channel,
            cash(budget),
            *estimated(margin, low, high, signed=True),
            "yes" if c.logged_low <= budget <= c.logged_high else "no, a guess",
        ]
        for c in curves
        for budget, margin, low, high in zip(c.budgets, c.margin, c.low, c.high, strict=True)
    ]
    columns = (
        text_column("Channel"),
        Column("Budget", unit),
        Column("Margin against today’s", unit),
        Column("Interval", unit),
        text_column("In the logs?"),
    )
    return Page((Part(chart=response(result), twin=Table("Margin at other budgets", columns, rows)),))
