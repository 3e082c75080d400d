"""`allot simulate` writes over its own logs, and over nobody else's."""

from pathlib import Path

import pytest

from flows.cli import main
from flows.simulated import MARKER, TABLES
from sql.inputs import holdings, log_files


def simulate(world: str, out: Path, *more: str) -> int:
    return main(["simulate", world, "--out", str(out), "--entities", "20", *more])


def test_a_folder_of_ones_own_files_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "purchases.parquet"
    mine.write_bytes(b"mine")
    assert simulate("discount_level", tmp_path) == 2
    assert "holds files that no simulation wrote (purchases.parquet)" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [mine.name] and mine.read_bytes() == b"mine"
    assert simulate("discount_level", tmp_path, "--force") == 0
    assert mine.read_bytes() != b"mine"


def test_simulated_logs_are_written_over_as_often_as_one_likes(tmp_path: Path) -> None:
    out = tmp_path / "logs"
    assert simulate("discount_level", out) == 0
    first = {path.name for path in out.iterdir()}
    assert simulate("demo", out, "--days", "3") == 0
    assert {path.name for path in out.iterdir()} - {MARKER} <= TABLES and MARKER in first


def test_what_stands_beside_simulated_logs_is_seen(tmp_path: Path) -> None:
    assert simulate("discount_level", tmp_path) == 0
    (tmp_path / "mine.parquet").write_bytes(b"mine")
    assert simulate("discount_level", tmp_path) == 2
    assert (tmp_path / "mine.parquet").read_bytes() == b"mine"


def test_a_tier_of_a_world_with_one_log_leaves_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate("discount_level", tmp_path / "logs", "--tier", "B") == 2
    assert (
        "discount_level has one log, so that --tier means nothing; leave it out." in capsys.readouterr().err
    )
    assert not (tmp_path / "logs").exists()


def test_the_marker_is_no_log(tmp_path: Path) -> None:
    assert simulate("discount_level", tmp_path) == 0
    assert MARKER not in holdings(tmp_path)
    assert MARKER not in {path.name for path in log_files(tmp_path)}


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("")
    assert simulate("demo", tmp_path / "logs") == 2
    assert "is a file; name a folder" in capsys.readouterr().err
