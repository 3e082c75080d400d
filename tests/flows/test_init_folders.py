"""`allot init`: where it looks, and how the study names that place."""

from pathlib import Path

import pytest

from flows.cli import main
from flows.init.table_words import STEMS
from flows.study import read_study
from tests.conftest import REPOSITORY
from tests.flows.raw_files import write_counts


@pytest.mark.parametrize("name", ["", "picture.png", "notes.txt"])
def test_a_folder_without_a_log_is_told_and_nothing_is_written(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence: where it looked, and which endings are read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    if name:
        (tmp_path / "raw" / name).write_bytes(b"\x89PNG")
    before = sorted(tmp_path.rglob("*"))
    assert main(["init", "raw"]) == 4
    said = capfd.readouterr()
    assert (
        f"No log file was found in {tmp_path / 'raw'}: files are read that end in .parquet, .csv," in said.err
    )
    assert not said.out and sorted(tmp_path.rglob("*")) == before


def test_sheets_alone_say_how_they_can_be_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "sales.xlsx").write_bytes(b"PK")
    assert main(["init", str(tmp_path / "raw"), "--out", str(tmp_path / "my.toml")]) == 4
    assert "sales.xlsx: a spreadsheet; not read. Save each of its sheets as CSV." in capfd.readouterr().err


@pytest.mark.parametrize("out", [None, "my.toml", "link/my.toml", "new/my.toml"])
def test_the_folder_is_right_as_seen_from_the_study(
    tmp_path: Path, out: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the study is written, past links too: a folder above a link is not the one its name says."""
    logs, desk = write_counts(tmp_path / "logs"), tmp_path / "desk"
    (tmp_path / "far" / "away" / "it").mkdir(parents=True)
    desk.mkdir()
    (desk / "link").symlink_to(tmp_path / "far" / "away" / "it")
    monkeypatch.chdir(desk)
    folder = logs if logs.is_dir() else logs.parent
    assert main(["init", "../logs", *(["--out", out] if out else [])]) == 0
    study = desk / (out or "logs.toml")
    assert read_study(study).log_folder.samefile(folder)
    assert 'logs"  # relative to this file\n' in study.read_text()


def write_tables(folder: Path) -> None:
    """A shop's logs as a shop has them: days of ads in one folder, tables of other kinds in another one."""
    ads, days = "impression_id,event_time,user_id,network,spend", [f"2026-01-{n:02d}" for n in range(1, 21)]
    shown = [f"{n},{day} 10:00:00,u{n % 5},{('tv', 'web')[n % 2]},0.1" for n, day in enumerate(days)]
    bought = [f"o{n},{day},u{n % 5},9.5" for n, day in enumerate(days)]
    clicked = [f"{n},{day} 11:00:00" for n, day in enumerate(days)]
    tables = {
        "ads/a.csv": [ads, *shown[:9]],
        "ads/b.csv": [ads, *shown[9:]],
        "shop/orders.csv": ["order_id,created,customer,total", *bought],
        "shop/clicks.csv": ["impression_id,clicked_at", *clicked],
        "shop/customers.csv": ["customer,signup", *(f"u{n},2026-01-01" for n in range(5))],
    }
    for name, lines in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines))


@pytest.mark.parametrize(
    "named", ["", "/ads logs/shop", "/ads logs/shop/orders.csv logs/shop/clicks.csv logs/shop/customers.csv"]
)
def test_a_folder_of_several_tables_is_taken_file_by_file(
    tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "logs")
    assert main(["init", *f"logs{named}".split(), "--out", "my.toml"]) == 0
    tables = read_study(tmp_path / "my.toml").logs.tables
    assert {name: table.path for name, table in tables.items()} == {
        "impressions": ("ads",),
        "clicks": ("shop/clicks.csv",),
        "purchases": ("shop/orders.csv",),
        "users": ("shop/customers.csv",),
    }
    assert "not read" not in (tmp_path / "my.toml").read_text()


def test_a_column_more_makes_no_other_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "logs")
    header, *rows = (tmp_path / "logs/ads/b.csv").read_text().splitlines()
    (tmp_path / "logs/ads/b.csv").write_text("\n".join([f"{header},device", *(f"{row},app" for row in rows)]))
    assert main(["init", "logs", "--out", "my.toml"]) == 0
    assert read_study(tmp_path / "my.toml").logs.tables["impressions"].path == ("ads",)


def test_a_name_that_says_no_table_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "logs")
    (tmp_path / "logs/shop/clicks.csv").rename(tmp_path / "logs/shop/klicks.csv")
    assert main(["init", "logs", "--out", "my.toml"]) == 0
    told = "shop/klicks.csv: nothing in it is a decision, an outcome or spend; not read. Its columns: "
    text = (tmp_path / "my.toml").read_text()
    assert told in text and "Its name says no table (impressions, clicks, purchases, " in text


def test_the_guide_lists_the_names_that_say_a_table() -> None:
    guide = (REPOSITORY / "docs/from_a_file.md").read_text()
    for table, stems in STEMS.items():
        assert f"| {table} | {', '.join(f'`{stem}`' for stem in stems)} |" in guide
