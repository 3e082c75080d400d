"""evaluation.md: sections that several scripts write, each its own, in a fixed order."""

import re
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("evaluation.md")
SECTIONS = ("scoreboard", "d3rlpy", "peers", "hillstrom", "open bandit")
TITLE = """# How well the evaluation works

Worlds with exact truth, a randomised e-mail test redrawn many times, and two real bandit logs. Each section
names the command that wrote it; a section stays as it is until its command is run again.
"""
SECTION = re.compile(r"<!-- begin (.+?) -->\n(.*?)<!-- end \1 -->\n", re.DOTALL)


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Replaces one section of the page and leaves the others. ValueError for a name that has no place."""
    if name not in SECTIONS:
        raise ValueError(f"{name!r} is no section; the sections are: {', '.join(SECTIONS)}")
    kept = dict(SECTION.findall(page.read_text())) if page.exists() else {}
    kept[name] = text.strip() + "\n"
    parts = [f"<!-- begin {s} -->\n{kept[s]}<!-- end {s} -->\n" for s in SECTIONS if s in kept]
    page.write_text("\n".join([TITLE, *parts]))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def percent(share: float | None, digits: int = 0) -> str:
    """`93 %`; a dash for what is not known."""
    return "–" if share is None or share != share else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 3) -> str:
    """`.123`; a dash for what is not known."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 1) -> str:
    """`+1.2 %` of a share."""
    return "–" if value is None or value != value else f"{100 * value:+.{digits}f} %"
