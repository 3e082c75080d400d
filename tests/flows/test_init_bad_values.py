"""`allot init` on files with a few rows that no night can read."""

from pathlib import Path

import pytest

from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

Rows = list[list[object]]


def write_log(folder: Path, bad: Rows, paid: object) -> Path:
    """Forty ads and a few `bad` rows, and forty orders of which the last was `paid` so."""
    shown: Rows = [["impression_id", "event_time", "user_id", "channel", "campaign_id", "cost"]]
    shown += [
        [f"i{n}", f"2026-03-{n % 9 + 1:02} 10:00:00", f"u{n}", "ab"[n % 2], "x", 0.5] for n in range(40)
    ]
    write_lines(folder / "ads.csv", [*shown, *bad])
    bought: Rows = [["order_id", "ordered_at", "user_id", "order_total"]]
    bought += [[f"o{n}", "2026-03-09 12:00:00", f"u{n}", 20.5 if n else paid] for n in range(40)]
    write_lines(folder / "orders.csv", bought)
    return folder


def test_a_few_bad_values_hide_no_column_and_are_told(tmp_path: Path) -> None:
    bad: Rows = [
        ["i90", "soon", "u1", "a", "x", "0.5"],
        ["i91", "2026-03-04 10:00:00", "u2", "b", "x", "free"],
    ]
    text, study = written(write_log(tmp_path / "logs", bad, "NaN"))
    assert not asked(text) and study.logs.tables["impressions"].columns == {"ts": "event_time"}
    assert study.logs.tables["purchases"].columns["revenue"] == "order_total"
    for told in (
        "# ads.csv: no times in 1 of 42 values of event_time. Such rows are set aside and counted, as long "
        "as they are at most 5% (logs.max_quarantined_share).",
        "# ads.csv: no numbers in 1 of 42 values of cost.",
        "# orders.csv: no numbers in 1 of 40 values of order_total.",
    ):
        assert told in text
    events = staged(study)
    shown, bought = count(events, "impressions"), count(events, "purchases")
    assert (shown.good, shown.quarantined) == (40, {"cost is not a number": 1, "ts is not a time": 1})
    assert bought.quarantined == {"revenue is not a number": 1}


@pytest.mark.parametrize("good", [38, 37])
def test_more_than_a_night_would_set_aside_hide_it(tmp_path: Path, good: int) -> None:
    """2 of 40 are the 5 % that a study allows, 3 are more."""
    rows: Rows = [["impression_id", "event_time", "user_id", "channel", "campaign_id", "cost"]]
    rows += [
        [f"i{n}", "2026-03-04 10:00:00" if n < good else "soon", f"u{n}", "ab"[n % 2], "x", 0.5]
        for n in range(40)
    ]
    text, _ = written(write_lines(tmp_path / "logs" / "ads.csv", rows))
    assert any("columns.ts = ?" in line for line in asked(text)) == (good == 37)
