"""Checks of delivery's model and of what the log says about policies, in words."""

from models.results import (
    Calibrated,
    HealthCheck,
    Improbable,
    NoChoice,
    OverlapWithNone,
    PropensitiesLogged,
    RegimeBreak,
    Regimes,
    ShownOnly,
    SupportOf,
    Vocabulary,
)
from reports.sentences.step_limits import everyone

OfDelivery = (
    Regimes | RegimeBreak | NoChoice | Calibrated | PropensitiesLogged | Improbable | ShownOnly
    | OverlapWithNone | SupportOf
)  # fmt: skip


def delivery_text(check: HealthCheck, found: OfDelivery, word: Vocabulary) -> str:
    """What was found, and what to do about it."""
    ok = check.status == "ok"
    match found:
        case Regimes():
            if not found.changed:
                return "Delivery follows one regime throughout the log."
            dates = ", ".join(found.changed)
            said = (
                f"Delivery changed its rules on {dates}; each stretch has a model of its own, "
                "and the figure is what changed beyond that."
            )
            if not found.filling_days:
                return said
            return (
                f"{said} Over the log's first {found.filling_days} days the state's counts fill up, which "
                "alone can look like a new rule."
            )
        case RegimeBreak():
            return (
                f"Delivery changed around {found.day} ({found.series}: {found.before:+.3f} to "
                f"{found.after:+.3f} against its model): start the log there, or exclude the odd days."
            )
        case NoChoice():
            return "Nothing to compare: there was no choice, or only what was done has a probability."
        case Calibrated():
            return _calibrated(found, ok)
        case PropensitiesLogged():
            if found.comparisons is None:
                return "No probabilities are logged, so there is nothing to hold against what was done."
            return (
                f"What was done agrees with the logged probabilities in {found.comparisons:,} comparisons, "
                f"by {word.action}, day and segment; a sound log fails this in fewer than 1 of "
                f"{1 / found.false_alarm:,.0f} cases."
            )
        case Improbable():
            if not found.rows:
                return "No logged action was next to impossible."
            return (
                f"{found.rows} logged actions had a probability below {found.below:g}: delivery knew "
                f"something the log does not hold; estimates that need those rows are refused."
            )
        case ShownOnly():
            return (
                f"The logs hold the {word.treatments} that were {word.shown} and no chance that was passed "
                f"over: {word.nobody} to compare with."
            )
        case OverlapWithNone():
            if check.figure is None:
                return "Never beside another action."
            if ok:
                return f"Enough of those {word.who} could have {word.seen} it {word.saw} {word.nothing}."
            people = everyone(word)
            return (
                f"Nearly {people} {word.who} could {word.see} {check.subject} {word.saw} "
                f"{word.a_treatment}: its budget is cut, if at all, only as far as the logs show what that "
                f"does; a small holdout would show more."
            )
        case SupportOf():
            journeys = f"{check.figure:,.0f} unweighted journeys"
            said = f"Followed to its end, the log speaks about `{check.subject}` as {journeys} would."
            few = (
                " Too few for the ways of estimating that check its figure so: it is too far from today's "
                "delivery. A smaller step could be checked."
            )
            return said if ok else said + few


def _calibrated(found: Calibrated, ok: bool) -> str:
    if ok and found.of_the_day:
        return "Predicted probabilities of delivery are kept whatever else was possible on the day, too."
    if ok and found.within:
        return (
            "Predicted probabilities of delivery are kept within each week and set of possible actions, too."
        )
    if ok:
        return "Predicted probabilities of delivery are kept."
    off = f"is off by {found.error:.3f} on average (noise {found.noise:.3f})"
    if found.of_the_day:
        return (
            f"Given all that was possible on the day and what of it was shown by then, the predicted "
            f"probability of `{found.action}` {off}: delivery weighs the day's possibilities in a way its "
            "model does not know, and what they betray may pass for an effect. Log propensities."
        )
    if found.within:
        return (
            f"Within weeks and sets of possible actions the predicted probability of `{found.action}` {off}: "
            "delivery follows the calendar in a way its model does not know. Log propensities, or exclude "
            "the odd days."
        )
    return (
        f"The predicted probability of `{found.action}` {off}: log propensities, or add what the platform "
        "knew as context columns."
    )
