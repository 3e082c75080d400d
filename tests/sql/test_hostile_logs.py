"""What is wrong with the logs is said in one sentence; what is hostile in them stays data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tiny_logs import column, count, impression, purchase, stage, write_log, write_table

from sql.database import identifier, literal, open_database
from sql.errors import LogError, StudyError

SHOWN = [impression(1, "2026-01-01", "u1")]
BOUGHT = [purchase(1, "2026-01-02", "u1")]


def sentence(kind: type[Exception], folder: Path, **settings: Any) -> str:
    with pytest.raises(kind) as error:
        stage(folder, **settings)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "is not a folder" in sentence(LogError, tmp_path / "nowhere")


def test_a_missing_table_names_what_is_there(tmp_path: Path) -> None:
    write_table(tmp_path / "log" / "impresions.csv", SHOWN)
    message = sentence(LogError, tmp_path / "log")
    assert "has no impressions" in message
    assert "holds impresions.csv; did you mean 'impresions'?" in message
    write_table(tmp_path / "log" / "impressions.csv", SHOWN)
    assert "has no purchases" in sentence(LogError, tmp_path / "log")


def test_a_missing_file_of_a_named_table(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN)
    message = sentence(LogError, log, tables={"clicks": {"path": "clicks/*.csv"}})
    assert "clicks/*.csv does not exist (`logs.tables.clicks.path`)" in message
    assert "impressions.csv" in message


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_missing_column_names_the_columns(tmp_path: Path, ending: str) -> None:
    rows_ = [{("user" if k == "user_id" else k): v for k, v in SHOWN[0].items()}]
    message = sentence(LogError, write_log(tmp_path / "log", ending, impressions=rows_))
    assert f"impressions.{ending} (impressions) has no column 'user_id'; did you mean 'user'?" in message
    assert "cost" in message


def test_a_renamed_column_that_is_missing(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN)
    spec = {"path": "impressions.csv", "columns": {"cost": "costs"}}
    message = sentence(LogError, log, tables={"impressions": spec})
    assert "has no column 'costs' (for cost); did you mean 'cost'?" in message
    spec = {"path": "impressions.csv", "columns": {"costs": "cost"}}
    message = sentence(StudyError, log, tables={"impressions": spec})
    assert "`logs.tables.impressions.columns.costs`" in message
    assert "did you mean 'cost'?" in message


@pytest.mark.parametrize(
    ("table", "names", "told"),
    [
        ("purchases", {"returned_ts": "sentback"}, "'sentback' (for returned_ts); did you mean 'sent_back'?"),
        ("impressions", {"segment": "shopper_tier"}, "'shopper_tier' (for segment). Its columns: "),
        ("impressions", {"campaign_id": "campaing"}, "'campaing' (for campaign_id). Its columns: "),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_optional_column_that_the_study_names_and_no_file_has(
    tmp_path: Path, ending: str, table: str, names: dict[str, str], told: str
) -> None:
    """Without a word every return would count as sold."""
    bought = [one | {"sent_back": "2026-01-03 10:00:00"} for one in BOUGHT]
    log = write_log(tmp_path / "log", ending, impressions=SHOWN, purchases=bought)
    tables = {name: {"path": f"{name}.{ending}"} for name in ("impressions", "purchases")}
    named = {**tables, table: {**tables[table], "columns": names}}
    assert told in sentence(LogError, log, tables=named)


def test_a_unit_or_values_of_a_column_that_no_file_has(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN, purchases=BOUGHT)
    for told in ({"money_units": {"margin": "micros"}}, {"values": {"margin": {"n/a": "0"}}}):
        tables = {"impressions": {"path": "impressions.csv"}, "purchases": {"path": "purchases.csv", **told}}
        message = sentence(LogError, log, tables=tables)
        assert "purchases.csv (purchases) has no column 'margin'" in message


def test_a_name_that_is_not_like_a_missing_column_is_not_offered(tmp_path: Path) -> None:
    """`sent_at` shares half of its letters with `spend_gbp`, and means another thing."""
    spec = {"path": "ads.csv", "columns": {"ts": "sent_at", "cost": "spend_gbp"}}
    shown = [{("sent_at" if k == "ts" else k): v for k, v in SHOWN[0].items() if k != "cost"}]
    log = write_log(tmp_path / "log")
    write_table(log / "ads.csv", shown)
    message = sentence(LogError, log, tables={"impressions": spec, "purchases": {"path": "purchases.csv"}})
    assert "has no column 'spend_gbp' (for cost). Its columns: " in message


def test_features_of_users_without_a_table_of_them(tmp_path: Path) -> None:
    """Nobody would have a value."""
    log = write_log(tmp_path / "log", impressions=[SHOWN[0] | {"region": "north"}], purchases=BOUGHT)
    message = sentence(StudyError, log, user_features=("region",))
    assert "`logs.user_features` names region, and the log has no table users: write a section" in message


def test_a_context_column_that_is_missing(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN)
    assert "has no column 'device'" in sentence(LogError, log, context=("device",))


def test_one_late_file_without_the_column_is_found(tmp_path: Path) -> None:
    write_table(tmp_path / "log" / "impressions" / "1.csv", SHOWN)
    write_table(tmp_path / "log" / "impressions" / "2.csv", [{"impression_id": "i2", "ts": "2026-01-01"}])
    write_table(tmp_path / "log" / "purchases.csv", BOUGHT)
    assert "impressions/2.csv (impressions) has no column" in sentence(LogError, tmp_path / "log")


def test_two_files_for_one_table(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN)
    write_table(log / "impressions.parquet", SHOWN)
    assert "impressions.csv, impressions.parquet: which is impressions?" in sentence(LogError, log)


def test_unreadable_files(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", "parquet", impressions=SHOWN)
    whole = (log / "impressions.parquet").read_bytes()
    (log / "impressions.parquet").write_bytes(whole[: len(whole) // 2])
    cut_off = "impressions.parquet cannot be read as Parquet: it was cut off or damaged before its end: copy"
    assert cut_off in sentence(LogError, log)
    (log / "impressions.parquet").write_bytes(b"")
    assert "as Parquet: it is empty, of 0 bytes: export it again." in sentence(LogError, log)
    (log / "impressions.parquet").write_bytes(b"ts,user_id")
    assert "as Parquet: its bytes are of another kind: name it by what it is" in sentence(LogError, log)
    (log / "impressions.parquet").unlink()
    (log / "impressions.csv.gz").write_bytes(b"not gzip")
    assert "impressions.csv.gz cannot be read" in sentence(LogError, log)
    (log / "impressions.csv.gz").unlink()
    (log / "impressions.csv").write_bytes("größe,ts\n".encode("latin-1"))
    assert "the header is not UTF-8" in sentence(LogError, log)
    (log / "impressions.csv").write_text("ts,ts\n1,2\n")
    assert "has the column 'ts' twice" in sentence(LogError, log)


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "x\x00.csv"])
def test_paths_out_of_the_log_folder_are_refused(tmp_path: Path, path: str) -> None:
    write_table(tmp_path / "secret.csv", SHOWN)
    log = write_log(tmp_path / "log")
    message = sentence(StudyError, log, tables={"impressions": {"path": path}})
    assert "`logs.tables.impressions.path`" in message


def test_links_out_of_the_log_folder_are_refused(tmp_path: Path) -> None:
    write_table(tmp_path / "secret.csv", SHOWN)
    log = write_log(tmp_path / "log")
    (log / "impressions.csv").unlink()
    (log / "impressions.csv").symlink_to(tmp_path / "secret.csv")
    assert "leads out of the log folder" in sentence(StudyError, log)


def test_too_many_channels(tmp_path: Path) -> None:
    shown = [impression(n, "2026-01-01", "u1", f"campaign {n}") for n in range(250)]
    assert "250 different values" in sentence(LogError, write_log(tmp_path / "log", impressions=shown))


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN)
    assert "`logs.pseudonym_key_env`" in sentence(StudyError, log, key=b"")


HOSTILE = [
    "'; DROP TABLE staging.impressions; --",
    "\"); COPY (SELECT 1) TO '/tmp/x'; --",
    "$as_of getvariable('as_of') {{ x }} %s",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "a\nb\tc\\",
]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_hostile_values_stay_values(tmp_path: Path, ending: str) -> None:
    shown = [
        impression(n, "2026-01-01", text, text, segment=text, device=text) for n, text in enumerate(HOSTILE)
    ]
    events = stage(write_log(tmp_path / ending, ending, impressions=shown), context=("device",))
    assert events.actions == ("none", *sorted(HOSTILE))
    assert events.segments == tuple(sorted(HOSTILE))
    assert len(events.context_columns) == len(HOSTILE)
    assert sum(column(events, "exposures", f"c_{events.context_columns[0]}")) == 1


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_hostile_column_names_stay_names(tmp_path: Path, ending: str) -> None:
    names = {f"x{n}": text for n, text in enumerate([*HOSTILE, "a/b~c", "$k", "fault", "context"])}
    shown = [{**SHOWN[0], **{name: str(n) for n, name in enumerate(names.values())}}]
    log = write_log(tmp_path / ending, ending, impressions=shown)
    spec = {"path": f"impressions.{ending}", "columns": names}
    events = stage(log, tables={"impressions": spec}, context=tuple(names))
    assert column(events, "exposures", *(f"c_{name}" for name in names)) == [tuple(map(float, range(10)))]


def test_hostile_file_names_are_read(tmp_path: Path) -> None:
    for n, name in enumerate(["a'b.csv", "[x]*?.csv", 'c";--.csv', "día 1.csv"]):
        write_table(tmp_path / "log" / "impressions" / name, [impression(n, "2026-01-01", "u1")])
    write_table(tmp_path / "log" / "purchases.csv", BOUGHT)
    events = stage(tmp_path / "log")
    assert count(events, "impressions").good == 4


@pytest.fixture
def database(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    for name in ("log", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    connection = open_database(
        readable=(tmp_path / "log",), work=tmp_path / "work", threads=1, memory_limit_gb=1, time_zone="UTC"
    )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{place}/outside.txt')",
        "SELECT * FROM read_text('{place}/log/../outside.txt')",
        "COPY (SELECT 1) TO '{place}/out.csv'",
        "ATTACH '{place}/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 4",
    ],
)
def test_the_database_is_locked_down(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str
) -> None:
    with pytest.raises(duckdb.Error):
        database.execute(statement.format(place=tmp_path))


def test_names_and_literals_are_quoted(database: duckdb.DuckDBPyConnection) -> None:
    for text in HOSTILE:
        result = database.execute(f"SELECT {literal(text)} AS {identifier(text)}")
        assert result.description is not None
        assert (result.description[0][0], result.fetchall()) == (text, [(text,)])


def test_a_table_that_is_left_out_is_not_read(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", impressions=SHOWN, purchases=BOUGHT)
    write_table(log / "budgets.csv", [{"plan_day": "17.09.2026", "planned": "80.50"}])
    assert "budgets.csv (budgets) has no column 'date'" in sentence(LogError, log)
    assert not any(c.table == "budgets" for c in stage(log, left_out=("budgets",)).counts)
    with pytest.raises(
        ValueError, match="`left_out` holds budgets, which `tables` says how to read; keep one"
    ):
        stage(log, left_out=("budgets",), tables={"budgets": {"path": "budgets.csv"}})
