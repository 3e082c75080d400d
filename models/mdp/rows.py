"""Rows of large tables put together, without holding them twice."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def joined_columns(parts: list[Any], names: Sequence[str]) -> dict[str, NDArray]:
    """Some columns of tables, the rows of one after those of the other. `parts` is emptied, so that each
    column is let go of as soon as it is copied."""
    columns = [{name: getattr(part, name) for name in names} for part in parts]
    parts.clear()
    return {name: _joined([part.pop(name) for part in columns]) for name in names}


def _joined(parts: list[NDArray]) -> NDArray:
    """The parts one after the other: memory is taken as rows are written, and given back part by part."""
    if len(parts) == 1:
        return parts[0]
    out: NDArray = np.empty((sum(map(len, parts)), *parts[0].shape[1:]), parts[0].dtype)
    end = 0
    while parts:
        part = parts.pop(0)
        out[end : end + len(part)] = part
        end += len(part)
    return out


class GrowingRows:
    """Rows of d numbers to which more are added where they lie: nothing is joined, or held twice."""

    def __init__(self, d: int) -> None:
        self._rows = np.empty((0, d), np.float32)

    def add(self, n: int) -> NDArray[np.float32]:
        """(n, d) new ones, to be filled and let go of before others are added."""
        before, d = self._rows.shape
        if before:
            self._rows.resize((before + n, d), refcheck=False)
        else:
            self._rows = np.empty((n, d), np.float32)
        return self._rows[before:]

    @property
    def whole(self) -> NDArray[np.float32]:
        """All of them, when no more are added."""
        return self._rows


def put_rows(out: NDArray, places: NDArray[np.int64], rows: NDArray) -> None:
    """out[places] = rows, of arrays without gaps: whole rows are moved at once, twice as fast."""
    row = np.dtype((np.void, out.strides[0]))
    np.put(out.view(row), places, np.ascontiguousarray(rows).view(row))
