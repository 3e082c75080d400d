"""The page of what parts of actions are worth."""

from models.results import NightResult, PartsFound
from reports import numbers, words
from reports.charts.arms import MOST_ARMS
from reports.pages.page import Page, Part
from reports.sentences.parts import best_levels, how_much_is_own
from reports.sentences.trials import AnswerWords
from reports.tables import Column, Table, figure, text_column


def parts_page(result: NightResult, found: PartsFound, said: AnswerWords) -> Page:
    """Every level of every part, and the best arms as they are seen together."""
    return Page(
        (
            Part(table=_levels(result, found, said)),
            Part(table=_arms(result, found, said), note=how_much_is_own(found, said)),
        ),
        lead=best_levels(found, said),
    )


def _levels(result: NightResult, found: PartsFound, said: AnswerWords) -> Table:
    rows = []
    for part in found.parts:
        levels = [one for one in found.levels if one.part == part]
        for one in sorted(levels, key=lambda level: (-level.effect.estimate, level.level)):
            text = said.interval(one.effect.estimate, one.effect, signed=True)
            rows.append(
                [
                    f"{words.capital(part)}: {one.level}",
                    figure(one.arms, numbers.count(one.arms)),
                    figure(numbers.exact(one.effect.estimate), text.estimate),
                    f"{text.low} to {text.high}",
                ]
            )
    columns = (
        text_column("Part"),
        Column(words.capital(result.vocabulary.actions), "that have it"),
        Column("More than the average", said.per),
        Column("Between", f"{numbers.percent(found.levels[0].effect.level)} that all of these hold at once"),
    )
    return Table("What each part is worth, all else equal", columns, rows, cards=True)


def _arms(result: NightResult, found: PartsFound, said: AnswerWords) -> Table:
    arms = sorted(found.arms, key=lambda arm: (-arm.value.estimate, arm.arm))
    rows = []
    for one in arms[:MOST_ARMS]:
        text = said.interval(one.value.estimate, one.value)
        rows.append(
            [
                said.name(one.arm),
                figure(numbers.exact(one.value.estimate), text.estimate),
                f"{text.low} to {text.high}",
                figure(numbers.exact(one.own), said.interval(one.own, one.value).estimate),
            ]
        )
    word = result.vocabulary
    columns = (
        text_column(words.capital(word.action)),
        Column("Value", f"{said.per}, seen together with its like"),
        Column("Between", f"{numbers.percent(arms[0].value.level)} interval of its own"),
        Column("Alone", f"by its own {word.entities}"),
    )
    best = f"The best {numbers.count(MOST_ARMS)} of {numbers.count(len(arms))} {word.actions}, seen together"
    return Table(
        best if len(arms) > MOST_ARMS else f"Every {word.action}, seen together", columns, rows, cards=True
    )
