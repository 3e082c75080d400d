"""The page of several tests in one log: a row per test with its answer, and every pair of each below."""

from markupsafe import Markup

from models.results import CountedTests, NightResult, TrialResult
from reports import checks, numbers, words
from reports.glossary_trials import COUNTED_GLOSSARY
from reports.pages.answer import AnswerPage, answer_lineage
from reports.pages.page import Page, Part
from reports.pages.which_one import differences_table
from reports.sentences import counted
from reports.sentences.trials import AnswerWords
from reports.tables import Column, Table, figure, lines, text_column

MOST_SHOWN = 40
"""Tests whose pairs the page holds; `differences.csv` has all."""


def many_tests_page(result: NightResult) -> AnswerPage:
    """Raises ValueError for a night with another question."""
    tests = result.tests
    if tests is None:
        raise ValueError("the night asks no question of several tests")
    unchecked = Page(empty=words.said(result.vocabulary, counted.NOT_CHECKED))
    by_day = [t.counted for t in tests.tests if t.counted is not None and t.counted.by_day]
    stops = [c for c in result.health if c.status == "stop"]
    return AnswerPage(
        verdict=result.split.verdict,
        label=words.VERDICTS[result.split.verdict],
        headline=counted.headline(tests) if not stops else "Nothing is concluded from these tests.",
        why=counted.why(tests) if not stops else checks.found_text(result, stops[0]),
        table=_table(result, tests),
        note=words.said(result.vocabulary, counted.how_valued(by_day[0] if by_day else None)),
        chart=None,
        basis=f"Based on {words.entities(result, sum(t.entities for t in tests.tests))}.",
        sections=(
            ("page-2", "Every difference", _differences(result, tests)),
            ("page-3", "Are the tests sound?", unchecked),
        ),
        lineage=answer_lineage(result, COUNTED_GLOSSARY, of_entities=False),
    )


def _table(result: NightResult, tests: CountedTests) -> Table:
    word = result.vocabulary
    columns = (
        text_column("Test"),
        text_column("Answer"),
        text_column("Found?", f"at most {numbers.percent(1 - tests.level)} false among these"),
        Column("p-value", "were all alike"),
        Column("Largest difference", f"{numbers.percent(tests.level)} interval, all of its test at once"),
        Column(words.capital(word.entities)),
    )
    rows = [_row(result, trial) for trial in tests.tests]
    return Table("Every test", columns, rows, cards=True)


def _row(result: NightResult, trial: TrialResult) -> list[str | Markup]:
    said = AnswerWords(trial, result.vocabulary, result.currency)
    known = trial.counted
    largest = said.best_first(max(trial.differences, key=lambda d: abs(d.estimate)))
    text = said.interval(largest.estimate, largest.interval, signed=True)
    return [
        counted.test_name(known.test if known else ""),
        counted.answer_of(trial, result.vocabulary, result.currency),
        "yes" if known and known.found else "no",
        figure(numbers.exact(known.p_value), _p_text(known.p_value)) if known else "",
        lines(
            figure(numbers.exact(largest.estimate), f"{text.estimate} {said.per}"),
            f"{text.low} to {text.high}",
            f"{said.name(largest.arm)} over {said.name(largest.other)}",
        ),
        figure(trial.entities, numbers.count(trial.entities)),
    ]


def _p_text(p_value: float) -> str:
    return numbers.plain(p_value) if p_value >= 0.0005 else "less than 0.0005"


def _differences(result: NightResult, tests: CountedTests) -> Page:
    parts = [
        Part(
            heading=counted.test_name(trial.counted.test if trial.counted else ""),
            table=differences_table(trial, AnswerWords(trial, result.vocabulary, result.currency)),
        )
        for trial in tests.tests[:MOST_SHOWN]
    ]
    rest = len(tests.tests) - len(parts)
    lead = f"{words.counted(rest, 'more test')}: see differences.csv." if rest else ""
    return Page(tuple(parts), lead=lead)
