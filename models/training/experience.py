"""What agents learn from: standardised observations, masks, margins and costs as contiguous arrays."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.mdp import Transitions

TERMINAL, TIMEOUT = 1, 2
CHUNK_ROWS = 1 << 14
"""Rows per matrix product: what is copied stays in the cache."""

ValueMoments = tuple[NDArray[np.float64], NDArray[np.float64]]
ROWS_AT_A_TIME = 1 << 16
"""Rows that are gathered at a time."""


@dataclass(frozen=True)
class Normalisation:
    """(x - mean) / scale; a feature that never varies has scale 1 and stays 0."""

    mean: NDArray[np.float64]  # (d,)
    scale: NDArray[np.float64]  # (d,)

    @classmethod
    def of(cls, features: NDArray[np.float32], rows: NDArray[np.int64]) -> "Normalisation":
        """Of some rows (n,) of a table (N, d), row after row, so that no copy of them is made."""

        def total(centre: NDArray[np.float64], power: int) -> NDArray[np.float64]:
            found = np.zeros(features.shape[1])
            for part in _parts(len(rows)):
                terms = (features[rows[part]] - centre) ** power
                found = np.add.reduce(np.concatenate([found[None], terms]), axis=0)
            return found

        n = max(len(rows), 1)
        mean = total(np.zeros(features.shape[1]), 1) / n
        scale = np.sqrt(total(mean, 2) / n)
        return cls(mean, np.where(scale > 1e-9, scale, 1.0))

    def __call__(
        self, features: NDArray[np.floating], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """(n, d) standardised, rounded from float64; into `out` where there is room already."""
        centred = features - self.mean
        found = np.empty(features.shape, np.float32) if out is None else out
        return np.divide(centred, self.scale, out=found, casting="same_kind")


@dataclass(frozen=True)
class Returns(ABC):
    """m decisions with n-step returns under the logged policy. Money in units of `value_unit`.

    What was observed is held, or worked out when it is asked for, by the classes below.
    """

    action: NDArray[np.int64]  # (m,)
    action_cost: NDArray[np.float32]  # (m,) of the decision itself, not of what follows
    row: NDArray[np.int64]  # (m,) row of the decision among the n observed
    next_row: NDArray[np.int64]  # (m,) row of the state after the n-step return
    margin: NDArray[np.float32]  # (m,) the goal, before costs, discounted over the n steps
    cost: NDArray[np.float32]  # (m,)
    terminal: NDArray[np.float32]  # (m,) 1 where nothing follows
    interval_days: NDArray[np.float32]  # (m,) from decision to next_row; the discount is gamma ** interval
    normalisation: Normalisation
    n_actions: int
    value_unit: float
    """Currency units per unit of value: the mean margin of a purchase, or what a success brings."""

    @abstractmethod
    def observed(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(k, d + A + 1) of some of the n rows: standardised state, mask, room for the price."""


@dataclass(frozen=True)
class Experience(Returns):
    """The same with all that was observed as one array, which training draws from."""

    observations: NDArray[np.float32]  # (n, d + A + 1)

    def observed(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.observations[rows]


@dataclass(frozen=True)
class ReturnsInTable(Returns):
    """The same with all that was observed left in a table, which is as large: for a pass or two."""

    features: NDArray[np.float32]  # (N, d) raw
    eligible: NDArray[np.bool_]  # (N, A)
    rows: NDArray[np.int64]  # (n,) of the table

    def observed(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.zeros((len(rows), self.features.shape[1] + self.n_actions + 1), np.float32)
        self._fill(found, self.rows[rows])
        return found

    def gathered(self) -> Experience:
        """What was observed as one array."""
        n, d = len(self.rows), self.features.shape[1]
        observations = np.zeros((n, d + self.n_actions + 1), np.float32)
        for part in _parts(n):
            self._fill(observations[part], self.rows[part])
        returns = {field.name: getattr(self, field.name) for field in fields(Returns)}
        return Experience(**returns, observations=observations)

    def _fill(self, found: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
        d = self.features.shape[1]
        self.normalisation(np.take(self.features, rows, axis=0), out=found[:, :d])
        found[:, d:-1] = np.take(self.eligible, rows, axis=0)


def build_experience(
    transitions: "Transitions", keep: NDArray[np.bool_], *, discount_per_day: float, n_steps: int
) -> Experience:
    """Experience of the rows `keep` (n,) of the table, as `build_returns` has it."""
    return build_returns(transitions, keep, discount_per_day=discount_per_day, n_steps=n_steps).gathered()


def build_returns(
    transitions: "Transitions", keep: NDArray[np.bool_], *, discount_per_day: float, n_steps: int
) -> ReturnsInTable:
    """What followed the decisions in the rows `keep` (n,) of the table.

    Left out as decisions: immature rows, and rows whose n-step return would run past the log's end (a
    timeout is not a terminal, so there is no value to stand in for what came after). A step ends with its
    epoch: the decisions of one day are one step, or five of them would not reach the next day's sales.
    """
    rows = np.flatnonzero(keep)
    n = len(rows)
    entity, end, mature = transitions.entity[rows], transitions.end[rows], transitions.mature[rows]
    elapsed = transitions.elapsed_days[rows].astype(np.float64)
    margin, cost = transitions.goal_micros()[rows] / 1e6, transitions.cost_micros()[rows] / 1e6
    unit = _value_unit(transitions, rows, margin, mature)

    at = np.arange(n)
    sums, costs = np.zeros(n), np.zeros(n)
    days = np.zeros(n)
    ended, valid = np.zeros(n, bool), mature.copy()
    steps = np.zeros(n, np.int64)
    while (going := ~ended & (steps < n_steps)).any():
        weight = np.where(going, discount_per_day**days, 0)
        sums += weight * margin[at]
        costs += weight * cost[at]
        valid &= ~going | mature[at]
        days += np.where(going, elapsed[at], 0)
        steps += going & ((elapsed[at] > 0) | (at == n - 1))
        terminal, cut = end[at] == TERMINAL, end[at] == TIMEOUT
        valid &= ~(going & cut)
        ended |= going & (terminal | cut)
        at = np.where(going & ~ended, np.minimum(at + 1, n - 1), at)
    valid &= entity[at] == entity
    use = np.flatnonzero(valid)
    return ReturnsInTable(
        action=transitions.action[rows][use].astype(np.int64),
        action_cost=(cost[use] / unit).astype(np.float32),
        row=use,
        next_row=at[use],
        margin=(sums[use] / unit).astype(np.float32),
        cost=(costs[use] / unit).astype(np.float32),
        terminal=ended[use].astype(np.float32),
        interval_days=days[use].astype(np.float32),
        normalisation=Normalisation.of(transitions.features, rows),
        n_actions=transitions.eligible.shape[1],
        value_unit=unit,
        features=transitions.features,
        eligible=transitions.eligible,
        rows=rows,
    )


def _parts(n: int) -> list[slice]:
    """Stretches of n rows."""
    return [slice(start, start + ROWS_AT_A_TIME) for start in range(0, n, ROWS_AT_A_TIME)]


def _value_unit(
    transitions: "Transitions", rows: NDArray[np.int64], goal: NDArray[np.float64], mature: NDArray[np.bool_]
) -> float:
    """Currency units: the goal (m,) of the rows (m,) per purchase, where margin alone is the goal; else its
    mean size where it is not 0. 1 where there is none."""
    if transitions.margin_alone:
        purchases = transitions.outcome("purchases")[rows]
        bought = (purchases > 0) & mature
        unit = float(goal[bought].sum() / purchases[bought].sum()) if bought.any() else 1.0
    else:
        some = (goal != 0) & mature
        unit = float(np.abs(goal[some]).mean()) if some.any() else 1.0
    return unit if unit > 0 else 1.0


def linear_values(
    returns: Returns, *, discount_per_day: float, ridge: float = 10.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """LSTD: value of today's delivery, linear in the state, for margin and for cost. Each (d + A + 1,).

    Solves X'(X - gamma X') w = X'r (Bradtke & Barto 1996); the last weight is the intercept.
    A starting point for the value stream, not an estimate to report.
    """
    return solved_values([value_moments(returns, discount_per_day=discount_per_day)], ridge=ridge)


def solved_values(
    moments: list[ValueMoments], *, ridge: float = 10.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`linear_values` of all decisions whose moments these are: sums, so that the values without some of the
    entities take no further pass."""
    gram, right = ridge * np.eye(len(moments[0][0])), np.zeros_like(moments[0][1])
    for one, other in moments:
        gram, right = gram + one, right + other
    solved = np.linalg.solve(gram, right).astype(np.float64)
    return solved[:, 0], solved[:, 1]


def value_moments(returns: Returns, *, discount_per_day: float) -> ValueMoments:
    """X'(X - gamma X') (p, p) and X'r (p, 2), margin and cost, p = d + A + 1."""
    d = len(returns.normalisation.mean) + returns.n_actions + 1
    gram, right = np.zeros((d, d)), np.zeros((d, 2))
    discount = discount_per_day**returns.interval_days * (1 - returns.terminal)
    money = np.column_stack([returns.margin, returns.cost])
    for start in range(0, len(money), CHUNK_ROWS):
        part = slice(start, start + CHUNK_ROWS)
        x = _with_intercept(returns, returns.row[part])
        after = _with_intercept(returns, returns.next_row[part])
        after *= discount[part, None]
        gram += x.T @ (x - after)
        right += x.T @ money[part]
    return gram, right


def mean_action_costs(returns: Returns) -> NDArray[np.float64]:
    """Mean cost of one decision for each action but `none`, in value units; 0 if never taken. (A - 1,)"""
    a = returns.n_actions
    counts = np.bincount(returns.action, minlength=a)
    totals = np.bincount(returns.action, returns.action_cost, a)
    return (totals / np.maximum(counts, 1))[1:]


def _with_intercept(returns: Returns, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    x = returns.observed(rows).astype(np.float64)
    x[:, -1] = 1.0
    return x
