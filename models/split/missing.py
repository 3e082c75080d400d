"""What stands between "keep" and a decision, and what takes it away.

One obstacle keeps today's split, and advice is about that one: more weeks where the interval is too wide, a
holdout on the channel that the doubt is about, a finding to mend. What would not help is not said.
"""

import math
from collections.abc import Mapping

import numpy as np

from models.evaluation import Believed
from models.results import (
    HOLDOUT_SHARE,
    Advice,
    ChangeOnPurpose,
    Disagreement,
    EaseGuardrail,
    EaseLimits,
    HoldOut,
    LogOpportunities,
    LongerLog,
    MendFinding,
    MoreLogs,
    NameColumns,
    NotSupported,
    OutcomeAtRisk,
    RandomAlready,
    ShowMore,
    ShowNone,
    ShownTooFewTimes,
    ShownTooRarely,
    StepLimit,
    TryAtRandom,
    WaitForNights,
)
from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.terms import LoggedFacts
from models.split.verdict import KEEP, NO_EVIDENCE, Objections

LONGEST_WAIT_DAYS = 3 * 365


def missing_data(
    verdict: str,
    choice: SplitChoice,
    told: Believed | None,
    objections: Objections,
    facts: LoggedFacts,
    none_gate: float,
) -> tuple[Advice, ...]:
    """What helps a KEEP and a NO_EVIDENCE; empty for a move. none_gate: mean mu(none) that a cut needs.

    The smallest gain that a log can confirm falls with the square root of its days, so a gain as estimated is
    confirmed four times in five after days x (smallest such gain / estimate)^2. A holdout of share h lifts
    the share of eligible entities without an ad from p to the gate g after days x (g - p) / (h - g) of a log
    of that length. Logs of random delivery (tier A+) hold that comparison already, so no holdout is asked
    for.
    """
    if verdict not in (KEEP, NO_EVIDENCE):
        return ()
    if choice.tier not in CHANNEL_TIERS:
        return (LogOpportunities(),)
    if verdict == NO_EVIDENCE and not choice.stop:
        return (MendFinding(),)
    logged_days = facts.days
    none_shares = {o.action: o.mean_none_probability for o in facts.overlap}
    rare = _holdouts(choice, logged_days, none_shares, none_gate)
    if verdict == NO_EVIDENCE:
        return (*rare, *_shown_more(choice))
    if objections.disagreement:
        return _mended(choice, objections.disagreement, logged_days, rare)
    if told is None:
        return _nothing_found(choice, logged_days, rare)
    if not told.uplift.low > 0:
        return (_sharper(choice, told, logged_days),)
    if isinstance(objections.guardrail, OutcomeAtRisk):
        return (EaseGuardrail(objections.guardrail.bound.outcome),)
    if objections.guardrail:
        return (EaseLimits(_raised(choice)),)
    return (WaitForNights(),) if objections.patience else ()


def _mended(
    choice: SplitChoice, disagreement: Disagreement, logged_days: int | None, rare: tuple[Advice, ...]
) -> tuple[Advice, ...]:
    """Against two ways that contradict each other, an effect on the past, or a figure the gates refuse."""
    if isinstance(disagreement, NotSupported):
        if choice.limited_by is not None:
            return _supported(choice, choice.limited_by, logged_days, rare)
        return (MoreLogs(),)
    return (NameColumns(None if choice.tier == "A+" else _doubtful(choice)),)


def _supported(
    choice: SplitChoice, found: StepLimit, logged_days: int | None, rare: tuple[Advice, ...]
) -> tuple[Advice, ...]:
    """Against the gate that the change is beyond, smaller steps of it too."""
    if rare:
        return rare
    cut = tuple(name for name, wanted in found.wanted if wanted < _current(choice, name))
    wanted = tuple(name for name, _ in found.wanted)
    if found.kind == "effective sample size" and found.figure > 0 and logged_days is not None:
        days = logged_days * (found.limit / found.figure - 1)
        if 0 < days <= LONGEST_WAIT_DAYS:
            return (TryAtRandom(cut, wanted, more_logs=True, days=days),)
    return (TryAtRandom(cut, wanted, more_logs=found.kind == "largest weight"),)


def _nothing_found(
    choice: SplitChoice, logged_days: int | None, rare: tuple[Advice, ...]
) -> tuple[Advice, ...]:
    if choice.shortfall:
        return ()  # it says itself what would help
    if choice.limited_by is not None:
        return _supported(choice, choice.limited_by, logged_days, rare)
    if choice.tier == "A+":
        return (*rare, RandomAlready())
    return rare or (HoldOut(_doubtful(choice)),)


def _holdouts(
    choice: SplitChoice, logged_days: int | None, none_shares: Mapping[str, float], none_gate: float
) -> tuple[Advice, ...]:
    """For all channels of which nearly everybody saw an ad, as far as that stood in the way."""
    share = max(HOLDOUT_SHARE, 2 * none_gate)
    limited = () if choice.limited_by is None else choice.limited_by.rare_none
    rows = dict.fromkeys((*limited, *(() if limited else (*choice.held, *choice.uncut))))
    rare = {c: none_shares.get(c, 1.0) for c in rows if none_shares.get(c, 1.0) < none_gate}
    if not rare:
        return ()
    seen = min(rare.values())
    more = (none_gate - seen) / (share - none_gate)
    days = None if logged_days is None else round(logged_days * more, 6)
    return (ShowNone(tuple(rare), share, days),)


def _shown_more(choice: SplitChoice) -> tuple[Advice, ...]:
    """Of channels that are held for being rare, where nothing can be judged."""
    rare = tuple(c for c, hold in choice.held.items() if isinstance(hold, ShownTooFewTimes | ShownTooRarely))
    return (ShowMore(rare),) if rare else ()


def _sharper(choice: SplitChoice, told: Believed, logged_days: int | None) -> Advice:
    """What it takes for the gain to be confirmed."""
    if told.uplift.estimate <= 0:
        return ChangeOnPurpose(_doubtful(choice), gain_seen=False)
    hold_out = None if choice.tier == "A+" else _doubtful(choice)
    if logged_days is None or not math.isfinite(told.detectable):
        return LongerLog(hold_out)
    days = max(logged_days * ((told.detectable / told.uplift.estimate) ** 2 - 1), 1.0)
    if days > LONGEST_WAIT_DAYS:
        return ChangeOnPurpose(_doubtful(choice), gain_seen=True)
    return LongerLog(hold_out, days)


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


def _raised(choice: SplitChoice) -> tuple[str, ...]:
    now = choice.limits.current.tolist()
    rows = zip(choice.limits.channels, choice.plan, now, strict=True)
    return tuple(c for c, plan, was in rows if plan > was) or choice.limits.channels


def _current(choice: SplitChoice, name: str) -> float:
    return float(choice.limits.current[choice.limits.channels.index(name)])
