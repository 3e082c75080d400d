"""`allot init` on files with broken lines: none of them is proposed to be left out unseen."""

import json
from pathlib import Path

from tests.flows.test_init import staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

BROKEN = '{"order_no": "O-broken", "customer_no":'
Order = dict[str, object]


def order(n: int, **more: object) -> Order:
    return {"order_no": f"o{n}", "customer_no": f"u{n}", "ordered_at": "2026-03-09 12:00:00", **more}


def write_log(folder: Path, orders: list[Order], broken: str = "") -> Path:
    """Forty ads, these orders, and a last line that an export left half written."""
    shown: list[list[object]] = [["impression_id", "ts", "user_id", "channel", "cost"]]
    shown += [[f"i{n}", "2026-03-04 10:00:00", f"u{n}", "ab"[n % 2], 0.5] for n in range(40)]
    write_lines(folder / "impressions.csv", shown)
    lines = [json.dumps(one) for one in orders]
    (folder / "orders.jsonl").write_text("\n".join([*lines, *([broken] if broken else [])]) + "\n")
    return folder


def test_a_broken_line_is_no_row_without_an_amount(tmp_path: Path) -> None:
    """It is counted as what it is, and init leaves nothing out for its sake."""
    orders = [order(n, total=20.5) for n in range(40)]
    text, study = written(write_log(tmp_path / "logs", orders, BROKEN))
    assert "without =" not in text and study.logs.tables["purchases"].columns["revenue"] == "total"
    bought = count(staged(study), "purchases")
    assert (bought.rows_in, bought.good) == (41, 40)
    assert bought.quarantined == {"the line is not a JSON object": 1}


def test_further_lines_of_orders_are_left_out_and_a_broken_line_is_not(tmp_path: Path) -> None:
    orders = [one for n in range(20) for one in (order(n, total=20.5), order(n))]
    text, study = written(write_log(tmp_path / "logs", orders, BROKEN))
    assert 'without = { "total" = [""] }  # 20 rows have none: CHECK that they are further lines' in text
    bought = count(staged(study), "purchases")
    assert (bought.rows_in, bought.good) == (21, 20)
    assert bought.quarantined == {"the line is not a JSON object": 1}


def test_a_whole_row_without_an_amount_is_no_further_line_of_its_own_order(tmp_path: Path) -> None:
    """One of forty has none, and its order no other row: a night sets it aside and counts it."""
    orders = [order(n, **({"total": 20.5} if n else {})) for n in range(40)]
    text, study = written(write_log(tmp_path / "logs", orders))
    assert "without =" not in text
    bought = count(staged(study), "purchases")
    assert (bought.rows_in, bought.good, sum(bought.quarantined.values())) == (40, 39, 1)


def test_some_further_lines_among_rows_without_an_amount_are_counted(tmp_path: Path) -> None:
    orders = [one for n in range(20) for one in (order(n, total=20.5), order(n))]
    text, _ = written(write_log(tmp_path / "logs", [*orders, order(99)]))
    assert "21 rows have none: CHECK that they are further lines of an order; 20 are, by order_no" in text
