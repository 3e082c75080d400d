"""What the speed benchmark measures, one thing at a time, and the process of its own that does it.

    python -m tests.benchmarks.speed_tasks TASK FOLDER

does one task (JSON) below FOLDER and prints what it found. Modules are imported before the clock starts.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PARTS = ("transitions", "training", "evaluation", "night")
WAYS = ("floor", "table", "ours", "pandas")
"""From logs to transitions; the first two are what any way to our table must do."""


@dataclass(frozen=True)
class Task:
    """One measurement; what is not of its part is 0."""

    part: str
    who: str = "ours"
    size: int = 0
    """Impressions, training steps, decisions or customers."""
    repeat: int = 0
    days: int = 0
    policies: int = 0
    features: int = 0

    @property
    def name(self) -> str:
        return f"{self.part}, {self.who}, {self.size:,}, run {self.repeat + 1}"

    @property
    def key(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def logs_of(task: Task, work: Path) -> Path:
    """Where the logs of a task are, which is alike for all that read the same."""
    return work / "logs" / f"{task.part}-{task.size}-{task.days}"


def write_log(task: Task, work: Path) -> None:
    """The log of a way from logs to transitions; whole or not at all."""
    from tests.benchmarks.speed_log import SpeedLog, write_speed_log

    target = logs_of(task, work)
    half = target.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    write_speed_log(SpeedLog(task.size), half)
    half.rename(target)


def job_of(task: Task, work: Path) -> Callable[[], dict[str, Any]]:
    """What is to be timed, its modules loaded. Nights are commands of their own."""
    if task.part == "training":
        from tests.benchmarks.training_speed import as_a_night_trains, measure

        as_a_night_trains()
        return lambda: measure("cpu", task.size)
    if task.part == "evaluation":
        from tests.benchmarks.evaluation_speed import measure as evaluate

        return lambda: evaluate(task.size, task.policies, task.features)
    logs, scratch = logs_of(task, work), work / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    if task.who == "floor":
        from tests.benchmarks.speed_floor import sort_and_write

        return lambda: sort_and_write(logs, scratch)
    if task.who == "pandas":
        from tests.benchmarks.speed_pandas import pandas_table

        return lambda: pandas_table(logs, scratch)
    from tests.benchmarks.speed_log import SpeedLog
    from tests.benchmarks.speed_transitions import night_table, written_again

    log = SpeedLog(task.size)
    if task.who == "table":
        return written_again(log, logs, scratch)
    return lambda: night_table(log, logs, scratch)


def main() -> None:
    task, work = Task(**json.loads(sys.argv[1])), Path(sys.argv[2])
    if task.who == "log":
        write_log(task, work)
        return
    job = job_of(task, work)
    wall, cpu = time.perf_counter(), time.process_time()
    found = job()
    seconds = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    print(json.dumps({**seconds, "found": found}))


if __name__ == "__main__":
    main()
