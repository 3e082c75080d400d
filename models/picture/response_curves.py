"""How the margin follows one channel's budget, all others as they are."""

from collections.abc import Mapping

import numpy as np

from models.results import ResponseCurve
from models.split import DeliveryValue, IntervalMethod, shifted

STEPS = (0.5, 1.5, 2.0)
"""Multiples of today's budget beside today's: each costs an evaluation per channel."""


def response_curves(
    delivery: DeliveryValue,
    *,
    current: Mapping[str, float],
    valued: Mapping[str, float] | None = None,
    logged: Mapping[str, tuple[float, float]],
    interval: IntervalMethod,
    level: float,
) -> tuple[ResponseCurve, ...]:
    """A curve per channel with a budget. current: today's, per period; valued: what the delivery spends that
    is scaled (left out: today's budget), so that a step of it is so much more or less than today's; logged:
    least and largest budget of a period of the log, of which today's is one. The band is pointwise, and 0 at
    today's budget by construction."""
    today, curves = delivery.today()[:, 0], []
    ones = np.ones(len(delivery.channels))
    drawn = [(k, c) for k, c in enumerate(delivery.channels) if current.get(c, 0.0) > 0]
    delivery.prepare(shifted(ones, k, step - 1.0) for k, _ in drawn for step in STEPS)
    for k, channel in drawn:
        points = {1.0: (0.0, 0.0, 0.0)}
        for step in STEPS:
            band = interval(delivery.at(shifted(ones, k, step - 1.0))[:, 0] - today, level)
            points[step] = (band.estimate, band.low, band.high)
        if not np.isfinite(list(points.values())).all():
            continue
        unit = current[channel] if valued is None else valued[channel]
        steps = [step for step in sorted(points) if current[channel] + (step - 1) * unit >= 0]
        low, high = logged.get(channel, (current[channel], current[channel]))
        curves.append(
            ResponseCurve(
                channel,
                budgets=tuple(current[channel] + (step - 1) * unit for step in steps),
                margin=tuple(points[step][0] for step in steps),
                low=tuple(points[step][1] for step in steps),
                high=tuple(points[step][2] for step in steps),
                logged_low=min(low, current[channel]),
                logged_high=max(high, current[channel]),
                level=level,
            )
        )
    return tuple(curves)
