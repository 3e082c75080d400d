"""Runs one task of the speed benchmark in a process of its own, and asks the system what that process took.

Imports nothing large: a process begins with the peak memory of the one that started it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.process.environment import REPOSITORY
from tests.benchmarks.speed_tasks import Task, logs_of

AS_OF = "2026-11-20"
"""The morning after the demo's logs end."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
KEY = {"ALLOT_PSEUDONYM_KEY": "a key for simulated users only"}
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of `ru_maxrss`."""


@dataclass(frozen=True)
class Ran:
    """A process that has ended."""

    code: int
    out: str
    error: str
    """The last line on stderr."""
    wall_s: float
    cpu_s: float
    """User and system, of the process and of the children that it waited for."""
    peak_gib: float
    """Largest resident set of any of them."""


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ran:
    """Run a command from the repository and wait; what it prints goes through files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    out, error = folder / "stdout", folder / "stderr"
    began = time.perf_counter()
    with out.open("w") as to_out, error.open("w") as to_error:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, stdout=to_out, stderr=to_error, env={**os.environ, **environment}
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ran(
        code=process.returncode,
        out=out.read_text(),
        error=(error.read_text().strip().splitlines() or [""])[-1],
        wall_s=time.perf_counter() - began,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_gib=usage.ru_maxrss * RSS_UNIT / 2**30,
    )


def measured(task: Task, work: Path) -> dict[str, Any]:
    """One task's figures, ready for JSON; `failed` where there are none."""
    ran = _prepare(task, work)
    if ran is None or ran.code == 0:
        ran = _night(task, work) if task.part == "night" else _timed(task, work)
    if ran.code != 0:
        return {"failed": f"exit {ran.code}: {ran.error or 'killed, out of memory?'}"}
    whole = {"wall_s": ran.wall_s, "cpu_s": ran.cpu_s, "process_cpu_s": ran.cpu_s, "peak_gib": ran.peak_gib}
    return whole | (_stages(task, work) if task.part == "night" else json.loads(ran.out))


def _timed(task: Task, work: Path) -> Ran:
    command = [sys.executable, "-m", "tests.benchmarks.speed_tasks", task.key, str(work.absolute())]
    return run(command, work, ONE_THREAD)


def _prepare(task: Task, work: Path) -> Ran | None:
    """Writes the logs that a task reads, if they are not there."""
    logs = logs_of(task, work).absolute()
    if logs.exists() or task.part not in ("transitions", "night"):
        return None
    if task.part == "transitions":
        return _timed(replace(task, who="log"), work)
    half = logs.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    sizes = ["--entities", str(task.size), "--days", str(task.days)]
    ran = _allot(["simulate", "demo", "--out", str(half), *sizes], work)
    if ran.code == 0:
        half.rename(logs)
    return ran


def _night(task: Task, work: Path) -> Ran:
    """`allot run` as anybody types it, its Prefect server included."""
    shutil.rmtree(_out(task, work), ignore_errors=True)  # no earlier night to start from
    folders = ["--logs", str(logs_of(task, work).absolute()), "--out", str(_out(task, work))]
    return _allot(["run", str(REPOSITORY / "flows/studies/demo.toml"), "--as-of", AS_OF, *folders], work)


def _stages(task: Task, work: Path) -> dict[str, Any]:
    """What the night says of itself."""
    published = _out(task, work) / "demo" / "latest"
    manifest = json.loads((published / "manifest.json").read_text())
    verdict = json.loads((published / "split.json").read_text())["verdict"]
    return {"stages": manifest["timings"]["seconds"], "found": {"verdict": verdict}}


def _out(task: Task, work: Path) -> Path:
    return (work / "nights" / f"{task.size}-{task.days}").absolute()


def _allot(arguments: Sequence[str], work: Path) -> Ran:
    home = {"PREFECT_HOME": str((work / "prefect").absolute())}
    return run([sys.executable, "-m", "tests.benchmarks.speed_night", *arguments], work, {**KEY, **home})
