"""What follows decisions, by name and by role: what a study is judged by, and what may not be hurt.

    goal   = sum over goals of weight x outcome          (currency units)
    profit = goal - cost of all actions

Every table holds margin, the cost of each action, clicks and purchases; a study says in `[[outcome]]` what
they are to it. Columns are found by name, goals and guardrails by role.
"""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.transition_table import Outcome
from models.settings import OutcomeSettings
from sql.events import Events

Floats = NDArray[np.float64]
MARGIN, CLICKS, PURCHASES = "margin", "clicks", "purchases"
BUILT_IN = {MARGIN: "micros", CLICKS: "count", PURCHASES: "count"}
"""Outcomes of every log, and their units."""
GOAL, COST, PROFIT = "goal", "cost", "profit"
"""Outcomes that follow from the others; `goal` stands where it is not margin alone."""


def outcome_spec(
    actions: tuple[str, ...], asked: Sequence[OutcomeSettings] = (), *, idle_costs: bool = False
) -> tuple[Outcome, ...]:
    """Margin, the cost of each action, clicks, purchases, with the roles that a study gives them, and the
    outcomes of the log's own that it names.

    Margin is the goal, at 1 per unit, unless the study names it or a goal of its own. idle_costs: doing
    nothing costs something; that is no spend, which a budget could cap, and lowers the goal.
    """
    said = {one.name: one for one in asked}
    own_goal = any(one.role == "goal" for one in asked)

    def outcome(name: str) -> Outcome:
        usual = "goal" if name == MARGIN and not own_goal else "info"
        return _as_said(Outcome(name, BUILT_IN[name], usual), said.get(name))

    return (
        outcome(MARGIN),
        *(Outcome(f"cost:{action}", "micros", "guardrail") for action in actions[1:]),
        outcome(CLICKS),
        outcome(PURCHASES),
        *((Outcome(idle_cost_name(actions), "micros", "goal", -1.0),) if idle_costs else ()),
        *(_as_said(Outcome(one.name, _stored(one.unit), "info"), one) for one in own_outcomes(asked)),
    )


def idle_cost_name(actions: Sequence[str]) -> str:
    """What the cost of doing nothing is called."""
    return f"cost of {actions[0]}"


def idle_costs(events: Events) -> bool:
    """Whether doing nothing costs anything in a log."""
    idle = pl.scan_parquet(events.folder / "exposures.parquet").filter(pl.col("action") == 0)
    return bool(idle.select(pl.col("cost_micros").sum()).collect().item())


def own_outcomes(asked: Sequence[OutcomeSettings]) -> tuple[OutcomeSettings, ...]:
    """Those that the log's table `outcomes` holds."""
    return tuple(one for one in asked if one.name not in BUILT_IN)


def is_money(unit: str | None) -> bool:
    """Whether a unit reads like a currency, three capitals."""
    return unit is not None and re.fullmatch("[A-Z]{3}", unit) is not None


def _stored(unit: str | None) -> str:
    return "micros" if is_money(unit) else "millionths"


def _as_said(outcome: Outcome, said: OutcomeSettings | None) -> Outcome:
    """The outcome in the role that the study gives it."""
    if said is None:
        return outcome
    weight = 1.0 if said.weight is None else said.weight
    return Outcome(outcome.name, outcome.unit, said.role, weight, said.worst)


def goal_name(names: Sequence[str]) -> str:
    """The outcome, of these, that profit is made of before costs."""
    return GOAL if GOAL in names else MARGIN


def derived_names(names: Sequence[str], weights: Sequence[float] | None = None) -> tuple[str, ...]:
    """The logged outcomes, `goal` where it is not margin alone, `cost` (all actions) and `profit`."""
    return (*names, *((GOAL,) if not _margin_alone(names, weights) else ()), COST, PROFIT)


def derived_outcomes(names: Sequence[str], weights: Sequence[float] | None = None) -> Floats:
    """Linear map (b, b + 2 or b + 3) from the logged outcomes to those of `derived_names`.

    weights (b,): currency units that each adds to the goal; None: margin alone, at 1.
    """
    cost = np.array([float(name.startswith("cost:")) for name in names])
    goal = _margin(names) if weights is None else np.array(weights, np.float64)
    whole = [] if _margin_alone(names, weights) else [goal]
    return np.column_stack([np.eye(len(names)), *whole, cost, goal - cost])


def _margin(names: Sequence[str]) -> Floats:
    return np.array([float(name == MARGIN) for name in names])


def _margin_alone(names: Sequence[str], weights: Sequence[float] | None) -> bool:
    return weights is None or np.array_equal(np.array(weights, np.float64), _margin(names))
