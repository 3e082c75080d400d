"""`allot init`: the currency that the files name is the study's; where they name several it asks."""

from pathlib import Path

import pytest

from flows.init.init import init_study
from flows.init.look import look_at
from flows.study import read_study
from tests.sql.public_layouts import write_lines


def shop(folder: Path, codes: str, cost: str = "cost") -> str:
    """The text of the study of a shop whose orders are in these currencies, by turns."""
    shown = [[f"i{n}", "2026-01-02 10:00:00", f"c{n % 9}", "search", 0.5 + n] for n in range(30)]
    head = ["impression_id", "ts", "user_id", "channel", cost]
    write_lines(folder / "logs" / "impressions.csv", [head, *shown])
    each = codes.split()
    sold = [[f"o{n}", "2026-01-03 10:00:00", f"c{n % 9}", 9.5, each[n % len(each)]] for n in range(30)]
    head = ["order_id", "ts", "user_id", "revenue", "currency"]
    write_lines(folder / "logs" / "orders.csv", [head, *sold])
    return init_study((folder / "logs",), folder / "my.toml", force=True).read_text()


@pytest.mark.parametrize("cost", ["cost", "cost_usd", "costUSD", "cost_in_usd"])
def test_the_one_that_the_files_name_is_taken(tmp_path: Path, cost: str) -> None:
    text = shop(tmp_path, "USD", cost)
    assert 'currency = "USD"  # so says ' in text and "ASK: " not in text
    assert read_study(tmp_path / "my.toml").logs.tables["impressions"].columns.get("cost", "cost") == cost


def test_several_are_asked_about(tmp_path: Path) -> None:
    """Never a currency that no file names, and none of them without a word."""
    (line,) = (line for line in shop(tmp_path, "USD EUR USD").splitlines() if "currency = " in line)
    assert line.startswith("# currency = ?  # ASK: which one is it? The files name USD (67% of currency of o")
    assert "EUR (33% of currency of orders.csv)" in line


def test_the_name_of_a_cost_may_deny_the_orders(tmp_path: Path) -> None:
    text = shop(tmp_path, "EUR", "cost_usd")
    assert "USD (the name cost_usd of impressions.csv), EUR (the column currency of orders.csv)" in text


def test_no_file_that_says_which_leaves_a_guess(tmp_path: Path) -> None:
    assert 'currency = "EUR"  # CHECK: no file says which' in shop(tmp_path, "?")


def test_what_is_no_currency_is_not_written_as_one(tmp_path: Path) -> None:
    """Points of a programme, three letters too: a study in them could not be read."""
    text = shop(tmp_path, "PTS EUR")
    assert 'currency = "EUR"  # so says 50% of currency of orders.csv' in text
    assert read_study(tmp_path / "my.toml").currency == "EUR"


def test_a_column_without_a_currency_in_its_name_goes_first(tmp_path: Path) -> None:
    """`cost` and `cost_usd` are one word."""
    path = tmp_path / "logs" / "impressions.csv"
    head = ["impression_id", "ts", "user_id", "channel", "cost_usd", "cost", "cost_gbp"]
    rows = [[f"i{n}", "2026-01-02 10:00:00", f"c{n % 9}", "search", 0.5, 0.4, 0.3] for n in range(30)]
    write_lines(path, [head, *rows])
    words = [column.word for column in look_at(path, path.parent).columns.values()]
    assert words[-3:] == ["cost", "cost", "cost"]
    study = read_study(init_study((path,), tmp_path / "my.toml", force=True))
    assert "cost" not in study.logs.tables["impressions"].columns
