"""A margin that is missing is no revenue: refused, or stood in for by the study's own rate, and told."""

from pathlib import Path
from typing import Any

from tiny_logs import column, count, impression, purchase, stage, write_log

from sql.advice import way_out

SHOWN = [impression(1, "2026-01-01 10:00", "u1")]
REFUSED = "margin is missing, and the study sets no margin_rate"
AS_IF_FREE = (
    "No purchase carries a margin, and the study sets no decision.margin_rate: all of the revenue counts as "
    "margin, as if goods cost nothing."
)


def log(folder: Path, *margins: Any, **later: Any) -> Path:
    """A purchase of 10 per margin given."""
    bought = [purchase(n, f"2026-01-0{n} 12:00", "u1", margin=one) for n, one in enumerate(margins, 1)]
    return write_log(folder / "log", impressions=SHOWN, purchases=[*bought, *later.values()])


def told(notes: tuple[str, ...]) -> list[str]:
    return [note for note in notes if "margin" in note]


def test_a_margin_missing_beside_others_refuses_its_row(tmp_path: Path) -> None:
    events = stage(log(tmp_path, "4.00", "", "nan"), margin_rate=None)
    assert count(events, "purchases").quarantined == {REFUSED: 2}
    assert column(events, "bookings", "margin_micros") == [4_000_000]
    assert not told(events.notes) and not events.is_margin_revenue
    assert "or set `decision.margin_rate`" in way_out("purchases", REFUSED)


def test_the_studys_own_rate_stands_in_and_is_told(tmp_path: Path) -> None:
    events = stage(log(tmp_path, "4.00", "", ""), margin_rate=0.3)
    assert column(events, "bookings", "margin_micros") == [4_000_000, 3_000_000, 3_000_000]
    assert told(events.notes) == [
        "2 of 3 purchases carry no margin: decision.margin_rate = 0.3 of their revenue stands in for it."
    ]


def test_revenue_taken_for_margin_is_told(tmp_path: Path) -> None:
    events = stage(log(tmp_path, "", ""), margin_rate=None)
    assert column(events, "bookings", "margin_micros") == [10_000_000, 10_000_000]
    assert told(events.notes) == [AS_IF_FREE] and events.is_margin_revenue


def test_a_rate_of_the_studys_for_all_needs_no_note(tmp_path: Path) -> None:
    events = stage(log(tmp_path, "", ""), margin_rate=1.0)
    assert not told(events.notes) and not events.is_margin_revenue


def test_a_margin_that_is_yet_to_be_known_refuses_nothing(tmp_path: Path) -> None:
    """A night of the past reads the log as it was then."""
    late = purchase(9, "2026-02-03 12:00", "u1", margin="4.00")
    events = stage(log(tmp_path, "", late=late), margin_rate=None)
    assert column(events, "bookings", "margin_micros") == [10_000_000]
