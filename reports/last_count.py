"""What a count credits an action with: the sales after its last treatment, as platforms count.

The count is ours, on the log's own purchases; of daily totals alone it is what they report.
"""

from models.results import NightResult
from reports import words


def count_head(result: NightResult) -> str:
    """Of a column: `By the last ad`."""
    return "As reported" if result.tier == "C" else f"By the last {result.vocabulary.treatment}"


def count_meaning(result: NightResult) -> str:
    """A sentence on that column."""
    word, head = result.vocabulary, f"“{count_head(result)}”"
    if result.tier == "C":
        return f"{head} is what the daily totals credit: {word.successes} that would have come anyway too."
    days = result.settings.get("decision.attribution_days", "")
    window = f", at most {words.days(int(days))} before it" if days.isdigit() else ""
    return (
        f"{head} is what a count by the last {word.treatment} before each {word.success}{window}, as "
        f"platforms use it, would credit: {word.successes} that would have come anyway too. No figure of "
        "theirs is in it."
    )


def counted_by(result: NightResult) -> str:
    """Who counts, to begin a sentence: `A count by the last ad`."""
    return "What is reported" if result.tier == "C" else f"A count by the last {result.vocabulary.treatment}"


def counted_sales(result: NightResult) -> str:
    """Which sales it counts for an action."""
    word = result.vocabulary
    if result.tier == "C":
        return f"the {word.successes} that the daily totals report of it"
    return f"the {word.successes} whose last {word.treatment} it was"
