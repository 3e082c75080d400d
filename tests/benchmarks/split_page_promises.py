"""Do the promises hold, and what kept today's split?"""

from collections import Counter
from typing import Any

import numpy as np

from tests.benchmarks.evaluation_page import number, percent, table
from tests.benchmarks.split_channel import CONSIDERED, MOVED
from tests.benchmarks.split_promises import split_promises
from tests.benchmarks.split_replicate import ORACLE
from tests.benchmarks.split_scores import SENSING_WORLDS, Records, Results

OBSTACLES = {
    "LossPossible": "bound not above 0",
    "EstimatesDiffer": "witness",
    "ReactsToHidden": "placebo of the past",
    "NotSupported": "support",
    "NothingBetter": "no plan gains",
    "NothingPasses": "support, even of small steps",
    "OverBudget": "spend",
}
"""Reasons of the verdict in a word."""

PROMISES = """## Do the promises hold?

Intervals of the uplift of every plan that was considered, whether it was moved to or not; last, those of
moves that held. Their low end is a bound of 95 % for all plans at once, their high end one of 95 % for this
plan: both hold in at least 90 % of logs, and in more where plans differ in truth. Width: median, as a share
of a week's profit. The truth is itself a mean over a few futures, whose noise counts against the coverage,
and so does that next week has more customers than the newest one, of which a promise speaks, and not the
same ones as the log's average week. In `hidden-targeting` delivery reacts to what no log holds, so that no
interval can be right; there the placebo of the past forbids every move.

"""
STOOD = """## What stood in the way

Nights that kept today's split, by the first thing that did. Smallest gain: of a plan as uncertain as the
one considered, what such a log confirms four times in five; medians, as shares of a week's profit.

"""


def promises_section(results: Results) -> str:
    """Intervals against what came."""
    rows = []
    every: Records = []
    for (world, entities), records in results.items():
        every += records
        if split_promises(records).n:
            rows.append([f"{world}, {entities:,}", *_promise_row(records)])
    sound = [r for (w, _), records in results.items() if w not in SENSING_WORLDS for r in records]
    for name, pool in (("**all**", every), ("**where delivery decides on what is logged**", sound)):
        if pool:
            rows.append([name, *_promise_row(pool)])
    header = [
        "world",
        "plans",
        "truth above",
        "truth below",
        "coverage",
        "width",
        "promised / realised",
        "of moves",
    ]
    return PROMISES + table(header, rows)


def _promise_row(records: Records) -> list[str]:
    found, moved = split_promises(records), split_promises(records, moved_only=True)
    widths = [
        (r["promise"]["high"] - r["promise"]["low"]) / r["realised"][CONSIDERED]["profit"]
        for r in records
        if r["promise"]
    ]
    return [
        str(found.n),
        str(found.above),
        str(found.below),
        percent(found.coverage),
        percent(float(np.median(widths)), 1) if widths else "–",
        number(found.ratio, 2),
        f"{moved.n - moved.above - moved.below} of {moved.n}",
    ]


def obstacles_section(results: Results) -> str:
    """What kept today's split, and what a log could have confirmed."""
    rows = []
    for (world, entities), records in results.items():
        kept = [r for r in records if r["verdict"] not in MOVED]
        reasons = Counter(r["obstacle"] or "no plan" for r in kept)
        told = ", ".join(f"{OBSTACLES.get(kind, kind)} {n}" for kind, n in sorted(reasons.items()))
        rows.append(
            [
                world,
                f"{entities:,}",
                f"{len(kept)} of {len(records)}",
                told or "–",
                _median_share([(r, r["detectable"]) for r in records if r["detectable"]]),
                _median_share(
                    [(r, r["realised"][ORACLE]["uplift"]) for r in records if ORACLE in r["realised"]]
                ),
            ]
        )
    header = ["world", "customers", "kept", "by what", "smallest gain", "best split's gain"]
    return STOOD + table(header, rows)


def _median_share(pairs: list[tuple[dict[str, Any], float]]) -> str:
    """Of amounts, each as a share of its log's weekly profit."""
    shares = [amount / record["realised"][CONSIDERED]["profit"] for record, amount in pairs]
    return percent(float(np.median(shares)), 1) if shares else "–"
