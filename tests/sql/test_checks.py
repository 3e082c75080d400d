"""The checks of a staged log: nothing is found in an honest one, and each finds what it looks for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tiny_logs import AS_OF, click, day, impression, purchase, stage, write_log

from sql.database import SQL_FOLDER, model_text, open_database, rows, run_model
from sql.errors import LogError
from sql.marts import MARTS

CHECKS = sorted(path.stem for path in (SQL_FOLDER / "checks").glob("*.sql"))
TODAY = day(AS_OF.isoformat())

CHANCE = {"ts": "2026-01-01", "user_id": "u1", "channel": "search"}
TEST = {"channel": "tv", "start": "2026-01-05", "end": "2026-01-18", "lift": "1.25", "standard_error": "0.5"}
LOG: dict[str, list[dict[str, Any]]] = {
    "impressions": [impression(1, "2026-01-01", "u1"), impression(2, "2026-01-01", "u2", "tv")],
    "clicks": [click(1, "2026-01-01")],
    "purchases": [purchase(1, "2026-01-02", "u1")],
    "visits": [{"user_id": "u1", "ts": "2026-01-01"}],
    "outcomes": [{"entity_id": "u1", "ts": "2026-01-02", "name": "returned", "value": "1"}],
    "opportunities": [
        CHANCE | {"opportunity_id": "o1"},
        CHANCE | {"opportunity_id": "o2", "channel": "radio"},
        CHANCE | {"opportunity_id": "o3", "channel": "none"},
        CHANCE | {"opportunity_id": "o4", "eligible": "false"},
    ],
    "arms": [{"user_id": "u1", "arm": "usual", "since": "2026-01-01"}],
    "totals": [{"date": "2026-01-01", "channel": "search", "spend": "5"}],
    "budgets": [{"date": "2026-01-01", "channel": c, "planned": "5"} for c in ("search", "radio")],
    "experiments": [TEST | {"multiplier": "0"}, TEST | {"multiplier": "1.5"}],
    "counts": [{"test": "t", "day": "2026-01-01", "arm": arm, "n": "9", "successes": "2"} for arm in "AB"],
    "geo": [{"region": region, "day": "2026-01-01", "outcome": "1"} for region in ("north", "south")],
}
"""Something for every mart, and rows that have no place there: what was never delivered, or not eligible."""


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database of the staged log, as its checks see it."""
    kept: list[duckdb.DuckDBPyConnection] = []

    def keep(**settings: Any) -> duckdb.DuckDBPyConnection:
        kept.append(open_database(**settings))
        return kept[0].cursor()  # which the night closes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sql.stage.open_database", keep)
        stage(write_log(tmp_path_factory.mktemp("checks") / "log", **LOG))
    kept[0].execute(f"SET VARIABLE as_of = CAST(DATE '{AS_OF}' AS TIMESTAMPTZ)")  # that of the night is gone
    yield kept[0]
    kept[0].close()


@pytest.fixture
def database(staged: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, mended after each test."""
    staged.execute("BEGIN")
    yield staged
    staged.execute("ROLLBACK")


def findings(database: duckdb.DuckDBPyConnection, check: str) -> list[tuple[Any, ...]]:
    return sorted(rows(database, model_text(f"checks/{check}")))


@pytest.mark.parametrize("check", CHECKS)
def test_an_honest_log_passes(database: duckdb.DuckDBPyConnection, check: str) -> None:
    assert findings(database, check) == []


KEYS: list[tuple[str, tuple[Any, ...]]] = [
    ("INSERT INTO marts.exposures SELECT * FROM marts.exposures", ("exposures", 4, 3, 0)),  # one starts anew
    ("UPDATE marts.exposures SET action = NULL", ("exposures", 2, 2, 2)),
    ("INSERT INTO marts.entities SELECT * FROM marts.entities", ("entities", 4, 2, 0)),
    ("UPDATE marts.entities SET last_day = entry_day - 1", ("entities", 2, 2, 2)),
    ("INSERT INTO marts.outcomes SELECT * FROM marts.outcomes", ("outcomes", 2, 1, 0)),
    ("UPDATE marts.outcomes SET name = NULL", ("outcomes", 1, 1, 1)),
    ("INSERT INTO marts.arms SELECT * FROM marts.arms", ("arms", 2, 1, 0)),
    ("INSERT INTO marts.totals SELECT * FROM marts.totals", ("totals", 2, 1, 0)),
    ("UPDATE marts.totals SET day = NULL", ("totals", 1, 1, 1)),
    ("INSERT INTO marts.budgets SELECT * FROM marts.budgets", ("budgets", 2, 1, 0)),
    ("UPDATE marts.budgets SET action = NULL", ("budgets", 1, 1, 1)),
    ("UPDATE marts.experiments SET multiplier = 0", ("experiments", 2, 1, 0)),  # two cells become one
    ("UPDATE marts.experiments SET multiplier = NULL WHERE multiplier > 0", ("experiments", 2, 2, 1)),
    ("UPDATE marts.experiments SET first_day = NULL", ("experiments", 2, 2, 2)),
    ("UPDATE marts.counts SET arm = 'A'", ("counts", 2, 1, 0)),
    ("UPDATE marts.geo SET outcome = NULL", ("geo", 2, 2, 2)),
]
"""A statement, and what is found: mart, rows, keys, rows without a key."""


@pytest.mark.parametrize(("statement", "found"), KEYS)
def test_a_broken_key_is_found(
    database: duckdb.DuckDBPyConnection, statement: str, found: tuple[Any, ...]
) -> None:
    database.execute(statement)
    assert findings(database, "keys_unique") == [found]


DATED = [
    (mart, next(column for column in ("known_day", "last_day", "day") if column in key))
    for mart, key in MARTS.items()
    if {"day", "last_day"} & set(key)
]
"""Every mart with a day in its key, and the day on which the row was known."""


@pytest.mark.parametrize(("mart", "column"), DATED)
def test_a_row_from_the_future_is_found(database: duckdb.DuckDBPyConnection, mart: str, column: str) -> None:
    for last in (TODAY - 1, TODAY):
        database.execute(f"UPDATE marts.{mart} SET {column} = {last}")
        assert rows(database, f"SELECT max({column}) FROM marts.{mart}") == [(last,)]  # there is one
        assert findings(database, "nothing_from_the_future") == [(mart, TODAY)] * (last == TODAY)


LOST = [
    ("DELETE FROM marts.exposures WHERE clicks = 0", ("impressions", 2, 1)),
    ("UPDATE marts.clicks SET n = 2", ("clicks", 1, 2)),
    ("UPDATE marts.exposures SET clicks = 0", ("clicks on exposures", 1, 0)),
    ("DELETE FROM marts.visits", ("visits", 1, 0)),
    ("DELETE FROM marts.outcomes", ("values of outcomes", 1_000_000, 0)),
    ("UPDATE marts.opportunities SET n = n + 1", ("opportunities", 1, 2)),
    ("DELETE FROM marts.totals", ("totals", 1, 0)),
    ("INSERT INTO marts.budgets SELECT * FROM marts.budgets", ("budgets", 1, 2)),
    ("DELETE FROM marts.experiments WHERE multiplier = 0", ("experiments", 2, 1)),
    ("DELETE FROM marts.counts WHERE arm = 'A'", ("counts", 2, 1)),
    ("INSERT INTO marts.geo SELECT * FROM marts.geo", ("geo", 2, 4)),
]
"""A statement, and what is found: table, good rows of the log, rows of the mart."""


@pytest.mark.parametrize(("statement", "found"), LOST)
def test_a_lost_or_doubled_row_is_found(
    database: duckdb.DuckDBPyConnection, statement: str, found: tuple[Any, ...]
) -> None:
    database.execute(statement)
    assert findings(database, "rows_reconcile") == [found]


SUMS = [
    ("revenue_reconciles", "UPDATE marts.bookings SET revenue_micros = 4", (1, 1, 10_000_000, 4)),
    ("revenue_reconciles", "DELETE FROM marts.bookings", (1, 0, 10_000_000, 0)),
    ("spend_reconciles", "UPDATE marts.exposures SET cost_micros = 7", (200_000, 14, 0, 200_000)),
    ("spend_reconciles", "UPDATE marts.attributed SET cost_micros = 0", (200_000, 200_000, 0, 0)),
]
"""Check, statement, and the sums that differ: purchases and micros, logged and booked; micros logged and
exposed, of the channel none, and attributed."""


@pytest.mark.parametrize(("check", "statement", "found"), SUMS)
def test_money_that_went_astray_is_found(
    database: duckdb.DuckDBPyConnection, check: str, statement: str, found: tuple[Any, ...]
) -> None:
    database.execute(statement)
    assert findings(database, check) == [found]


def test_users_who_share_a_pseudonym_are_found(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("UPDATE staging.pseudonyms SET entity_key = 7")
    assert findings(database, "pseudonyms_unique") == [(7, 2)]


def test_an_event_of_nobody_is_found(database: duckdb.DuckDBPyConnection) -> None:
    (key,) = rows(database, "SELECT entity_key FROM marts.bookings")[0]
    database.execute(f"DELETE FROM marts.entities WHERE entity_key = {key}")
    marts = ("bookings", "exposures", "opportunities", "outcomes", "visits")
    assert findings(database, "entities_known") == [(mart, key) for mart in marts]


def test_what_a_check_finds_stops_the_night_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mart that holds tomorrow's totals."""

    def careless(connection: duckdb.DuckDBPyConnection, model: str) -> None:
        run_model(connection, model)
        if model == "marts/totals":
            connection.execute(f"UPDATE marts.totals SET day = {TODAY + 1}")

    monkeypatch.setattr("sql.stage.run_model", careless)
    with pytest.raises(LogError) as error:
        stage(write_log(tmp_path / "log", **LOG))
    assert str(error.value) == (
        "The staged log fails its check nothing_from_the_future: A mart holds an event of the as-of date or "
        f"later. First of 1 rows: totals, {TODAY + 1}."
    )
