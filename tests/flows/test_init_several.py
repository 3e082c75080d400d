"""`allot init` on several files: those of one question are one study, and each file left out is named."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from flows.cli import main
from tests.flows.raw_files import days, write_counts, write_exports, write_markets, write_shop, write_trial
from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import column, count

Rows = list[Sequence[object]]
OWN_STUDY = "a test of its own: `allot init` with this file alone writes its study. Left out."

BOUGHT: Rows = [["purchase_id", "user_id", "ts", "revenue"], [1, "u1", "2026-01-06", 9.5]]


def shown(first: int, n: int = 4, names: str = "impression_id ts user_id channel cost") -> Rows:
    rows: Rows = [names.split()]
    return rows + [[f"i{k}", "2026-01-05", f"u{k}", "tv", 0.5] for k in range(first, first + n)]


def spent(campaign: object = 7, **more: object) -> Rows:
    rows: Rows = [["date", "campaign_id", "spend", *more]]
    return rows + [[day, campaign, 10.5, *more.values()] for day in days(9)]


def test_files_of_one_table_are_read_one_after_the_other(tmp_path: Path) -> None:
    """With the same columns as a list, with others as parts."""
    write_lines(tmp_path / "logs" / "impressions_a.csv", shown(0))
    write_lines(tmp_path / "logs" / "impressions_b.csv", shown(4))
    text, study = written(tmp_path / "logs")
    assert study.logs.tables["impressions"].path == ("impressions_a.csv", "impressions_b.csv")
    assert "These files are read as impressions, one after the other: CHECK that" in text
    others = shown(8, names="event_id ts customer_id network cost")
    write_lines(tmp_path / "logs" / "impressions_c.csv", others)
    write_lines(tmp_path / "logs" / "purchases.csv", BOUGHT)
    _, study = written(tmp_path / "logs")
    alike, other = study.logs.tables["impressions"].parts
    assert alike.path == ("impressions_a.csv", "impressions_b.csv") and other.path == ("impressions_c.csv",)
    assert count(staged(study), "impressions").good == 12


def test_a_file_that_only_sounds_like_a_table_is_left_out_beside_one_that_is(tmp_path: Path) -> None:
    """`ads.csv` comes first in the alphabet; the columns decide."""
    write_lines(tmp_path / "logs" / "ads.csv", [["ts", "user_id", "cost"], ["2026-01-05", "u1", 0.5]])
    write_lines(tmp_path / "logs" / "impressions.csv", shown(0))
    text, study = written(tmp_path / "logs")
    assert study.logs.tables["impressions"].path == ("impressions.csv",)
    why = "another file of impressions, by its name; it lacks impression_id, channel"
    assert f"# ads.csv: {why}. Left out." in text


def test_totals_stand_beside_impressions(tmp_path: Path) -> None:
    """The contract allows both; what is no channel of the impressions is no action."""
    write_lines(tmp_path / "logs" / "impressions.csv", shown(0))
    write_lines(tmp_path / "logs" / "purchases.csv", BOUGHT)
    write_lines(tmp_path / "logs" / "tv_export.csv", spent())
    write_lines(tmp_path / "logs" / "print_export.csv", spent())
    text, study = written(tmp_path / "logs")
    assert [part.constants["channel"] for part in study.logs.tables["totals"].parts] == ["print", "tv"]
    assert "CHECK that channels of the totals are called as in the impressions" in text
    events = staged(study)
    assert events.actions == ("none", "tv") and set(column(events, "totals", "cost_micros")) == {10_500_000}


def test_orders_beside_exports_are_the_sales(tmp_path: Path) -> None:
    """A shop's orders and two platforms' spend: no one is known to have been shown anything."""
    write_exports(tmp_path / "logs")
    orders: Rows = [["order_id", "email", "created_at", "total"]]
    orders += [[n, f"{n}@x.example", day, 40.5] for n, day in enumerate(days(30))]
    write_lines(tmp_path / "logs" / "orders.csv", orders)
    write_lines(tmp_path / "logs" / "customers.csv", [["customer_id", "signup_date"], ["1", "2025-01-05"]])
    text, study = written(tmp_path / "logs")
    assert set(study.logs.tables) == {"purchases", "totals"} and not asked(text)
    why = "spend per day knows nobody, and no file holds who was shown what"
    assert f"# customers.csv: users; {why}. Left out." in text
    events = staged(study)
    assert events.tier == "C" and count(events, "purchases").good == 30


def test_spend_and_revenue_of_one_platform_are_one_channel(tmp_path: Path) -> None:
    write_lines(tmp_path / "logs" / "google_spend.csv", spent())
    claimed: Rows = [["date", "campaign_id", "conversion_value"], *[[day, 7, 20.5] for day in days(9)]]
    write_lines(tmp_path / "logs" / "google_revenue.csv", claimed)
    write_lines(tmp_path / "logs" / "meta.csv", spent(revenue=5.5))
    _, study = written(tmp_path / "logs")
    events = staged(study)
    assert count(events, "totals").good == count(events, "totals").rows_in == 27
    google = pl.read_parquet(events.folder / "totals.parquet").filter(action=events.actions.index("google"))
    assert set(google["cost_micros"]) == {10_500_000} and set(google["revenue_micros"]) == {20_500_000}


def test_all_sales_take_the_place_of_what_platforms_claim(tmp_path: Path) -> None:
    write_lines(tmp_path / "logs" / "meta.csv", spent(revenue=5.5))
    write_lines(tmp_path / "logs" / "shop.csv", [["date", "revenue"], *[[day, 90.5] for day in days(9)]])
    text, study = written(tmp_path / "logs")
    assert "what it claims is in the sales of shop.csv already" in text
    totals = pl.read_parquet(staged(study).folder / "totals.parquet")
    assert totals.filter(action=0)["revenue_micros"].to_list() == [90_500_000] * 9
    assert totals.filter(action=1)["revenue_micros"].null_count() == 9


def test_sales_without_any_spend_are_named(tmp_path: Path) -> None:
    rows: Rows = [["date", "revenue"], *[[day, 90.5] for day in days(9)]]
    text, study = written(write_lines(tmp_path / "logs" / "shop.csv", rows))
    assert not study.logs.tables
    assert "# shop.csv: sales per day; they need spend per day beside them. Left out." in text


def test_of_two_tests_the_second_is_named(tmp_path: Path) -> None:
    write_trial(tmp_path / "logs")
    (tmp_path / "logs" / "trial.csv").rename(tmp_path / "logs" / "a.csv")
    write_trial(tmp_path / "logs")
    write_counts(tmp_path / "logs")
    write_markets(tmp_path / "logs")
    text, study = written(tmp_path / "logs")
    assert study.logs.tables["impressions"].path == ("a.csv",) and study.decision.single_step
    assert f"# trial.csv: {OWN_STUDY}" in text
    assert f"# results.csv: {OWN_STUDY}" in text and f"# holdout.csv: {OWN_STUDY}" in text


def test_a_test_beside_a_shop_s_logs_is_named(tmp_path: Path) -> None:
    write_shop(tmp_path / "logs")
    write_trial(tmp_path / "logs", user="user_id")
    text, study = written(tmp_path / "logs")
    assert set(study.logs.tables) == {"impressions", "purchases"} and f"# trial.csv: {OWN_STUDY}" in text


def test_counts_in_several_files_are_several_tests(tmp_path: Path) -> None:
    for name, wins in (("button", 60), ("colour", 90)):
        rows: Rows = [["variant", "visitors", "conversions"], ["A", 1000, 50], ["B", 1000, wins]]
        write_lines(tmp_path / "logs" / f"{name}.csv", rows)
    _, study = written(tmp_path / "logs")
    events = staged(study)
    assert column(events, "counts", "test") == ["button", "button", "colour", "colour"]


def test_no_file_vanishes(tmp_path: Path) -> None:
    """A folder of everything: each file is a path of the study or in a comment of it."""
    for write in (write_shop, write_trial, write_counts, write_markets, write_exports):
        write(tmp_path / "logs")
    write_lines(tmp_path / "logs" / "notes.csv", [["a", "b"], ["x", "y"]])
    text, _ = written(tmp_path / "logs")
    files = [path.name for path in (tmp_path / "logs").iterdir()]
    assert len(files) == 11 and [name for name in files if name not in text] == []
    assert main(["check", str(tmp_path / "my.toml"), "--as-of", "2026-11-20"]) in (0, 2)


def test_a_margin_of_the_purchases_own_needs_no_rate(tmp_path: Path) -> None:
    """A rate that the study sets would stand in wherever the margin is missing."""
    write_shop(tmp_path / "logs")
    orders = tmp_path / "logs" / "orders.csv"
    header, *rows = orders.read_text().splitlines()
    assert "margin_rate = 1.0  # CHECK" in written(tmp_path / "logs")[0]
    orders.write_text("\n".join([f"{header},margin", *(f"{row},3.50" for row in rows)]) + "\n")
    assert "margin_rate" not in written(tmp_path / "logs")[0]


def test_what_is_left_out_is_not_read_by_its_name(tmp_path: Path) -> None:
    """Budgets of a spreadsheet beside a test, and a file that was not named: a night would find both."""
    write_trial(tmp_path / "logs", arm="group")
    write_lines(tmp_path / "logs" / "budgets.csv", [["plan_day", "planned"], ["17.09.2026", 80.5]])
    text, study = written(tmp_path / "logs")
    assert "# budgets.csv: budgets; the test in trial.csv is read from that file alone. Left out." in text
    assert study.logs.left_out == ("budgets",) and count(staged(study), "impressions").good == 120
    write_lines(tmp_path / "logs" / "clicks.csv", [["a", "b"], ["x", "y"]])
    _, study = written(tmp_path / "logs" / "trial.csv")
    assert set(study.logs.left_out) == {"budgets", "clicks"}
    assert count(staged(study, tmp_path / "again"), "impressions").good == 120


def test_a_test_in_a_file_called_like_another_table_is_read_once(tmp_path: Path) -> None:
    write_trial(tmp_path / "logs", user="user_id", arm="variant")
    (tmp_path / "logs" / "trial.csv").rename(tmp_path / "logs" / "counts.csv")
    _, study = written(tmp_path / "logs")
    assert study.logs.left_out == ("counts",) and count(staged(study), "impressions").good == 120
