"""Calendar windows: when a policy would be in force, the same for every entity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sql.errors import LogError, StudyError

TAIL_BEGINS = (0, 2, 6, 14)
"""Days after the horizon at which a stretch of the tail begins, each twice as long as the one before.

Measured in two worlds: with the whole tail in the horizon's last row the standard error of an uplift is a
third larger, one stretch a tenth larger, and six of them 3 % smaller."""


def tail_borders(tail_days: int) -> NDArray[np.int64]:
    """(S + 1,) days after the horizon at which a stretch of the tail begins, and at which the last ends."""
    return np.array([day for day in TAIL_BEGINS if day < tail_days] + [tail_days], np.int64)


@dataclass(frozen=True)
class Windows:
    """W windows, ascending, that do not overlap. Days are days since 1970-01-01."""

    start: NDArray[np.int64]  # (W,) first day
    end: NDArray[np.int64]  # (W,) first day after the window
    single_step: bool
    known: NDArray[np.bool_] | None = None
    """(W, S) stretches of the tail all of whose outcomes are known, and the state after them; None: all."""

    def index_of(self, day: NDArray[np.int32]) -> NDArray[np.int64]:
        """Window of each day (n,); -1 is none."""
        first = int(min(day.min(), self.start[0]))
        table = np.full(int(max(day.max(), self.end[-1])) - first + 1, -1, np.int64)
        for w, (start, end) in enumerate(zip(self.start, self.end, strict=True)):
            table[start - first : end - first] = w
        return table[day - first]

    def periods_per_journey(self, period_days: int) -> float:
        """Budget periods divided by the periods' worth of days that all windows together cover.

        Single-step logs shorter than a period count as one period.
        """
        covered = int((self.end - self.start).sum())
        return period_days / (max(covered, period_days) if self.single_step else covered)


def cut_windows(
    days: NDArray[np.int64],
    epoch_days: int,
    immature_days: NDArray[np.int32],
    horizon_days: int,
    tail_days: int,
    *,
    single_step: bool,
) -> Windows:
    """Windows of `horizon_days`, cut backwards from the last day whose tail is complete and mature, and
    behind them those that are mature themselves, with as much of their tails as is known.

    days: the distinct decision days, ascending, on a grid of `epoch_days`; immature_days: those with a row
    whose outcomes are not all known. Single-step logs: every mature epoch is a window of its own.
    Raises LogError when no window with its tail fits, StudyError when the horizon does not lie on the grid.
    """
    first, stop = int(days[0]), int(days[-1]) + epoch_days
    bad = np.zeros(stop - first, bool)
    for day in immature_days:
        bad[day - first : day - first + epoch_days] = True
    ends: list[int] = []
    if single_step:
        horizon_days, tail = epoch_days, 0
    else:
        if horizon_days % epoch_days:
            raise StudyError(
                f"decision.horizon_days = {horizon_days} is not a multiple of the epoch of {epoch_days} days "
                "in which decisions were logged."
            )
        tail = -(-tail_days // epoch_days) * epoch_days
    end = stop - tail
    while end - horizon_days >= first:
        usable = not bad[end - horizon_days - first : end + tail - first].any()
        if usable:
            ends.append(end)
        end -= horizon_days if usable else epoch_days
    if not ends:
        mature = int((~bad).sum())
        raise LogError(
            f"The log covers {stop - first} {'day' if stop - first == 1 else 'days'}, {mature} of them with "
            f"complete outcomes, but a horizon of {horizon_days} days and a tail of {tail} need "
            f"{horizon_days + tail} complete days in a row. "
            "Log longer, or shorten decision.horizon_days or decision.tail_days."
        )
    ends.reverse()
    if tail:
        newest = range(ends[-1] + horizon_days, stop, horizon_days)  # what follows begins in the log
        ends += [end for end in newest if not bad[end - horizon_days - first : end - first].any()]
    last = np.array(ends, np.int64)
    known = _known(bad, last - first, tail_days) if tail else None
    return Windows(last - horizon_days, last, single_step, known)


def _known(bad: NDArray[np.bool_], end: NDArray[np.int64], tail_days: int) -> NDArray[np.bool_]:
    """(W, S) stretches after the windows' ends (W,), days of the log, up to which no day is bad (days,) or
    still to come; nor the day on which the next one begins."""
    borders = tail_borders(tail_days)
    unknown = np.concatenate([[0], np.cumsum(np.append(bad, np.ones(borders[-1] + 1, bool)))])
    until = np.minimum(end[:, None] + borders, len(unknown) - 1)
    known = unknown[until[:, 1:]] == unknown[until[:, :1]]
    known[:, :-1] &= until[:, 1:-1] < len(bad)
    return np.asarray(known)
