"""The split benchmark: what every method's advice realises in worlds whose truth is known.

    python -m tests.benchmarks.split_scoreboard [--replicates 20] [--personal 8] [--worlds ...] [--resume]

Writes `tests/benchmarks/split.md`. One file of JSON lines per world below --work; with --resume replicates
that are there, with all that is asked for, are not drawn again. The oracle split of a world is searched for
once, on customers of its own.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.progress import Progress

from models.numerics.one_thread import one_blas_thread
from models.worlds.catalogue import WORLDS as CATALOGUE
from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.split_night import Size
from tests.benchmarks.split_oracle import oracle_multipliers
from tests.benchmarks.split_page import page_text
from tests.benchmarks.split_replicate import FORMAT, one_replicate, without_old_agents
from tests.benchmarks.split_scores import NULL_WORLDS, WORLDS, Results
from tests.benchmarks.split_version import drawing_version

PAGE = Path(__file__).with_name("split.md")


def run(
    worlds: tuple[str, ...], sizes: tuple[Size, ...], work: Path, *, processes: int, resume: bool
) -> None:
    """Draws what is missing of every world, replicate by replicate, so that all worlds grow alike. `sizes`:
    what each replicate is to hold."""
    work.mkdir(parents=True, exist_ok=True)
    for world in worlds:
        if not resume:
            file_of(work, world, sizes[0].entities).unlink(missing_ok=True)
    there = {w: {r["replicate"]: r for r in records_of(work, w, sizes[0].entities)} for w in worlds}
    missing = [
        (world, i, with_all_of(there[world].get(i), size))
        for i, size in enumerate(sizes)
        for world in worlds
        if lacks(there[world].get(i), size)
    ]
    version = drawing_version()  # now: the processes read the code when they start, not when they draw
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
        futures = {pool.submit(draw, w, i, size, oracles[w], version): (w, size) for w, i, size in missing}
        for done in as_completed(futures):
            world, size = futures[done]
            append_line(file_of(work, world, size.entities), done.result())
            bar.advance(task)


def lacks(record: dict[str, Any] | None, size: Size) -> bool:
    """Is anything asked for that a record does not hold?"""
    if record is None:
        return True
    parts = ("personal", "impressions", "halves")
    return any(getattr(size, part) and not record[part] for part in parts)


def with_all_of(record: dict[str, Any] | None, size: Size) -> Size:
    """What to draw so that nothing is lost which a record holds already."""
    known = record or {}
    return replace(
        size,
        personal=size.personal or bool(known.get("personal")),
        impressions=size.impressions or bool(known.get("impressions")),
        halves=size.halves or bool(known.get("halves")),
    )


def draw(
    world: str, replicate: int, size: Size, oracle: tuple[float, ...] | None, version: str
) -> dict[str, Any]:
    """One replicate, in a process of its own."""
    with one_blas_thread():
        return one_replicate(world, replicate, size, oracle, version)


def records_of(work: Path, world: str, entities: int) -> list[dict[str, Any]]:
    """What is there of a world, by number of replicate, the last drawn; no line that a kill cut short."""
    lines = read_lines(file_of(work, world, entities))
    found = {record["replicate"]: record for record in lines if record.get("format") == FORMAT}
    return [without_old_agents(found[i]) for i in sorted(found)]


def file_of(work: Path, world: str, entities: int) -> Path:
    return work / f"{world}-{entities}.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument(
        "--personal", type=int, default=0, metavar="N",
        help="the last so many of them with the personalised rows, a minute each",
    )  # fmt: skip
    parser.add_argument(
        "--impressions", type=int, default=0, metavar="N",
        help="the last so many of them with a night on the impression-only log",
    )  # fmt: skip
    parser.add_argument(
        "--halves", type=int, default=0, metavar="N",
        help="the last so many of them with the rule that lets one half choose and the other judge",
    )  # fmt: skip
    parser.add_argument("--entities", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument(
        "--worlds", nargs="+", default=[*WORLDS, *NULL_WORLDS], choices=list(CATALOGUE), metavar="WORLD"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("out/bench-split"))
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    plain = Size(options.entities, options.days)
    sizes = tuple(
        replace(
            plain,
            personal=left <= options.personal,
            impressions=left <= options.impressions,
            halves=left <= options.halves,
        )
        for left in range(options.replicates, 0, -1)
    )
    run(tuple(options.worlds), sizes, options.work, processes=options.processes, resume=options.resume)
    results = results_of(options.work)
    options.page.write_text(page_text(results, options.days, plain.totals_days))
    print(options.page)


def results_of(work: Path) -> Results:
    """All records, by world in the order of the lists and then by size."""
    sizes = sorted({int(path.stem.rsplit("-", 1)[1]) for path in work.glob("*-*.jsonl")})
    order = [*WORLDS, *(w for w in CATALOGUE if w not in (*WORLDS, *NULL_WORLDS)), *NULL_WORLDS]
    found = {(w, entities): records_of(work, w, entities) for entities in sizes for w in order}
    return {key: records for key, records in found.items() if records}


if __name__ == "__main__":
    main()
