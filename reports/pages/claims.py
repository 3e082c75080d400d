"""Page 7: what a last-ad count, as platforms use it, credits a channel with, and what it earns."""

from models.results import NightResult
from reports import words
from reports.charts.slope import claims, slope
from reports.last_count import count_head
from reports.numbers import ends
from reports.pages.page import Page, Part, empty, rate
from reports.tables import Column, Table, lines, text_column

TONES = {"down": "credits more", "up": "credits less", "unsure": "cannot be told"}


def claims_page(result: NightResult) -> Page:
    found, word = claims(result), result.vocabulary
    if not found:
        return empty(
            f"There is nothing to compare: it takes {word.an_action} with clicks or {word.treatments} "
            "followed "
            f"by {word.successes}, and logs that tell what one more "
            f"{result.currency} on it earns; the table of budgets has what is known."
        )
    rows = [
        [
            c.name,
            rate(c.claimed),
            lines(rate(c.earned), ends(c.low, c.high)),
            TONES[c.tone],
        ]
        for c in found
    ]
    columns = (
        text_column(words.capital(word.action)),
        Column(count_head(result), f"margin per {result.currency}, on average"),
        Column(f"One more {result.currency} earns", "margin, with interval"),
        text_column("That count"),
    )
    left = len(result.split.rows) - len(found)
    note = (
        f"{words.actions(result, left)} {'is' if left == 1 else 'are'} left out, because one of the two "
        "figures is not known."
        if left
        else ""
    )
    return Page((Part(chart=slope(result), twin=Table("Credited and earned", columns, rows), note=note),))
