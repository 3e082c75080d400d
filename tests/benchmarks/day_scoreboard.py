"""The day benchmark: what channels earn that meet the same person on the same day, against the truth.

    python -m tests.benchmarks.day_scoreboard [--logs 12] [--processes 1] [--resume]

Writes `tests/benchmarks/day.md`. One to five opportunities a day by effects on the same day, the next one or
both, `--logs` logs of each; with --resume those that are there are not drawn again.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress

from tests.benchmarks.day_logs import CHANNELS, LIFTS, WORKS, DayLog
from tests.benchmarks.day_replicate import FORMAT, LEVEL, one_log
from tests.benchmarks.json_lines import append_line, read_lines

PAGE = Path(__file__).with_name("day.md")
A_DAY = (1, 2, 3, 4, 5)
Record = dict[str, Any]


def draw(logs: int, work: Path, *, processes: int, resume: bool) -> list[Record]:
    """The records of all settings; what is missing is drawn seed by seed, so that all settings grow alike."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "day.jsonl"
    if not resume:
        file.unlink(missing_ok=True)
    there = {_key(r): r for r in read_lines(file) if r["format"] == FORMAT}
    wanted = [DayLog(a_day=a, effect=e, seed=s) for s in range(logs) for a in A_DAY for e in LIFTS]
    missing = [log for log in wanted if (log.a_day, log.effect, log.seed) not in there]
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    with Progress() as bar, ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        task = bar.add_task("logs", total=len(missing))
        for done in as_completed([pool.submit(one_log, log) for log in missing]):
            record = done.result()
            append_line(file, record)
            there[_key(record)] = record
            bar.advance(task)
    return [there[log.a_day, log.effect, log.seed] for log in wanted]


def _key(record: Record) -> tuple[int, str, int]:
    return record["a_day"], record["effect"], record["seed"]


def page_text(records: list[Record]) -> str:
    """The page: a row per setting, and all together."""
    works = CHANNELS[int(WORKS.argmax())]
    useless = [c for c in CHANNELS if c != works]
    lines = [
        "# What a channel earns within a day",
        "",
        f"Logs of {DayLog().users:,} users and {DayLog().days} days (`day_logs.py`). Every opportunity is won"
        f" by a coin, so that the truth is arithmetic: {works} earns `truth` per unit of spend, the others "
        "nothing. `mean` is the estimates' mean with its standard error, `width` the intervals' mean width, "
        f"`covers` the share of {LEVEL:.0%} intervals that hold the truth; `others cover 0` is of "
        f"{' and '.join(useless)}.",
        "",
        "| opportunities a day | an ad acts | logs | truth | mean | width | covers | others cover 0 | rows "
        "| seconds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for a_day in A_DAY:
        for effect in LIFTS:
            mine = [r for r in records if (r["a_day"], r["effect"]) == (a_day, effect)]
            lines.append(_row(mine, str(a_day), effect, works, useless))
    several = [r for r in records if r["a_day"] > 1]
    lines.append(_row(several, "2 to 5", "all", works, useless))
    return "\n".join([*lines, ""])


def _row(records: list[Record], a_day: str, effect: str, works: str, useless: list[str]) -> str:
    own = _told(records, works)  # (m, 4) estimate, low, high, truth
    others = np.concatenate([_told(records, c) for c in useless])
    mean, error = own[:, 0].mean(), own[:, 0].std(ddof=1) / np.sqrt(len(own)) if len(own) > 1 else np.nan
    figures = (
        f"{own[:, 3].mean():.2f} | {mean:.2f} +- {error:.2f} | {(own[:, 2] - own[:, 1]).mean():.2f} | "
        f"{_covered(own)} | {_covered(others)}"
    )
    rows = np.mean([r["rows"] for r in records])
    seconds = np.mean([r["seconds"] for r in records])
    return f"| {a_day} | {effect} | {len(records)} | {figures} | {rows:,.0f} | {seconds:.1f} |"


def _told(records: list[Record], channel: str) -> np.ndarray:
    """(m, 4) estimate, low, high and truth of the records with an interval."""
    found = [[*r["iroas"][channel], r["truth"][channel]] for r in records if r["iroas"][channel]]
    return np.array(found, dtype=np.float64).reshape(-1, 4)


def _covered(told: np.ndarray) -> str:
    inside = (told[:, 1] <= told[:, 3]) & (told[:, 3] <= told[:, 2])
    return f"{inside.mean():.0%} of {len(told)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=12, help="of each setting")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("out/bench-day"))
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    records = draw(asked.logs, asked.work, processes=asked.processes, resume=asked.resume)
    asked.page.write_text(page_text(records))


if __name__ == "__main__":
    main()
