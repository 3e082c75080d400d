"""What scaled delivery is worth: margin and spend per cluster as a function of the channels' multipliers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation import Gate
from models.mdp import PURCHASES, goal_name
from models.numerics import side_by_side

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Supports:
    """Which gate a plan (A,) of multipliers is beyond, as two questions of different price."""

    early: Callable[[Floats], Gate | None]
    """By running products: no fit, a small part of an evaluation."""
    looked: Callable[[Floats], tuple[Floats, Gate | None]]
    """Its contributions, and the gate by the weights they rest on."""
    rarity: Floats
    """(K,) how much of a cut falls on users who hardly ever see nothing (`models.split.rare_none`)."""


class DeliveryValue:
    """Scaled delivery pi_m on one set of entities. C clusters, A actions, K = A - 1 channels, o outcomes.

    Quantities are what a goal is made of: margin, all spend, purchases. Where a study's goal is not margin
    alone, the weighted goal stands in the place of margin throughout this room.

    `contributions(multipliers (A,)) -> (C, o)` are per-cluster values with
    `scale * contributions.sum(0)` the estimated total per budget period and
    `scale**2 * C * contributions.var(0, ddof=1)` its variance; all ones is today's delivery.
    Every call costs seconds, so each multiplier vector is evaluated once. A night has whole channels by quick
    looks (`models.evaluation.estimators.fast_doubly_robust`) and cells of segments in full.

    `supports` says which gate a plan is beyond; without it every plan passes.
    """

    def __init__(
        self,
        contributions: Callable[[Floats], Floats],
        *,
        outcome_names: tuple[str, ...],
        actions: tuple[str, ...],
        scale: float,
        cluster_key: NDArray[np.int64],
        supports: Supports | None = None,
    ) -> None:
        self._contributions, self._supports = contributions, supports
        self._scale = scale
        goal, costs = goal_name(outcome_names), [f"cost:{action}" for action in actions[1:]]
        self._columns = [outcome_names.index(name) for name in (goal, *costs)]
        self._purchases = outcome_names.index(PURCHASES) if PURCHASES in outcome_names else None
        self._known: dict[bytes, tuple[Floats, Floats]] = {}
        self._early: dict[bytes, Gate | None] = {}
        self._gates: dict[bytes, Gate | None] = {}
        self.channels = actions[1:]
        self.cluster_key = cluster_key  # (C,)

    @property
    def calls(self) -> int:
        """How many multiplier vectors were evaluated so far."""
        return len(self._known)

    def at(self, multipliers: Floats) -> Floats:
        """(C, 1 + K) margin and the channels' spend in currency per period; columns sum to the totals."""
        return self._evaluated(multipliers)[0]

    def quantities(self, multipliers: Floats) -> Floats:
        """(C, 3) margin, all spend, purchases per period; purchases are 0 where the log has none."""
        values, purchases = self._evaluated(multipliers)
        return np.column_stack([values[:, 0], spend_of(values), purchases])

    def today(self) -> Floats:
        """(C, 1 + K) at today's delivery."""
        return self.at(np.ones(len(self.channels)))

    def prepare(self, points: Iterable[Floats], *, gates: bool = False) -> None:
        """Evaluate several plans (K,) at once, side by side: what is asked of them later is known by then.
        gates: as `gate` does, which evaluates none that running products speak against."""
        known: Mapping[bytes, object] = self._gates if gates else self._known
        new = list({p.tobytes(): p for p in points if p.tobytes() not in known}.values())
        look = self.gate if gates else self.at
        if new and not self._known:
            look(new.pop(0))  # what all evaluations share is worked out by the first
        side_by_side(look, new)

    @property
    def spend_today(self) -> dict[str, float]:
        """Spend per period by channel at today's delivery, as the log averages it."""
        found = self.today()[:, 1:].sum(axis=0)
        return dict(zip(self.channels, found.tolist(), strict=True))

    def early_gate(self, multipliers: Floats) -> Gate | None:
        """The gate a plan (K,) is beyond by running products; costs no evaluation."""
        if self._supports is None:
            return None
        point = np.ascontiguousarray(multipliers, dtype=np.float64)
        key = point.tobytes()
        if key not in self._early:
            self._early[key] = self._supports.early(np.concatenate(([1.0], point)))
        return self._early[key]

    def gate(self, multipliers: Floats) -> Gate | None:
        """The gate a plan (K,) is beyond; where running products do not tell, from its evaluation's own
        weights."""
        early = self.early_gate(multipliers)
        if early is not None or self._supports is None:
            return early
        point = np.ascontiguousarray(multipliers, dtype=np.float64)
        key = point.tobytes()
        if key not in self._gates:
            values, self._gates[key] = self._supports.looked(np.concatenate(([1.0], point)))
            self._keep(key, values)
        return self._gates[key]

    @property
    def rarity(self) -> Floats:
        """(K,) of a cut; alike where nothing is known."""
        return np.ones(len(self.channels)) if self._supports is None else self._supports.rarity

    def _keep(self, key: bytes, values: Floats) -> None:
        bought = np.zeros(len(values)) if self._purchases is None else values[:, self._purchases]
        self._known[key] = self._scale * values[:, self._columns], self._scale * bought

    def _evaluated(self, multipliers: Floats) -> tuple[Floats, Floats]:
        """(C, 1 + K) as `at`, and (C,) purchases."""
        point = np.ascontiguousarray(multipliers, dtype=np.float64)  # (K,)
        key = point.tobytes()
        if key not in self._known:
            self._keep(key, self._contributions(np.concatenate(([1.0], point))))
        return self._known[key]


def profit_of(values: Floats) -> Floats:
    """(C,) margin minus all spend: money that is not spent counts as kept."""
    return values[:, 0] - values[:, 1:].sum(axis=1)


def spend_of(values: Floats) -> Floats:
    """(C,) spend over all channels."""
    return values[:, 1:].sum(axis=1)


def total(values: Floats) -> float:
    """Total per period of per-cluster values (C,)."""
    return float(values.sum())


def standard_error(values: Floats) -> float:
    """Clustered standard error of that total, sqrt(C var); infinite with fewer than two clusters."""
    clusters = len(values)
    return float(np.sqrt(clusters * values.var(ddof=1))) if clusters > 1 else float("inf")
