"""Settings of outcomes that are wrong together: (key, what is wrong and what would be right)."""

from collections.abc import Iterable

from flows.study_errors import show, suggest
from models.mdp import BUILT_IN, COST, GOAL, MARGIN, PROFIT, PURCHASES, is_money
from models.settings import OutcomeSettings

DERIVED = (GOAL, COST, PROFIT)


def outcome_contradictions(outcomes: tuple[OutcomeSettings, ...], currency: str) -> list[tuple[str, str]]:
    """Of the study's `[[outcome]]` entries."""
    found, names = [], [outcome.name for outcome in outcomes]
    for index, outcome in enumerate(outcomes, start=1):
        at = f"outcome.{index}"
        if outcome.name in DERIVED or outcome.name.startswith("cost:"):
            found.append((f"{at}.name", f"{show(outcome.name)} is worked out from others; leave it out."))
        if names.index(outcome.name) < index - 1:
            found.append((f"{at}.name", f"{show(outcome.name)} has an entry already; write one for each."))
        found += [(f"{at}.{key}", sentence) for key, sentence in _of_role(outcome)]
        right = {"micros": currency, "count": "count"}.get(BUILT_IN.get(outcome.name, ""))
        if not right and is_money(outcome.unit) and outcome.unit != currency:
            sentence = f"{show(outcome.unit)} reads like a currency, and the study has {currency}; write this"
            found.append((f"{at}.unit", f"{sentence}, or another unit in small letters."))
        if right and outcome.unit not in (None, right):
            found.append((f"{at}.unit", f"{show(outcome.unit)}; {outcome.name} is in {right}."))
    return found


def _of_role(outcome: OutcomeSettings) -> list[tuple[str, str]]:
    found = []
    if outcome.role == "guardrail" and outcome.worst is None:
        found.append(("worst", "is missing; write for example -0.01: it may fall by 1 % of today's level."))
    if outcome.role != "guardrail" and outcome.worst is not None:
        found.append(("worst", f'{outcome.worst:g} belongs to a guardrail; write role = "guardrail".'))
    if outcome.role != "goal" and outcome.weight is not None:
        found.append(("weight", f'{outcome.weight:g} belongs to a goal; write role = "goal".'))
    if outcome.weight == 0:
        found.append(("weight", '0 counts for nothing; write role = "info".'))
    return found


def needs_purchases(outcomes: tuple[OutcomeSettings, ...]) -> bool:
    """Whether a verdict hangs on what was bought: margin is the goal unless the study names others alone."""
    decisive = {outcome.name for outcome in outcomes if outcome.role != "info"}
    return bool(decisive & {MARGIN, PURCHASES}) or not any(outcome.role == "goal" for outcome in outcomes)


def unknown_outcome(outcomes: tuple[OutcomeSettings, ...], logged: Iterable[str]) -> str | None:
    """A sentence about the first outcome that these logs lack; logged: names in their table `outcomes`."""
    known = (*BUILT_IN, *logged)
    for index, outcome in enumerate(outcomes, start=1):
        if outcome.name not in known:
            others = f"; there are {', '.join(known)}, and what a table `outcomes` names"
            return (
                f"`outcome.{index}.name`: these logs have no outcome {show(outcome.name)}"
                f"{suggest(outcome.name, known, others)}"
            )
    return None
