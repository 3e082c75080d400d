"""The page of the shops benchmark: do promises hold, and what does the advice bring?"""

import argparse
from collections import Counter

import numpy as np

from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.shops_scores import (
    Held,
    Records,
    advice,
    cells_held,
    considered,
    coverage,
    fixed,
    judged,
    settings_of,
    spend_gaps,
)
from tests.benchmarks.shops_told import CONSIDERED
from tests.benchmarks.split_scores import BEYOND_LUCK
from tests.benchmarks.split_version import versions_told

INTRODUCTION = """# Shops on platforms: a second family of worlds

Every setting is drawn at random from one seed (`models/worlds/shops/draw.py`): 3 to 5 channels with budgets
that follow demand through season and weeks, lotteries and auctions on what is logged, channels that compete
for a person or meet one several times a day, hidden intent and a mood that no log shows, heavy-tailed orders,
margins by segment, effects that last for up to a fortnight, tire and do harm. A null twin is the same
setting with ads that do nothing. Half: `{half}`; {entities:,} customers, {days} days, tier {tier}. The half
`published` is drawn for this page alone: nothing was chosen, tuned or left out by looking at it.

The truth of an interval is averaged over evenly spaced windows of the log's own weeks, as an evaluation is:
the world runs again with its calendar, people's luck drawn anew; a promise, which speaks of as many
customers as come today, is brought back to those of these weeks. `after`: the weeks after the log. Intervals
are meant to cover in 95 % of cases. `above`: truths above their interval; `below`: truths below it, where
less came than was promised. Half widths of uplifts are shares of one week's profit. `truth's error`: its
Monte-Carlo error as a share of the half width. `lean`: mean of (estimate - truth) / half width.
"""
HEADER = ("intervals", "n", "coverage", "above", "below", "median half width", "truth's error", "lean")


def page_text(records: Records, options: argparse.Namespace) -> str:
    """All tables."""
    alive, null = [r for r in records if not r["null"]], [r for r in records if r["null"]]
    parts = [
        INTRODUCTION.format(
            half=options.half, entities=options.entities, days=options.days, tier=options.tier
        ),
        versions_told(records),
        "## Intervals\n\n" + _intervals(records),
        "## Intervals by setting\n\n" + _by_setting(records),
        "## What the advice brings\n\n" + _advice(alive, null),
        "## What kept today's split\n\n" + _obstacles(records),
        "## Plans without an interval\n\n" + _refusals(records),
        "## Alarms\n\n" + _alarms(alive, null),
        "## Time\n\n" + _time(records),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _row(name: str, held: list[Held], *, share: bool) -> list[str]:
    c = coverage(held)
    width = percent(c.half_width, 1) if share else number(c.half_width, 2)
    return [
        name, str(c.n), percent(c.coverage, 1), str(c.above), str(c.below), width, percent(c.error),
        number(c.bias, 2),
    ]  # fmt: skip


def _intervals(records: Records) -> str:
    rows = [
        _row("uplift, considered plans", considered(records), share=True),
        _row("uplift, fixed plans", fixed(records), share=True),
        _row("iROAS, channels", cells_held(records, by_segment=False), share=False),
        _row("iROAS, channel x segment", cells_held(records, by_segment=True), share=False),
        _row("uplift, considered plans, after", considered(records, "after"), share=True),
        _row("uplift, fixed plans, after", fixed(records, "after"), share=True),
        _row("iROAS, channels, after", cells_held(records, by_segment=False, where="after"), share=False),
    ]
    return table(HEADER, rows) + "\n" + _spend(records)


def _spend(records: Records) -> str:
    """Is what a fixed plan spends what it was believed to spend?"""
    gaps = np.array(spend_gaps(records)).reshape(-1, 2)
    if not len(gaps):
        return ""
    apart, true = np.abs(gaps[:, 0] - gaps[:, 1]).mean(), np.abs(gaps[:, 1]).mean()
    return (
        f"Spend of the fixed plans: they change it by {percent(true, 1)} of today's in the mean, and what is "
        f"believed differs from that by {percent(apart, 1)} of today's."
    )


def _by_setting(records: Records) -> str:
    """n: logs; each kind's coverage with misses above and below in brackets."""
    header = ("setting", "logs", "considered", "fixed", "iROAS", "iROAS x segment", "half width, fixed")
    rows = []
    for name, own in settings_of(records).items():
        kinds = (
            considered(own),
            fixed(own),
            cells_held(own, by_segment=False),
            cells_held(own, by_segment=True),
        )
        told = [_short(held) for held in kinds]
        rows.append([name, str(len(own)), *told, percent(coverage(kinds[1]).half_width, 1)])
    return "Coverage (misses above | below).\n\n" + table(header, rows)


def _short(held: list[Held]) -> str:
    c = coverage(held)
    return f"{percent(c.coverage)} ({c.above} \\| {c.below})" if c.n else "–"


def _advice(alive: Records, null: Records) -> str:
    header = (
        "settings", "truth", "logs", "moves", "false moves", "P(harm)", "mean realised", "standard error",
        "spend",
    )  # fmt: skip
    rows = []
    for name, own in (("with effects", alive), ("null twins", null)):
        for where, told in (("log", "over the log"), ("after", "after it")):
            if own:
                a = advice(own, where)  # type: ignore[arg-type]
                false = "–" if a.false_moves is None else str(a.false_moves)
                figures = [percent(a.harm, 1), signed(a.realised, 2), percent(a.error, 2), number(a.spend, 2)]
                rows.append([name, told, str(a.n), str(a.moves), false, *figures])
    text = (
        "Share of one week's profit that following the verdict realises, today's split being exactly 0. "
        f"Harm: a move that loses more than {BEYOND_LUCK:g} Monte-Carlo errors. A move of a null twin is "
        "false when it raises any budget; spending less is right there.\n\n"
    )
    return text + table(header, rows)


def _obstacles(records: Records) -> str:
    counts = Counter(r["obstacle"] or r["verdict"] for r in judged(records))
    counts.update(["log refused"] * (len(records) - len(judged(records))))
    return _counted(("verdict or obstacle", "logs"), counts)


def _refusals(records: Records) -> str:
    counts: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for r in judged(records):
        for plan in r["plans"]:
            kind = CONSIDERED if plan["name"] == CONSIDERED else "fixed"
            asked[kind] += 1
            if plan["refusal"]:
                counts[f"{kind}: {_kind_of(plan['refusal'])}"] += 1
    silent = sum(cell["interval"] is None for r in judged(records) for cell in r["cells"])
    cells = sum(len(r["cells"]) for r in judged(records))
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(asked.items()))
    head = f"Plans asked: {told or 'none'}. iROAS not known for {silent} of {cells} cells.\n\n"
    return head + (_counted(("refusal", "plans"), counts) if counts else "No plan was refused.")


def _kind_of(refusal: str) -> str:
    """A refusal without its figures, which differ from log to log."""
    return " ".join("#" if any(c.isdigit() for c in word) else word for word in refusal.split())[:120]


def _counted(header: tuple[str, str], counts: Counter[str]) -> str:
    rows = [[name.replace("|", "/"), str(n)] for name, n in counts.most_common()]
    return table(header, rows)


def _alarms(alive: Records, null: Records) -> str:
    """All of them false, unless targeting is hidden."""
    header = ("settings", "logs", "effect on the past", "logged policy", "witness, of considered plans")
    rows = []
    for name, own in (("with effects", judged(alive)), ("null twins", judged(null))):
        if own:
            plans = [p for r in own for p in r["plans"] if p["name"] == CONSIDERED]
            shares = [
                [r["past"]["status"] != "ok" for r in own],
                [r["placebo"]["status"] != "ok" for r in own],
                [p["disputed"] for p in plans],
            ]
            rows.append([name, str(len(own)), *(percent(_mean(s), 1) for s in shares)])
    return table(header, rows)


def _time(records: Records) -> str:
    own = judged(records)
    if not own:
        return "No log was judged."
    seconds = [r["seconds"] for r in own]
    return (
        f"Seconds of processor time per log: median {np.median(seconds):.0f}, longest {max(seconds):.0f}; "
        f"for the truth {np.median([r['truth_seconds'] for r in own]):.0f}. Memory: at most "
        f"{max(r['peak_gib'] for r in own):.1f} GiB."
    )


def _mean(values: list[bool]) -> float | None:
    return float(np.mean(values)) if values else None
