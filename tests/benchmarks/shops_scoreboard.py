"""The shops benchmark: intervals and verdicts on logs that nobody shaped the estimates on.

    python -m tests.benchmarks.shops_scoreboard [--half published] [--settings 12] [--logs 20] [--both]

Settings are drawn at random, per half, by `models.worlds.shops.draw`. The published half is for the page
alone, `tests/benchmarks/shops.md`; the other half's stays below --work. One file of JSON lines per setting
and size below --work; with --resume logs that are there are not drawn again.
"""

import argparse
import os
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import Progress

from models.numerics.one_thread import one_blas_thread
from models.worlds.shops.draw import HALVES
from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.shops_page import page_text
from tests.benchmarks.shops_replicate import FORMAT, Draw, one_log
from tests.benchmarks.split_version import drawing_version

PAGE = Path(__file__).with_name("shops.md")


def run(draws: Sequence[Draw], work: Path, *, processes: int, resume: bool) -> None:
    """Draws what is missing, log by log, so that all settings grow alike."""
    work.mkdir(parents=True, exist_ok=True)
    files = {file_of(work, draw) for draw in draws}
    if not resume:
        for path in files:
            path.unlink(missing_ok=True)
    there = {path: {r["log"] for r in records_in(path)} for path in files}
    missing = [draw for draw in draws if draw.log not in there[file_of(work, draw)]]
    version = drawing_version()  # now: the processes read the code when they start, not when they draw
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    # a log leaves memory behind: its process goes with it (an executor's max_tasks_per_child hangs in 3.11)
    with Progress() as bar, fresh.Pool(processes, maxtasksperchild=1) as pool:
        task = bar.add_task("logs", total=len(missing))
        for draw, record in pool.imap_unordered(partial(drawn, version=version), missing):
            append_line(file_of(work, draw), record)
            bar.advance(task)


def drawn(draw: Draw, version: str) -> tuple[Draw, dict[str, Any]]:
    """One log, in a process of its own."""
    with one_blas_thread():
        return draw, one_log(draw, version)


def draws_of(options: argparse.Namespace) -> list[Draw]:
    """All that is asked for. Of `--both` every second setting is its null twin."""
    return [
        Draw(
            options.half,
            setting,
            null=options.null or (options.both and setting % 2 == 1),
            log=log,
            entities=options.entities,
            days=options.days,
            tier=options.tier,
            hidden_targeting=options.hidden_targeting,
        )
        for log in range(options.logs)
        for setting in range(options.settings)
    ]


def records_in(path: Path) -> list[dict[str, Any]]:
    """What is there of a setting, by number of log, the last drawn; no line that a kill cut short."""
    found = {record["log"]: record for record in read_lines(path) if record.get("format") == FORMAT}
    return [found[i] for i in sorted(found)]


def file_of(work: Path, draw: Draw) -> Path:
    tier = "" if draw.tier == "A" else "-propensities"
    return work / f"{draw.name}{tier}-{draw.entities}-{draw.days}.jsonl"


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=HALVES, default="development")
    parser.add_argument("--settings", type=int, default=12)
    parser.add_argument("--logs", type=int, default=20)
    parser.add_argument("--entities", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=120)
    twins = parser.add_mutually_exclusive_group()
    twins.add_argument("--null", action="store_true", help="null twins of all settings: ads do nothing")
    twins.add_argument("--both", action="store_true", help="null twins of every second setting")
    parser.add_argument("--tier", choices=("A", "A+"), default="A")
    parser.add_argument(
        "--hidden-targeting", type=float, default=0.0, help="log weight of intent that no log shows"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("out/bench-shops"))
    parser.add_argument("--page", type=Path, help="left out: by half")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = options_of(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    draws = draws_of(options)
    run(draws, options.work, processes=options.processes, resume=options.resume)
    records = [r for path in dict.fromkeys(file_of(options.work, d) for d in draws) for r in records_in(path)]
    page = options.page or (PAGE if options.half == "published" else options.work / f"{options.half}.md")
    page.write_text(page_text(records, options))
    print(page)


if __name__ == "__main__":
    main()
