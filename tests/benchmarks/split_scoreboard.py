"""The split benchmark: what every method's advice realises in worlds whose truth is known.

    python -m tests.benchmarks.split_scoreboard [--replicates 20] [--worlds demo ...] [--resume]

Writes `tests/benchmarks/split.md`. One file of JSON lines per world below --work; with --resume replicates
that are there are not drawn again. The oracle split of a world is searched for once, on customers of its own.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import Progress

from models.evaluation.one_thread import one_blas_thread
from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.split_oracle import oracle_multipliers
from tests.benchmarks.split_page import page_text
from tests.benchmarks.split_replicate import Size, one_replicate
from tests.benchmarks.split_scores import NULL_WORLDS, WORLDS

PAGE = Path(__file__).with_name("split.md")


def run(
    worlds: tuple[str, ...], replicates: int, size: Size, work: Path, *, processes: int, resume: bool
) -> None:
    """Draws what is missing of every world, replicate by replicate, so that all worlds grow alike."""
    work.mkdir(parents=True, exist_ok=True)
    for world in worlds:
        if not resume:
            file_of(work, world, size).unlink(missing_ok=True)
    there = {world: {r["replicate"] for r in records_of(work, world, size)} for world in worlds}
    missing = [(w, i) for i in range(replicates) for w in worlds if i not in there[w]]
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    with Progress() as bar, ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        task = bar.add_task("oracles", total=len(worlds))
        oracles = {}
        for world, found in zip(
            worlds, pool.map(oracle_multipliers, worlds, [work] * len(worlds)), strict=True
        ):
            oracles[world] = found
            bar.advance(task)
        task = bar.add_task("replicates", total=len(missing))
        futures = {pool.submit(draw, w, i, size, oracles[w]): w for w, i in missing}
        for done in as_completed(futures):
            append_line(file_of(work, futures[done], size), done.result())
            bar.advance(task)


def draw(world: str, replicate: int, size: Size, oracle: tuple[float, ...] | None) -> dict[str, Any]:
    """One replicate, in a process of its own."""
    with one_blas_thread():
        return one_replicate(world, replicate, size, oracle)


def records_of(work: Path, world: str, size: Size) -> list[dict[str, Any]]:
    """What is there of a world, by number of replicate. A line cut short by a kill is left out."""
    found = {record["replicate"]: record for record in read_lines(file_of(work, world, size))}
    return [found[i] for i in sorted(found)]


def file_of(work: Path, world: str, size: Size) -> Path:
    return work / f"{world}-{size.entities}.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    every = (*WORLDS, *NULL_WORLDS)
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--entities", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument("--worlds", nargs="+", default=list(every), choices=every, metavar="WORLD")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("out/bench-split"))
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    size, worlds = Size(options.entities, options.days), tuple(options.worlds)
    run(worlds, options.replicates, size, options.work, processes=options.processes, resume=options.resume)
    sizes = sorted({int(path.stem.rsplit("-", 1)[1]) for path in options.work.glob("*-*.jsonl")})
    results = {
        (world, entities): records_of(options.work, world, Size(entities, options.days))
        for entities in sizes
        for world in every
    }
    options.page.write_text(page_text({key: found for key, found in results.items() if found}, options.days))
    print(options.page)


if __name__ == "__main__":
    main()
