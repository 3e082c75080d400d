"""What a page says of training speed, from records of `training_speed`; needs nothing but Python."""

import statistics
import textwrap
from collections.abc import Sequence
from typing import Any


def told(records: Sequence[dict[str, Any]]) -> list[str]:
    """The lines of a page: medians of what was measured once or several times."""
    first = records[0]
    what = (
        f"{first['on']}, torch {first['torch']}, {first['threads']} thread(s), {first['size']}, "
        f"measured {len(records)} time(s). `fit`: d3rlpy's own, with its sampler, plain networks and "
        "optimiser. On a CPU a second is one of the process's own. "
        "Ours trains by the same losses, on networks that also take a mask of actions and a price."
    )
    lines = [
        textwrap.fill(what, 110),
        "",
        "| algorithm | batch | ours, updates/s | `fit`, updates/s | times as fast | least to most |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in zip(*(record["rates"] for record in records), strict=True):
        ours, fit = (statistics.median(rate[who] for rate in row) for who in ("ours", "fit"))
        ratios = [rate["ours"] / rate["fit"] for rate in row]
        lines.append(
            f"| {row[0]['algorithm']} | {row[0]['batch']:,} | {ours:,.0f} | {fit:,.0f} "
            f"| {statistics.median(ratios):.1f} | {min(ratios):.1f} to {max(ratios):.1f} |"
        )
    ours, fit = (statistics.median(r["sample_us"][who] for r in records) for who in ("ours", "fit"))
    same = "yes" if all(record["repeats"] for record in records) else "NO"
    return [
        *lines,
        "",
        f"Sampling a batch of {first['sample_us']['batch']}: {ours:,.0f} microseconds; d3rlpy's own buffer "
        f"{fit:,.0f}, {fit / ours:.0f} times as long.",
        "",
        f"Two trainings give the same bits: {same}.",
    ]
