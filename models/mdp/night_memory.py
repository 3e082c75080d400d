"""How many decisions a night has room for.

A night holds its table once, and beside it all users as those who judge: their design in float32, outcomes
twice, Q of every action by outcome, and what two threads are at; and a sample of them to search by. All of
that is proportional to the decisions; libraries and the log's totals come on top.
"""

from dataclasses import dataclass

from sql.errors import StudyError
from sql.settings import LIBRARIES_GB

GB = 1e9


@dataclass(frozen=True)
class Room:
    """The memory of a night, and how wide its decisions are."""

    limit_gb: float | None
    """None: as much as there is."""
    features: int
    actions: int
    outcomes: int

    @property
    def bytes_per_decision(self) -> int:
        """What a night's peak grows by with one more decision.

        Measured were 1.8 kilobytes in a night of 2.1 million decisions with 60 features, six actions and
        eight outcomes, and a quarter more is counted: a reserve. How that divides between the two terms is
        counted from the arrays held, not measured.
        """
        return 11 * self.features + 33 * self.actions * self.outcomes

    @property
    def fits(self) -> int | None:
        """How many decisions there is room for; None: for any number."""
        if self.limit_gb is None:
            return None
        return int((self.limit_gb - LIBRARIES_GB) * GB / self.bytes_per_decision)

    def most(self, asked: int | None) -> int | None:
        """About how many decisions to judge: as asked, else as many as there is room for; None for all."""
        return self.fits if asked is None else asked

    def check(self, decisions: int) -> None:
        """Raise StudyError where so many decisions, asked for by number, do not fit. A sample may be a tenth
        larger than was meant."""
        needed = LIBRARIES_GB + decisions * self.bytes_per_decision / GB
        if self.limit_gb is None or needed <= 1.1 * self.limit_gb:
            return
        raise StudyError(
            f"{decisions:,} decisions of {self.features} features need about {needed:.1f} GB of memory, and "
            f"`logs.memory_limit_gb` is {self.limit_gb:g}: raise it, or lower `evaluation.max_decisions` to "
            f"{self.fits:,} or leave it out."
        )
