"""What a scheduler's page shows of a night."""

from pathlib import Path
from typing import Any

from reports.run_note import run_note


def split(*channels: tuple[str, float, float]) -> dict[str, Any]:
    rows = [
        {"channel": name, "segment": None, "current": today, "recommended": then}
        for name, today, then in channels
    ]
    return {
        "verdict": "MOVE", "why": "Move 1,400 EUR a week.", "currency": "EUR",
        "budget": {"period_days": 7, "current": 9000.0, "recommended": 9000.0}, "rows": rows,
    }  # fmt: skip


def test_verdict_budgets_and_report_stand_in_one_page_of_markdown() -> None:
    note = run_note(split(("search", 4000.0, 2600.0), ("video", 19.5, 1419.5)), Path("/out/shop/report.html"))
    assert note.splitlines() == [
        "**MOVE**: Move 1,400 EUR a week.",
        "",
        "| EUR a week | today | recommended | change |",
        "|:---|---:|---:|---:|",
        "| search | 4,000 | 2,600 | −1,400 |",
        "| video | 19.50 | 1,420 | +1,400 |",
        "",
        "Report: /out/shop/report.html",
    ]


def test_a_hostile_channel_name_stays_a_name() -> None:
    note = run_note(split(("a|b\n[x](http://y) <img> *c*", 1.0, 1.0)), Path("/out/report.html"))
    assert r"| a\|b \[x\](http\://y) \<img\> \*c\* | 1 | 1 | 0 |" in note.splitlines()


def test_a_night_without_rows_has_no_empty_table() -> None:
    assert "|" not in run_note(split(), Path("/out/report.html"))
