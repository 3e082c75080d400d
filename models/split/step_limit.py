"""What limited the step: the gate that the wanted plan is beyond, and the plan that is left of it."""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from models.evaluation import Gate
from models.policies import Policy
from models.results import StepLimit
from models.split.choice import SplitChoice
from models.split.limits import Limits
from models.split.search import Found
from models.split.shrink import kept_share, whole_step

Floats = NDArray[np.float64]


def step_limit(
    best: Found,
    refused: tuple[Floats, Gate] | None,
    chosen: Floats,
    limits: Limits,
    rare_none: frozenset[str],
) -> StepLimit | None:
    """What limited the choice; None where nothing did.

    refused: a plan of which no step worth taking passes. It is what keeps today's split, where that is kept;
    a plan that stays from an earlier night is no smaller step.
    """
    if best.wanted is not None and best.gate is not None and np.array_equal(best.plan, chosen):
        return _limit(best.gate, best.wanted, chosen, limits, rare_none)
    if refused is not None and np.array_equal(chosen, limits.current):
        return _limit(refused[1], refused[0], limits.anchor(), limits, rare_none)
    return None


def passing(choice: SplitChoice, beyond: Gate, gate: Callable[[Policy], Gate | None]) -> SplitChoice:
    """The largest step towards a choice's plan, beyond a gate of the full weights, that the log supports; the
    choice itself, with that obstacle, where none worth taking passes. `gate` looks at weights alone.
    """
    limits, wanted = choice.limits, np.array(choice.plan)

    def at(plan: Floats) -> SplitChoice:
        multipliers = (1.0, *limits.multipliers(plan).tolist())
        return replace(choice, plan=tuple(plan.tolist()), multipliers=multipliers)

    plan = whole_step(wanted, limits, lambda plan: gate(at(plan).policy("a smaller step")) is None)
    if plan is None:
        return replace(choice, limited_by=_limit(beyond, wanted, limits.anchor(), limits, choice.rare_none))
    before = choice.limited_by
    if before is not None:  # a smaller step of a smaller step: told as one, from the plan first wanted
        wanted = np.array([budget for _, budget in before.wanted])
        beyond = Gate(before.kind, before.figure, before.limit)
    limit = _limit(beyond, wanted, plan, limits, choice.rare_none)
    return replace(at(plan), limited_by=limit, step_cap_binds=step_cap_binds(plan, limits), stays_from="")


def step_cap_binds(plan: Floats, limits: Limits) -> bool:
    """Does the study's step cap end the step of a plan (K,)?"""
    moved = float(np.abs(plan - limits.current).sum())
    return moved > 0 and moved >= limits.move_cap - 2 * float(limits.step.max())


def _limit(gate: Gate, wanted: Floats, plan: Floats, limits: Limits, rare_none: frozenset[str]) -> StepLimit:
    current = limits.current
    less = (wanted < current) & (plan - wanted > limits.step / 2)
    return StepLimit(
        kind=gate.kind,
        figure=gate.figure if isfinite(gate.figure) else 0.0,
        limit=gate.limit,
        kept=kept_share(plan, wanted, limits),
        wanted=tuple(zip(limits.channels, wanted.tolist(), strict=True)),
        rare_none=tuple(c for c, cut in zip(limits.channels, less, strict=True) if cut and c in rare_none),
    )
