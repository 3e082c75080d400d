"""Where each row stands among its journey's steps and its entity: the index every estimator shares."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.mdp import Journeys, Sites

Floats = NDArray[np.float64]
Values = NDArray[np.floating]


@dataclass(frozen=True)
class Steps:
    """Policy-independent index of n rows, J journeys, C clusters, T steps."""

    t: NDArray[np.int64]  # (n,)
    journey: NDArray[np.int64]  # (n,)
    last: NDArray[np.int64]  # (J,) row of each journey's last step
    is_last: NDArray[np.bool_]  # (n,)
    by_step: NDArray[np.int64]  # (n,) rows sorted by (t, journey)
    step_offsets: NDArray[np.int64]  # (T + 1,) into by_step
    cluster_offsets: NDArray[np.int64]  # (C + 1,) into rows
    journey_offsets: NDArray[np.int64]  # (C + 1,) into journeys
    sites: Sites
    """Where the other journeys are; their longest one says how many steps there are."""
    n_journeys: float
    """Of all sites."""

    @property
    def n_steps(self) -> int:
        return len(self.step_offsets) - 1

    def at(self, t: int) -> NDArray[np.int64]:
        """Rows at step t, by journey."""
        return self.by_step[self.step_offsets[t] : self.step_offsets[t + 1]]

    def over_clusters(self, factor: Floats, values: Values) -> Floats:
        """(C, o): sum over a cluster's rows of factor (n,) x values (n, o)."""
        return self._sum(factor, self.cluster_offsets, self._all_rows, values)

    def of_first_rows(self, values: Values) -> Floats:
        """(C, o): sum over a cluster's journeys of their first row's values, of values (n, o)."""
        first = self.at(0)
        return self.over_cluster_journeys(np.ones(len(first)), np.arange(len(first)), values[first])

    def over_cluster_journeys(self, factor: Floats, pick: NDArray[np.int64], values: Values) -> Floats:
        """(C, o): sum over a cluster's journeys of factor (J,) x values[pick], pick (J,) into values."""
        return self._sum(factor, self.journey_offsets, pick, values)

    @cached_property
    def cells(self) -> "Cells":
        """Rows of one cluster at one step, which share whatever is said of clusters and of steps."""
        order = np.argsort(self._cluster * self.n_steps + self.t, kind="stable")
        cluster, step = self._cluster[order], self.t[order]
        first = np.flatnonzero(np.r_[True, (np.diff(cluster) != 0) | (np.diff(step) != 0)])
        of_cluster = np.searchsorted(cluster[first], np.arange(len(self.cluster_offsets) - 1))
        return Cells(step[first], order.astype(self._index), np.r_[first, len(order)], of_cluster)

    def over_cells(self, factor: Floats, values: Values) -> Floats:
        """(m, o): sum over a cell's rows of factor (n,) x values (n, o)."""
        cells = self.cells
        return self._sum(factor[cells.rows], cells.offsets, cells.rows, values)

    # scipy takes indices as they are where they are as short as they can be, and else copies them every time
    @cached_property
    def _all_rows(self) -> NDArray[np.integer]:
        return np.arange(len(self.t), dtype=self._index)

    @property
    def _cluster(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.cluster_offsets) - 1), np.diff(self.cluster_offsets))

    @property
    def _index(self) -> type[np.integer]:
        return np.int32 if len(self.t) <= np.iinfo(np.int32).max else np.int64

    def _sum(self, factor: Floats, offsets: NDArray, columns: NDArray, values: Values) -> Floats:
        # one pass on one thread in row order: no (n, o) temporary, and the same bits everywhere
        short = columns.astype(self._index, copy=False), offsets.astype(self._index)
        return csr_array((factor, *short), shape=(len(offsets) - 1, len(values))) @ values


@dataclass(frozen=True)
class Cells:
    """m cells of n rows, sorted by (cluster, step)."""

    step: NDArray[np.int64]  # (m,)
    rows: NDArray[np.integer]  # (n,) cell after cell
    offsets: NDArray[np.int64]  # (m + 1,) into rows
    of_cluster: NDArray[np.int64]  # (C,) each cluster's first cell


def index_steps(journeys: Journeys) -> Steps:
    """The index. Raises ValueError when rows are not sorted by (cluster, journey, t) with t = 0, 1, ...."""
    journey, t = journeys.journey, journeys.t.astype(np.int64)
    first = np.searchsorted(journey, np.arange(journeys.n_journeys))
    offsets = np.r_[first, len(journey)]
    whole = len(journey) and np.array_equal(journey, np.repeat(np.arange(len(first)), np.diff(offsets)))
    if not whole or np.any(t != np.arange(len(t)) - first[journey]) or np.any(np.diff(journeys.cluster) < 0):
        raise ValueError("Journeys must be sorted by (cluster, journey, t), with t = 0, 1, ... inside each.")
    sites = journeys.sites
    n_steps = int(sites.union("steps", np.unique(t))[-1]) + 1
    (n_journeys,) = sites.total("journeys", np.array([float(journeys.n_journeys)]))
    is_last = np.zeros(len(t), bool)
    is_last[offsets[1:] - 1] = True
    clusters = np.arange(journeys.n_clusters + 1)
    return Steps(
        t=t,
        journey=journey,
        last=offsets[1:] - 1,
        is_last=is_last,
        by_step=np.argsort(t, kind="stable"),
        step_offsets=np.r_[0, np.cumsum(np.bincount(t, minlength=n_steps))],
        cluster_offsets=np.searchsorted(journeys.cluster, clusters),
        journey_offsets=np.searchsorted(journeys.cluster[first], clusters),
        sites=sites,
        n_journeys=float(n_journeys),
    )
