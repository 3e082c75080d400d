"""What parts of actions are worth, in sentences."""

from models.results import PartLevel, PartsFound, plural
from reports import numbers, words
from reports.numbers import NBSP
from reports.sentences.trials import AnswerWords

NOTHING = "No part makes a difference beyond doubt."


def best_levels(found: PartsFound, said: AnswerWords) -> str:
    """`Of the formats, video is worth most: 0.0048 EUR per impression more than the average format (...).`, a
    sentence for each part of which a level is above average beyond doubt."""
    told = []
    for part in found.parts:
        levels = [one for one in found.levels if one.part == part]
        best = max(levels, key=lambda one: (one.effect.estimate, one.level))
        if best.effect.low > 0:
            told.append(_sentence(best, said))
    return " ".join(told) or NOTHING


def _sentence(best: PartLevel, said: AnswerWords) -> str:
    text = said.interval(best.effect.estimate, best.effect)
    return (
        f"Of the {plural(best.part)}, {best.level} is worth most: {text.estimate}{NBSP}{said.per} more than "
        f"the average {best.part} ({text.low} to {text.high})."
    )


def how_much_is_own(found: PartsFound, said: AnswerWords) -> str:
    """What was believed of single arms, and what that rests on."""
    word = said.word
    return (
        f"{words.capital(word.actions)} that share a part lend each other strength: of what sets one apart "
        f"from the sum of its parts, {numbers.percent(found.own_share)} is believed to be its own. "
        f"That is wrong for a single {word.action} that is unlike all others."
    )
