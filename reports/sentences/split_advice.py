"""What would take an obstacle away: one sentence per kind."""

import math
from collections.abc import Sequence
from dataclasses import replace

from models.results import (
    Advice,
    ChangeByLot,
    ChangeOnPurpose,
    EaseGuardrail,
    EaseLimits,
    HoldOut,
    LogOpportunities,
    LogPersons,
    LongerLog,
    MendFinding,
    MoreLogs,
    NameColumns,
    NextExperiment,
    RandomAlready,
    ShowMore,
    ShowNone,
    TryAtRandom,
    Vocabulary,
    WaitForNights,
)
from reports.words import capital, listed


def advice_text(advice: Advice, word: Vocabulary) -> str:
    """A full sentence, or two."""
    match advice:
        case LogOpportunities():
            return (
                f"Log every opportunity: which {word.entities} could have been {word.shown} "
                f"{word.a_treatment}, and whether they were; or leave a random {_share(advice.share)} of "
                f"{word.entities} without {word.treatments} for four weeks and log {word.which_ones} "
                "they are."
            )
        case MendFinding():
            return "Mend first what that check found: while it says stop, no other figure of the logs counts."
        case ShowNone():
            span = "for some weeks" if advice.days is None else f"for about {_rough(advice.days)} days"
            return (
                f"{capital(word.show)} no {word.treatments} to a random {_share(advice.share)} of the "
                f"{word.entities} {word.who} could {word.see} {_all(advice.rows)} {span}: almost all of "
                f"them {word.saw} one."
            )
        case ShowMore():
            return f"More days of logs, or more {word.treatments} of {_all(advice.rows)} in them."
        case MoreLogs():
            return f"More days of logs, or more {word.entities} in them: too few speak about this change."
        case NameColumns():
            return _name_columns(advice, word)
        case TryAtRandom():
            return _try_at_random(advice, word)
        case RandomAlready():
            return (
                "Delivery is random already, so only a longer log, or budgets changed further on purpose, "
                "can show more."
            )
        case HoldOut():
            out = capital(_hold_out(advice.channel, advice.share, word))
            return f"{out} for some weeks would show what it earns more sharply than delivery."
        case EaseLimits():
            return (
                "More budget (`split.total`) or a target that is easier to meet, or a lower upper bound for "
                f"{_all(advice.raised)}, would take this away; more logs would not."
            )
        case EaseGuardrail():
            return (
                f"A longer log tells better what becomes of {advice.outcome}; if it really suffers, only "
                "another plan or a wider `worst` in the study would take this away."
            )
        case WaitForNights():
            return (
                "If the effect is as large as it looks, some more nights of logs may carry it past chance, "
                "many where the bound is far below 0; nothing needs to be done."
            )
        case ChangeOnPurpose():
            return _on_purpose(advice)
        case LongerLog():
            return _longer(advice, word)
        case ChangeByLot():
            return (
                f"Change the budgets of two or more {word.actions} by lot, every week for half a year, and "
                "name them in `totals.randomised`."
            )
        case LogPersons():
            each, they = word.person, "they were" if word.who == "who" else "it was"
            return (
                f"Log, {each} by {each}, {word.which_ones} could have been {word.shown} {word.a_treatment} "
                f"and whether {they}."
            )


def _name_columns(advice: NameColumns, word: Vocabulary) -> str:
    log = "Name the columns that delivery decides on in `logs.context`"
    if advice.hold_out is None:
        return f"{log}, and check that the logged probabilities are those that delivery drew with."
    return (
        f"{log}, or log its own probabilities. More logs of the same kind would not help; "
        f"{_hold_out(advice.hold_out, advice.share, word)} would, whatever delivery knows."
    )


def _try_at_random(advice: TryAtRandom, word: Vocabulary) -> str:
    showing = f"{word.show}ing" if not word.show.endswith("e") else f"{word.show[:-1]}ing"
    if advice.cut:
        random = (
            f"{showing} nothing to a random {_share(advice.share)} of the {word.entities} {word.who} could "
            f"{word.see} {_all(advice.cut)} for some weeks would show what the cut does"
        )
    else:
        random = (
            f"{showing} {_all(advice.wanted)} to a random {_share(advice.share)} of those {word.who} could "
            f"{word.see} them for some weeks would show what more of them does"
        )
    if advice.days is not None:
        return f"About {_rough(advice.days)} more days of logs like these would do, or sooner: {random}."
    if advice.more_logs:
        return f"More days of logs would do, or sooner: {random}."
    return f"{capital(random)}; more of the same logs would not."


def _on_purpose(advice: ChangeOnPurpose) -> str:
    change = f"hanging the budget of {advice.channel} on purpose for a random part of the audience"
    if advice.gain_seen:
        return (
            f"The effect looks too small for logs like these to decide within three years; c{change} would "
            "show more."
        )
    return (
        "More logs of the same kind may not help: picked as the best of many, this change shows no gain once "
        f"that is paid for. C{change} would show more."
    )


def _longer(advice: LongerLog, word: Vocabulary) -> str:
    out = "" if advice.hold_out is None else _hold_out(advice.hold_out, advice.share, word)
    if advice.days is None:
        other = f", or {out} for some weeks," if out else ""
        return f"A longer log{other} would narrow the interval."
    sooner = f"; {out} would decide it sooner" if out else ""
    return (
        f"About {_rough(advice.days)} more days of logs like these would confirm it four times in five, if "
        f"the effect is as large as it looks{sooner}."
    )


def _hold_out(channel: str, share: float, word: Vocabulary) -> str:
    """`leaving a random 10 % of those who could see search without ads`."""
    return (
        f"leaving a random {_share(share)} of those {word.who} could {word.see} {channel} without "
        f"{word.treatments}"
    )


def _all(rows: Sequence[str]) -> str:
    """Every name: what is to be done stands in no table."""
    return listed(rows, most=None)


def _share(share: float) -> str:
    return f"{100 * share:.0f} %"


def _rough(days: float) -> str:
    """Days rounded up to something one plans with."""
    whole = max(1, math.ceil(days))
    step = 1 if whole <= 20 else 5 if whole <= 60 else 10
    return f"{step * math.ceil(whole / step):,}"


def proposed(missing: Sequence[Advice], experiments: Sequence[NextExperiment]) -> tuple[Advice, ...]:
    """What is advised beside the experiments worked out: a holdout is said to decide sooner only where it is
    one of them."""
    worked_out = {one.channel for one in experiments}
    return tuple(
        replace(one, hold_out=None) if isinstance(one, LongerLog) and one.hold_out not in worked_out else one
        for one in missing
    )


def advices(missing: Sequence[Advice], word: Vocabulary) -> tuple[str, ...]:
    """All of them."""
    return tuple(advice_text(advice, word) for advice in missing)
