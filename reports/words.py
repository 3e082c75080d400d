"""Plain words for what the numbers say: periods, entities, lists, verdicts, tiers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.results import (
    NightResult,
    NotDrawn,
    NothingSpent,
    OneArm,
    SplitDecision,
    SplitRow,
    Vocabulary,
    plural,
)
from reports import numbers
from reports.numbers import NBSP

VERDICTS = {
    "MOVE": "Move",
    "MOVE_PARTLY": "Move in part",
    "KEEP": "Keep",
    "NO_EVIDENCE": "No evidence",
    "CHOOSE": "Choose",
    "CHOOSE_AMONG": "Choose among",
    "CHOOSE_BY_RULE": "Choose by rule",
    "CHOOSE_NONE": "Choose none",
    "FOUND": "Found",
}
HEADLINE_ESTIMATOR = "DRL"
"""The estimator whose figures the report leads with."""
TODAY = "logged"
"""The name of today's delivery among the policies."""

TIERS = {
    "A+": (
        "Delivery was random, at least in part, and we know by how much.",
        "Everything may be claimed: what {an_action} caused, and how to split the budget between {actions}.",
    ),
    "A": (
        "We see {which_ones} could have been {shown} {a_treatment} and {was} not.",
        "A split between {actions} may be claimed, as far as the logs hold what the platforms looked at "
        "when they chose {to_which_ones} to {show} {a_treatment}.",
    ),
    "B": (
        "We see only the {treatments} that were {shown}, never the chances that were passed over.",
        "No split between {actions} may be claimed. What follows is a diagnosis, not a recommendation.",
    ),
    "C": (
        "We see only totals per day.",
        "Only wide statements about whole {actions} may be claimed, from days on which budgets moved.",
    ),
}


def stopped(result: NightResult) -> bool:
    """Whether a check stopped the night before anything was learnt from its log."""
    return any(check.status == "stop" for check in result.health) and not result.evaluation


def listed(items: Sequence[str], *, most: int | None = 4) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. most: None names them all."""
    shown = (
        list(items)
        if most is None or len(items) <= most
        else [*items[: most - 1], f"{len(items) - most + 1} more"]
    )
    if len(shown) <= 1:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def shorten(text: str, most: int) -> str:
    """At most `most` characters, the last one an ellipsis where text was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


_WORD = re.compile(r"\{(\w+)\}")


def said(vocabulary: Vocabulary, sentence: str) -> str:
    """The sentence in the study's words: `{people}` is that attribute of the vocabulary, `{People}` begins a
    sentence. Braces around nothing, where a name goes, stay.

    Raises AttributeError for a word that no vocabulary has.
    """

    def word(found: re.Match[str]) -> str:
        name = found[1]
        text: str = getattr(vocabulary, name.lower())
        return capital(text) if name[0].isupper() else text

    return _WORD.sub(word, sentence)


def capital(text: str) -> str:
    """The text with a capital at its head; the rest stays, so that `SKUs` does."""
    return text[:1].upper() + text[1:]


def counted(n: int, noun: str, nouns: str = "") -> str:
    """`1 user`, `12,000 users`. nouns: a plural that is not the regular one."""
    return f"{numbers.count(n)}{NBSP}{noun if n == 1 else nouns or plural(noun)}"


def entities(result: NightResult, n: int) -> str:
    """`1 household`, `12,000 households`."""
    return counted(n, result.vocabulary.entity, result.vocabulary.entities)


def judges(result: NightResult) -> str:
    """`all 3,500 users`, or `the 2,728 of 3,500 users who came early enough to be judged`."""
    n, everybody = result.users_judged, entities(result, result.users)
    if n is None or n >= result.users:
        return f"all {everybody}"
    return f"the {numbers.count(n)} of {everybody} {result.vocabulary.who} came early enough to be judged"


def actions(result: NightResult, n: int) -> str:
    """`1 channel`, `14 channels`."""
    return counted(n, result.vocabulary.action, result.vocabulary.actions)


def tier(result: NightResult) -> tuple[str, str]:
    """What the logs can prove, and what may be claimed from it."""
    means, allows = TIERS[result.tier]
    return said(result.vocabulary, means), said(result.vocabulary, allows)


def days(n: int) -> str:
    return counted(n, "day")


def period(period_days: int) -> str:
    """How long one budget lasts, to stand after a sum of money: `a week`, `every 4 weeks`."""
    if period_days in (1, 7):
        return "a day" if period_days == 1 else "a week"
    if period_days % 7 == 0:
        return f"every{NBSP}{period_days // 7}{NBSP}weeks"
    return f"every{NBSP}{period_days}{NBSP}days"


def per(result: NightResult) -> str:
    """What the estimates of the trust page refer to: `a week`, or `per customer`. Budgets, the uplift and
    the frontier are always totals per period."""
    return f"per {result.entity}" if result.per == "entity" else period(result.split.period_days)


def money(result: NightResult) -> str:
    """The unit of the trust page's estimates: `EUR a week`, or `USD per customer`."""
    return f"{result.currency} {per(result)}"


def budget_money(result: NightResult) -> str:
    """The unit of budgets and spend, totals per period: `EUR a week`."""
    return f"{result.currency} {period(result.split.period_days)}"


def outcome(result: NightResult, text: str) -> str:
    """An outcome's name, or a unit that begins with it, in the study's words: `purchases` -> `orders`."""
    first, *rest = text.split(" ", 1)
    return " ".join((result.vocabulary.successes if first == "purchases" else first, *rest))


def unit(result: NightResult, text: str) -> str:
    """An estimate's unit in the report's words: `EUR per 7 days` -> `EUR a week`."""
    days_text = f"per {result.split.period_days} day{'' if result.split.period_days == 1 else 's'}"
    return outcome(result, text).replace(days_text, period(result.split.period_days))


def row_name(row: SplitRow) -> str:
    return row.channel if row.segment is None else f"{row.channel} · {row.segment}"


def single_step(result: NightResult) -> bool:
    """Whether every entity has one decision: then a history is an entity."""
    return result.settings.get("decision.single_step") == "true"


def histories(result: NightResult) -> str:
    """What an effective sample counts, in a word for a column: `customers`, or `histories of 7 days`."""
    if single_step(result):
        return result.vocabulary.entities
    return f"histories of {days(result.horizon_days)}"


def is_move(verdict: str) -> bool:
    return verdict in ("MOVE", "MOVE_PARTLY")


def moves(decision: SplitDecision) -> bool:
    return is_move(decision.verdict)


def change(row: SplitRow) -> float:
    return round(row.recommended - row.current, 4) + 0.0


@dataclass(frozen=True)
class Spend:
    """What will be spent of a budget, with its interval where it was forecast, currency units."""

    expected: float
    low: float | None
    high: float | None


def spend(row: SplitRow) -> Spend:
    """Never more than what is typed in, where the platform stops, however many more it could reach."""
    low, high = (
        None if end is None else min(end, row.recommended)
        for end in (row.expected_spend_low, row.expected_spend_high)
    )
    return Spend(min(row.expected_spend, row.recommended), low, high)


def headline(result: NightResult) -> str:
    """The decision in one sentence, without a term of art."""
    decision = result.split
    if isinstance(decision.why, OneArm | NotDrawn):
        return f"These logs cannot say which {result.vocabulary.action} to take."
    if isinstance(decision.why, NothingSpent):
        plan = result.personal is not None and result.personal.free is not None
        what = "decide by the learned plan" if plan else "and no plan is known to earn more"
        return f"No {result.vocabulary.action} costs anything: {what}."
    if decision.verdict == "KEEP":
        return "Keep today’s split."
    if decision.verdict == "NO_EVIDENCE":
        return "Keep today’s split: these logs cannot say what to move."
    down = sorted((r for r in decision.rows if change(r) < 0), key=lambda r: (change(r), row_name(r)))
    up = sorted((r for r in decision.rows if change(r) > 0), key=lambda r: (-change(r), row_name(r)))
    taken, given = -sum(map(change, down)), sum(map(change, up))

    def names(rows: Sequence[SplitRow]) -> str:
        shown = [shorten(row_name(r), 36) for r in rows]
        return listed(shown, most=3 if sum(map(len, shown[:3])) <= 60 else 2)

    def cash(value: float) -> str:
        return f"{numbers.budget(value)}{NBSP}{budget_money(result)}"

    if not down and not up:
        return "Keep today’s split."
    if not down:
        return f"Spend {cash(given)} more on {names(up)}."
    if not up:
        return f"Spend {cash(taken)} less on {names(down)}."
    sentence = f"Move {cash(min(taken, given))} from {names(down)} to {names(up)}"
    if taken == given or abs(taken - given) < 0.005 * max(taken, given):
        return sentence + "."
    more = "more" if given > taken else "less"
    return f"{sentence}, and spend {numbers.budget(abs(given - taken))}{NBSP}{result.currency} {more} in all."


def budget_sentence(result: NightResult) -> str:
    """`at the same 28,900 EUR`."""
    decision = result.split
    now, then = (numbers.budget(b) for b in (decision.budget_current, decision.budget_recommended))
    if now == then:
        return f"at the same {then}{NBSP}{result.currency}"
    return f"with {then} instead of {now}{NBSP}{result.currency}"


def expectation(result: NightResult, *, relied: bool = True) -> str:
    """What we expect of the move, with its interval, or why there is no figure. relied: whether the trust
    page stands by the figure of what was found and is not advised."""
    decision, each = result.split, period(result.split.period_days)
    if moves(decision) and decision.uplift is not None:
        u = decision.uplift
        text = numbers.interval(u.estimate, u.low, u.high, most=2)
        return (
            f"We expect {text.estimate}{NBSP}{result.currency} more {u.outcome} {each} "
            f"({text.between}), {budget_sentence(result)}."
        )
    if moves(decision):
        return "No interval could be computed for what the move is worth; ask why before typing anything in."
    if decision.considered is not None:
        u = decision.considered
        text = numbers.interval(u.estimate, u.low, u.high, signed=True, most=2)
        if u.estimate < 0:
            return (
                f"The best move we found came out at {text.estimate}{NBSP}{result.currency} {u.outcome} "
                f"{each} ({text.between}) once its picking was paid for: nothing to act on."
            )
        return (
            f"The best move we found would promise {text.estimate}{NBSP}{result.currency} {u.outcome} "
            f"{each}, but anything {text.between} is possible: too uncertain to act on."
            if u.low <= 0 and relied
            else f"The best move we found would promise {text.estimate}{NBSP}{result.currency} {u.outcome} "
            f"{each} ({text.between}), but that figure cannot be relied on."
        )
    return ""


def most_decimals(result: NightResult) -> int:
    """Most decimals that money estimates of the trust page show."""
    return 4 if result.per == "entity" else 2
