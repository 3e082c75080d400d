"""The speed benchmark: how long allot takes beside its peers, and how much memory.

    python -m tests.benchmarks.speed_scoreboard [--parts transitions training evaluation night] [--resume]

Writes `tests/benchmarks/speed.md`. Every measurement is a process of its own, ours and its peers in turn, and
a JSON line below --work with the version of the code; with --resume those that are there are not measured
again. The page shows all parts that were ever measured below --work. About twelve minutes on two cores;
larger sizes take what they take.
"""

import argparse
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.progress import Progress

from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.speed_page import page_text
from tests.benchmarks.speed_processes import measured
from tests.benchmarks.speed_tasks import PARTS, WAYS, Task
from tests.benchmarks.split_version import drawing_version

PAGE = Path(__file__).with_name("speed.md")
FORMAT = 1
"""Of a record; those of another one are measured anew. Raise it with every change of what is measured."""


def tasks_of(asked: argparse.Namespace) -> list[Task]:
    """All that is asked for, in order."""
    repeats = range(asked.repeats)
    by_part = {
        "transitions": [
            Task("transitions", who, n, r) for n in asked.impressions for r in repeats for who in WAYS
        ],
        "training": [Task("training", size=asked.steps, repeat=r) for r in repeats],
        "evaluation": [
            Task(
                "evaluation", size=asked.decisions, repeat=r, policies=asked.policies, features=asked.features
            )
            for r in range(asked.long_repeats)
        ],
        "night": [
            Task("night", size=n, repeat=r, days=asked.days)
            for r in range(asked.long_repeats)
            for n in asked.customers
        ],
    }
    return [task for part in PARTS if part in asked.parts for task in by_part[part]]


def run(tasks: Sequence[Task], work: Path, *, resume: bool) -> list[dict[str, Any]]:
    """Measures what is missing; without `resume`, all tasks and their logs anew. The records of all parts
    below `work`, so that a page keeps what another run measured."""
    (work / "logs").mkdir(parents=True, exist_ok=True)
    file = work / "speed.jsonl"
    if not resume:
        _forget({task.part for task in tasks}, file, work)
    there = records_in(file)
    version = drawing_version()
    missing = [task for task in tasks if "failed" in there.get(task.key, {"failed": ""})]
    with Progress() as bar:
        shown = bar.add_task("speed", total=len(missing))
        for task in missing:
            bar.update(shown, description=task.name)
            load, cores = os.getloadavg()[0], os.cpu_count()
            record = {"format": FORMAT, "version": version, "load": load, "cores": cores, **asdict(task)}
            there[task.key] = record | {"key": task.key, **measured(task, work)}
            append_line(file, there[task.key])
            bar.advance(shown)
    return list(there.values())


def _forget(parts: set[str], file: Path, work: Path) -> None:
    """Throws away what is there of some parts."""
    kept = [record for record in records_in(file).values() if record["part"] not in parts]
    file.unlink(missing_ok=True)
    for record in kept:
        append_line(file, record)
    for part in parts:
        for folder in (work / "logs").glob(f"{part}-*"):
            shutil.rmtree(folder)


def records_in(file: Path) -> dict[str, dict[str, Any]]:
    """Key -> the last record of its task."""
    return {record["key"]: record for record in read_lines(file) if record.get("format") == FORMAT}


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--impressions", nargs="+", type=int, default=[1_000_000], help="sizes of logs (default: 1000000)"
    )
    parser.add_argument(
        "--steps", type=int, default=100, help="of training at the smallest batch (default: 100)"
    )
    parser.add_argument(
        "--decisions", type=int, default=1_000_000, help="of an evaluation (default: 1000000)"
    )
    parser.add_argument("--policies", type=int, default=20, help="of an evaluation (default: 20)")
    parser.add_argument("--features", type=int, default=75, help="of an evaluation (default: 75)")
    parser.add_argument(
        "--customers", nargs="+", type=int, default=[5_000, 20_000], help="of nights (default: 5000 20000)"
    )
    parser.add_argument("--days", type=int, default=56, help="of a night's logs (default: 56)")
    parser.add_argument("--repeats", type=int, default=3, help="of transitions and training (default: 3)")
    parser.add_argument("--long-repeats", type=int, default=1, help="of evaluation and nights (default: 1)")
    parser.add_argument("--resume", action="store_true", help="measure only what is missing")
    parser.add_argument("--work", type=Path, default=Path("out/bench-speed"))
    parser.add_argument("--page", type=Path, default=PAGE)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    asked = options_of(arguments)
    asked.page.write_text(page_text(run(tasks_of(asked), asked.work, resume=asked.resume)))
    print(asked.page)


if __name__ == "__main__":
    main()
