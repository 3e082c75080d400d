"""What `allot check` says of a log before anything is learnt from it."""

from datetime import date, timedelta

from models.results import LogOverview, Vocabulary
from reports.numbers import grouped
from reports.sentences.health import check_text
from reports.sentences.levels import not_drawn
from reports.sentences.trials import propensities_over_one
from reports.words import listed
from sql.hints import show

EPOCH = date(1970, 1, 1)
LONGEST_REFUSAL = 400
"""Letters of a sentence that names what is in the log."""
HEADER = ("decisions", "share", "by propensity", "spend", "revenue after")


def overview_header(overview: LogOverview, words: Vocabulary) -> tuple[str, ...]:
    """Names of the table's columns: an action, and its figures."""
    revenue = "revenue" if not overview.entities else HEADER[-1]
    return (words.action.replace("_", " "), *HEADER[:1], words.entities, *HEADER[1:-1], revenue)


def overview_rows(overview: LogOverview) -> list[tuple[str, ...]]:
    """A row per action, as text."""
    return [
        (
            action.action,
            grouped(action.decisions),
            grouped(action.entities) if action.entities else "-",
            f"{action.share:.1%}",
            "-" if action.expected_share is None else f"{action.expected_share:.1%}",
            _money(action.cost_micros),
            _money(action.revenue_micros),
        )
        for action in overview.actions
    ]


def overview_sentences(overview: LogOverview, words: Vocabulary, currency: str) -> list[str]:
    """Days, outcomes, the question these logs ask, and what is likely to stand in the way."""
    said = []
    if overview.last_day >= overview.first_day:
        first, last = (EPOCH + timedelta(day) for day in (overview.first_day, overview.last_day))
        said.append(f"Days: {first} to {last}. Money is in {currency}.")
    if overview.entities and overview.outcomes is not None:
        window = f"within {_days(overview.window_days)} after a decision about their {words.entity}"
        inside, outcomes = grouped(overview.outcomes_inside or 0), grouped(overview.outcomes)
        said.append(f"Outcomes: {inside} of {outcomes} {words.successes} come {window}.")
    said.append(f"The question: {_question(overview, words)}")
    if overview.undrawn:
        them = "it" if len(overview.undrawn) == 1 else "them"
        said.append(f"Nobody was given {listed(overview.undrawn)}: nothing can be said of {them}.")
    told = check_text(overview.stop, words, currency) if overview.stop else _obstacle(overview, words)
    said.append(f"The likely obstacle: {told}")
    return said


def _money(micros: int | None) -> str:
    return "-" if micros is None else grouped(micros / 1e6, 2)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _question(overview: LogOverview, words: Vocabulary) -> str:
    actions = words.actions.replace("_", " ")
    return {
        "split": f"how to split a budget between {actions}.",
        "which": f"which one of the {actions} to take.",
        "how much": f"how much: which {words.action.replace('_', ' ')}, by the order of its levels.",
        "whom": f"whom to give which {words.action.replace('_', ' ')}.",
        "regions": "what the treated regions gained over the others.",
        "returns": f"what one more unit of spend on each of the {actions} brings; daily totals alone split "
        "no budget.",
    }[overview.question]


def _obstacle(overview: LogOverview, words: Vocabulary) -> str:
    action = words.action.replace("_", " ")
    inside, told = grouped(overview.outcomes_inside or 0), show(overview.obstacle_action)
    groups, needed = map(grouped, overview.placebos or (0, 0))
    return {
        "": "none that shows before a night is run.",
        "one action": f"there is only one {action}, {told}: nothing to compare it with.",
        "no outcomes": f"the log holds no {words.success}, so nothing can be said to have come of anything.",
        "no revenue": "the totals hold no revenue: name its column, or add a channel `none` with all sales.",
        "too short": f"the log is shorter than the {_days(overview.window_days)} in which outcomes count.",
        "propensities contradict": f"{told} was chosen more or less often than its "
        "propensities say, beyond chance: is the column the probability of what was chosen?",
        "propensities over one": propensities_over_one(overview.over_one),
        "impressions only": f"who could have been {words.shown} {words.treatments} and was not is unknown: "
        "log opportunities, or hold some out at random.",
        "no propensities": not_drawn(words, for_everybody=True),
        "not for everybody": not_drawn(words, for_everybody=False),
        "refused": show(overview.obstacle_words, LONGEST_REFUSAL),
        "few placebo groups": f"{groups} groups of the other regions can be held against the treated, and it "
        f"takes {needed} before anything can be found: add regions that are not treated.",
        "few outcomes": f"{inside} {words.successes} after decisions are few: differences will be wide.",
    }[overview.obstacle]
