"""From night to night: what an earlier night said, when its answer stays, and what changed since.

A nightly report is a repeated look at a growing log. Two rules keep it from changing its mind for no reason:

- The plan: last night's stays while it is still worth proposing, confirmed where tonight's best is, and that
  is not better than it beyond doubt (`Search.settled`).
- The verdict: after a night that said KEEP, a move needs the bound that holds for every night together
  (`confidence_sequence`), not only tonight's; both hold for every plan. A first night needs tonight's alone:
  there was no earlier look. A move becomes KEEP again on the first night whose bound is not above 0.

Measured (`tests/truth/test_split_nights.py`: slopes of three channels on 120 days of logs and one day more
each night, 30 nights, plans between channels only), as each night alone has it, and with the bound for every
night:

    true effect, in standard errors       0            2            2.5          3            4
    logs with a move on any night    .067 .037    .69  .46    .86  .70    .96  .87    1.0  .99
    changes of verdict per log       .146 .022    .99  .11    .67  .08    .48  .05    .02  .00

The bound for every night leaves the rate of false moves at that of the first look, and few changes of mind.
Its price are effects of two to three standard errors, which wait for more logs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation import MAX_LEVEL, TIGHTEST_AT, sequence_level
from models.results import Changed, How, SpendChange, Uplift
from models.split.choice import SplitChoice
from models.split.limits import Limits

Floats = NDArray[np.float64]
MOVES = ("MOVE", "MOVE_PARTLY")
NOTICEABLE = 0.05
"""Change of a channel's own spend, as a share, that is worth a word."""
NEARLY = 0.1
"""Change of a budget, as a share of last night's, up to which a plan that moves every row the same way is the
same one, a little moved."""


@dataclass(frozen=True)
class EarlierNight:
    """What the newest published report before tonight's said. Rows by channel and segment (None: all)."""

    as_of: str
    verdict: str
    recommended: dict[tuple[str, str | None], float]
    current: dict[tuple[str, str | None], float]
    low: float | None
    """Lower end of the uplift's interval; None where there was no move."""
    other_currency: str = ""
    """Its currency, where that is not tonight's: then its amounts are left out."""

    def plan(self, choice_rows: tuple[tuple[str, str | None], ...], limits: Limits) -> Floats | None:
        """(K,) its recommendation for tonight's rows, if it moved and had the same ones.

        A row that was not to change keeps tonight's spend, and one that was has its budget as typed.
        """
        if self.verdict not in MOVES or set(choice_rows) != set(self.recommended):
            return None
        wanted = np.array([self.recommended[row] for row in choice_rows])
        before = np.array([self.current[row] for row in choice_rows])
        return np.where(limits.free & (np.abs(wanted - before) > 0.005), wanted, limits.current)


def too_soon(earlier: EarlierNight | None, uplift: Uplift | None, low_every_night: float | None) -> bool:
    """Does a move have to wait? After a night that kept today's split, tonight's interval is not enough.

    low_every_night: lower bound for all nights together; None: too few entities for one, so it waits too.
    """
    if earlier is None or earlier.verdict != "KEEP" or uplift is None or not uplift.low > 0:
        return False
    return low_every_night is None or not low_every_night > 0


def lasting_level(clusters: int, level: float) -> float:
    """The one-sided level at which a bound of tonight's reaches as far as one of `level` for every night
    together; 1 where so few entities give none."""
    lasting = sequence_level(clusters, level, tightest_at=TIGHTEST_AT, one_sided=True) if clusters else 1.0
    return 0.5 + lasting / 2 if lasting <= MAX_LEVEL else 1.0


def what_changed(
    earlier: EarlierNight | None, verdict: str, choice: SplitChoice, *, waits: bool
) -> Changed | None:
    """Tonight against the earlier night; None on a first night."""
    if earlier is None:
        return None
    if earlier.other_currency:
        return Changed(earlier.as_of, "currency", currency=earlier.other_currency)
    how = _how(choice, moved=earlier.verdict in MOVES, moves=verdict in MOVES, waits=waits)
    if how == "plan differs" and _nearly(earlier, choice):
        how = "plan nearly"
    return Changed(earlier.as_of, how, earlier.low, _spent(earlier, choice))


def _how(choice: SplitChoice, *, moved: bool, moves: bool, waits: bool) -> How:
    """moved, moves: last night's answer, and tonight's."""
    if choice.stays_from:
        return "plan stays" if moves else "plan lost"
    if moves:
        return "plan differs" if moved else "new move"
    if moved:
        return "move ends"
    return "waits" if waits else "keeps"


def _nearly(earlier: EarlierNight, choice: SplitChoice) -> bool:
    """Does every row go the way it went, to nearly the same budget? What stays has each night's spend."""
    rows: list[tuple[str, str | None]] = [(name, None) for name in choice.limits.channels]
    if choice.cells is not None:
        rows = [(choice.cells.channel_of(k), cell.label) for k, cell in enumerate(choice.cells.cells)]
    if set(rows) != set(earlier.recommended):
        return False
    then, before = (np.array([of[row] for row in rows]) for of in (earlier.recommended, earlier.current))
    plan, limits = np.array(choice.plan), choice.limits
    way, way_then = (np.sign(np.round(a, 2)) for a in (plan - limits.current, then - before))
    near = np.abs(plan - then) <= np.maximum(NEARLY * then, limits.step)
    return bool(np.all((way == way_then) & (near | (way == 0))))


def _spent(earlier: EarlierNight, choice: SplitChoice) -> tuple[SpendChange, ...]:
    """Rows whose own spend went elsewhere since."""
    found = []
    for name, now in zip(choice.limits.channels, choice.limits.current.tolist(), strict=True):
        before = earlier.current.get((name, None))
        if before and abs(now - before) > NOTICEABLE * before:
            found.append(SpendChange(name, before, now))
    return tuple(found)
