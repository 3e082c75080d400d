"""Rows that share an id: equal ones are duplicates, refunds count, any other difference is a conflict."""

from pathlib import Path
from typing import Any

import pytest
from tiny_logs import column, count, day, impression, mart, purchase, stage, write_log, write_table

from sql.errors import LogError

SHOWN = [impression(1, "2026-01-01 10:00", "u1")]
USER = {"user_id": "u1", "entry_ts": "2026-01-01", "segment": "new"}
CHANCE = {"opportunity_id": "o1", "ts": "2026-01-01", "user_id": "u1", "channel": "search", "eligible": "no"}
PLAN = {"date": "2026-01-02", "channel": "search", "planned": "5"}
ARM = {"user_id": "u1", "arm": "random", "since": "2026-01-01"}
CLICK = {"impression_id": "i1", "ts": "2026-01-02", "cost": "1"}


def test_equal_rows_are_duplicates_and_the_first_known_stays(tmp_path: Path) -> None:
    rows = [purchase(1, "2026-01-02", "u1", knowledge_ts=f"2026-01-{known:02d}") for known in (5, 3, 4)]
    for name, order in (("a", rows), ("b", rows[::-1])):
        events = stage(write_log(tmp_path / name, purchases=order))
        assert (count(events, "purchases").good, count(events, "purchases").duplicate) == (1, 2)
        assert column(events, "bookings", "known_day") == [day("2026-01-03")]


def test_of_rows_that_differ_the_first_known_stays_and_the_others_are_refused(tmp_path: Path) -> None:
    rows = [
        impression(1, "2026-01-02", "u1", cost=cost, knowledge_ts=known)
        for cost, known in (("0.3", "2026-01-05"), ("0.2", "2026-01-03"), ("0.1", "2026-01-04"))
    ]
    for name, order in (("a", rows), ("b", rows[::-1])):
        events = stage(write_log(tmp_path / name, impressions=order))
        assert count(events, "impressions").quarantined == {"impression_id again, with other content": 2}
        assert column(events, "exposures", "cost_micros") == [200_000]


@pytest.mark.parametrize(
    ("table", "row", "change", "key"),
    [
        ("impressions", SHOWN[0], {"user_id": "u2"}, "impression_id"),
        ("clicks", {**CLICK, "click_id": "c1"}, {"cost": "2"}, "click_id"),
        ("clicks", CLICK, {"cost": "2"}, "impression_id and ts"),
        ("purchases", purchase(1, "2026-01-02", "u1"), {"revenue": "12.00"}, "purchase_id"),
        ("opportunities", CHANCE, {"eligible": "yes"}, "opportunity_id"),
        ("users", USER, {"segment": "old"}, "user_id"),
        ("budgets", PLAN, {"planned": "6"}, "date and channel"),
        ("arms", ARM, {"arm": "usual"}, "user_id and since"),
    ],
)
def test_every_table_tells_copies_from_conflicts(
    tmp_path: Path, table: str, row: dict[str, Any], change: dict[str, str], key: str
) -> None:
    logged = {"impressions": SHOWN, table: [row, row, row | change]}
    found = count(stage(write_log(tmp_path / "log", **logged)), table)
    assert (found.rows_in, found.good, found.duplicate) == (3, 1, 1)
    assert found.quarantined == {f"{key} again, with other content": 1}


def test_ids_that_start_again_in_every_file_are_refused_with_a_way_out(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    (folder / "impressions.csv").unlink()
    for name in ("monday", "tuesday"):
        rows = [impression(n, f"2026-01-0{1 + (name == 'tuesday')}", f"u{n}") for n in range(5)]
        write_table(folder / "impressions" / f"{name}.csv", rows)
    with pytest.raises(LogError) as error:
        stage(folder, max_quarantined_share=0.05)
    for words in (
        "5 of 10 impressions rows are unusable",
        "impression_id again, with other content (5 rows, 0.50 of cost)",
        "Give each row an id of its own",
    ):
        assert words in str(error.value)


def test_refunds_under_their_order_s_id_count(tmp_path: Path) -> None:
    """An order of 30, given back in two parts; one of the refunds was exported twice."""
    rows = [
        purchase(1, "2026-01-02", "u1", "30.00"),
        purchase(1, "2026-01-04", "u1", "-10.00"),
        purchase(1, "2026-01-05", "u1", "-20.00"),
        purchase(1, "2026-01-05", "u1", "-20.00"),
    ]
    events = stage(write_log(tmp_path / "log", impressions=SHOWN, purchases=rows))
    found = count(events, "purchases")
    assert (found.good, found.duplicate, found.quarantined) == (3, 1, {})
    assert column(events, "bookings", "day", "revenue_micros") == [
        (day("2026-01-02"), 30_000_000),
        (day("2026-01-04"), -10_000_000),
        (day("2026-01-05"), -20_000_000),
    ]
    assert column(events, "attributed", "revenue_micros") == [0]


def test_an_order_s_later_row_may_say_that_it_was_returned(tmp_path: Path) -> None:
    bought = purchase(1, "2026-01-02", "u1", knowledge_ts="2026-01-02")
    back = bought | {"knowledge_ts": "2026-01-09", "returned_ts": "2026-01-08"}
    events = stage(write_log(tmp_path / "log", purchases=[bought | {"returned_ts": None}, back]))
    assert (count(events, "purchases").good, count(events, "purchases").duplicate) == (1, 1)
    assert mart(events, "bookings") == []


def total(channel: str, spend: str, **more: Any) -> dict[str, Any]:
    return {"date": "2026-01-02", "channel": channel, "spend": spend, **more}


def test_the_campaigns_of_a_channel_add_up(tmp_path: Path) -> None:
    rows = [
        total("search", "70", campaign="brand", revenue="100"),
        total("search", "20", campaign="rest"),
        total("search", "20", campaign="rest"),
        total("social", "5", campaign="brand"),
    ]
    folder = tmp_path / "log"
    write_table(folder / "totals.csv", rows, columns=("date", "channel", "campaign", "spend", "revenue"))
    columns = {"campaign_id": "campaign"}
    events = stage(folder, tables={"totals": {"path": "totals.csv", "columns": columns}})
    assert (count(events, "totals").good, count(events, "totals").duplicate) == (3, 1)
    assert column(events, "totals", "cost_micros", "revenue_micros") == [
        (90_000_000, 100_000_000),
        (5_000_000, None),
    ]


def test_campaigns_that_nobody_named_are_a_conflict(tmp_path: Path) -> None:
    write_table(tmp_path / "log" / "totals.csv", [total("search", "70"), total("search", "20")])
    with pytest.raises(LogError) as error:
        stage(tmp_path / "log", max_quarantined_share=0.05)
    for words in ("1 of 2 totals rows", "`logs.tables.totals.columns.campaign_id`", "are added up"):
        assert words in str(error.value)
