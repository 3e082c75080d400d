"""What page 5 says of personalised delivery: what it adds to a split, and where it ends."""

from models.evaluation import EFFECT_ON_THE_PAST
from models.results import Interval, NightResult, PersonalFrontier, ValueLeft
from models.split import SHARES
from reports import decision, numbers, words
from reports.numbers import NBSP

SMALLEST, LARGEST = min(SHARES), max(SHARES)
"""Budgets asked for, as multiples of `PersonalFrontier.budget`."""
SPENT = 0.97
"""Share of the money that platforms must be able to spend for it to count as the same."""

GAIN, PERHAPS_NONE, UNJUDGED = "gain", "perhaps none", "unjudged"
"""What speaks for a plan, as next_best_action.parquet says it."""


def delivery_knows_more(result: NightResult) -> bool:
    """Did the placebo of the past ring: does delivery react to something that the logs do not hold?"""
    return any(check.name == EFFECT_ON_THE_PAST and check.status != "ok" for check in result.health)


PAST = (
    "{Treatments} seem to change what {people} did before they {saw} them, so delivery reacts to "
    "something that these "
    "logs do not hold, and part of what any plan below seems to earn, split or personalised, may be its "
    "doing: act on none of them tonight."
)


def past(result: NightResult) -> str:
    """Why no plan should be acted on where delivery knows more than the logs do."""
    return words.said(result.vocabulary, PAST)


def why_not_to_act(result: NightResult) -> str:
    """Why nobody should be shown other ads on the word of personalised delivery tonight; empty where they
    may."""
    found = result.personal
    stopped = any(check.status == "stop" for check in result.health)
    if result.split.verdict == "NO_EVIDENCE" and (stopped or found is None or found.free is None):
        return decision.why(result)  # where nothing costs anything, there is a plan and nothing to split
    if delivery_knows_more(result):
        return past(result)
    if found is None:
        return "No personalised plan was learned."
    if found.usual:
        return "No learned plan is surely better than today’s delivery."
    if found.least is not None and found.budget < found.least:
        return _least(result, found)  # no plan meets the budget
    return found.empty or (_nothing_left(result) if _earns_nothing(found) else "")


def how_sure(result: NightResult) -> str:
    """What speaks for the plan whose actions the night leaves, in a word for machines: GAIN where its whole
    interval says that it earns more than the same money left to the platforms."""
    found = result.personal
    if found is None:
        return UNJUDGED
    lows = [left.low for left in found.left if left.by == "channel"]
    low = found.free.low if found.free is not None else next(iter(lows), None)
    if low is None:
        return UNJUDGED
    return GAIN if low > 0 else PERHAPS_NONE


def _earns_nothing(found: PersonalFrontier) -> bool:
    """Does the plan earn no more than the same money does by channels?"""
    return any(left.by == "channel" and left.estimate <= 0 for left in found.left)


def _nothing_left(result: NightResult) -> str:
    return words.said(
        result.vocabulary,
        "The learned plan is not known to earn more than the same money left to each {action}’s own "
        "delivery.",
    )


def in_a_line(result: NightResult) -> str:
    """What personalised delivery would add, with its interval, or why nothing is said of it."""
    found = result.personal
    if result.split.verdict == "NO_EVIDENCE" and (found is None or found.free is None):
        return ""  # the first screen has said what these logs cannot tell
    if delivery_knows_more(result):
        return words.said(
            result.vocabulary,
            "Of personalised delivery nothing is promised: delivery reacts to something that these logs "
            "do not hold.",
        )
    if found is None:
        return "Of personalised delivery nothing is said: no plan for it could be judged tonight."
    if found.free is not None:
        return _free(result, found.free)
    whole = next((left for left in found.left if left.by == "channel"), None)
    if found.usual:
        return "Personalised delivery would add nothing that is sure: no learned plan beats today’s delivery."
    if whole is None:
        why = found.empty.replace("'", "’") or _least(result, found) or "no plan for it could be judged."
        return f"Of personalised delivery nothing is said: {why[:1].lower()}{why[1:]}"
    if whole.estimate <= 0:
        nothing = "nothing" if whole.high <= 0 else "nothing that is sure"
        amount = _amount(result, whole)
        return f"Personalised delivery would add {nothing}: {amount}. {_nothing_left(result)}"
    amount, may = _amount(result, whole, " more"), "" if whole.low > 0 else ", or nothing more,"
    other = "neither today’s nor the one above" if words.moves(result.split) else "not today’s"
    return words.said(
        result.vocabulary,
        "Personalised delivery, a plan that chooses day by day which {treatment} to {show} each {entity}, "
        f"would earn {amount}{may} than a split that spends as much on each {{action}} and lets the platform "
        f"choose. That split is {other}.",
    )


def said_of_personal(result: NightResult) -> tuple[str, ...]:
    """Sentences; none where no agent was trained or nothing could be judged.

    Without points there is no line to read: then only why, or from which budget on there would be one.
    """
    found = result.personal
    if found is None:
        return ()
    if found.empty:
        return (found.empty.replace("'", "’"),)
    if found.free is not None:
        return (_free(result, found.free),)
    if not found.points:
        return tuple(filter(None, (_least(result, found),)))
    lead = words.said(
        result.vocabulary,
        "The dashed line is personalised delivery: for every {entity} and day a learned plan decides which "
        "{treatment} to {show}, if any. A split gives each {action} a budget and leaves the rest to the "
        "platform. What personalised delivery spends is told for {people} as the last logged week found "
        "them, what it earns for as many, as the whole log found them on average.",
    )
    if result.frontier:
        lead += words.said(
            result.vocabulary,
            " The solid line keeps each {action} within what you allow it, the dashed one only the total: "
            "how far it stands above is not what choosing {people} earns.",
        )
    ends = " ".join(filter(None, (_most(result, found), _least(result, found))))
    return tuple(filter(None, (lead, _left(result, found), ends, _held(found))))


def _free(result: NightResult, gain: Interval) -> str:
    """What the plan earns where there is no budget to meet."""
    text = numbers.interval(gain.estimate, gain.low, gain.high, signed=True, most=2)
    earns = f"{text.estimate}{NBSP}{result.currency} {words.period(result.split.period_days)}"
    return words.said(
        result.vocabulary,
        "No {action} costs anything here, so there is no budget to meet: for every {entity} and day a "
        f"learned plan decides which {{treatment}} to {{show}}, and earns {earns} beyond today’s delivery "
        f"({text.between}).",
    )


def _left(result: NightResult, found: PersonalFrontier) -> str:
    """The value left by not targeting."""
    by = {left.by: left for left in found.left}
    whole, parts, noun = by.get("channel"), by.get("channel and segment"), result.vocabulary.action
    budget = f"{numbers.budget(found.budget)}{NBSP}{words.budget_money(result)}"
    if found.usual:
        return f"At {budget} it is today’s delivery: no learned plan is surely better there."
    if whole is None:
        return ""
    if whole.estimate <= 0:
        less = f"At {budget} it is {_amount(result, whole)}: nobody is to be chosen by it."
        return f"{_nothing_left(result)} {less}"
    text = (
        f"At {budget} it earns {_amount(result, whole, ' more profit')} than a split that gives each {noun} "
        "what this plan spends on it, left to the platform: the value left by not targeting."
    )
    if whole.low <= 0:
        text += " It may be none."
    text += _unspent(result, whole)
    if parts is not None:
        text += f" Against a budget per {noun} and segment it is {_amount(result, parts)}."
        text += _unspent(result, parts)
    return text


def _amount(result: NightResult, left: ValueLeft, of: str = "") -> str:
    text, each = numbers.interval(left.estimate, left.low, left.high, most=2), result.split.period_days
    return f"{text.estimate}{NBSP}{result.currency}{of} {words.period(each)} ({text.low} to {text.high})"


def _unspent(result: NightResult, left: ValueLeft) -> str:
    """Platforms run out of people to show ads to."""
    if left.projected_spend >= SPENT * left.personal_spend:
        return ""
    return f" They could spend {numbers.budget(left.projected_spend)}{NBSP}{result.currency} of it."


def _most(result: NightResult, found: PersonalFrontier) -> str:
    """From where on money stays unspent, if a budget asked for is larger."""
    if found.most >= 0.995 * LARGEST * found.budget:
        return ""
    most = f"{numbers.budget(found.most)}{NBSP}{words.budget_money(result)}"
    return (
        f"Above {most} it leaves money unspent: of the plans we can vouch for, none that spends more earns "
        "more."
    )


def _least(result: NightResult, found: PersonalFrontier) -> str:
    """The budget that the cheapest plan needs, if one asked for is smaller."""
    if found.least is None or found.least <= 1.005 * SMALLEST * found.budget:
        return ""
    least = f"{numbers.budget(found.least)}{NBSP}{words.budget_money(result)}"
    return f"Below {least} we know of no personalised plan that spends so little."


def _held(found: PersonalFrontier) -> str:
    """The split holds channels back, for one reason or another, and this plan was found without regard to
    it; nothing where the plan is today's delivery, which moves none of them."""
    if found.usual or not found.held:
        return ""
    names = words.listed([words.shorten(name, 40) for name in found.held])
    return (
        f"Personalised delivery is not bound by what the split holds back ({names}): read it with that doubt."
    )
