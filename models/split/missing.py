"""What stands between "keep" and a decision, and what takes it away: a sentence each.

One obstacle keeps today's split, and advice is about that one: more weeks where the interval is too wide, a
holdout on the channel that the doubt is about, a finding to mend. What would not help is not said.
"""

import math
from collections.abc import Mapping

import numpy as np

from models.results import Interval, StepLimit, plural
from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.verdict import DISPUTED, KEEP, NO_EVIDENCE, UNSEEN, Objections
from models.split.words import listed

HOLDOUT_SHARE = 0.1
"""Share of random holdout suggested where the logs lack a comparison."""
LONGEST_WAIT_DAYS = 3 * 365


def missing_data(
    verdict: str,
    choice: SplitChoice,
    uplift: Interval | None,
    *,
    objections: Objections,
    logged_days: int | None,
    entity: str,
    none_shares: Mapping[str, float],
    none_gate: float,
    waits: bool = False,
) -> tuple[str, ...]:
    """Sentences for KEEP and NO_EVIDENCE; empty for a move. `none_shares`: channel -> mean mu(none).

    The interval's width falls with the square root of the days, so an effect as estimated clears 0
    after days x (half width / estimate)^2. A holdout of share h lifts the share of eligible
    entities without an ad from p to the gate g after days x (g - p) / (h - p) of a log of that length.
    Logs of random delivery (tier A+) hold that comparison already, so no holdout is asked for. `waits`: the
    move waits for the bound that holds for every night.
    """
    if verdict not in (KEEP, NO_EVIDENCE):
        return ()
    if choice.tier not in CHANNEL_TIERS:
        return (_opportunities(entity),)
    if verdict == NO_EVIDENCE and not choice.stop:
        return ("Mend first what that check found: while it says stop, no other figure of the logs counts.",)
    rare = _holdouts(choice, logged_days, entity, none_shares, none_gate)
    if verdict == NO_EVIDENCE:
        return (*rare, *_shown_more(choice))
    if objections.disagreement:
        return _mended(choice, objections.disagreement, logged_days, entity, rare)
    if uplift is None:
        return _nothing_found(choice, logged_days, entity, rare)
    if not uplift.low > 0:
        return (_sharper(choice, uplift, logged_days, entity),)
    if objections.outcome:
        return (
            f"A longer log tells better what becomes of {objections.outcome}; if it really suffers, only "
            "another plan or a wider `worst` in the study would take this away.",
        )
    if objections.guardrail:
        return (
            "More budget (`split.total`) or a target that is easier to meet, or a lower upper bound for "
            f"{listed(_raised(choice))}, would take this away; more logs would not.",
        )
    if waits:
        return (
            "If the effect is as large as it looks, some more nights of logs will carry it past chance; "
            "nothing needs to be done.",
        )
    return ()


def _opportunities(entity: str) -> str:
    return (
        f"Log every opportunity: which {plural(entity)} could have been shown an ad, and whether they were; "
        f"or leave a random {100 * HOLDOUT_SHARE:.0f} % of {plural(entity)} without ads for four "
        "weeks and log who "
        "they are."
    )


def _mended(
    choice: SplitChoice, disagreement: str, logged_days: int | None, entity: str, rare: tuple[str, ...]
) -> tuple[str, ...]:
    """Against two ways that contradict each other, an effect on the past, or a figure the gates refuse."""
    if choice.limited_by is not None and disagreement not in (DISPUTED, UNSEEN):
        return _supported(choice, choice.limited_by, logged_days, entity, rare)
    if disagreement not in (DISPUTED, UNSEEN):
        return (f"More days of logs, or more {plural(entity)} in them: too few speak about this change.",)
    log = "Name the columns that delivery decides on in `logs.context`"
    if choice.tier == "A+":
        return (f"{log}, and check that the logged probabilities are those that delivery drew with.",)
    return (
        f"{log}, or log its own probabilities. More logs of the same kind would not help; {_holdout(choice)} "
        "would, whatever delivery knows.",
    )


def _supported(
    choice: SplitChoice, found: StepLimit, logged_days: int | None, entity: str, rare: tuple[str, ...]
) -> tuple[str, ...]:
    """Against the gate that the change is beyond, smaller steps of it too."""
    if rare:
        return rare
    cut = [name for name, wanted in found.wanted if wanted < _current(choice, name)]
    random = (
        f"Showing nothing to a random {100 * HOLDOUT_SHARE:.0f} % of the {plural(entity)} who could see "
        f"{listed(cut)} for some weeks would show what the cut does"
        if cut
        else f"Showing {listed([name for name, _ in found.wanted])} to a random {100 * HOLDOUT_SHARE:.0f} % "
        f"of those who could see them for some weeks would show what more of them does"
    )
    if found.kind == "effective sample size" and found.figure > 0 and logged_days is not None:
        days = logged_days * (found.limit / found.figure - 1)
        if 0 < days <= LONGEST_WAIT_DAYS:
            return (
                f"About {_rough(days)} more days of logs like these would do, or sooner: {_lower(random)}.",
            )
    if found.kind == "largest weight":
        return (f"More days of logs would do, or sooner: {_lower(random)}.",)
    return (f"{random}; more of the same logs would not.",)


def _nothing_found(
    choice: SplitChoice, logged_days: int | None, entity: str, rare: tuple[str, ...]
) -> tuple[str, ...]:
    if choice.shortfall:
        return ()  # it says itself what would help
    if choice.limited_by is not None:
        return _supported(choice, choice.limited_by, logged_days, entity, rare)
    if choice.tier == "A+":
        return (
            *rare,
            "Delivery is random already, so only a longer log, or budgets changed further on purpose, can "
            "show more.",
        )
    if rare:
        return rare
    return (
        f"{_upper(_holdout(choice))} for some weeks would show what it earns more sharply than delivery.",
    )


def _holdouts(
    choice: SplitChoice,
    logged_days: int | None,
    entity: str,
    none_shares: Mapping[str, float],
    none_gate: float,
) -> tuple[str, ...]:
    """One sentence for all channels of which nearly everybody saw an ad, as far as that stood in the way."""
    share = max(HOLDOUT_SHARE, 2 * none_gate)
    limited = () if choice.limited_by is None else choice.limited_by.rare_none
    rows = dict.fromkeys((*limited, *(() if limited else (*choice.held, *choice.uncut))))
    rare = {c: none_shares.get(c, 1.0) for c in rows if none_shares.get(c, 1.0) < none_gate}
    if not rare:
        return ()
    span = "for some weeks"
    if logged_days is not None:
        seen = min(rare.values())
        span = f"for about {_rough(logged_days * (none_gate - seen) / (share - seen))} days"
    return (
        f"Show no ads to a random {100 * share:.0f} % of the {plural(entity)} who could see "
        f"{listed(list(rare))} "
        f"{span}: almost all of them saw one.",
    )


def _shown_more(choice: SplitChoice) -> tuple[str, ...]:
    """Of channels that are held for being rare, where nothing can be judged."""
    rare = [channel for channel, reason in choice.held.items() if "too few" in reason or "rarely" in reason]
    return (f"More days of logs, or more ads of {listed(rare)} in them.",) if rare else ()


def _sharper(choice: SplitChoice, uplift: Interval, logged_days: int | None, entity: str) -> str:
    """What it takes for the interval to leave 0."""
    if uplift.estimate <= 0:
        return (
            f"More logs of the same kind may not help: {plural(entity)} who did not choose the change "
            "show no gain. "
            f"Changing the budget of {_doubtful(choice)} on purpose for a random part of the audience would "
            "show more."
        )
    half = uplift.estimate - uplift.low
    random = choice.tier == "A+"
    if logged_days is None or not math.isfinite(half):
        other = "" if random else f", or {_holdout(choice)} for some weeks,"
        return f"A longer log{other} would narrow the interval."
    days = logged_days * ((half / uplift.estimate) ** 2 - 1)
    if days > LONGEST_WAIT_DAYS:
        return (
            "The effect looks too small for logs like these to decide within three years; changing the "
            f"budget of {_doubtful(choice)} on purpose for a random part of the audience would show more."
        )
    sooner = "" if random else f"; {_holdout(choice)} would decide it sooner"
    return (
        f"About {_rough(days)} more days of logs like these would decide it, if the effect is as large as it "
        f"looks{sooner}."
    )


def _holdout(choice: SplitChoice) -> str:
    """`leaving a random 10 % of those who could see search without ads`."""
    return (
        f"leaving a random {100 * HOLDOUT_SHARE:.0f} % of those who could see {_doubtful(choice)} without ads"
    )


def _doubtful(choice: SplitChoice) -> str:
    """The channel that the doubt is about: whose change, or whose whole effect where none is planned, has the
    largest standard error."""
    names, model = choice.limits.channels, choice.model
    moved = np.abs(np.array(choice.multipliers[1:]) - 1.0)
    if not moved.any():
        moved = choice.limits.free.astype(np.float64)
    doubt = moved * choice.limits.current
    if model is not None:
        variance = np.diag(model.covariance(choice.goal.weights))[1:]
        doubt = moved * np.sqrt(np.maximum(np.nan_to_num(variance), 0.0))
    at = int(np.argmax(doubt))
    return names[at] if choice.cells is None else choice.cells.channel_of(at)


def _raised(choice: SplitChoice) -> list[str]:
    now = choice.limits.current.tolist()
    raised = [c for c, plan, was in zip(choice.limits.channels, choice.plan, now, strict=True) if plan > was]
    return raised or list(choice.limits.channels)


def _current(choice: SplitChoice, name: str) -> float:
    return float(choice.limits.current[choice.limits.channels.index(name)])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rough(days: float) -> str:
    """Days rounded up to something one plans with."""
    whole = max(1, math.ceil(days))
    step = 1 if whole <= 20 else 5 if whole <= 60 else 10
    return f"{step * math.ceil(whole / step):,}"
