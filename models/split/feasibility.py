"""Bounds that contradict each other, and the smallest relaxation that helps."""

import difflib
from collections.abc import Iterable, Mapping

import numpy as np

from models.settings import SplitSettings
from models.split.limits import Limits, budget_limits
from sql.errors import StudyError


def check_bounds(current: Mapping[str, float], settings: SplitSettings, *, currency: str = "EUR") -> None:
    """Raise StudyError, naming key, value and the smallest relaxation, when no plan meets all bounds."""
    sentence = conflict(current, settings, currency=currency)
    if sentence is not None:
        raise StudyError(sentence)


def conflict(current: Mapping[str, float], settings: SplitSettings, *, currency: str = "EUR") -> str | None:
    """One sentence on the first contradiction found, or None. `current`: spend per period by channel."""
    if settings.goal.startswith("target") and settings.target is None:
        example = "25, the spend per purchase" if settings.goal == "target_cpa" else "3, the margin per spend"
        return (
            f"split.target is missing: split.goal is {settings.goal}; write the target, "
            f"for example {example}."
        )
    if settings.goal == "profit" and settings.target is not None:
        return (
            f"split.target is {settings.target:g}, but split.goal is profit, which has no target: leave it "
            "out, or set split.goal to marginal, target_roas or target_cpa."
        )
    for channel in settings.channels:
        sentence = _channel_conflict(channel, current, settings, currency)
        if sentence is not None:
            return sentence
    limits = budget_limits(current, settings)
    if limits.low.sum() > limits.budget * (1 + 1e-9):
        return _minimum_conflict(limits, settings, currency)
    forced = float(np.abs(limits.anchor() - limits.current).sum())
    if forced > limits.move_cap * (1 + 1e-9):
        share = np.ceil(1000 * forced / limits.budget) / 1000
        return (
            f"The bounds and the budget of {_exact(limits.budget)} {currency} force changes of "
            f"{_exact(forced)} {currency}, above the step cap of {_exact(limits.move_cap)} {currency}: "
            f"raise split.max_move_share from {settings.max_move_share:g} to {share:g}."
        )
    return None


def unknown_channel(channel: str, logged: Iterable[str]) -> str:
    """A sentence on bounds of a channel that the logs do not have."""
    known = sorted(logged)
    near = difflib.get_close_matches(channel, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"the logs have: {', '.join(known)}."
    return f'split.channels.{channel}: the logs have no channel "{channel}"; {hint}'


def _channel_conflict(
    channel: str, current: Mapping[str, float], settings: SplitSettings, currency: str
) -> str | None:
    key, bounds = f"split.channels.{channel}", settings.channels[channel]
    if channel not in current:
        return unknown_channel(channel, current)
    spend = current[channel]
    if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
        return (
            f"{key}: min {_exact(bounds.min)} {currency} is above max {_exact(bounds.max)} {currency}: "
            f"lower min to {_exact(bounds.max)} or raise max to {_exact(bounds.min)}."
        )
    most, least = settings.max_multiplier * spend, settings.min_multiplier * spend
    if bounds.min is not None and bounds.min > most * (1 + 1e-9):
        if spend <= 0:
            return (
                f"{key}.min asks for {_exact(bounds.min)} {currency}, but nothing was spent on it in "
                f"the newest budget period, and 0 cannot be scaled: lower {key}.min to 0."
            )
        return (
            f"{key}.min of {_exact(bounds.min)} {currency} is more than {settings.max_multiplier:g} times "
            f"today's {_exact(spend)} {currency}: lower it to {_exact(np.floor(most))}, or raise "
            f"split.max_multiplier to {np.ceil(100 * bounds.min / spend) / 100:g}."
        )
    if bounds.max is not None and bounds.max < least * (1 - 1e-9):
        return (
            f"{key}.max of {_exact(bounds.max)} {currency} is less than {settings.min_multiplier:g} times "
            f"today's {_exact(spend)} {currency}: raise it to {_exact(np.ceil(least))}, or lower "
            f"split.min_multiplier to {np.floor(100 * bounds.max / spend) / 100:g}."
        )
    return None


def _minimum_conflict(limits: Limits, settings: SplitSettings, currency: str) -> str:
    """The minimum budgets exceed the total. Which single change of a setting is enough?"""
    least, budget = float(limits.low.sum()), limits.budget
    excess = least - budget
    floors = settings.min_multiplier * limits.current
    own = limits.low - floors  # (K,) how much of each minimum is the channel's own bound
    remedies = []
    if own.max() >= excess:
        # the largest minimum that may fall by the whole excess changes least in proportion
        k = int(np.argmax(np.where(own >= excess, limits.low, -1.0)))
        remedies.append(
            f"lower split.channels.{limits.channels[k]}.min to {_exact(np.floor(limits.low[k] - excess))}"
        )
    elif own.max() > 0 and least - own.sum() <= budget:
        names = [f"split.channels.{limits.channels[k]}.min" for k in np.flatnonzero(own > 0)]
        remedies.append(f"lower {' and '.join(names)} by {_exact(np.ceil(excess))} together")
    else:
        # the multiplier binds: sum of max(c m, own minimum) falls with m, found by bisection
        fixed = np.array(
            [(b.min or 0.0) if (b := settings.channels.get(c)) else 0.0 for c in limits.channels]
        )
        below, above = 0.0, settings.min_multiplier
        if fixed.sum() <= budget:
            for _ in range(60):
                middle = (below + above) / 2
                fits = np.maximum(middle * limits.current, fixed).sum() <= budget
                below, above = (middle, above) if fits else (below, middle)
            remedies.append(f"lower split.min_multiplier to {np.floor(1000 * below) / 1000:g}")
    remedies.append(f"raise split.total to {_exact(np.ceil(least))}")
    return (
        f"The minimum budgets add up to {_exact(least)} {currency}, {_exact(excess)} {currency} above the "
        f"budget of {_exact(budget)} {currency}: {', or '.join(remedies)}."
    )


def _exact(amount: float) -> str:
    """12345.5 -> `12,345.50`, 12345 -> `12,345`: bounds are printed as they must be typed."""
    return f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
