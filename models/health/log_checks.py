"""Checks of the log itself: is it complete, fresh, long enough, and the same as it was?"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.health.drift import stability_of_features, total_variation
from models.mdp import GROWING
from models.results import HealthCheck
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
    text = "Every row of the log is accounted for."
    if wrong:
        text = f"Rows of {', '.join(wrong)} are unaccounted for: a fault of staging; do not use this night."
    return HealthCheck(
        "row counts", "stop" if wrong else "ok", float(sum(map(abs, off.values()))), "rows", "0", text
    )


def quarantined_share(counts: Sequence[TableCount], limit: float) -> HealthCheck:
    """Share of bad rows in the worst table. Above the limit the run refuses before it comes here."""
    shares = {c.table: sum(c.quarantined.values()) / c.rows_in for c in counts if c.rows_in}
    worst = max(shares, key=lambda name: (shares[name], name), default=None)
    share = shares[worst] if worst is not None else 0.0
    status = "stop" if share > limit else "warn" if share > limit / 5 else "ok"
    text = "Next to no rows were refused."
    if worst is not None and status != "ok":
        reasons = next(c for c in counts if c.table == worst).quarantined
        reason = max(reasons, key=lambda name: (reasons[name], name))
        advice = way_out(worst, reason) or "mend it at the source"
        text = f"{share:.1%} of {worst} was refused, mostly for: {reason}. {advice[0].upper()}{advice[1:]}."
    return HealthCheck(
        "quarantined rows", status, share, "share of the worst table", f"<= {limit / 5:g}", text
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
    text = "The decisions carry exactly the cost that was staged."
    if gap:
        text = (
            f"The decisions carry {gap / 1e6:+,.2f} against the staged cost: money was lost or counted twice."
        )
    return HealthCheck("money", "stop" if gap else "ok", float(gap), "micros", "0", text)


def log_freshness(last_day: int, as_of: date, *, single_step: bool = False) -> HealthCheck:
    """Days between the log's end and the night. A finished test (single step) does not age.

    An export once a week is a few days old on most nights; after two such weeks it has been missed, and
    nobody knows what is spent today.
    """
    last = EPOCH + timedelta(days=int(last_day))
    stale = max(0, (as_of - last).days - 1)
    status = "ok" if stale <= 2 or single_step else "warn" if stale <= MOST_STALE_DAYS else "stop"
    text = {
        "ok": f"The log ends on {last}.",
        "warn": f"The log ends on {last}, {stale} days before the night: check the export before moving "
        "money.",
        "stop": f"The log ends on {last}, {stale} days before the night: nobody can say from it what is "
        f"spent today. Bring the export up to date, or ask as of the log's end with --as-of "
        f"{last + timedelta(days=1)}.",
    }[status]
    return HealthCheck("log freshness", status, float(stale), "days", "<= 2", text)


def reporting_delay(delay_days: int, share: float) -> HealthCheck:
    """Share of decisions whose purchases are not fully known yet."""
    warn = share > 0.3
    text = f"Purchases are known within {delay_days} days; younger decisions are left out."
    if warn:
        text = (
            f"{share:.0%} of the decisions are too young to be judged (delay {delay_days} days) or were "
            "taken out: lengthen the log."
        )
    return HealthCheck("immature decisions", "warn" if warn else "ok", share, "share", "<= 0.3", text)


def enough_purchases(purchases: int) -> HealthCheck:
    """Without purchases there is nothing to learn; with few, intervals are wide and a little too narrow."""
    status = "stop" if purchases == 0 else "warn" if purchases < 350 else "ok"
    text = {
        "ok": f"{purchases:,} purchases.",
        "warn": f"Only {purchases:,} purchases: the intervals lean on few of them; a longer log helps most.",
        "stop": "No purchase in the log: nothing can be said about value. Check the purchases table.",
    }[status]
    return HealthCheck("purchases", status, float(purchases), "purchases", ">= 350", text)


def entry_by_ad(share: float) -> HealthCheck:
    """Entities that enter through an ad make ads look good: before it they could not have bought."""
    warn = share > 0.1
    text = "Entities enter by an event that no ad caused."
    if warn:
        text = (
            f"{share:.0%} of the entities enter by an ad (immortal-time bias, in favour of ads): "
            "log visits or a users table with entry_ts."
        )
    return HealthCheck("entry by ad", "warn" if warn else "ok", share, "share of entities", "<= 0.1", text)


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
    text = f"The state looks as before; `{name}` moved most."
    if warn:
        text = (
            f"`{name}` is distributed differently in the last {RECENT_DAYS} days"
            + (f" (so are {', '.join(f'`{o}`' for o in also)})" if also else "")
            + ": a season or a broken feed; find out which before trusting the night."
        )
    return HealthCheck("feature drift", "warn" if warn else "ok", index, "PSI", "<= 0.25", text)


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
    text = "Actions are taken as often as before."
    if warn:
        text = (
            f"{moved:.0%} of the decisions changed, `{actions[k]}` most ({before[k]:.1%} to {after[k]:.1%}): "
            "if the plan changed, start the log there."
        )
    return HealthCheck("action drift", "warn" if warn else "ok", moved, "share", "<= 0.1", text)


def too_short(name: str, unit: str, limit: str) -> HealthCheck:
    return HealthCheck(name, "ok", None, unit, limit, "The log is too short to tell.")


def _recent(day: NDArray[np.integer]) -> NDArray[np.bool_]:
    last = int(day.max()) if len(day) else 0
    return day > last - RECENT_DAYS
