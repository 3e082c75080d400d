"""Why a plan has no figures: one sentence per kind for the files, and one for analysts with its remedy."""

import math
from dataclasses import dataclass

from models.results import (
    FewCarryAll,
    FewDiffer,
    FewDifferAmongAll,
    FewShowIt,
    Gate,
    ModelAlone,
    NightResult,
    Refusal,
    SameForAll,
    ZeroToday,
    plural,
)
from reports import numbers, words

HEAD = "no credible estimate: "


@dataclass(frozen=True)
class Explained:
    """Full sentences."""

    meaning: str
    remedy: str
    """Empty where nothing is known to help."""


_CLOSER = "a plan that stays closer to today’s delivery"
_RANDOM = "a small share of delivery at random"


def recorded(refusal: Refusal | None, entity: str) -> str:
    """A refusal as evaluation.csv, evidence.csv and `allot evaluate` say it; empty where there is none."""
    match refusal:
        case None:
            return ""
        case Gate():
            return f"{HEAD}{_gate_recorded(refusal)}"
        case FewShowIt():
            people = entity if refusal.entities == 1 else plural(entity)
            return (
                f"{HEAD}{refusal.entities} {people} with any {refusal.outcome} in the log "
                f"(at least {refusal.needed} are needed)"
            )
        case SameForAll():
            return (
                f"{HEAD}{refusal.outcome} comes out the same for every {entity}, so nothing can be told apart"
            )
        case FewCarryAll():
            return f"{HEAD}too few {plural(entity)} carry the whole value, so its spread is not known"
        case FewDiffer():
            return f"{HEAD}the {refusal.outcome} of too few {plural(entity)} differs from today's delivery"
        case FewDifferAmongAll():
            return f"{HEAD}too few differ in {refusal.outcome} from today's delivery to tell the spread"
        case ModelAlone():
            return "no interval: averaging a model's own predictions does not tell how far they are off"
        case ZeroToday():
            return f"{HEAD}the level it is held against is 0, and a share of 0 says nothing"


def _gate_recorded(gate: Gate) -> str:
    figure, limit = gate.figure, gate.limit
    if gate.kind == "unsupported actions":
        return (
            f"in {_two_digits(figure)} % of its decisions the policy takes actions that delivery takes less "
            f"than {_two_digits(gate.rare)} % of the time there, mostly {gate.mostly} "
            f"(limit {_two_digits(limit)} %)"
        )
    if gate.kind == "effective sample size":
        found = "none" if math.isnan(figure) else f"about {figure:.0f}"
        return (
            f"of the journeys in the log, {found} went the way this policy would go (effective sample size; "
            f"at least {limit:.0f} are needed)"
        )
    if gate.kind == "tail shape":
        return (
            "a few journeys that went this policy's way by chance would decide it (tail shape of the weights "
            f"{figure:.2f}, limit {limit:g})"
        )
    return f"a single journey carries {_two_digits(figure)} % of the weight (limit {_two_digits(limit)} %)"


def explained(refusal: Refusal | None, result: NightResult) -> Explained:
    """What a refusal means to an analyst, and what would change it."""
    people = result.vocabulary.entities
    more = f"More days of logs, or more {people} in them."
    match refusal:
        case None:
            return Explained("No reason was given.", "")
        case Gate():
            return _gate_explained(refusal)
        case FewShowIt():
            return Explained(
                f"Only {words.entities(result, refusal.entities)} in the logs show any {refusal.outcome}, "
                f"and at least {refusal.needed} are needed: the rare, large one that was not seen would "
                "decide everything.",
                more,
            )
        case SameForAll():
            return Explained(
                f"The {refusal.outcome} comes out the same for all {people}, so nothing can be told apart by "
                "it.",
                f"An outcome that differs between {people}.",
            )
        case FewCarryAll():
            return Explained(f"Too few {people} carry the whole figure to tell how far it may be off.", more)
        case FewDiffer() | FewDifferAmongAll():
            return Explained(
                f"For too few {people} its {refusal.outcome} differs from that of today’s delivery to tell "
                "how far the difference may be off.",
                "More days of logs, or a plan that changes more.",
            )
        case ModelAlone():
            return Explained(
                "The average of a model’s own predictions does not tell how far they are off.", ""
            )
        case ZeroToday():
            return Explained(
                f"The level of {refusal.outcome} is 0 today, so that no share of it says how much worse it "
                "may get.",
                'Write role = "info" for it, or guard an outcome that there is today.',
            )


def _gate_explained(gate: Gate) -> Explained:
    limit = gate.limit
    if gate.kind == "unsupported actions":
        action = "nothing at all" if gate.mostly == "none" else f"“{gate.mostly}”"
        return Explained(
            f"In {_percent(gate.figure)} of its decisions it does what delivery does there less than "
            f"{_percent(gate.rare)} of the time, mostly {action}, so there is hardly anybody to learn from "
            f"({_percent(limit)} is the most we accept).",
            f"{_CLOSER[:1].upper()}{_CLOSER[1:]}, or {_RANDOM} that does {action} there.",
        )
    if gate.kind == "effective sample size":
        return Explained(
            f"{_histories(gate.figure)} in the logs went this plan’s way; at least {limit:.0f} are needed.",
            f"More days of logs, {_CLOSER}, or {_RANDOM}.",
        )
    if gate.kind == "tail shape":
        return Explained(
            "A few histories that went this plan’s way by chance would decide the figure (their weights have "
            f"a tail shape of {gate.figure:.2f}, at most {limit:g} is sound).",
            f"Not more of the same logs: {_CLOSER}, or {_RANDOM}.",
        )
    return Explained(
        f"A single history would decide {_percent(gate.figure)} of the figure; {_percent(limit)} is the most "
        "we accept.",
        f"More days of logs, or {_CLOSER}.",
    )


def _two_digits(share: float) -> str:
    """A share in percent, to two significant digits: 0.0314 -> `3.1`."""
    return f"{100 * share:.2g}" if share < 0.995 else "100"


def _percent(share: float) -> str:
    """The same as the report writes it, from the digits that the files give."""
    return numbers.percent(float(_two_digits(share)) / 100)


def _histories(count: float) -> str:
    """31.4 -> `Only about 31 histories`; the page says what a history is."""
    if math.isnan(count):
        return "Not a single history"
    return f"Only about {count:.0f} {'history' if f'{count:.0f}' == '1' else 'histories'}"
