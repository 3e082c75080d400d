"""Checks of delivery's model and of the estimates that rest on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.behaviour import FALSE_ALARM, SMALL_PROBABILITY, SampleRatio
from models.health.drift import daily_means, largest_break
from models.health.log_checks import EPOCH, too_short
from models.results import HealthCheck, Overlap


def logging_regime(
    probabilities: NDArray[np.float64],
    eligible: NDArray[np.bool_],
    action: NDArray[np.integer],
    day: NDArray[np.integer],
    actions: tuple[str, ...],
    starts: tuple[int, ...] = (0,),
) -> HealthCheck:
    """Did delivery itself change beyond the regimes that have models of their own?

    The largest break of the daily mean log-likelihood of the logged action, or of an action's daily share
    less its predicted one, over rows with a choice.

    The likelihood alone misses a change that a model of the mixture fits equally badly on both sides.
    starts: first day of each regime that was found (`regimes`), days since 1970-01-01.
    """
    rows = np.flatnonzero(eligible.sum(axis=1) >= 2)
    logged = probabilities[rows, action[rows]]
    series = {"likelihood": np.log(np.maximum(logged, 1e-12))}
    for k, name in enumerate(actions):
        series[f"share of `{name}`"] = (action[rows] == k) - probabilities[rows, k]
    found = {name: largest_break(*daily_means(day[rows], values)) for name, values in series.items()}
    breaks = {name: b for name, b in found.items() if b is not None}
    if not breaks:
        return too_short("logging regime", "standard errors", "<= 8")

    def strength(name: str) -> float:
        # A break of less than half a percentage point or 0.02 nats changes no weight worth mentioning.
        small = 0.02 if name == "likelihood" else 0.005
        b = breaks[name]
        return b.statistic if abs(b.after - b.before) > small else 0.0

    name = max(breaks, key=lambda key: (strength(key), key))
    statistic, at = strength(name), EPOCH + timedelta(days=breaks[name].first_day)
    warn = statistic > 8
    text = "Delivery follows one regime throughout the log."
    if len(starts) > 1:
        dates = ", ".join(str(EPOCH + timedelta(days=day)) for day in starts[1:])
        text = f"Delivery changed its rules on {dates}; each stretch has a model of its own."
    if warn:
        text = (
            f"Delivery changed around {at} ({name}: {breaks[name].before:+.3f} to {breaks[name].after:+.3f} "
            "against its model): start the log there, or exclude the odd days."
        )
    return HealthCheck("logging regime", "warn" if warn else "ok", statistic, "standard errors", "<= 8", text)


def calibration(errors: Sequence[tuple[str, float, float]]) -> HealthCheck:
    """Expected calibration error of the behaviour policy, worst action, beyond what noise explains."""
    if not errors:
        return HealthCheck(
            "calibration",
            "ok",
            None,
            "probability",
            "<= 0.02 + noise",
            "Nothing to compare: there was no choice, or only what was done has a probability.",
        )
    name, error, noise = max(errors, key=lambda row: (row[1] - 2 * row[2], row[0]))
    warn = error > 0.02 + 2 * noise
    text = "Predicted probabilities of delivery are kept."
    if warn:
        text = (
            f"The predicted probability of `{name}` is off by {error:.3f} on average (noise {noise:.3f}): "
            "log propensities, or add what the platform knew as context columns."
        )
    return HealthCheck("calibration", "warn" if warn else "ok", error, "probability", "<= 0.02 + noise", text)


def calibration_within(errors: Sequence[tuple[str, float, float]]) -> HealthCheck:
    """The same within eligible sets and weeks: right on average is not right where it matters."""
    found = calibration(errors)
    text = "Predicted probabilities of delivery are kept within each week and set of possible actions, too."
    if found.status != "ok":
        name, error, noise = max(errors, key=lambda row: (row[1] - 2 * row[2], row[0]))
        text = (
            f"Within weeks and sets of possible actions the predicted probability of `{name}` is off by "
            f"{error:.3f} on average (noise {noise:.3f}): delivery follows the calendar in a way its model "
            "does not know. Log propensities, or exclude the odd days."
        )
    elif found.figure is None:
        text = found.text
    return replace(found, kind="calibration within weeks", text=text)


def logged_propensities(found: SampleRatio | None) -> HealthCheck:
    """What was done against the logged probabilities, in the worst cell; a contradiction raises before."""
    text = "No probabilities are logged, so there is nothing to hold against what was done."
    if found is not None:
        text = (
            f"What was done agrees with the logged probabilities in {found.cells:,} comparisons, by channel, "
            f"day and segment; a sound log fails this in fewer than 1 of {1 / FALSE_ALARM:,.0f} cases."
        )
    strength = None if found is None else found.strength
    return HealthCheck("logged propensities", "ok", strength, "of what chance explains", "<= 1", text)


def smallest_probability(smallest: float, below: int) -> HealthCheck:
    """Smallest probability of a logged action; nothing was floored."""
    text = "No logged action was next to impossible."
    if below:
        text = (
            f"{below} logged actions had a probability below {SMALL_PROBABILITY:g}: delivery knew something "
            "the log does not hold; estimates that need those rows are refused."
        )
    return HealthCheck(
        "smallest probability", "warn" if below else "ok", smallest, "probability", ">= 1e-06", text
    )


def comparisons(overlap: Sequence[Overlap], tier: str, limit: float) -> tuple[HealthCheck, ...]:
    """Of each channel: is there anybody to compare with? A log of shown ads alone (tier B) has nobody for any
    of them, which is one finding and not one per channel."""
    if tier != "B":
        return tuple(none_overlap(o, limit) for o in overlap)
    text = "The logs hold the ads that were shown and no chance that was passed over: nobody to compare with."
    return (
        HealthCheck(
            "shown ads alone", "warn", None, "mean probability of none", "opportunities logged", text
        ),
    )


def none_overlap(overlap: Overlap, limit: float) -> HealthCheck:
    """Was anybody who could have seen this channel left without an ad?"""
    kind = "overlap with none"
    if overlap.eligible_rows == 0:
        return HealthCheck(
            kind,
            "ok",
            None,
            "mean probability of none",
            f">= {limit:g}",
            "Never beside another action.",
            overlap.action,
        )
    share = overlap.mean_none_probability
    warn = share < limit
    text = "Enough of those who could have seen it saw no ad."
    if warn:
        text = (
            f"Nearly everyone who could see {overlap.action} saw an ad: its budget is cut, if at all, only "
            "as far as the logs show what that does; a small holdout would show more."
        )
    return HealthCheck(
        kind,
        "warn" if warn else "ok",
        share,
        "mean probability of none",
        f">= {limit:g}",
        text,
        overlap.action,
    )


def enough_support(policy: str, ess: float, limit: float) -> HealthCheck:
    """Effective sample size of one policy's weights."""
    warn = ess < limit
    text = f"The log speaks about `{policy}` as {ess:,.0f} unweighted journeys would."
    if warn:
        text += " Too few: it is too far from today's delivery; take a smaller step."
    return HealthCheck(
        "effective sample size", "warn" if warn else "ok", ess, "journeys", f">= {limit:g}", text, policy
    )
