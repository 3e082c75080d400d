"""Page 12: the holdout that would settle what tonight's logs leave open."""

from markupsafe import Markup

from models.results import NextExperiment, NightResult
from reports import checks, numbers, words
from reports.pages.page import Page, Part, cash, empty
from reports.tables import Column, Table, figure, text_column


def _row(e: NextExperiment) -> list[str | Markup]:
    return [
        e.channel,
        figure(numbers.share(e.share), numbers.percent(e.share)),
        figure(e.entities, numbers.count(e.entities)),
        figure(e.days, numbers.count(e.days)),
        cash(e.gain_per_period),
    ]


def experiment_page(result: NightResult) -> Page:
    if not result.next_experiments:
        return empty(
            "No experiment was worked out for this night: it takes a channel whose effect is open, and logs "
            "of enough people to say how long a holdout would have to run."
        )
    best = result.next_experiments[0]
    people = words.plural(result.entity)
    columns = (
        text_column("Channel"),
        Column("Hold out", f"of {people}, at random"),
        Column(people[:1].upper() + people[1:], "held out"),
        Column("Days", "until it decides"),
        Column("Worth", f"expected, {words.budget_money(result)}"),
    )
    table = Table("Experiments, best first", columns, [_row(e) for e in result.next_experiments], cards=True)
    note = (
        "The days assume that people go on as in the logs, and that who is held out is fixed before it "
        "starts. Deciding earlier because it looks good decides wrongly more often."
    )
    return Page((Part(table=table, note=note),), checks.said_plainly(result, best.sentence))
