"""The scoreboard of the evaluation: many logs of worlds with exact truth, scored estimator by estimator.

    python -m tests.benchmarks.evaluation_scoreboard [--logs 300] [--worlds five-strong ...] [--resume]

Writes the first section of `tests/benchmarks/evaluation.md`. One file of JSON lines per world below --work;
with --resume, logs that the same code has drawn before are not drawn again. The result does not depend on
the number of processes, nor on where a run was interrupted.
"""

import argparse
import hashlib
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import Progress

from models.numerics.one_thread import one_blas_thread
from models.worlds.tabular_catalogue import CASES
from tests.benchmarks.evaluation_page import PAGE, write_section
from tests.benchmarks.evaluation_scoreboard_logs import ESTIMATED, Plan, one_log
from tests.benchmarks.evaluation_scoreboard_page import scoreboard_text
from tests.benchmarks.evaluation_scoreboard_scores import Records
from tests.benchmarks.json_lines import append_line, read_lines

WITH_ESTIMATED = (
    "five-masks",
    "five-strong",
    "ten-rare-strong",
    "ten-leaving",
    "fifteen-strong",
    "null-cost",
)
WORLDS = (*CASES, *(world + ESTIMATED for world in WITH_ESTIMATED))
BATCH = 5
"""Logs a process draws before it hands them back."""


def run(worlds: tuple[str, ...], plan: Plan, work: Path, *, processes: int, resume: bool) -> None:
    """Draws what is missing of every world and appends it to the world's file."""
    work.mkdir(parents=True, exist_ok=True)
    missing = []
    for world in worlds:
        if not resume:
            file_of(work, world).unlink(missing_ok=True)
        there = {record["log"] for record in records_of(work, world, plan)}
        missing += [(world, log) for log in range(plan.logs) if log not in there]
    batches = [missing[i : i + BATCH] for i in range(0, len(missing), BATCH)]
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    with Progress() as bar, ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        task = bar.add_task("logs", total=len(missing))
        # the hash of this moment: who edits a source while this runs does not lose what it draws
        stamp = {"seed": plan.seed, "code": code_version()}
        for done in as_completed([pool.submit(draw, batch, plan, stamp) for batch in batches]):
            for world, record in done.result():
                append_line(file_of(work, world), record)
            bar.advance(task, len(done.result()))


def draw(batch: list[tuple[str, int]], plan: Plan, stamp: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Records of some logs, in a process of its own."""
    with one_blas_thread():
        return [(world, one_log(world, plan, log) | stamp) for world, log in batch]


@cache
def code_version() -> str:
    """A hash of the sources that a record depends on: numbers of other code are not ours."""
    here, root = Path(__file__).parent, Path(__file__).parents[2]
    sources = [*root.glob("models/evaluation/*.py"), *root.glob("models/worlds/tabular*.py")]
    sources += [here / f"evaluation_scoreboard_{part}.py" for part in ("logs", "estimators", "candidates")]
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def records_of(work: Path, world: str, plan: Plan) -> list[dict[str, Any]]:
    """What is there of a world under this plan, by number of log. A line cut short by a kill is left out."""
    found = {
        record["log"]: record for record in read_lines(file_of(work, world)) if _serves(record, world, plan)
    }
    return [found[log] for log in sorted(found) if log < plan.logs]


def file_of(work: Path, world: str) -> Path:
    return work / f"{world}.jsonl"


def _serves(record: dict[str, Any], world: str, plan: Plan) -> bool:
    ranked = "candidates" in record or record["log"] >= plan.candidate_logs or world.endswith(ESTIMATED)
    return record["seed"] == plan.seed and record["code"] == code_version() and ranked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=300)
    parser.add_argument("--candidate-logs", type=int, default=60)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=WORLDS, metavar="WORLD")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("out/bench-evaluation"))
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    plan = Plan(options.seed, options.logs, options.candidate_logs)
    worlds = tuple(options.worlds)
    run(worlds, plan, options.work, processes=options.processes, resume=options.resume)
    results: dict[str, Records] = {world: records_of(options.work, world, plan) for world in worlds}
    shown = [f"--logs {plan.logs}", f"--candidate-logs {plan.candidate_logs}", f"--seed {plan.seed}"]
    if worlds != WORLDS:
        shown.append("--worlds " + " ".join(worlds))
    command = " ".join(["python -m tests.benchmarks.evaluation_scoreboard", *shown])
    write_section("scoreboard", scoreboard_text(results, command, options.seed), options.page)


if __name__ == "__main__":
    main()
