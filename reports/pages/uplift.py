"""Page 4: which channels the gain comes from."""

from models.results import NightResult
from reports import words
from reports.charts.waterfall import steps, waterfall
from reports.pages.page import Page, Part, empty, estimated
from reports.tables import Column, Table, text_column


def uplift_page(result: NightResult) -> Page:
    d, word = result.split, result.vocabulary
    total = d.uplift if words.moves(d) else d.considered
    if d.verdict == "NO_EVIDENCE":
        return empty("There is no move to take apart: these logs cannot say what any move would bring.")
    if total is None:
        return empty(
            "There is nothing to take apart: no move was found whose gain could be shared out among "
            f"{word.actions}."
        )
    if not result.pictures.channel_uplifts:
        return empty(
            f"The gain was not taken apart by {word.action} on this night: that takes every {word.action}’s "
            f"own part, worked out on the {word.people} {word.who} report."
        )
    rows = []
    for step in steps(result, total):
        rows.append([step.name, *estimated(step.estimate, step.low, step.high, signed=True)])
    unit = words.budget_money(result)
    columns = (
        text_column(words.capital(word.action)),
        Column(f"Extra {total.outcome}", unit),
        Column("Interval", unit),
    )
    twin = Table("Parts of the gain", columns, rows[:-1], foot=rows[-1])
    lead = (
        ""
        if words.moves(d)
        else "Nothing moves tonight. This is where the gain of the best move we found would come from, if it "
        "could be relied on."
    )
    return Page((Part(chart=waterfall(result, total), twin=twin),), lead)
