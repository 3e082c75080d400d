"""Checks of delivery's model and of the estimates that rest on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.behaviour import FALSE_ALARM, SMALL_PROBABILITY, SampleRatio
from models.health.drift import daily_means, largest_break
from models.health.log_checks import EPOCH, too_short
from models.results import (
    Calibrated,
    HealthCheck,
    Improbable,
    NoChoice,
    Overlap,
    OverlapWithNone,
    PropensitiesLogged,
    RegimeBreak,
    Regimes,
    ShownOnly,
    SupportOf,
)


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
    status, unit, limit = "warn" if warn else "ok", "standard errors", "<= 8"
    if warn:
        told = RegimeBreak(str(at), name, breaks[name].before, breaks[name].after)
        return HealthCheck("logging regime", status, statistic, unit, limit, told)
    changed = tuple(str(EPOCH + timedelta(days=day)) for day in starts[1:])
    return HealthCheck("logging regime", status, statistic, unit, limit, Regimes(changed))


def told_while_filling(check: HealthCheck, first_day: int, look_back_days: int) -> HealthCheck:
    """The same, of a log whose state is known from first_day on, days since 1970-01-01: until its counts
    reach back as far as they are to, they mean something else from day to day, which is no rule of delivery's
    and yet looks like a new one."""
    full = str(EPOCH + timedelta(first_day + look_back_days))
    match check.found:
        case Regimes(changed) if any(day < full for day in changed):
            return replace(check, found=Regimes(changed, look_back_days))
    return check


def calibration(errors: Sequence[tuple[str, float, float]]) -> HealthCheck:
    """Expected calibration error of the behaviour policy, worst action, beyond what noise explains."""
    if not errors:
        return HealthCheck(
            "calibration",
            "ok",
            None,
            "probability",
            "<= 0.02 + noise",
            NoChoice(),
        )
    name, error, noise = max(errors, key=lambda row: (row[1] - 2 * row[2], row[0]))
    warn = error > 0.02 + 2 * noise
    found = Calibrated(name, error, noise, within=False)
    return HealthCheck(
        "calibration", "warn" if warn else "ok", error, "probability", "<= 0.02 + noise", found
    )


def calibration_within(errors: Sequence[tuple[str, float, float]]) -> HealthCheck:
    """The same within eligible sets and weeks: right on average is not right where it matters."""
    check = calibration(errors)
    found = check.found
    if isinstance(found, Calibrated):
        found = replace(found, within=True)
    return replace(check, kind="calibration within weeks", found=found)


def calibration_within_situations(errors: Sequence[tuple[str, float, float]]) -> tuple[HealthCheck, ...]:
    """The same among people with the same opportunities on the day; none where a day is one choice."""
    if not errors:
        return ()
    check = calibration(errors)
    assert isinstance(check.found, Calibrated)
    found = replace(check.found, within=True, of_the_day=True)
    return (replace(check, kind="calibration within situations", found=found),)


def logged_propensities(found: SampleRatio | None) -> HealthCheck:
    """What was done against the logged probabilities, in the worst cell; a contradiction raises before."""
    strength = None if found is None else found.strength
    told = PropensitiesLogged(None) if found is None else PropensitiesLogged(found.cells, FALSE_ALARM)
    return HealthCheck("logged propensities", "ok", strength, "of what chance explains", "<= 1", told)


def smallest_probability(smallest: float, below: int) -> HealthCheck:
    """Smallest probability of a logged action; nothing was floored."""
    found = Improbable(below, SMALL_PROBABILITY)
    status = "warn" if below else "ok"
    return HealthCheck("smallest probability", status, smallest, "probability", ">= 1e-06", found)


def comparisons(overlap: Sequence[Overlap], tier: str, limit: float) -> tuple[HealthCheck, ...]:
    """Of each channel: is there anybody to compare with? A log of shown ads alone (tier B) has nobody for any
    of them, which is one finding and not one per channel."""
    if tier != "B":
        return tuple(none_overlap(o, limit) for o in overlap)
    unit, limit_text = "mean probability of none", "opportunities logged"
    return (HealthCheck("shown ads alone", "warn", None, unit, limit_text, ShownOnly()),)


def none_overlap(overlap: Overlap, limit: float) -> HealthCheck:
    """Was anybody who could have seen this channel left without an ad?"""
    unit, bound = "mean probability of none", f">= {limit:g}"
    share = overlap.mean_none_probability if overlap.eligible_rows else None
    status = "warn" if share is not None and share < limit else "ok"
    return HealthCheck("overlap with none", status, share, unit, bound, OverlapWithNone(), overlap.action)


def enough_support(policy: str, ess: float, limit: float) -> HealthCheck:
    """Effective sample size of one policy's weights."""
    warn = ess < limit
    status = "warn" if warn else "ok"
    return HealthCheck("effective sample size", status, ess, "journeys", f">= {limit:g}", SupportOf(), policy)
