"""speed.md, from the records of `speed_scoreboard`: medians, spreads of ratios, exponents of growth."""

import math
import statistics
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks.evaluation_page import table
from tests.benchmarks.speed_tasks import WAYS
from tests.benchmarks.split_version import versions_told
from tests.benchmarks.training_told import told

Record = dict[str, Any]
TOLD_S = 0.1
"""Stages of less at every size are left out."""
SHORT_S = 1.0
"""Stages of less than this at the smallest size have no exponent: it would be noise."""
BUSY = 0.5
"""Load average above which a machine has other work."""
FLOORS = ("floor", "table")
"""Ways that are parts of every other one."""
FOUND = ("decisions", "shown", "clicks", "margin_micros", "cost_micros")
"""What all tables of decisions must agree on."""


def page_text(records: Sequence[Record]) -> str:
    """The page. Parts without a record are left out."""
    whole = [r for r in records if "failed" not in r]
    sections: dict[str, Callable[[list[Record]], list[str]]] = {
        "transitions": _transitions,
        "training": lambda mine: ["## Training", "", *told([r["found"] for r in _ordered(mine)])],
        "evaluation": _evaluation,
        "night": _nights,
    }
    lines = [*_head(whole), *_failures([r for r in records if "failed" in r])]
    for part, section in sections.items():
        mine = [r for r in whole if r["part"] == part]
        lines += ["", *section(mine)] if mine else []
    return "\n".join(lines).rstrip() + "\n"


def _head(records: Sequence[Record]) -> list[str]:
    loads = [r["load"] for r in records] or [0.0]
    cores = max((r["cores"] for r in records), default=0)
    busy = (
        "Other work ran on the machine: read the CPU seconds and the ratios, not the wall clock; CPU seconds "
        "too are higher than on a quiet one."
    )
    return [
        "# How fast allot is",
        "",
        _paragraph(
            f"""
            Measured on {cores} cores by `make bench-speed`, each figure by a process of its own, ours
            and its peers in turn, on one thread each but for the nights. CPU s: user and system
            seconds of the work, without imports; of a night, all of its processes. Peak: the largest
            resident set, imports included. Of several runs, medians; ratios are run by run. On
            another machine seconds differ, and ratios less.
            """
        ),
        "",
        _paragraph(
            f"""
            Load average before a measurement: {statistics.median(loads):.1f} in the median and
            {max(loads):.1f} at most. {busy if statistics.median(loads) > BUSY else ""}
            """
        ),
        "",
        versions_told(list(records)),
    ]


def _paragraph(text: str) -> str:
    """However it is written in the code."""
    return textwrap.fill(" ".join(text.split()), 110)


def _failures(records: Sequence[Record]) -> list[str]:
    told_of = [
        f"- {r['part']}, {r['who']}, {r['size']:,}, run {r['repeat'] + 1}: {r['failed']}" for r in records
    ]
    return ["", "Not measured:", "", *told_of] if records else []


def _transitions(records: list[Record]) -> list[str]:
    rows = []
    sizes = sorted({r["size"] for r in records})
    for size in sizes:
        for who in WAYS:
            mine = _of(records, size=size, who=who)
            if mine:
                events = "" if who == "floor" else f"{mine[0]['found']['decisions']:,}"
                beside = [_ratios(records, size, who, others) for others in (FLOORS, ("pandas",))]
                rows.append([who, f"{size:,}", events, *_figures(mine), *beside])
    decided = [r for r in records if r["who"] not in FLOORS]
    features = {r["who"]: r["found"]["features"] for r in decided}
    counts = " and ".join(f"{n} ({who})" for who, n in features.items())
    header = ["way", "impressions", "decisions", "runs", "CPU s", "wall s", "peak GiB"]
    return [
        "## From logs to transitions",
        "",
        _paragraph(
            """
            `floor`: DuckDB sorts all events by user and time and writes them. `table`: our own table is
            written, from arrays that are there. `ours`: the stages of a night that read the logs,
            build the decisions and write them. `pandas`: the same by groupby, rolling and merge_asof,
            as an analyst would write it (`speed_pandas.py`).
            """
        ),
        "",
        _paragraph(
            """
            Seeded logs (`speed_log.py`) of about 20 impressions per user in 28 days over five
            channels, 2.4 % clicked, .5 % as many purchases, no opportunities, as Parquet. Ours and
            pandas build the same decisions: user x day, a row per channel shown, in order, or one for
            `none`; the day's margin stands with its last row. Aimed at: at most 1.3 times the floor
            and the table together, and pandas at least 14 times ours.
            """
        ),
        "",
        table([*header, "times the CPU of floor and table", "times pandas' CPU"], rows).rstrip(),
        "",
        f"Decisions, ads shown, clicks, margin and cost are equal: {_agreement(records)}.",
        "",
        _paragraph(
            f"""
            Where they differ. Features per decision: {counts}. Counts in windows, money so far,
            tenure and weekday are in both; ours also has stocks that fade, what was possible, and
            (empty here) visits; pandas has days since each channel and since the last purchase, by
            merge_asof. Ours also checks every row, finds duplicates and refuses bad ones, digests its
            inputs, replaces user ids by HMACs, marks what is mature, and keeps the state of
            everybody's next decision; pandas reads clean files and checks nothing. The floor decides
            nothing: it is what any way must do that puts a log into the order of its users.
            """
        ),
        *_growth(records, "who", WAYS),
    ]


def _agreement(records: list[Record]) -> str:
    """Whether ours and pandas found the same in every log that both read."""
    found: dict[int, set[tuple[int, ...]]] = {}
    ways: dict[int, set[str]] = {}
    for r in records:
        if r["who"] not in FLOORS:
            found.setdefault(r["size"], set()).add(tuple(r["found"][name] for name in FOUND))
            ways.setdefault(r["size"], set()).add(r["who"])
    if not any(len(both) > 1 for both in ways.values()):
        return "not known, since not both were measured"
    return "yes" if all(len(one) == 1 for one in found.values()) else "NO"


def _evaluation(records: list[Record]) -> list[str]:
    rows = []
    for size, policies, features in sorted({(r["size"], r["policies"], r["features"]) for r in records}):
        mine = _of(records, size=size, policies=policies, features=features)
        found = mine[0]["found"]
        told_of = f"{found['intervals']:,} of {found['estimates']:,}"
        rows.append([str(policies), f"{found['decisions']:,}", str(features), told_of, *_figures(mine)])
    return [
        "## Evaluation",
        "",
        _paragraph(
            """
            Half of the policies deliver one channel more often than today, half are softmax policies
            drawn at random; every outcome by every estimator, on journeys of seven steps with noise
            for features. Aimed at, for 20 policies and a million decisions: 60 s, 40 CPU s, 2 GiB.
            """
        ),
        "",
        table(
            ["policies", "decisions", "features", "with an interval", "runs", "CPU s", "wall s", "peak GiB"],
            rows,
        ).rstrip(),
    ]


def _nights(records: list[Record]) -> list[str]:
    lines = [
        "## A whole night",
        "",
        _paragraph(
            f"""
            `allot simulate demo`, then `allot run` of the demo study, Prefect and its server
            included; the first night, so that training starts from nothing. Growth is the exponent b
            in cost ~ customers^b from the smallest to the largest size: 1 doubles with the log.
            Stages of at most {SHORT_S:g} s have none, and those below {TOLD_S:g} s are left out. CPU
            seconds of a stage are those of the night's own process.
            """
        ),
    ]
    for days in sorted({r["days"] for r in records}):
        mine = _of(records, days=days)
        sizes = sorted({r["size"] for r in mine})
        rows = [
            [f"{n:,}", str(days), _of(mine, size=n)[0]["found"]["verdict"], *_figures(_of(mine, size=n))]
            for n in sizes
        ]
        lines += [
            "",
            table(["customers", "days", "verdict", "runs", "CPU s", "wall s", "peak GiB"], rows).rstrip(),
        ]
        lines += _growth(mine, "part", ("night",))
        header = ["stage, CPU s", *(f"{n:,} customers" for n in sizes), "growth"]
        lines += ["", table(header, _stages(mine, sizes)).rstrip()]
    return lines


def _stages(records: Sequence[Record], sizes: Sequence[int]) -> list[list[str]]:
    """Rows of stages by sizes, in the order of the night, and of what is outside of them."""
    outside = "imports, Prefect and its server"
    rest = [r | {"stages": {**r["stages"], outside: r["cpu_s"] - sum(r["stages"].values())}} for r in records]
    rows = []
    for text in {text: None for r in rest for text in r["stages"]}:
        cost = [statistics.median(r["stages"].get(text, 0.0) for r in _of(rest, size=n)) for n in sizes]
        if max(cost) >= TOLD_S:
            rows.append([text, *(f"{s:.1f}" for s in cost), _exponent(sizes, cost, SHORT_S)])
    return rows


def _figures(records: Sequence[Record]) -> list[str]:
    """Runs, CPU s, wall s and peak GiB of one row."""
    cpu, wall, peak = (
        statistics.median(r[name] for r in records) for name in ("cpu_s", "wall_s", "peak_gib")
    )
    return [str(len(records)), f"{cpu:.1f}", f"{wall:.1f}", f"{peak:.2f}"]


def _ratios(records: Sequence[Record], size: int, who: str, others: Sequence[str]) -> str:
    """`2.0 (1.9 to 2.2)`: CPU seconds beside those of other ways together, of the same run; a dash beside
    itself."""
    mine, *theirs = (
        {r["repeat"]: r["cpu_s"] for r in _of(records, size=size, who=w)} for w in (who, *others)
    )
    runs = sorted(mine.keys() & set.intersection(*(set(t) for t in theirs)))
    found = [mine[run] / sum(t[run] for t in theirs) for run in runs]
    if who in others or not found:
        return "–"
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def _growth(records: Sequence[Record], by: str, values: Sequence[str]) -> list[str]:
    """A sentence of exponents, where there are several sizes."""
    sizes = sorted({r["size"] for r in records})
    if len(sizes) < 2:
        return []
    told_of = []
    for value in values:
        cost = [_of(records, size=n, **{by: value}) for n in sizes]
        if all(cost):
            cpu, peak = (
                [statistics.median(r[name] for r in c) for c in cost] for name in ("cpu_s", "peak_gib")
            )
            told_of.append(f"{value}: CPU {_exponent(sizes, cpu)}, peak memory {_exponent(sizes, peak)}")
    return ["", f"Growth from {sizes[0]:,} to {sizes[-1]:,}: {'; '.join(told_of)}."]


def _exponent(sizes: Sequence[int], cost: Sequence[float], least: float = 0.0) -> str:
    """b in cost ~ size^b, by the smallest and the largest; a dash where there is nothing to compare."""
    if len(sizes) < 2 or cost[0] <= least or cost[-1] <= 0:
        return "–"
    return f"{math.log(cost[-1] / cost[0]) / math.log(sizes[-1] / sizes[0]):.2f}"


def _of(records: Sequence[Record], **wanted: Any) -> list[Record]:
    return [r for r in _ordered(records) if all(r[name] == value for name, value in wanted.items())]


def _ordered(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda r: (r["size"], r["repeat"]))
