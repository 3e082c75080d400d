"""What is said of tests that were counted before they were logged."""

from models.results import Answer, CountedRows, CountedTests, NightResult, TrialResult, Vocabulary
from reports import numbers, words
from reports.sentences.trials import AnswerWords

PLAIN = "Values are plain means"
BY_DAY = "Values are means over days, each counting by the {entities} that all {actions} had on it"
NO_COSTS = (
    ", before any cost: counts do not say what {an_action} cost. Take it off before you choose. Nothing else "
    "is adjusted for."
)
NO_FACTS = "No rule was looked for: counts hold no facts about {entities} by which one could choose."
NOT_CHECKED = (
    "Counts say neither how many {entities} each {action} was to have nor what was known of them before the "
    "draw, so that neither the sample ratio nor the balance can be checked. The draw is taken on trust."
)
UNNAMED = "(no name)"


def said_of_counts(result: NightResult, entities: int, counted: CountedRows) -> str:
    """`Based on 64,000 customers of the test T, counted from ... to ...`, and who was not counted."""
    of = f" of the test {counted.test}" if counted.test else ""
    text = f"Based on {words.entities(result, entities)}{of}{_days(counted)}."
    if counted.left_out:
        text += (
            f" Left out: {words.entities(result, counted.left_out)}, on days that the study excludes, or "
            f"that lack two {result.vocabulary.entities} of {result.vocabulary.an_action}."
        )
    return text


def how_valued(counted: CountedRows | None) -> str:
    """What a value is and lacks, in words yet to be filled in."""
    return (BY_DAY if counted is not None and counted.by_day else PLAIN) + NO_COSTS


def _days(counted: CountedRows) -> str:
    if counted.first_day is None:
        return ", counted as a whole"
    if counted.first_day == counted.last_day:
        return f", counted on {counted.first_day}"
    return f", counted day by day from {counted.first_day} to {counted.last_day}"


def test_name(name: str) -> str:
    return name or UNNAMED


def headline(tests: CountedTests) -> str:
    """`3 of 12 tests found something to act on.`"""
    acted = sum(t.verdict.kind != Answer.NOTHING for t in tests.found)
    asked = words.counted(len(tests.tests), "test")
    if not acted:
        return f"None of {asked} found anything to act on." if len(tests.tests) > 1 else "Nothing was found."
    return f"{numbers.count(acted)} of {asked} found something to act on."


def why(tests: CountedTests) -> str:
    """What the marks in the table promise, and which tests could not be judged."""
    share = numbers.percent(1 - tests.level)
    text = (
        f"Of the tests that are said to have found something at most {share} are false on average, however "
        "many were asked."
    )
    doubted = len([t for t in tests.tests if t not in tests.found and t.verdict.kind != Answer.NOTHING])
    if doubted:
        would = "would have found something alone, but so many tests find as much by chance"
        text += f" {numbers.count(doubted)} more {would}."
    for name, sentence in tests.unjudged:
        text += f" {test_name(name)} could not be judged: {sentence}"
    return text


def answer_of(trial: TrialResult, word: Vocabulary, currency: str) -> str:
    """One test's answer in a table of many."""
    said = AnswerWords(trial, word, currency)
    if trial.counted is None or trial.counted.found or trial.verdict.kind == Answer.NOTHING:
        return said.headline
    return f"Alone: {said.headline} Among so many tests, nothing."
