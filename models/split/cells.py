"""Parts of channels: a cell is one channel in one or more segments of users, with a budget of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policies import SegmentedDelivery
from models.results import Hold
from models.settings import ChannelBounds, SplitSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """One row of a split by segment."""

    channel: int
    """0.. among the channels, without `none`."""
    segments: tuple[int, ...]
    """Indices of its segments; S is whoever is in none."""
    label: str | None
    """`regulars`, `explorers + regulars`; None: everybody."""
    name: str
    """`search \u00b7 regulars`; the channel's own where the label is None."""
    addressed: bool = True
    """False: these users are in no segment, so no platform can be given a budget for them."""


@dataclass(frozen=True)
class Cells:
    """All cells, in the order of channels. K channels, S segments."""

    cells: tuple[Cell, ...]
    channels: tuple[str, ...]  # (K,)
    columns: tuple[int, ...]  # (S,) feature columns of the segments

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(cell.name for cell in self.cells)

    def channel_of(self, row: int) -> str:
        """The channel a row is about."""
        return self.channels[self.cells[row].channel]

    def policy(self, multipliers: tuple[float, ...], name: str, text: str = "") -> SegmentedDelivery:
        """Delivery at (1 + cells,) multipliers, `none` first."""
        table = np.ones((len(self.columns) + 1, len(self.channels) + 1))
        for cell, multiplier in zip(self.cells, multipliers[1:], strict=True):
            table[list(cell.segments), 1 + cell.channel] = multiplier
        return SegmentedDelivery(tuple(tuple(row) for row in table.tolist()), self.columns, name, text)

    def masks(self, segment: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(cells, C) which clusters a cell is about, from the segment (C,) of each."""
        return np.stack([np.isin(segment, cell.segments) for cell in self.cells])

    def spend(self, current: Mapping[str, float], shares: Floats) -> dict[str, float]:
        """Today's spend per period by cell; shares (K, S + 1) of each channel's spend by segment."""
        return {
            c.name: current[self.channels[c.channel]] * float(shares[c.channel, list(c.segments)].sum())
            for c in self.cells
        }

    def settings(self, split: SplitSettings, shares: Floats) -> SplitSettings:
        """The study's bounds by cell: each takes its share of its channel's; together they keep it."""
        bounds = {}
        for c in self.cells:
            own = split.channels.get(self.channels[c.channel])
            if own is not None:
                part = float(shares[c.channel, list(c.segments)].sum())
                bounds[c.name] = ChannelBounds(
                    min=None if own.min is None else part * own.min,
                    max=None if own.max is None else part * own.max,
                    rounding=own.rounding,
                )
        return split.model_copy(update={"channels": bounds})

    def held(self, channels: Mapping[str, Hold]) -> dict[str, Hold]:
        """The reasons that hold channels, by cell."""
        return {
            c.name: channels[self.channels[c.channel]]
            for c in self.cells
            if self.channels[c.channel] in channels
        }


def cells_of(
    groups: Mapping[int, tuple[tuple[int, ...], ...]],
    channels: tuple[str, ...],
    segments: tuple[str, ...],
    columns: tuple[int, ...],
    *,
    nobody: bool,
) -> Cells:
    """Cells from each channel's groups of segments; a channel with one group, or none, stays whole.

    nobody: no user is outside the segments, so that no cell is needed for the rest.
    """
    cells = []
    everybody = tuple(range(len(segments) + 1))
    for k, channel in enumerate(channels):
        parts = groups.get(k, ())
        if len(parts) < 2:
            cells.append(Cell(k, everybody, None, channel))
            continue
        for part in parts:
            label = " + ".join(segments[s] for s in part)
            cells.append(Cell(k, part, label, f"{channel} \u00b7 {label}"))
        if not nobody:
            label = "no segment"
            cells.append(Cell(k, (len(segments),), label, f"{channel} \u00b7 {label}", addressed=False))
    return Cells(tuple(cells), channels, columns)
