"""What a careful reader should know of a log that can be used all the same."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tiny_logs import click, impression, purchase, stage, write_log, write_table

from sql.errors import LogError

DATES = "are dates: of two events on one day the log cannot say which came first."


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_column_that_appears_midway_is_told(tmp_path: Path, ending: str) -> None:
    early = [impression(1, "2026-01-01 10:00", "u1"), impression(2, "2026-01-01 11:00", "u2")]
    late = [impression(3, "2026-01-02 10:00", "u1", propensity="0.5")]
    for name, rows in (("01", early), ("02", late), ("03", [late[0] | {"impression_id": "i4"}])):
        write_table(tmp_path / "log" / "impressions" / f"{name}.{ending}", rows)
    write_table(tmp_path / "log" / "purchases.csv", [purchase(1, "2026-01-02 12:00", "u1")])
    notes = stage(tmp_path / "log").notes
    told = f"Of impressions, 2 of 3 files have the column propensity, first impressions/02.{ending}: in"
    assert any(note.startswith(told) for note in notes)


def test_a_column_that_the_study_names_is_not_called_unused(tmp_path: Path) -> None:
    """Though nothing reads a campaign yet."""
    log = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1", camp="spring")])
    unused = "Columns of impressions that the study makes no use of: camp. "
    assert any(note.startswith(unused) for note in stage(log).notes)
    named = {"impressions": {"path": "impressions.csv", "columns": {"campaign_id": "camp"}}}
    assert not any("makes no use" in note for note in stage(log, tables=named).notes)


def test_an_empty_file_is_named_wherever_it_does_harm(tmp_path: Path) -> None:
    """In a note; beside the clicks on what it should have held; by itself, where a table is nothing else."""
    shown, hollow = [impression(1, "2026-01-01 10:00", "u1")], tmp_path / "log" / "impressions" / "2.csv"
    write_table(hollow.with_name("1.csv"), shown)
    hollow.touch()
    write_table(tmp_path / "log" / "purchases.csv", [purchase(1, "2026-01-02 12:00", "u1")])
    named = "impressions/2.csv is empty, without a line: was the export cut off?"
    assert named in stage(tmp_path / "log").notes
    write_table(tmp_path / "log" / "clicks.csv", [click(n, "2026-01-02 12:00") for n in (1, 2)])
    with pytest.raises(LogError, match=f"1 of 2 clicks rows are unusable.*{re.escape(named)}"):
        stage(tmp_path / "log", max_quarantined_share=0.05)
    (tmp_path / "log" / "purchases.csv").write_text("")
    with pytest.raises(LogError, match=r"purchases.csv \(purchases\) is empty, without so much"):
        stage(tmp_path / "log")


def test_impressions_without_a_row_are_the_fault_of_all_clicks_on_them(tmp_path: Path) -> None:
    clicks = [click(n, "2026-01-02 12:00") for n in (1, 2)]
    log = write_log(tmp_path / "log", clicks=clicks)
    told = r"2 of 2 clicks rows .*\. \S+/impressions.csv \(impressions\) holds no row: was its export cut"
    with pytest.raises(LogError, match=told) as caught:
        stage(log, max_quarantined_share=0.05)
    assert "raise the share" not in str(caught.value)


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    """Lines of Latin-1 are lost to the reader: not because of what they say."""
    shown = [impression(n, "2026-01-01 10:00", f"u{n}", ("Lyon", "Köln")[n % 2]) for n in range(8)]
    log = write_log(tmp_path / "log", impressions=shown)
    text = (log / "impressions.csv").read_text()
    (log / "impressions.csv").write_bytes(text.encode("latin-1"))
    told = r"the line cannot be read \(4 rows\)\. \S+/impressions.csv is not UTF-8, first in line 3: save "
    with pytest.raises(LogError, match=told):
        stage(log, max_quarantined_share=0.05)
    (log / "impressions.csv").write_text(text.replace("Köln", "Köln,am Rhein"))
    with pytest.raises(LogError, match=r"A line is read that is UTF-8, has as many values as there are"):
        stage(log, max_quarantined_share=0.05)


def test_where_most_rows_are_bad_nobody_is_told_to_allow_more(tmp_path: Path) -> None:
    """Nor is a cost below 0 taken for anything but what a ledger writes so."""
    shown = [impression(n, "2026-01-01 10:00", f"u{n}", cost="-0.10") for n in range(3)]
    with pytest.raises(LogError, match=r"cost is negative .* What is spent is 0 or more: .* without the"):
        stage(write_log(tmp_path / "a", impressions=shown), max_quarantined_share=0.05)
    clicks = [click(n, "2026-01-01 12:00") for n in range(5)]
    good = [impression(n, "2026-01-01 10:00", f"u{n}") for n in range(3)]
    for n, end in ((1, "Mend the log."), (3, "Mend the log, or raise the share.")):
        log = write_log(tmp_path / f"of{n}", impressions=good[:n], clicks=clicks)
        with pytest.raises(LogError) as caught:
            stage(log, max_quarantined_share=0.05)
        assert str(caught.value).endswith(end)


def test_a_column_in_every_file_or_in_none_is_not_told(tmp_path: Path) -> None:
    for n in (1, 2):
        write_table(tmp_path / "log" / "impressions" / f"{n}.csv", [impression(n, "2026-01-01 10:00", "u1")])
    write_table(tmp_path / "log" / "purchases.csv", [purchase(1, "2026-01-02 12:00", "u1")])
    assert not [note for note in stage(tmp_path / "log").notes if "files have the column" in note]


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Berlin"])
def test_times_that_are_dates_are_told(tmp_path: Path, time_zone: str) -> None:
    shown = [impression(n, "", f"u{n}") | {"ts": date(2026, 1, n)} for n in (1, 2, 3)]
    log = write_log(
        tmp_path / "log", "parquet", impressions=shown, purchases=[purchase(1, "2026-01-02 12:00", "u1")]
    )
    assert pl.read_parquet(log / "impressions.parquet")["ts"].dtype == pl.Date
    notes = stage(log, time_zone=time_zone).notes
    assert f"The times of impressions {DATES}" in notes
    assert f"The times of purchases {DATES}" not in notes


def test_midnights_of_greenwich_are_dates_too(tmp_path: Path) -> None:
    shown = [impression(n, f"2026-01-0{n}T00:00:00Z", f"u{n}") for n in (1, 2, 3)]
    notes = stage(write_log(tmp_path / "log", impressions=shown), time_zone="Europe/Berlin").notes
    assert f"The times of impressions {DATES}" in notes


def test_json_lines_may_have_a_key_in_later_rows_alone(tmp_path: Path) -> None:
    """A shop without a return yet; of two CSV files one with the column is enough, and says so."""
    shown, bought = [impression(1, "2026-01-01", "u1")], [purchase(1, "2026-01-02", "u1")]
    returned = [purchase(2, "2026-01-02", "u1", sent_back="2026-01-03 10:00:00")]
    log = write_log(tmp_path / "log", "jsonl", impressions=shown, purchases=bought + returned)
    spec = {"path": "purchases.jsonl", "columns": {"returned_ts": "sentback"}}
    notes = stage(log, tables={"impressions": {"path": "impressions.jsonl"}, "purchases": spec}).notes
    said = "No row of purchases has the key 'sentback', which the study names for returned_ts: its values "
    assert any(f"{said}count as missing; did you mean 'sent_back'?" in note for note in notes)
    log = write_log(tmp_path / "two", impressions=shown)
    write_table(log / "purchases" / "1.csv", bought)
    write_table(log / "purchases" / "2.csv", returned)
    spec = {"path": "purchases/*.csv", "columns": {"returned_ts": "sent_back"}}
    notes = stage(log, tables={"impressions": {"path": "impressions.csv"}, "purchases": spec}).notes
    assert any("1 of 2 files have the column sent_back" in note for note in notes)
