"""A known public layout: its shipped study, pointed at the files, its assumptions asked for anew."""

import re
from pathlib import Path

from flows.init.lines import ASK, quoted
from sql.source_layouts import SourceLayout

STUDIES = Path(__file__).parent.parent / "studies"


def study_of_source(layout: SourceLayout, name: str, folder: str) -> str:
    """The text of the study, `folder` being the logs' beside it."""
    text = (STUDIES / f"{layout.name}.toml").read_text(encoding="utf-8")
    heading, _, rest = text.partition("\nname = ")
    _, _, rest = rest.partition("\n")
    about = "\n".join(line for line in heading.splitlines() if not line.startswith("#   "))
    rest = re.sub(r'folder = "[^"]*".*', lambda _: f"folder = {quoted(folder)}", rest, count=1)
    why = f"its files have the columns of {layout.name}"
    rest = re.sub(r'(source = "\w+").*', lambda m: f"{m[1]}  # {why}", rest, count=1)
    asks = [f"# source_numbers.{number} = ?  # {ASK}{words}" for number, words in layout.numbers.items()]
    rest = re.sub(r"source_numbers = .*", lambda _: "\n".join(asks), rest, count=1)
    return f"{about}\n\nname = {quoted(name)}\n{rest}"
