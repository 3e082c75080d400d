"""The spend benchmark: does a personalised plan spend what a night says, left alone and corrected nightly?

    python -m tests.benchmarks.spend_scoreboard [--logs 9] [--processes 1] [--resume]

Writes `tests/benchmarks/spend.md`. `--logs` logs of each world, four next weeks of each, every one with luck
of its own; with --resume those that are there are not drawn again.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress

from models.numerics.one_thread import one_blas_thread
from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.spend_replicate import BUDGETS, FORMAT, NEAR, Draw, one_log

PAGE = Path(__file__).with_name("spend.md")
WORLDS = ("demo", "fatigue", "saturating", "shocks", "carry-over", "three-channels")
Record = dict[str, Any]


def draw(logs: int, work: Path, *, processes: int, resume: bool) -> list[Record]:
    """The records of all worlds; what is missing is drawn log by log, so that all worlds grow alike."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "spend.jsonl"
    if not resume:
        file.unlink(missing_ok=True)
    there = {(r["world"], r["replicate"]): r for r in read_lines(file) if r["format"] == FORMAT}
    wanted = [Draw(world, i) for i in range(logs) for world in WORLDS]
    missing = [log for log in wanted if (log.world, log.replicate) not in there]
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    with Progress() as bar, ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        task = bar.add_task("logs", total=len(missing))
        for done in as_completed([pool.submit(_quietly, log) for log in missing]):
            record = done.result()
            append_line(file, record)
            there[record["world"], record["replicate"]] = record
            bar.advance(task)
    return [there[log.world, log.replicate] for log in wanted]


def _quietly(log: Draw) -> Record:
    with one_blas_thread():
        return one_log(log)


def page_text(records: list[Record]) -> str:
    """The page: a row per budget, then a row per world."""
    size = Draw("", 0)
    heads = (
        "answers", "spend / forecast", "left alone: inside", "width", "corrected: inside", "width",
        f"within {NEAR:.0%} of it",
    )  # fmt: skip
    lines = [
        "# What personalised delivery spends",
        "",
        f"{len(records)} logs of {size.entities:,} customers and {size.days} days, {size.futures} next weeks"
        " each, luck and all (`spend_replicate.py`). Budgets are multiples of the newest week's spend; of"
        " each log the agent is the one its choosing users trust. Only budgets that the plan can spend count."
        " `inside`: share of weeks in the 95 % band; `width`: the band's mean half-width as a share of the"
        " budget.",
        "",
    ]
    answers = [(r["world"], a) for r in records for a in r["answers"] if a["reached"]]
    everything = _row("**all**", [a for _, a in answers])
    by_budget = [_row(f"{b:.0%}", [a for _, a in answers if abs(a["budget"] - b) < 1e-9]) for b in BUDGETS]
    by_world = [_row(name, [a for world, a in answers if world == name]) for name in WORLDS]
    for head, rows in (("budget", by_budget), ("world", by_world)):
        lines += ["| " + " | ".join((head, *heads)) + " |", "|---" * (len(heads) + 1) + "|"]
        lines += [*rows, everything, ""]
    return "\n".join(lines)


def _row(name: str, answers: list[Record]) -> str:
    if not answers:
        return f"| {name} | 0 |" + " – |" * 6
    alone, nightly = (
        np.array([[a["low"] <= week <= a["high"] for week in a["alone"]] for a in answers]).mean(),
        np.array(
            [[a["corrected_low"] <= week <= a["corrected_high"] for week in a["nightly"]] for a in answers]
        ).mean(),
    )
    near = np.mean([[abs(week / a["budget"] - 1) <= NEAR for week in a["nightly"]] for a in answers])
    ratio = np.mean([np.mean(a["alone"]) / a["spend"] for a in answers])
    widths = [
        np.mean([(a[high] - a[low]) / 2 / a["budget"] for a in answers])
        for low, high in (("low", "high"), ("corrected_low", "corrected_high"))
    ]
    return (
        f"| {name} | {len(answers)} | {ratio:.3f} | {alone:.0%} | {widths[0]:.1%} | {nightly:.0%} | "
        f"{widths[1]:.1%} | {near:.0%} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--logs", type=int, default=9)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("out/bench-spend"))
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    records = draw(given.logs, given.work, processes=given.processes, resume=given.resume)
    PAGE.write_text(page_text(records))


if __name__ == "__main__":
    main()
