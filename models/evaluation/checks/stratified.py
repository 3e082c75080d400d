"""A witness without a model: shown against not shown, among people and days that are alike.

    effect of k per time it is shown = sum over strata of n_k (mean y | k - mean y | none) / sum of n_k,

y the margin of the days that follow, strata of (eligible set, day, recent visits, shown today, segment, and
what is known of the entity itself, numbers in thirds), a week in place of a day where fewer than `ENOUGH` are
left. The average effect on those who were shown it (Rubin 1974): what "a little more of what is delivered"
changes per exposure. It shares no Q, no mu and no rho with the headline. Assumption: within a stratum it is
chance who is shown what. Wrong where delivery looks beyond the strata; noisy, since it knows nothing of what
was coming anyway.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.mdp import MICROS, Transitions
from models.results import CountedAlike, HealthCheck, NobodyAlike, SplitRow

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
ENOUGH = 5
"""People of a stratum who were left without, so that their mean is one."""
MIN_COMPARED = 0.5
"""Share of an action's exposures that find somebody alike; below it nothing is said."""
FALSE_ALARM = 0.001
"""Chance that the two disagree on any channel where neither is wrong."""
NAME = "plain comparison"
WEEK_DAYS = 7
COUNTS = (0.5, 1.5, 3.5)
"""Visits and exposures are alike as 0, 1, 2 to 3, or more."""
THIRDS = (1 / 3, 2 / 3)
"""Quantiles between which numbers that tell who somebody is are alike."""


@dataclass(frozen=True)
class PlainEffect:
    """Of one action, per time it was shown, in currency units."""

    action: str
    effect: float
    error: float
    """Standard error, clustered by entity."""
    cost: float
    """Mean cost of an exposure."""
    compared: float
    """Share of the exposures that found somebody alike."""

    @property
    def iroas(self) -> float:
        return self.effect / self.cost

    @property
    def iroas_error(self) -> float:
        return self.error / self.cost


def stratified_effects(t: Transitions, days: int) -> tuple[PlainEffect, ...]:
    """Of every action but the first that has a cost, over decisions whose next `days` are mature."""
    if not t.n_rows:
        return ()
    y, known = _goal_of_the_next(t, days)
    choice = known & (t.eligible.sum(axis=1) > 1)
    _, number = np.unique(t.entity, return_inverse=True)
    alike = _alike(t)
    found = []
    for k in range(1, len(t.actions)):
        rows = np.flatnonzero(choice & t.eligible[:, k] & ((t.action == k) | (t.action == 0)))
        shown = t.action[rows] == k
        cost = float(t.outcome(f"cost:{t.actions[k]}")[rows[shown]].sum()) * MICROS
        if not shown.any() or cost <= 0:
            continue
        stratum, good = _strata(alike[rows], t.day[rows].astype(np.int64), shown)
        if not good.any():
            continue
        compared = float(shown[good].sum() / shown.sum())
        effect, error = _effect_on_the_shown(y[rows[good]], shown[good], stratum[good], number[rows[good]])
        found.append(PlainEffect(t.actions[k], effect, error, cost / int(shown.sum()), compared))
    return tuple(found)


def check_plain_comparison(
    effects: tuple[PlainEffect, ...], rows: tuple[SplitRow, ...], level: float
) -> HealthCheck:
    """The channels' marginal returns against a plain comparison; rows: of the split, whole channels; level:
    of their intervals."""
    plain = {e.action: e for e in effects if e.compared >= MIN_COMPARED and np.isfinite(e.error)}
    told = []
    for row in rows:
        known = (row.marginal_iroas, row.marginal_iroas_low, row.marginal_iroas_high)
        if row.segment is not None or row.channel not in plain or None in known:
            continue
        estimate, low, high = (float(x) for x in known if x is not None)
        effect = plain[row.channel]
        noise = float(np.hypot((high - low) / (2 * norm.ppf(0.5 + level / 2)), effect.iroas_error))
        if noise > 0:
            told.append((abs(estimate - effect.iroas) / noise, row.channel, estimate, effect))
    most = float(norm.isf(FALSE_ALARM / 2 / max(len(told), 1)))  # the largest of so many
    limit = f"at most {most:.1f}"
    if not told:
        return HealthCheck(NAME, "ok", None, "standard errors", limit, NobodyAlike())
    z, channel, estimate, effect = max(told, key=lambda found: (found[0], found[1]))
    seen = CountedAlike(channel, effect.iroas, effect.iroas_error, estimate)
    return HealthCheck(NAME, "ok" if z <= most else "warn", z, "standard errors", limit, seen)


def _goal_of_the_next(t: Transitions, days: int) -> tuple[Floats, NDArray[np.bool_]]:
    """(n,) the goal from each decision's day on, for so many days, and whether all of them are mature."""
    day = t.day.astype(np.int64)
    first, last = int(day.min()), int(day.max())
    _, number = np.unique(t.entity, return_inverse=True)
    span = last - first + days + 2
    key = number * span + (day - first)  # ascending: rows are sorted by (entity, step)
    running = np.concatenate([[0], np.cumsum(t.goal_micros())])  # integers: differences are exact
    begin, end = np.searchsorted(key, key), np.searchsorted(key, key + days)
    immature = np.unique(day[~t.mature])
    stop = int(immature[immature > first].min()) if (immature > first).any() else last + 1
    known = (day + days <= stop) & t.mature
    return (running[end] - running[begin]) * MICROS, known


def _alike(t: Transitions) -> Codes:
    """(n,) who is alike on one day: eligible set, visits of 1, 7 and 30 days, shown today, segment, and what
    is known of who they are."""
    code = (t.eligible.astype(np.int64) << np.arange(t.eligible.shape[1])).sum(axis=1)
    code = code * (len(t.segments) + 1) + t.segment
    for k, feature in enumerate(t.feature_spec):
        counted = feature.name.startswith(("visits_", "shown_today", "shown_this_epoch"))
        if counted or feature.group == "who":
            value = np.nan_to_num(t.features[:, k])
            level = np.searchsorted(COUNTS if counted else _borders(value), value)
            code = np.unique(code * (len(COUNTS) + 1) + level, return_inverse=True)[1].reshape(-1)
    return code.reshape(-1).astype(np.int64)


def _borders(value: NDArray[np.floating]) -> NDArray[np.floating]:
    """Between numbers (n,) that are alike: every one by itself where they are few."""
    distinct = np.unique(value)
    return distinct[:-1] if len(distinct) <= 1 + len(THIRDS) else np.unique(np.quantile(value, THIRDS))


def _strata(alike: Codes, day: Codes, shown: NDArray[np.bool_]) -> tuple[Codes, NDArray[np.bool_]]:
    """(m,) strata by day, or by week where too few of a day were left without; and who has a comparison."""
    by_day = _codes(alike, day)
    by_week = _codes(alike, day // WEEK_DAYS)
    enough = np.bincount(by_day, weights=~shown) >= ENOUGH
    stratum = np.where(enough[by_day], by_day, int(by_day.max()) + 1 + by_week)
    stratum = np.unique(stratum, return_inverse=True)[1].reshape(-1)
    without, with_it = np.bincount(stratum, weights=~shown), np.bincount(stratum, weights=shown)
    return stratum, ((without >= ENOUGH) & (with_it > 0))[stratum]


def _codes(a: Codes, b: Codes) -> Codes:
    return np.unique(a * (int(b.max()) + 1) + b, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _effect_on_the_shown(
    y: Floats, shown: NDArray[np.bool_], stratum: Codes, entity: Codes
) -> tuple[float, float]:
    """Mean over the shown of y less their stratum's mean without, and its standard error by entity."""
    stratum = np.unique(stratum, return_inverse=True)[1].reshape(-1)
    without = np.bincount(stratum, weights=~shown)
    mean_without = np.bincount(stratum, weights=np.where(shown, 0.0, y)) / without
    weight = np.bincount(stratum, weights=shown) / without  # of those without
    gap = y - mean_without[stratum]
    n = float(shown.sum())
    effect = float(gap[shown].sum() / n)
    # a mean of m people is off by sqrt(m / (m - 1)) more than their own spread around it tells
    more = np.sqrt(without / np.maximum(without - 1, 1))
    influence = np.where(shown, gap - effect, -weight[stratum] * more[stratum] * gap) / n
    by_entity = np.bincount(np.unique(entity, return_inverse=True)[1].reshape(-1), weights=influence)
    return effect, float(np.sqrt((by_entity**2).sum()))
