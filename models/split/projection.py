"""What a platform can do of a personalised policy: the same money per channel, delivered by the platform.

A platform takes budgets, per channel or per channel and segment, and no instruction per user and day. The
projection of a policy onto that is the scaled delivery that spends what the policy spends, cell by cell. What
it earns less than the policy is the value left by not targeting.

Its multipliers are found on the entities that chose the policy, and both are evaluated on others: the
difference is paired, so that what the two have in common is no part of its doubt. It is of profit: where the
projection spends a little more or less than the policy, that is settled in it.
"""

import numpy as np
from numpy.typing import NDArray

from models.results import ValueLeft
from models.split.cells import Cells, cells_of
from models.split.delivery import DeliveryValue, profit_of, spend_of, total
from models.split.doubt import IntervalMethod
from models.split.segments import Segments

Floats = NDArray[np.float64]

MOST = 8.0
"""Largest multiplier: beyond it the log says little about delivery."""


def every_cell(segments: Segments) -> Cells:
    """Every channel in every segment."""
    channels = segments.estimator.journeys.actions[1:]
    each = tuple((s,) for s in range(len(segments.names)))
    nobody = not bool(segments.shares[:, -1].any())
    groups = dict.fromkeys(range(len(channels)), each)
    return cells_of(groups, channels, segments.names, segments.columns, nobody=nobody)


def by_cell(personal: Floats, cells: Cells, segments: Segments) -> Floats:
    """(cells,) what a policy spends per cell, from its margin and spend per channel (C, 1 + K)."""
    masks = cells.masks(segments.of_cluster)
    return np.array(
        [total(personal[mask, 1 + cell.channel]) for cell, mask in zip(cells.cells, masks, strict=True)]
    )


def projection(delivery: DeliveryValue, wanted: Floats) -> Floats:
    """Multipliers (K,) at which scaled delivery spends `wanted` (K,), in the delivery's own units.

    A cell that spends nothing today cannot be scaled and stays. The ratio to today's spend, corrected once by
    what that really spends.
    """
    multipliers = np.ones(len(wanted))
    for _ in range(2):
        spent = delivery.at(multipliers)[:, 1:].sum(axis=0)
        step = np.divide(np.maximum(wanted, 0.0), spent, out=np.ones(len(wanted)), where=spent > 0)
        multipliers = np.clip(multipliers * step, 0.0, MOST)
    return multipliers


def value_left(
    personal: Floats, projected: Floats, *, by: str, interval: IntervalMethod, level: float
) -> ValueLeft:
    """Profit of a policy minus that of its projection, each (C, 1 + K) margin and spend, on the
    same entities."""
    found = interval(np.ascontiguousarray(profit_of(personal) - profit_of(projected)), level)
    return ValueLeft(
        by=by,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        personal_spend=total(spend_of(personal)),
        projected_spend=total(spend_of(projected)),
        level=level,
    )
