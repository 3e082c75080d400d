"""The page of ordered levels: which one for all, how sure, and the rule that beats it, if one does."""

from markupsafe import Markup

from models.results import Interval, LevelsResult, LevelValue, NightResult
from reports import checks, numbers, words
from reports.charts.levels import levels_chart
from reports.glossary_levels import LEVELS_GLOSSARY
from reports.pages.answer import AnswerPage, answer_lineage
from reports.pages.guardrails import guardrails_page
from reports.pages.page import Page, Part
from reports.pages.which_one import basis_text, rule_page, soundness_page
from reports.sentences.levels import LevelWords
from reports.tables import Column, Table, figure, lines, text_column


def how_much_page(result: NightResult) -> AnswerPage:
    """Raises ValueError for a night with another question."""
    found = result.levels
    if found is None:
        raise ValueError("the night asks nothing of levels")
    trial = found.test
    said = LevelWords(trial, result.vocabulary, result.currency, found)
    stops = [c for c in result.health if c.status == "stop"]
    guarded = [("page-5", "What may not get worse", guardrails_page(trial, said))] if trial.guardrails else []
    window = trial.log.window_days if trial.log is not None else result.horizon_days
    return AnswerPage(
        verdict=result.split.verdict,
        label=words.VERDICTS[result.split.verdict],
        headline=said.headline,
        why=said.why if not stops else checks.found_text(result, stops[0]),
        table=_table(found, said),
        note=said.curve,
        chart=levels_chart(found, said),
        basis=basis_text(result, trial),
        sections=(
            ("page-2", "A rule, instead of one for all", rule_page(result, trial, said)),
            ("page-3", "Beside the best", _beside_best(found, said)),
            ("page-4", "Is the test sound?", soundness_page(result, trial)),
            *guarded,
        ),
        lineage=answer_lineage(result, LEVELS_GLOSSARY, (("Outcomes count for", words.days(window)),)),
    )


def _table(found: LevelsResult, said: LevelWords) -> Table:
    level, word = numbers.percent(found.test.level), said.word
    columns = [
        text_column(words.capital(word.action)),
        Column(words.capital(word.entities), "given it"),
        Column("Value", f"{said.per}{said.net}; {level}, all at once"),
        text_column("May be best?"),
    ]
    idle = found.test.idle
    if idle:
        columns.insert(3, Column(f"More than {said.name(idle)}", f"{level}, all at once"))
    rows = []
    for one in found.values:
        row: list[str | Markup] = [
            said.name(one.arm),
            figure(one.entities, numbers.count(one.entities)),
            _cell(one.estimate, one.value, said),
            "yes" if one.may_be_best else "no",
        ]
        if idle:
            row.insert(3, _difference(one.over_idle, said))
        rows.append(row)
    return Table(
        f"Every {word.action}, were it given to all {word.entities}", tuple(columns), rows, cards=True
    )


def _beside_best(found: LevelsResult, said: LevelWords) -> Page:
    level, best = numbers.percent(found.test.level), found.best
    columns = (
        text_column(words.capital(said.word.action)),
        Column(f"Beside {said.name(best.arm)}", f"{said.per}; {level}, all at once"),
        Column("By itself", "value that this level alone tells"),
    )
    rows = [_beside(one, said) for one in found.values]
    return Page((Part(table=Table("Value beside the advised level", columns, rows, cards=True)),))


def _beside(one: LevelValue, said: LevelWords) -> list[str | Markup]:
    return [
        said.name(one.arm),
        _difference(one.under_best, said),
        figure(numbers.exact(one.raw), numbers.amount(one.raw)),
    ]


def _difference(found: Interval | None, said: LevelWords) -> Markup:
    return Markup("–") if found is None else _cell(found.estimate, found, said, signed=True)


def _cell(estimate: float, found: Interval | None, said: LevelWords, *, signed: bool = False) -> Markup:
    text = said.interval(estimate, found, signed=signed)
    between = numbers.NOT_KNOWN if found is None else f"{text.low} to {text.high}"
    return lines(figure(numbers.exact(estimate), text.estimate), between)
