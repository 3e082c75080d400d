"""Journeys that lie at several sites: each works on its own rows, and only sums go from one to the others.

Every site runs the same program on its own journeys and stops wherever it needs a sum over all of them; then
all go on with the same figures. One site alone, `ALONE`, is the same program with its own sums.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Sites(Protocol):
    """Where a site asks for what all say together, in the same order and by the same names everywhere."""

    @property
    def several(self) -> bool:
        """Are there other sites?"""

    def total(self, name: str, mine: Floats) -> Floats:
        """The sum over all sites of an array, of one shape everywhere."""

    def union(self, name: str, mine: NDArray[np.int64]) -> NDArray[np.int64]:
        """The whole numbers, ascending, that any site has: labels of days and steps, never of entities."""


class Alone:
    """All journeys are here."""

    several = False

    def total(self, name: str, mine: Floats) -> Floats:  # noqa: ARG002  one site asks nobody
        """The array itself."""
        return mine

    def union(self, name: str, mine: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ARG002
        """The numbers in it."""
        return np.unique(mine)


ALONE = Alone()
