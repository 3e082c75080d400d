"""The page of groups that respond differently to the arms of a test."""

from math import isfinite

from markupsafe import Markup

from models.results import YES_NO, NightResult, RespondingSegment, SegmentBound, SegmentsFound, TreeNode
from reports import facts, numbers, words
from reports.pages.page import Page, Part
from reports.sentences.trials import AnswerWords
from reports.tables import Column, Table, figure, lines, text_column


def responding_page(result: NightResult, found: SegmentsFound, said: AnswerWords) -> Page:
    """Every group, and what each arm does in it beyond the arm it is held against."""
    word = result.vocabulary
    if len(found.segments) < 2:
        return Page(
            empty=f"No groups were found: none of the facts about {word.entities} tells, beyond chance, "
            f"{word.which_ones} respond otherwise than the rest."
        )
    p = numbers.percent(found.differ) if found.differ >= 0.0005 else "less than 0.1 %"
    many = numbers.count(len(found.segments))
    if found.are_confirmed:
        lead = f"{many} groups respond differently: were all alike, such differences came in {p} of tests."
    else:
        lead = (
            f"{many} groups were found, but the other half of {word.entities} does not confirm that they "
            f"respond differently: were all alike, such differences came in {p} of tests."
        )
    gain = said.interval(found.gain.estimate, found.gain, signed=True)
    note = (
        f"One half of the {word.entities} found the groups and each one's {word.action}, the other half "
        f"gives the figures: {gain.estimate} {said.per} ({gain.low} to {gain.high}) beyond "
        f"{said.name(found.for_all)} for all. A group's facts need not be why it responds."
    )
    return Page((Part(table=_table(result, found, said), note=note),), lead=lead)


def _table(result: NightResult, found: SegmentsFound, said: AnswerWords) -> Table:
    word, level = result.vocabulary, numbers.percent(found.gain.level)
    columns = (
        text_column("Group"),
        Column(words.capital(word.entities)),
        text_column(f"Best {word.action}"),
        *(
            Column(
                words.capital(said.name(effect.arm)),
                f"more than {said.name(found.against)}, {said.per}; {level} that all of these hold at once",
            )
            for effect in found.segments[0].effects
        ),
    )
    rows = [
        [
            "; ".join(_condition(result, bound) for bound in one.bounds),
            figure(one.entities, numbers.count(one.entities)),
            said.name(one.arm),
            *(_effects(one, said)),
        ]
        for one in sorted(found.segments, key=lambda one: -one.entities)
    ]
    return Table("Who responds how", columns, rows, cards=True)


def _effects(segment: RespondingSegment, said: AnswerWords) -> list[Markup]:
    cells = []
    for effect in segment.effects:
        text = said.interval(effect.interval.estimate, effect.interval, signed=True)
        estimate = figure(numbers.exact(effect.interval.estimate), text.estimate)
        cells.append(lines(estimate, f"{text.low} to {text.high}"))
    return cells


def _condition(result: NightResult, bound: SegmentBound) -> str:
    """`age: more than 35`, `orders: more than 3, up to 8`, `app: yes`."""
    told = []
    for threshold, below in ((bound.above, False), (bound.up_to, True)):
        if isfinite(threshold):
            unit = YES_NO if bound.is_flag else ""
            node = TreeNode(0, "", 1.0, feature=bound.fact, threshold=threshold, unit=unit, text=bound.fact)
            told.append(facts.branch_text(node, result.currency, below=below))
    return f"{facts.fact_text(bound.fact, bound.fact, result.entity)}: {', '.join(told)}"
