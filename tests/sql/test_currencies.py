"""Amounts in several currencies: said with their shares, and only where the log's own columns say so."""

from pathlib import Path

import pytest

from sql.events import Events, Finding
from tests.sql.tiny_logs import Row, impression, purchase, stage, write_log, write_table


def told(events: Events) -> list[Finding]:
    return [finding for finding in events.findings if finding.name == "currencies"]


def sold(*codes: str, column: str = "currency") -> list[Row]:
    return [purchase(n, "2026-01-01", "u1", **{column: code}) for n, code in enumerate(codes)]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_every_third_order_in_another_currency_is_told(tmp_path: Path, ending: str) -> None:
    log = write_log(tmp_path / "log", ending, purchases=sold("USD", "eur", "USD", "USD", "EUR", "USD"))
    (found,) = told(stage(log, currency="USD"))
    assert found.is_doubtful and found.figure == pytest.approx(1 / 3)
    assert found.text == (
        "The column currency of purchases says 66.7% USD, 33.3% EUR, and every amount is added up as USD: "
        "write all amounts in USD, or read those rows alone, by "
        '`logs.tables.purchases.only = { currency = ["USD"] }`.'
    )


def test_the_advice_ends_the_warning(tmp_path: Path) -> None:
    write_log(tmp_path / "log", purchases=sold("USD", "EUR", ""))
    tables = {"purchases": {"path": "purchases.csv", "only": {"currency": ["USD"]}}}
    (found,) = told(stage(tmp_path / "log", currency="USD", tables=tables))
    assert (found.is_doubtful, found.figure, found.text) == (False, 0.0, "All rows that name one say USD.")


def test_a_log_in_another_currency_than_the_study_s_is_told(tmp_path: Path) -> None:
    paid = [impression(1, "2026-01-01", "u1", account_currency="GBP")]
    (found,) = told(stage(write_log(tmp_path / "log", impressions=paid, purchases=sold("EUR"))))
    assert found.is_doubtful and "account_currency of impressions says 100.0% GBP, and every" in found.text


def test_a_currency_of_which_no_row_is_says_to_change_the_study(tmp_path: Path) -> None:
    (found,) = told(stage(write_log(tmp_path / "log", purchases=sold("GBP", "GBP"))))
    assert "or say by `currency` of the study which one it is." in found.text


def test_the_advice_has_every_spelling(tmp_path: Path) -> None:
    (found,) = told(stage(write_log(tmp_path / "log", purchases=sold("USD", "usd", "EUR")), currency="USD"))
    assert '{ currency = ["USD", "usd"] }' in found.text


def test_what_the_payer_counts_in_is_not_asked_beside_the_row_s_own(tmp_path: Path) -> None:
    rows = [row | {"payer_currency": "SEK"} for row in sold("EUR", "EUR")]
    assert not told(stage(write_log(tmp_path / "log", purchases=rows)))[0].is_doubtful


@pytest.mark.parametrize("column", ["colour", "amount_in_local_currency"])
def test_a_log_that_names_no_currency_has_no_such_check(tmp_path: Path, column: str) -> None:
    assert not told(stage(write_log(tmp_path / "log", purchases=sold("12.5", "9", column=column))))


def test_parts_of_a_table_count_together(tmp_path: Path) -> None:
    write_log(tmp_path / "log")
    for name, code in (("a", "EUR"), ("b", "USD")):
        rows = [{**row, "purchase_id": name} for row in sold(code)]
        write_table(tmp_path / "log" / f"{name}.csv", rows)
    tables = {"purchases": {"parts": [{"path": "a.csv"}, {"path": "b.csv"}]}}
    (found,) = told(stage(tmp_path / "log", tables=tables))
    assert found.figure == 0.5 and "says 50.0% EUR, 50.0% USD" in found.text
    assert "logs.tables.purchases.parts.N.only" in found.text
