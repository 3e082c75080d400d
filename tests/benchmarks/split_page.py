"""The page of the split benchmark."""

import numpy as np

from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.split_replicate import ORACLE, OURS, TODAY
from tests.benchmarks.split_scores import (
    NULL_WORLDS,
    Records,
    coverage,
    methods_of,
    move_share,
    paired,
    promised_over_realised,
    score,
)

Results = dict[tuple[str, int], Records]
INTRODUCTION = """# What the advice really earns

Every world writes {days} days of logs; every method sees the log alone; then the world lives on for a week
under the method's split and another under today's, and everything is counted until the tail ends, in the same
futures for all methods. Uplift: realised profit against today's split, as a share of one week's profit. Harm:
share of replicates that earn less than today's split. Oracle: the best split within the same bounds, searched
for with the truth at hand. A method that keeps today's split realises 0. Standard errors are over replicates
(each has its own customers and log).

Command: `make bench-split`.
"""


def page_text(results: Results, days: int) -> str:
    """All tables. results: (world, customers) -> records."""
    parts = [INTRODUCTION.format(days=days), _ours(results), _coverage(results), _paired(results)]
    parts += [_world(world, entities, records) for (world, entities), records in results.items()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _ours(results: Results) -> str:
    rows = []
    for (world, entities), records in results.items():
        own = score(records, OURS)
        promised = promised_over_realised(records)
        rows.append(
            [
                world,
                f"{entities:,}",
                str(own.n),
                percent(move_share(records)),
                f"{signed(own.uplift)} ± {percent(own.error, 1)}",
                percent(own.share_of_oracle),
                percent(own.harm),
                number(promised, 2),
                f"{np.median([r['seconds'] for r in records]):.0f} s",
            ]
        )
    text = (
        "## allot, world by world\n\nMoves: share of replicates with a verdict to move; in `null-equal` "
        "every one of them is false. Share of oracle: mean uplift over the oracle's mean uplift.\n\n"
    )
    header = [
        "world",
        "customers",
        "replicates",
        "moves",
        "realised uplift",
        "share of oracle",
        "harm",
        "promised / realised",
        "time",
    ]
    return text + table(header, rows)


def _coverage(results: Results) -> str:
    rows, totals = [], np.zeros(4, int)
    for (world, entities), records in results.items():
        found = coverage(records)
        totals += found
        if found[0]:
            rows.append([f"{world}, {entities:,}", *map(str, found), percent(found[1] / found[0])])
    if totals[0]:
        rows.append(["**all**", *map(str, totals), percent(totals[1] / totals[0])])
    text = (
        "## Do the promises hold?\n\n95 % intervals of the uplift where allot moved. The truth is itself a "
        "mean over a few futures, whose noise counts against the coverage.\n\n"
    )
    return text + table(["world", "promises", "covered", "truth above", "truth below", "coverage"], rows)


def _paired(results: Results) -> str:
    rows = []
    pools: dict[int, Records] = {}
    for (world, entities), records in results.items():
        if world not in NULL_WORLDS:
            pools.setdefault(entities, []).extend(records)
    for entities, records in pools.items():
        for method in methods_of(records):
            if method in (OURS, ORACLE, TODAY):
                continue
            difference, p = paired(records, method)
            rows.append([method, f"{entities:,}", str(len(records)), signed(difference), number(p, 4)])
    text = (
        "## allot against every other row\n\nMean difference of realised uplift, all worlds but the null "
        "ones together, and the p-value of the paired t-test over replicates.\n\n"
    )
    return text + table(["against", "customers", "replicates", "allot is better by", "p"], rows)


def _world(world: str, entities: int, records: Records) -> str:
    rows = []
    for method in sorted(methods_of(records), key=lambda m: -score(records, m).uplift):
        found = score(records, method)
        spend = float(np.mean([r["realised"][method]["spend"] for r in records]))
        rows.append(
            [
                f"**{method}**" if method == OURS else method,
                f"{signed(found.uplift)} ± {percent(found.error, 1)}",
                signed(found.worst),
                percent(found.harm),
                percent(found.share_of_oracle),
                number(spend, 2),
            ]
        )
    title = f"## {world}, {entities:,} customers, {len(records)} replicates\n\n"
    return title + table(
        ["method", "realised uplift", "5 % quantile", "harm", "share of oracle", "spend"], rows
    )
