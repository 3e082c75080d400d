"""Page 12: the holdout that would settle what tonight's logs leave open."""

from markupsafe import Markup

from models.results import LONGEST_EXPERIMENT_DAYS, MOST_HELD_OUT, NextExperiment, NightResult
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
        return empty(_why_none(result))
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


def _why_none(result: NightResult) -> str:
    """Whether no effect is open, or none that a holdout would tell in time."""
    word = result.vocabulary
    told = [
        (words.row_name(row), row.marginal_iroas_low, row.marginal_iroas_high)
        for row in result.split.rows
        if row.marginal_iroas_low is not None and row.marginal_iroas_high is not None and row.current > 0
    ]
    undecided = [name for name, low, high in told if low < 1 < high]
    if not told:
        return (
            "How long a holdout would have to run was not worked out: that takes logs that tell what "
            f"one more {result.currency} earns."
        )
    if not undecided:
        return f"No experiment is needed: of every {word.action} it is known whether one more pays."
    share = numbers.percent(MOST_HELD_OUT)
    return (
        f"What one more {result.currency} earns is open for {words.listed(undecided)}, but a holdout of up "
        f"to {share} of {word.entities} would have to run for more than "
        f"{words.days(LONGEST_EXPERIMENT_DAYS)} to decide it."
    )
