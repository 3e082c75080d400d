"""What a scheduler's page shows of a night: the verdict, the budgets, and where the report lies."""

import re
from pathlib import Path
from typing import Any

from reports import numbers, words

MARKUP = re.compile(r"([\\`*_{}\[\]#|~<>&:])")
"""Punctuation that Markdown could take for markup; a backslash makes it a plain character."""


def run_note(split: dict[str, Any], report: Path) -> str:
    """A night's split.json as Markdown. Names are shown as they stand, whatever characters they hold."""
    lines = [f"**{_plain(split['verdict'])}**: {_plain(split['why'])}", ""]
    if split["rows"]:
        head = f"{split['currency']} {words.period(split['budget']['period_days'])}"
        lines += [f"| {_plain(head)} | today | recommended | change |", "|:---|---:|---:|---:|"]
        lines += [_row(row) for row in split["rows"]] + [""]
    lines += [f"Report: {_plain(str(report))}"]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Any]) -> str:
    name = row["channel"] if row["segment"] is None else f"{row['channel']} · {row['segment']}"
    change = round(row["recommended"] - row["current"], 4) + 0.0
    cells = (name, numbers.budget(row["current"]), numbers.budget(row["recommended"]))
    return "| " + " | ".join(map(_plain, (*cells, numbers.budget(change, signed=True)))) + " |"


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", " ".join(text.split()))
