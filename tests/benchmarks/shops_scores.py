"""Scores of the shops benchmark, from its records: do intervals hold, and what does the advice realise?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tests.benchmarks.shops_told import CONSIDERED, FIXED
from tests.benchmarks.split_channel import MOVED
from tests.benchmarks.split_scores import BEYOND_LUCK

Record = dict[str, Any]
Records = list[Record]
Where = Literal["log", "after"]
"""Against the truth over the log's own weeks, which an evaluation averages over, or in the weeks after it."""


@dataclass(frozen=True)
class Held:
    """One interval, the truth, and its Monte-Carlo error."""

    estimate: float
    low: float
    high: float
    truth: float
    error: float


@dataclass(frozen=True)
class Coverage:
    """n intervals against the truth; currency units, or ratios for iROAS."""

    n: int
    above: int
    """Truths above their interval,"""
    below: int
    """and below it: what was promised did not come."""
    half_width: float
    """Median half width of the intervals,"""
    error: float
    """and the median Monte-Carlo error of the truth as a share of it."""
    bias: float
    """Mean of (estimate - truth) / half width: in 1.96 standard errors where an interval is normal."""

    @property
    def coverage(self) -> float | None:
        return (self.n - self.above - self.below) / self.n if self.n else None


def coverage(held: Iterable[Held]) -> Coverage:
    rows = list(held)
    if not rows:
        nothing = float("nan")
        return Coverage(0, 0, 0, nothing, nothing, nothing)
    half = np.array([(h.high - h.low) / 2 for h in rows])
    gap = np.array([h.estimate - h.truth for h in rows])
    return Coverage(
        n=len(rows),
        above=sum(h.truth > h.high for h in rows),
        below=sum(h.truth < h.low for h in rows),
        half_width=float(np.median(half)),
        error=float(np.nanmedian(np.array([h.error for h in rows]) / half)),
        bias=float(np.mean(gap / half)),
    )


def judged(records: Records) -> Records:
    """Those whose log could be judged at all."""
    return [r for r in records if not r["refused"]]


def plans_held(records: Records, names: tuple[str, ...], where: Where = "log") -> list[Held]:
    """Intervals of the uplifts of some plans, as shares of a week's profit. A night speaks of as many
    customers as come today; over the log there were fewer."""
    found = []
    for r in judged(records):
        scale, many = abs(r["profit"][where]), r["volume"] if where == "log" else 1.0
        for plan, truth in zip(r["plans"], r["plan_truths"], strict=True):
            if plan["name"] in names and plan["interval"]:
                i, t = plan["interval"], truth[where]
                told, true = (i["estimate"], i["low"], i["high"]), (t["uplift"], t["error"])
                found.append(Held(*(v / many / scale for v in told), *(v / scale for v in true)))
    return found


def considered(records: Records, where: Where = "log") -> list[Held]:
    return plans_held(records, (CONSIDERED,), where)


def fixed(records: Records, where: Where = "log") -> list[Held]:
    return plans_held(records, FIXED, where)


def cells_held(records: Records, *, by_segment: bool, where: Where = "log") -> list[Held]:
    """Marginal iROAS by channel, or by channel and segment."""
    found = []
    for r in judged(records):
        for cell, truth in zip(r["cells"], r["cell_truths"], strict=True):
            i, t = cell["interval"], truth[where]
            if i and t and (cell["segment"] is not None) == by_segment and np.isfinite(t["estimate"]):
                found.append(Held(i["estimate"], i["low"], i["high"], t["estimate"], t["error"]))
    return found


def spend_gaps(records: Records) -> list[tuple[float, float]]:
    """Of every fixed plan, (what it is believed to change in all spend, what it changes over the log), as
    shares of today's spend. A budget moved on one channel changes what others meet, and so their spend."""
    found = []
    for r in judged(records):
        for plan, truth in zip(r["plans"], r["plan_truths"], strict=True):
            if plan["name"] in FIXED:
                t = truth["log"]
                told, true = (sum(x["spend_change"]) / t["spend_today"] for x in (plan, t))
                found.append((told / r["volume"], true))
    return found


@dataclass(frozen=True)
class Advice:
    """What following the verdicts brings, KEEP being exactly 0. Shares of a week's profit."""

    n: int
    moves: int
    false_moves: int | None
    """In null twins: moves that raise any channel's budget, since spending less is right there."""
    harm: float
    """Share of logs whose move loses more than luck explains;"""
    realised: float
    """mean over all logs,"""
    error: float
    """its standard error over logs,"""
    spend: float
    """mean multiple of today's spend."""


def advice(records: Records, where: Where) -> Advice:
    rows = judged(records)
    gains, spend, harm, raised = [], [], 0, 0
    for r in rows:
        truth = _moved_to(r, where)
        gains.append(truth["uplift"] / abs(r["profit"][where]) if truth else 0.0)
        spend.append(truth["spend"] if truth else 1.0)
        harm += bool(truth and truth["uplift"] < -BEYOND_LUCK * truth["error"])
        raised += bool(truth and r["null"] and max(r["plans"][0]["multipliers"]) > 1)
    n, gain = len(rows), np.array(gains)
    nothing = float("nan")
    return Advice(
        n=n,
        moves=sum(r["verdict"] in MOVED for r in rows),
        false_moves=raised if any(r["null"] for r in rows) else None,
        harm=harm / n if n else nothing,
        realised=float(gain.mean()) if n else nothing,
        error=float(gain.std(ddof=1) / np.sqrt(n)) if n > 1 else nothing,
        spend=float(np.mean(spend)) if n else nothing,
    )


def _moved_to(r: Record, where: Where) -> dict[str, float] | None:
    """The truth of the plan that is advised; None where today's split stays."""
    found: dict[str, float] | None = r["plan_truths"][0][where] if r["verdict"] in MOVED else None
    return found


def settings_of(records: Records) -> dict[str, Records]:
    """By setting, in order."""
    found: dict[str, Records] = {}
    for r in records:
        found.setdefault(r["setting"], []).append(r)
    return dict(sorted(found.items()))
