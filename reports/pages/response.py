"""Page 6: what each channel would earn at other budgets."""

from models.results import NightResult
from reports import words
from reports.charts.response import response, shown
from reports.pages.page import Page, Part, cash, empty, estimated
from reports.tables import Column, Table, text_column


def response_page(result: NightResult) -> Page:
    word = result.vocabulary
    if result.tier == "B":
        return empty(
            f"{words.capital(word.delivery)}-only logs cannot say what {word.an_action} would earn at "
            "another "
            "budget; logged opportunities would."
        )
    curves = shown(result)
    if not curves:
        return empty(
            f"No {word.action}’s curve could be drawn: that takes {word.actions} whose spend follows their "
            f"budget, and {word.people} {word.who} could have been {word.shown} {word.a_treatment} "
            "and were not."
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
        text_column(words.capital(word.action)),
        Column("Budget", unit),
        Column("Margin against today’s", unit),
        Column("Interval", unit),
        text_column("In the logs?"),
    )
    return Page((Part(chart=response(result), twin=Table("Margin at other budgets", columns, rows)),))
