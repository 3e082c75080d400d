"""The page of the split benchmark: the overview, what promises are worth, then world by world."""

import numpy as np

from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.split_channel import OURS
from tests.benchmarks.split_page_personal import personal_sections
from tests.benchmarks.split_page_promises import obstacles_section, promises_section
from tests.benchmarks.split_personal import AT_TODAY, PERSONAL
from tests.benchmarks.split_promises import false_moves, harmful_channel, split_promises
from tests.benchmarks.split_replicate import IMPRESSIONS, ORACLE
from tests.benchmarks.split_scores import (
    BEYOND_LUCK,
    NULL_WORLDS,
    Overall,
    Records,
    Results,
    methods_of,
    move_share,
    overall,
    paired,
    score,
    uplifts,
)
from tests.benchmarks.split_version import versions_told

INTRODUCTION = """# What the advice really earns

Every world writes {days} days of logs; every method sees the log alone; then the world lives on for a week
under the method's advice and under today's delivery, and everything is counted until the tail ends, in the
same futures for all methods. Uplift: realised profit against today's delivery, as a share of one week's
profit; standard errors over replicates, each with customers, log and futures of its own. Harm: share of
replicates that lose more than {luck:g} standard errors of the futures' luck; a method that keeps today's
split realises exactly 0 and does none. Oracle split: the best within the same bounds and budget, searched
for with the truth at hand, on customers of its own.

- `allot` is what the night advises: of all plans whose bound for every plan at once is above 0, the one
  expected to earn most. `largest bound` is the one whose bound is largest, where any is above 0; `before it
  doubts` the plan it considered, even where it kept today's split; `without bounds` the plan of the best
  estimate, without any doubt (z = 0).
- `in halves`: 55 % of the users pick a plan by the same search, the others judge it by an interval of their
  own, two-sided or one-sided.
- The media mix model sees daily totals alone, of {totals} days, and answers for every channel: the optimum
  of its posterior mean curves. It is allot's own model for daily totals, since the known ones are no
  dependency of allot, told to answer where allot would say that nothing is identified: the budgets of
  most worlds hardly move on their own, and moves are what such a model learns from.
- In `null-equal` every move is false. In `null-effects` no ad earns anything: spending less is right, and a
  move is false when it raises any channel's budget.

All users choose the channel split and judge it. `make bench-split` draws what is missing of 20 replicates
and writes this page anew from all that is there.
"""


def page_text(results: Results, days: int, totals_days: int = 182) -> str:
    """All tables. results: (world, customers) -> records."""
    parts = [
        INTRODUCTION.format(days=days, totals=max(days, totals_days), luck=BEYOND_LUCK),
        versions_told([record for records in results.values() for record in records]),
        _overview(results),
        _ours(results),
        obstacles_section(results),
        promises_section(results),
        _checks(results),
        _sizes(results),
        _paired(results),
        *personal_sections(results),
    ]
    parts += [_world(world, entities, records) for (world, entities), records in results.items()]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def of_size(results: Results, entities: int) -> Results:
    """Worlds with something to gain, of one size."""
    return {key: found for key, found in results.items() if key[1] == entities and key[0] not in NULL_WORLDS}


def sizes(results: Results) -> list[int]:
    """Descending."""
    return sorted({entities for _, entities in results}, reverse=True)


def _overview(results: Results) -> str:
    text = "## Overview\n\nMeans over all worlds but the null ones, each world counting the same.\n"
    for entities in sizes(results):
        worlds = of_size(results, entities)
        methods = dict.fromkeys(m for records in worlds.values() for m in methods_of(records))
        found = {m: row for m in methods if (row := overall(worlds, m)) is not None}
        rows = [_overall_row(m, row) for m, row in sorted(found.items(), key=lambda item: -item[1].uplift)]
        header = [
            "method",
            "worlds",
            "replicates",
            "realised uplift",
            "share of oracle",
            "harm",
            "below today",
        ]
        text += f"\n{entities:,} customers:\n\n" + table(header, rows) if rows else ""
    return text


def _overall_row(method: str, row: Overall) -> list[str]:
    return [
        _named(method),
        str(row.worlds),
        str(row.n),
        f"{signed(row.uplift)} ± {percent(row.error, 1)}",
        percent(row.share_of_oracle),
        percent(row.harm),
        percent(row.below),
    ]


def _ours(results: Results) -> str:
    rows = []
    for (world, entities), records in results.items():
        own, wrong = score(records, OURS), false_moves(world, records)
        rows.append(
            [
                world,
                f"{entities:,}",
                str(own.n),
                percent(move_share(records)),
                "–" if wrong is None else str(wrong),
                f"{signed(own.uplift)} ± {percent(own.error, 1)}",
                percent(own.share_of_oracle),
                percent(own.harm),
                number(split_promises(records, moved_only=True).ratio, 2),
            ]
        )
    header = [
        "world",
        "customers",
        "replicates",
        "moves",
        "false moves",
        "realised uplift",
        "share of oracle",
        "harm",
        "promised / realised",
    ]
    text = "## allot, world by world\n\nMoves: share of replicates with a verdict to move.\n\n"
    return text + table(header, rows)


def _checks(results: Results) -> str:
    """Sentences on what must never happen, and on the channel that does harm."""
    nulls = [(w, r) for (w, _), r in results.items() if w in NULL_WORLDS]
    lines = []
    if nulls:
        wrong, n = sum(false_moves(w, r) or 0 for w, r in nulls), sum(len(r) for _, r in nulls)
        lines.append(f"- Null worlds, false moves: {wrong} in {n} replicates.")
    blind = [r["impressions"]["verdict"] for records in results.values() for r in records if r["impressions"]]
    if blind:
        moved = sum(verdict != "NO_EVIDENCE" for verdict in blind)
        lines.append(
            f"- Impression-only logs (tier B): {len(blind)} nights, {moved} with another verdict than "
            "NO_EVIDENCE."
        )
    for (world, entities), records in results.items():
        found = harmful_channel(world, records)
        if found is not None:
            lines.append(
                f"- `{world}`, {entities:,} customers: {found.channel} has a marginal iROAS below 0 with its "
                f"whole interval in {found.recognised} of {found.n} replicates; the plan considered cuts it "
                f"in {found.would_cut}, the advice in {found.cut}."
            )
    return "## What must not happen, and what must\n\n" + "\n".join(lines) if lines else ""


def _sizes(results: Results) -> str:
    """Regret, time and memory by size of the log."""
    rows = []
    for entities in sizes(results):
        records = [r for (_, n), found in results.items() if n == entities for r in found]
        gain = [r for found in of_size(results, entities).values() for r in found if ORACLE in r["realised"]]
        regret = float(np.mean(uplifts(gain, ORACLE) - uplifts(gain, OURS))) if gain else None
        personal = [r["personal"]["seconds"] for r in records if (r["personal"] or {}).get("agents")]
        rows.append(
            [
                f"{entities:,}",
                signed(regret),
                f"{np.median([r['seconds'] for r in records]):.0f} s",
                f"{np.median(personal):.0f} s" if personal else "–",
                f"{max(r['peak_gib'] for r in records):.1f} GiB",
            ]
        )
    header = [
        "customers",
        "regret of the split",
        "split, processor time",
        "agents, processor time",
        "peak memory",
    ]
    text = (
        "## By size of the log\n\nRegret: the oracle's uplift less allot's, mean over replicates of all "
        "worlds but the null ones. Processor time of one thread, from the log's files to the advice of all "
        "rows but the media mix model and the agents, median; memory of the largest process, which also "
        "simulates the world.\n\n"
    )
    return text + table(header, rows)


def _paired(results: Results) -> str:
    rows = []
    for entities in sizes(results):
        records = [r for found in of_size(results, entities).values() for r in found]
        for method in methods_of(records) if records else ():
            found = paired(records, method)
            if found is not None and method not in (OURS, ORACLE, PERSONAL, AT_TODAY, IMPRESSIONS):
                rows.append(
                    [
                        method,
                        f"{entities:,}",
                        str(found.n),
                        signed(found.difference),
                        number(found.p, 4),
                        percent(found.loses),
                    ]
                )
    text = (
        "## allot against every other row\n\nMean difference of realised uplift over the replicates of all "
        "worlds but the null ones, the p-value of the paired t-test, and how often allot earns less.\n\n"
    )
    header = ["against", "customers", "replicates", "allot is better by", "p", "earns less"]
    return text + table(header, rows) if rows else ""


def _world(world: str, entities: int, records: Records) -> str:
    rows = []
    for method in sorted(methods_of(records), key=lambda m: -score(records, m).uplift):
        found = score(records, method)
        rows.append(
            [
                _named(method),
                str(found.n),
                f"{signed(found.uplift)} ± {percent(found.error, 1)}",
                signed(found.worst),
                percent(found.harm),
                percent(found.share_of_oracle),
                number(found.spend, 2),
            ]
        )
    header = ["method", "replicates", "realised uplift", "5 % quantile", "harm", "share of oracle", "spend"]
    return f"## {world}, {entities:,} customers\n\n" + table(header, rows)


def _named(method: str) -> str:
    return f"**{method}**" if method in (OURS, PERSONAL, AT_TODAY) else method
