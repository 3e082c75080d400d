"""The agents' benchmark: what every agent of the registry realises in worlds whose truth is known.

    python -m tests.benchmarks.agents_scoreboard [--worlds demo ...] [--logs 2] [--resume]

Writes `tests/benchmarks/agents.md`. Logs 0, 1, ... of each world are for the page alone; whoever works on the
agents takes `--first 1000` and a page of their own. With --resume those that are there are not drawn again.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from models.agent_settings import ALGORITHM_NAMES
from tests.benchmarks.agents_replicate import FORMAT, RANDOM, one_log
from tests.benchmarks.json_lines import append_line, read_lines
from tests.benchmarks.split_night import Size

PAGE = Path(__file__).with_name("agents.md")
WORLDS = ("demo", "saturating", "no-carry-over", "three-channels")
SIZE = Size(entities=4_000, days=56, futures=2, seeds=(1,), steps=600)
Record = dict[str, Any]


def draw(wanted: list[tuple[str, int]], work: Path, *, resume: bool) -> list[Record]:
    """The records of all logs, in order; those that are missing are drawn."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "agents.jsonl"
    if not resume:
        file.unlink(missing_ok=True)
    there = {(r["world"], r["number"]): r for r in read_lines(file) if _fits(r)}
    for world, number in track([one for one in wanted if one not in there], description="logs"):
        there[world, number] = one_log(world, number, SIZE)
        append_line(file, there[world, number])
    return [there[one] for one in wanted]


def _fits(record: Record) -> bool:
    return bool(record["format"] == FORMAT and record["entities"] == SIZE.entities)


def page_text(records: list[Record]) -> str:
    """The page: a row per agent, best first, over all logs and by world."""
    worlds = list(dict.fromkeys(r["world"] for r in records))
    each = {name: _gains(records, name) for name in (*ALGORITHM_NAMES, RANDOM)}
    minutes = sum(r["seconds"] for r in records) / 60
    lines = [
        "# What every agent realises",
        "",
        f"{len(records)} logs of {SIZE.entities:,} customers and {SIZE.days} days, of the worlds "
        f"{', '.join(worlds)}. Every agent is taught by halves ({SIZE.steps} steps, one network a half), "
        "priced at today's spend and softened as everybody trusts it, and put in force for a week, with the "
        f"world's tail, in {SIZE.futures} futures that all share. Gain: realised profit beyond today's "
        "delivery, as a share of that, mean and standard error over logs. Believed: what everybody says of "
        "the price and softness they picked for it, likewise; what picking flatters is still in "
        "it. Spend: as a multiple of today's.",
        "",
        f"Regenerate: `make bench-agents` (two logs of each world; these took {minutes:.0f} CPU minutes).",
        "",
        f"| agent | realised gain | standard error | believed | spend | loses in | {' | '.join(worlds)} |",
        f"|---|{'---|' * (5 + len(worlds))}",
    ]
    for name in sorted(each, key=lambda name: -each[name].mean()):
        lines.append(_row(records, name, each[name], worlds))
    return "\n".join(lines) + "\n"


def _gains(records: list[Record], name: str) -> np.ndarray:
    """(m,) realised, as shares of today's profit."""
    return np.array([r["realised"][name]["uplift"] / r["realised"][name]["profit"] for r in records])


def _row(records: list[Record], name: str, gains: np.ndarray, worlds: list[str]) -> str:
    error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.nan
    believed = [r for r in records if r["promised"].get(name) is not None]
    told = [r["promised"][name] / r["realised"][name]["profit"] for r in believed]
    spend = np.mean([r["realised"][name]["spend"] for r in records])
    of = [np.mean([g for g, r in zip(gains, records, strict=True) if r["world"] == w]) for w in worlds]
    label = f"`{name}`" if name in ALGORITHM_NAMES else name
    promised = percent(float(np.mean(told))) if told else "-"
    figures = f"{percent(float(gains.mean()))} | {100 * error:.1f} | {promised} | {spend:.2f}"
    return f"| {label} | {figures} | {(gains < 0).sum()} | {' | '.join(percent(float(one)) for one in of)} |"


def percent(share: float) -> str:
    """`+4.2 %`, with a minus sign that is one."""
    return f"{'+' if share >= 0 else '−'}{abs(100 * share):.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", nargs="+", default=WORLDS)
    parser.add_argument("--logs", type=int, default=2, help="of each world")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("out/bench-agents"))
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    wanted = [(world, asked.first + k) for k in range(asked.logs) for world in asked.worlds]
    asked.page.write_text(page_text(draw(wanted, asked.work, resume=asked.resume)), encoding="utf-8")
    print(asked.page)


if __name__ == "__main__":
    main()
