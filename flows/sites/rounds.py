"""Rounds of sums between sites that work side by side, each on its own rows until all have said theirs.

All run one program; a coordinator adds what they hand over, in the sites' order, and hands the sum to all.
Nothing else leaves a site, and `handed` keeps it for whoever wants to look.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, BrokenBarrierError
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.mdp import Sites
from sql.errors import StudyError

Floats = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.int64]
Answer = TypeVar("Answer")
END = "end"


@dataclass(frozen=True)
class Handed:
    """What one site handed over in one round."""

    name: str
    figures: Numbers
    is_sum: bool
    """Is it added up? Else it is a list of labels, of days and steps."""


class Rounds:
    """The coordinator of so many sites."""

    def __init__(self, sites: Sequence[str]) -> None:
        self.sites = tuple(sites)
        self.handed: list[list[Handed]] = [[] for _ in self.sites]
        self._met = Barrier(len(self.sites))

    def run(self, program: Callable[[int, Sites], Answer]) -> list[Answer]:
        """What the program says at every site, given its number and where to ask for sums.

        Raises the first site's error; StudyError where sites do not ask for the same sums.
        """

        def at_site(number: int) -> Answer:
            try:
                found = program(number, _Site(self, number))
                self.exchange(number, Handed(END, np.zeros(0), True))
                return found
            except BaseException:
                self._met.abort()  # nobody waits for a site that has stopped
                raise

        with ThreadPoolExecutor(len(self.sites)) as threads:
            futures = [threads.submit(at_site, number) for number in range(len(self.sites))]
        errors = [error for one in futures if (error := one.exception())]
        for error in errors:
            if not isinstance(error, BrokenBarrierError):
                raise error
        return [one.result() for one in futures]

    def exchange(self, number: int, mine: Handed) -> list[Handed]:
        """What every site handed over in this round, in their order."""
        self.handed[number].append(mine)
        self._met.wait()
        found = [handed[len(self.handed[number]) - 1] for handed in self.handed]
        self._met.wait()  # nobody goes on before all have read
        if len({(one.name, one.is_sum, one.figures.shape if one.is_sum else ()) for one in found}) > 1:
            asked = ", ".join(f"{site}: {one.name}" for site, one in zip(self.sites, found, strict=True))
            raise StudyError(f"Sites ask for different sums ({asked}); their logs do not fit together.")
        return found


@dataclass(frozen=True)
class _Site:
    """One site's way to the coordinator."""

    rounds: Rounds = field(repr=False)
    number: int

    @property
    def several(self) -> bool:
        return True

    def total(self, name: str, mine: Floats) -> Floats:
        if not np.isfinite(mine).all():
            raise StudyError(f"The sums of {name} at {self.rounds.sites[self.number]} are not all finite.")
        found = self.rounds.exchange(self.number, Handed(name, np.array(mine, np.float64), True))
        return np.asarray(sum([one.figures for one in found[1:]], found[0].figures), np.float64)

    def union(self, name: str, mine: NDArray[np.int64]) -> NDArray[np.int64]:
        found = self.rounds.exchange(self.number, Handed(name, np.unique(mine), False))
        return np.unique(np.concatenate([one.figures for one in found])).astype(np.int64)
