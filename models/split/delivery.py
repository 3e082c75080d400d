"""What scaled delivery is worth: margin and spend per cluster as a function of the channels' multipliers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class DeliveryValue:
    """Scaled delivery pi_m on one set of entities. C clusters, A actions, K = A - 1 channels, o outcomes.

    Quantities are what a goal is made of: margin, all spend, purchases.

    `contributions(multipliers (A,)) -> (C, o)` are per-cluster values with
    `scale * contributions.sum(0)` the estimated total per budget period and
    `scale**2 * C * contributions.var(0, ddof=1)` its variance; all ones is today's delivery.
    Every call costs seconds, so each multiplier vector is evaluated once. A night has whole channels by quick
    looks (`models.evaluation.quick_look`) and cells of segments in full.
    """

    def __init__(
        self,
        contributions: Callable[[Floats], Floats],
        *,
        outcome_names: tuple[str, ...],
        actions: tuple[str, ...],
        scale: float,
        cluster_key: NDArray[np.int64],
    ) -> None:
        self._contributions = contributions
        self._scale = scale
        self._columns = [outcome_names.index(n) for n in ("margin", *(f"cost:{a}" for a in actions[1:]))]
        self._purchases = outcome_names.index("purchases") if "purchases" in outcome_names else None
        self._known: dict[bytes, tuple[Floats, Floats]] = {}
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

    def _evaluated(self, multipliers: Floats) -> tuple[Floats, Floats]:
        """(C, 1 + K) as `at`, and (C,) purchases."""
        point = np.ascontiguousarray(multipliers, dtype=np.float64)  # (K,)
        key = point.tobytes()
        if key not in self._known:
            values = self._contributions(np.concatenate(([1.0], point)))
            bought = np.zeros(len(values)) if self._purchases is None else values[:, self._purchases]
            self._known[key] = self._scale * values[:, self._columns], self._scale * bought
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
