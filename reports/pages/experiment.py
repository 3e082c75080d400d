"""Page 12: the holdout that would settle what tonight's logs leave open."""

from markupsafe import Markup

from models.results import NextExperiment, NightResult
from reports import checks, numbers, words
from reports.pages.page import Page, Part, cash, empty
from reports.sentences.pictures import experiment_text
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
    word = result.vocabulary
    if not result.pictures.next_experiments:
        return empty(
            f"No experiment was worked out for this night: it takes {word.an_action} whose effect is "
            "open, and "
            f"logs of enough {word.people} to say how long a holdout would have to run."
        )
    best = result.pictures.next_experiments[0]
    columns = (
        text_column(words.capital(word.action)),
        Column("Hold out", f"of {word.entities}, at random"),
        Column(words.capital(word.entities), "held out"),
        Column("Days", "until it decides"),
        Column("Worth", f"expected, {words.budget_money(result)}"),
    )
    table = Table(
        "Experiments, best first", columns, [_row(e) for e in result.pictures.next_experiments], cards=True
    )
    note = (
        f"The days assume that {word.people} go on as in the logs, and that {word.which_ones} {word.be} "
        "held out is fixed before it "
        "starts. Deciding earlier because it looks good decides wrongly more often."
    )
    said = experiment_text(best, word, result.currency, result.split.period_days)
    return Page((Part(table=table, note=note),), checks.said_plainly(result, said))
