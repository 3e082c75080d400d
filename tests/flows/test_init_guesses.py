"""`allot init` on names of people's own: what values alone can tell is taken and marked, not asked for."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.flows.test_init import asked, written
from tests.sql.public_layouts import write_lines

Rows = list[Sequence[object]]
HEAD = ("delivery_id", "sent_at", "customer", "medium", "cost_usd", "loaded_at")


def delivered(head: Sequence[str] = HEAD, first: int = 0) -> Rows:
    """Ads under names of a shop's own, a row per delivery."""
    return [head] + [
        [
            f"A{n}",
            "2026-09-06 08:42:23",
            f"C{n % 9}",
            ("mail", "social")[n % 2],
            0.25,
            f"2026-09-0{7 + n % 2}",
        ]
        for n in range(first, first + 40)
    ]


def test_a_month_per_file_under_a_shop_s_own_names_is_read(tmp_path: Path) -> None:
    for month in (9, 10):
        name = f"ad_deliveries_2026-{month:02d}.csv"
        write_lines(tmp_path / "logs" / name, delivered(first=100 * month))
    orders = [["order_no", "customer", "ordered_at", "order_total", "returned_at"]]
    orders += [[f"o{n}", f"C{n}", "2026-09-08", 9.5, "2026-09-20" if n == 3 else ""] for n in range(9)]
    write_lines(tmp_path / "logs" / "orders.csv", orders)
    text, study = written(tmp_path / "logs")
    shown, sold = study.logs.tables["impressions"], study.logs.tables["purchases"]
    assert not asked(text) and len(shown.path) == 2
    assert (shown.columns["impression_id"], shown.columns["ts"], shown.columns["cost"]) == (
        "delivery_id",
        "sent_at",
        "cost_usd",
    )
    assert (shown.columns["knowledge_ts"], sold.columns["returned_ts"]) == ("loaded_at", "returned_at")
    assert 'columns.knowledge_ts = "loaded_at"  # when a row was known, by its name: CHECK' in text


def test_the_one_column_that_fits_is_taken_with_a_check(tmp_path: Path) -> None:
    """In every file of the table alike."""
    for head in (
        ["ref", "moment", "customer", "medium", "price", "loaded_at"],
        ["delivery_id", "sent_at", "customer", "way", "price", "loaded_at"],
    ):
        for month in (9, 10):
            name = f"ad_impressions_2026-{month:02d}.csv"
            write_lines(tmp_path / "logs" / name, delivered(head, first=100 * month))
        text, study = written(tmp_path / "logs")
        assert len(study.logs.tables["impressions"].path) == 2
        for name, own in zip(("impression_id", "ts", "user_id", "channel", "cost"), head, strict=False):
            assert study.logs.tables["impressions"].columns[name] == own
        assert 'columns.cost = "price"  # the one column whose values could be it: CHECK' in text
        assert [line for line in asked(text) if "columns." in line] == []


def test_of_two_that_fit_one_is_asked_for(tmp_path: Path) -> None:
    rows = [[*row, 3 + n % 2] for n, row in enumerate(delivered(["ref", "ts", "customer", "way", "a", "b"]))]
    rows[0][-1] = "c"  # type: ignore[index]
    text, _ = written(write_lines(tmp_path / "logs" / "ad_impressions.csv", rows).parent)
    assert "columns.cost = ?  # ASK: which column of ad_impressions.csv is cost? By its values: a, c." in text


@pytest.mark.parametrize("name", ["postage_cost", "unit_cost", "cost_of_goods", "versandkosten"])
def test_a_cost_is_never_offered_as_state(tmp_path: Path, name: str) -> None:
    rows = [[*row, 0.5 + n % 3, n % 5] for n, row in enumerate(delivered())]
    rows[0][-2:] = [name, "mood"]  # type: ignore[index]
    text, _ = written(write_lines(tmp_path / "logs" / "ad_impressions.csv", rows).parent)
    assert '# context = ["mood"]' in text and f"can be no state: {name}" in text
