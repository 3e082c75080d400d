"""How many decide today, against the days a log is judged by.

Promises are totals per budget period, and the budget they speak of is today's. A log of a growing shop had
fewer people on its average day than the period to come will have: with a budget of today and the people of
two months ago, a cut would look better than it is, and every gain in margin smaller.
"""

import numpy as np
from numpy.typing import NDArray

from models.mdp.sites import ALONE, Sites
from models.mdp.windows import Windows


def newest_volume(
    entity: NDArray[np.int64],
    day: NDArray[np.int32],
    windows: Windows,
    period_days: int,
    sites: Sites = ALONE,
) -> float:
    """Entities per day of the newest period, per one on the days of the windows, at all sites.

    entity, day (n,): of all rows of a table, sorted by both; several decisions of one entity on one day count
    once, since budgets decide how many there are. Days without any row are left out: an outage is no fall.

    Assumption: who comes today is worth as much as who came then, and the coming period will have as many as
    the newest one. Wrong where newcomers differ, and by a period's growth where growth goes on.
    """
    once = np.r_[True, (entity[1:] != entity[:-1]) | (day[1:] != day[:-1])]
    present = np.bincount(day[once] - day.min())  # (days,)
    days = sites.union("days", np.flatnonzero(present) + int(day.min()))
    judged = windows.index_of(days.astype(np.int32)) >= 0
    newest = days > days[-1] - period_days
    at = days - day.min()
    count = np.where((at >= 0) & (at < len(present)), present[np.clip(at, 0, len(present) - 1)], 0)
    sums = sites.total("entities of days", np.array([count[newest].sum(), count[judged].sum()], np.float64))
    return float((sums[0] / newest.sum()) / (sums[1] / judged.sum()))
