"""The benchmark of decisions: every preset and every agent in a small world whose answer is known.

    python -m tests.benchmarks.decisions_scoreboard [--only bid_level reorder_level ...]

Every module of `tests/benchmarks/decisions/` but those they share is one proof: `figures()` runs it. Writes
`tests/benchmarks/decisions.md`; with --only the other proofs keep the lines that they have there.
"""

import argparse
from importlib import import_module
from pathlib import Path

from rich.progress import track

from tests.benchmarks.decisions.figure import Figure

PAGE = Path(__file__).with_name("decisions.md")
FOLDER = Path(__file__).with_name("decisions")
SHARED = ("figure", "nights", "trial_logs")
"""What proofs share, and no proofs."""
HEAD = """# Many decisions, each in a world whose answer is known

Drawn by `make bench-decisions`. One proof per module of `tests/benchmarks/decisions/`; a miss is marked.

| proof | asked | measured | |
|---|---|---|---|
"""


def proofs() -> list[str]:
    """The names of all proofs, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SHARED)


def lines_of(proof: str, figures: list[Figure]) -> list[str]:
    """The page's rows of one proof."""
    return [f"| {proof} | {f.asked} | {f.measured} | {'' if f.holds else 'missed'} |" for f in figures]


def kept_lines(page: str, proof: str) -> list[str]:
    """The rows that a page has of one proof."""
    return [line for line in page.splitlines() if line.startswith(f"| {proof} |")]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=proofs(), help="run these proofs alone")
    wanted = parser.parse_args().only or proofs()
    before = PAGE.read_text() if PAGE.exists() else ""
    found: dict[str, list[str]] = {proof: kept_lines(before, proof) for proof in proofs()}
    for proof in track(wanted, description="proofs"):
        module = import_module(f"tests.benchmarks.decisions.{proof}")
        found[proof] = lines_of(proof, module.figures())
        PAGE.write_text(HEAD + "".join(f"{line}\n" for proof in found for line in found[proof]))


if __name__ == "__main__":
    main()
