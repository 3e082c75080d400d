"""Checks of the estimates, in words."""

from models.results import (
    CountedAlike,
    HealthCheck,
    Interval,
    LoggedValued,
    NobodyAlike,
    NoFollower,
    PastEffect,
    SourcesWeighed,
    TotalsUnused,
    Vocabulary,
    Witnesses,
    WorthOfPurchases,
)
from reports.sentences.totals import unidentified_text

OfEstimates = (
    Witnesses | LoggedValued | NoFollower | PastEffect | NobodyAlike | CountedAlike | SourcesWeighed
    | TotalsUnused | WorthOfPurchases
)  # fmt: skip


def estimates_text(check: HealthCheck, found: OfEstimates, word: Vocabulary) -> str:
    """What was found, and what to do about it."""
    match found:
        case Witnesses():
            return _witnesses(check, found)
        case LoggedValued():
            return _logged_valued(check.status, found)
        case NoFollower():
            return "No decision follows another one, so this placebo cannot be asked."
        case PastEffect():
            return _past_effect(check, found, word)
        case WorthOfPurchases():
            return _worth(check, found, word)
        case NobodyAlike():
            return (
                f"No {word.action} has enough {word.people} {word.who} could have {word.seen} it, did not, "
                f"and are alike."
            )
        case CountedAlike():
            return _counted_alike(check.status == "ok", found, word)
        case SourcesWeighed():
            return _weighed(check, found, word)
        case TotalsUnused():
            said = found.said
            if found.why is not None:
                why = unidentified_text(found.why, found.channel, word)
                said = f"They cannot tell what any {word.action} earns. {why}"
            return f"The daily totals beside these logs were not used. {said}"


def _witnesses(check: HealthCheck, found: Witnesses) -> str:
    about = f"{check.subject}, {found.outcome}"
    if not found.witness:
        return f"{about}: headline and witnesses do not differ in any way that varies."
    if check.status == "ok":
        return f"{about}: the headline and its witnesses say the same."
    return (
        f"{about}: the headline is {'above' if found.above else 'below'} its witness ({found.witness}) by "
        f"more than noise: the state forgets something that matters, or the behaviour probabilities are off. "
        f"Move a budget on it only where both leave no doubt that it gains."
    )


def _logged_valued(status: str, found: LoggedValued) -> str:
    outcome = found.outcome
    if status == "stop":
        return (
            f"Weighting by today's own delivery does not return the logged {outcome}: the weights are wrong."
        )
    if status == "ok":
        closely = f" to {100 * abs(found.off):.2g} %" if abs(found.off) >= 0.0005 else ""
        return (
            f"Valued by the headline estimator, today's delivery returns its own logged {outcome}{closely}."
        )
    return (
        f"Valued by the headline estimator, today's delivery differs from its own logged {outcome} by "
        f"{100 * found.off:+.2g} % of it, more than noise: the behaviour probabilities are off. Check logged "
        "propensities, or the features that the behaviour model is given."
    )


def _past_effect(check: HealthCheck, found: PastEffect, word: Vocabulary) -> str:
    effect, p = found.effect, check.figure or 0.0
    chance = f"{100 * p:.2g} %" if p >= 1e-4 else "less than 0.01 %"
    figures = (
        f"{found.action} most, {effect.estimate:.2g} ({effect.low:.2g} to {effect.high:.2g}) per decision; "
        f"chance alone would show as much in {chance} of logs"
    )
    if check.status == "ok":
        return f"No action has an effect on the {found.outcome} before it, as it must be ({figures})."
    ads = word.treatments
    return (
        f"{ads[:1].upper()}{ads[1:]} seem to change the {found.outcome} before them: {figures}. Delivery "
        f"reacts to something that these logs do not hold. Log it as a context column, or leave some "
        f"{word.people} without {ads} at random."
    )


def _worth(check: HealthCheck, found: WorthOfPurchases, word: Vocabulary) -> str:
    what, ads = word.successes, word.treatments
    chance = f"chance alone would show as much in {100 * (check.figure or 0.0):.2g} % of logs"
    if found.moved:
        return (
            f"{ads[:1].upper()}{ads[1:]} seem to change how much {what} are worth, and not only how many "
            f"there are ({chance}): every margin counts as it was logged."
        )
    return (
        f"Nothing shows that {ads} change how much {what} are worth, beside how many there are ({chance}). "
        f"So each of {found.purchases:,} counts for the margin to be expected of it, which leaves a total of "
        f"them {100 * found.error_kept:.0f} % of its chance error. Intervals reach what margins as logged "
        f"say."
    )


def _counted_alike(ok: bool, found: CountedAlike, word: Vocabulary) -> str:
    figures = (
        f"{found.channel}: {found.counted:.2g} +- {1.96 * found.error:.2g} per unit of spend by counting, "
        f"{found.modelled:.2g} by the model"
    )
    alike = f"Counting alike {word.people} {word.who} were and were not {word.shown} {word.a_treatment} says"
    if ok:
        return f"{alike} the same ({figures})."
    return (
        f"{alike} something else ({figures}): either they are not alike in what these logs do not hold, or "
        f"the model is wrong. Trust neither blindly; a holdout decides."
    )


def _weighed(check: HealthCheck, found: SourcesWeighed, word: Vocabulary) -> str:
    """Whether two sources on a channel agree, with both figures and, if they do, the pooled one."""
    both = f"{_said(found.user_level)} by {word.entity}-level logs, {_said(found.wider)} by {check.kind}"
    if found.pooled is None:
        return (
            f"What {check.subject} earns per unit of spend is disputed: {both}, further apart than chance "
            "explains. It keeps today's budget until it is known which is wrong."
        )
    return f"{check.subject} earns {both} per unit of spend; together {_said(found.pooled)}."


def _said(interval: Interval) -> str:
    """`1.2 (0.4 to 2.0)`."""
    return f"{interval.estimate:.1f} ({interval.low:.1f} to {interval.high:.1f})"
