"""Where each row stands among its journey's steps and its entity: the index every estimator shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.mdp import Journeys, Sites
from models.numerics import stable_order

Floats = NDArray[np.float64]
Values = NDArray[np.floating]
Booked = Values | Callable[[slice], Values]
"""(n, o) of rows: there already, or worked out for a stretch of them when it is asked for."""
BLOCK_ROWS = 1 << 14
"""Rows that are added up at a time, whole clusters: what is worked out of them stays in the cache."""


@dataclass(frozen=True)
class Steps:
    """Policy-independent index of n rows, J journeys, C clusters, T steps."""

    t: NDArray[np.int32]  # (n,)
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

    def ahead(self, values: Values, part: slice) -> Values:
        """(m, o) values (n, o) of the row after each row of a stretch; 0 after a journey's last one."""
        found = np.zeros((part.stop - part.start, values.shape[1]), values.dtype)
        following = values[part.start + 1 : part.stop + 1]
        found[: len(following)] = following
        found[self.is_last[part]] = 0.0
        return found

    def over_clusters(self, factor: Floats, values: Booked) -> Floats:
        """(C, o): sum over a cluster's rows of factor (n,) x values (n, o)."""
        sums = []
        for block in self._blocks:
            offsets = self.cluster_offsets[block.clusters.start : block.clusters.stop + 1] - block.rows.start
            every = np.arange(offsets[-1], dtype=self._index)
            sums.append(self._sum(factor[block.rows], offsets, every, _in(values, block.rows)))
        return np.concatenate(sums)

    def of_first_rows(self, values: Values) -> Floats:
        """(C, o): sum over a cluster's journeys of their first row's values, of values (n, o)."""
        first = self.at(0)
        return self.over_cluster_journeys(np.ones(len(first)), np.arange(len(first)), values[first])

    def over_cluster_journeys(self, factor: Floats, pick: NDArray[np.integer], values: Values) -> Floats:
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

    def over_cells(self, factor: Floats, values: Booked) -> Floats:
        """(m, o): sum over a cell's rows of factor (n,) x values (n, o)."""
        cells, sums = self.cells, []
        ends = np.append(cells.of_cluster, len(cells.step))
        for block in self._blocks:
            first, last = ends[block.clusters.start], ends[block.clusters.stop]
            offsets = cells.offsets[first : last + 1] - block.rows.start
            rows = cells.rows[block.rows]  # a cluster's, and no other's
            inside = rows - rows.dtype.type(block.rows.start)
            sums.append(self._sum(factor[rows], offsets, inside, _in(values, block.rows)))
        return np.concatenate(sums)

    @cached_property
    def _blocks(self) -> tuple["_Block", ...]:
        """Stretches of whole clusters with about `BLOCK_ROWS` rows each."""
        borders = np.searchsorted(self.cluster_offsets, np.arange(0, len(self.t), BLOCK_ROWS))
        ends = np.unique(np.append(borders, len(self.cluster_offsets) - 1)).tolist()
        return tuple(
            _Block(slice(a, b), slice(int(self.cluster_offsets[a]), int(self.cluster_offsets[b])))
            for a, b in pairwise(ends)
        )

    @property
    def _cluster(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.cluster_offsets) - 1), np.diff(self.cluster_offsets))

    @property
    def _index(self) -> type[np.integer]:
        return np.int32 if len(self.t) <= np.iinfo(np.int32).max else np.int64

    # scipy takes indices as they are where they are as short as they can be, and else copies them every time
    def _sum(self, factor: Floats, offsets: NDArray, columns: NDArray, values: Values) -> Floats:
        # one pass on one thread in row order: no (n, o) temporary, and the same bits everywhere
        short = columns.astype(self._index, copy=False), offsets.astype(self._index)
        return csr_array((factor, *short), shape=(len(offsets) - 1, len(values))) @ values


def _in(values: Booked, rows: slice) -> Values:
    """(m, o) of a stretch of rows."""
    return values(rows) if callable(values) else values[rows]


@dataclass(frozen=True)
class _Block:
    """Some clusters, and their rows."""

    clusters: slice
    rows: slice


@dataclass(frozen=True)
class Cells:
    """m cells of n rows, sorted by (cluster, step)."""

    step: NDArray[np.int32]  # (m,)
    rows: NDArray[np.integer]  # (n,) cell after cell
    offsets: NDArray[np.int64]  # (m + 1,) into rows
    of_cluster: NDArray[np.int64]  # (C,) each cluster's first cell


def index_steps(journeys: Journeys) -> Steps:
    """The index. Raises ValueError when rows are not sorted by (cluster, journey, t) with t = 0, 1, ...."""
    journey, t = journeys.journey, journeys.t.astype(np.int32, copy=False)
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
        by_step=stable_order(t),
        step_offsets=np.r_[0, np.cumsum(np.bincount(t, minlength=n_steps))],
        cluster_offsets=np.searchsorted(journeys.cluster, clusters),
        journey_offsets=np.searchsorted(journeys.cluster[first], clusters),
        sites=sites,
        n_journeys=float(n_journeys),
    )
