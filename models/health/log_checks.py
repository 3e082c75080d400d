"""Checks of the log itself: is it complete, fresh, long enough, and the same as it was?"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.health.drift import stability_of_features, total_variation
from models.mdp import GROWING
from models.results import (
    ActionMoved,
    EnterByAd,
    FeatureMoved,
    HealthCheck,
    Immature,
    LogEnds,
    MoneyReconciles,
    RowsReconcile,
    RowsRefused,
    Sold,
    TooShortToTell,
)
from sql.advice import way_out
from sql.events import Finding, TableCount

RECENT_DAYS = 14
COMPARED_DAYS = 28
MOST_STALE_DAYS = 14
"""An older log forbids advice."""
EPOCH = date(1970, 1, 1)


def rows_reconcile(counts: Sequence[TableCount]) -> HealthCheck:
    """Rows in = good + duplicate + quarantined + not yet known, table by table."""
    off = {
        c.table: c.rows_in - c.good - c.duplicate - sum(c.quarantined.values()) - c.not_yet_known
        for c in counts
    }
    wrong = [name for name, rest in off.items() if rest]
    figure = float(sum(map(abs, off.values())))
    return HealthCheck(
        "row counts", "stop" if wrong else "ok", figure, "rows", "0", RowsReconcile(tuple(wrong))
    )


def quarantined_share(counts: Sequence[TableCount], limit: float) -> HealthCheck:
    """Share of bad rows in the worst table. Above the limit the run refuses before it comes here."""
    shares = {c.table: sum(c.quarantined.values()) / c.rows_in for c in counts if c.rows_in}
    worst = max(shares, key=lambda name: (shares[name], name), default=None)
    share = shares[worst] if worst is not None else 0.0
    status = "stop" if share > limit else "warn" if share > limit / 5 else "ok"
    found = RowsRefused("", "", "")
    if worst is not None and status != "ok":
        reasons = next(c for c in counts if c.table == worst).quarantined
        reason = max(reasons, key=lambda name: (reasons[name], name))
        found = RowsRefused(worst, reason, way_out(worst, reason))
    return HealthCheck(
        "quarantined rows", status, share, "share of the worst table", f"<= {limit / 5:g}", found
    )


def found_in_staging(findings: Sequence[Finding]) -> tuple[HealthCheck, ...]:
    """What staging measured of the log; whatever forbids advice was refused there."""
    return tuple(
        HealthCheck(f.name, "warn" if f.is_doubtful else "ok", f.figure, f.unit, f.limit, f.text)
        for f in findings
    )


def money_reconciles(staged_micros: int, table_micros: int) -> HealthCheck:
    """Cost in the transition table equals the staged cost, to the last micro."""
    gap = table_micros - staged_micros
    return HealthCheck("money", "stop" if gap else "ok", float(gap), "micros", "0", MoneyReconciles())


def log_freshness(last_day: int, as_of: date, *, single_step: bool = False) -> HealthCheck:
    """Days between the log's end and the night. A finished test (single step) does not age.

    An export once a week is a few days old on most nights; after two such weeks it has been missed, and
    nobody knows what is spent today.
    """
    last = EPOCH + timedelta(days=int(last_day))
    stale = max(0, (as_of - last).days - 1)
    status = "ok" if stale <= 2 or single_step else "warn" if stale <= MOST_STALE_DAYS else "stop"
    found = LogEnds(last.isoformat(), (last + timedelta(days=1)).isoformat())
    limit = "none: a finished test does not age" if single_step else "<= 2"
    return HealthCheck("log freshness", status, float(stale), "days", limit, found)


def reporting_delay(delay_days: int, share: float) -> HealthCheck:
    """Share of decisions whose purchases are not fully known yet."""
    warn = share > 0.3
    status = "warn" if warn else "ok"
    return HealthCheck("immature decisions", status, share, "share", "<= 0.3", Immature(delay_days))


def enough_purchases(purchases: int) -> HealthCheck:
    """Without purchases there is nothing to learn; with few, intervals are wide and a little too narrow."""
    status = "stop" if purchases == 0 else "warn" if purchases < 350 else "ok"
    return HealthCheck("purchases", status, float(purchases), "purchases", ">= 350", Sold())


def entry_by_ad(share: float) -> HealthCheck:
    """Entities that enter through an ad make ads look good: before it they could not have bought."""
    warn = share > 0.1
    status = "warn" if warn else "ok"
    return HealthCheck("entry by ad", status, share, "share of entities", "<= 0.1", EnterByAd())


def feature_drift(
    features: NDArray[np.floating], day: NDArray[np.integer], names: tuple[str, ...]
) -> HealthCheck:
    """Largest population stability index of a state feature, last 14 days against the 28 before.

    Features that only ever grow (time since entry, sums so far) differ by construction and are left out;
    so are the log's first weeks, in which every look-back window fills up.
    """
    recent = _recent(day)
    near = day > (int(day.max()) if len(day) else 0) - RECENT_DAYS - COMPARED_DAYS
    if min(int(recent.sum()), int((near & ~recent).sum())) < 200:
        return too_short("feature drift", "PSI", "<= 0.25")
    judged = np.flatnonzero([name not in GROWING for name in names])
    if not len(judged):
        return too_short("feature drift", "PSI", "<= 0.25")
    moved = stability_of_features(
        features[np.ix_(near, judged)], recent[near], tuple(names[i] for i in judged)
    )
    name, index = moved[0]
    warn = index > 0.25
    also = [other for other, psi in moved[1:4] if psi > 0.25]
    found = FeatureMoved(name, tuple(also), RECENT_DAYS)
    return HealthCheck("feature drift", "warn" if warn else "ok", index, "PSI", "<= 0.25", found)


def action_drift(
    action: NDArray[np.integer], day: NDArray[np.integer], actions: tuple[str, ...]
) -> HealthCheck:
    """Total variation of the action shares, last 14 days against before."""
    recent = _recent(day)
    if min(int(recent.sum()), int((~recent).sum())) < 200:
        return too_short("action drift", "share", "<= 0.1")
    before, after = (
        np.bincount(action[rows], minlength=len(actions)) / rows.sum() for rows in (~recent, recent)
    )
    moved = total_variation(before, after)
    k = int(np.abs(after - before).argmax())
    warn = moved > 0.1
    found = ActionMoved(actions[k], float(before[k]), float(after[k]))
    return HealthCheck("action drift", "warn" if warn else "ok", moved, "share", "<= 0.1", found)


def too_short(name: str, unit: str, limit: str) -> HealthCheck:
    return HealthCheck(name, "ok", None, unit, limit, TooShortToTell())


def _recent(day: NDArray[np.integer]) -> NDArray[np.bool_]:
    last = int(day.max()) if len(day) else 0
    return day > last - RECENT_DAYS
