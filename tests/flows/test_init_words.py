"""`allot init` on headers as shops, mailing tools and spreadsheets write them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.study import read_study
from tests.flows.raw_files import days
from tests.flows.test_init import asked, staged, written
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

Rows = list[Sequence[object]]


@pytest.mark.parametrize(
    ("who", "arm", "paid"),
    [
        ("Customer No", "Version", "Spent Amount"),
        ("Customer Number", "Email Version", "Amount Spent"),
        ("CustomerRef", "Mailing", "Net Sales"),
        ("Recipient", "Creative", "Total Sales"),
        ("E-Mail", "Test Cell", "GMV"),
        ("Kunden-Nr", "Group", "Purchase Amount"),
        ("Email Address", "Variant", "Basket"),
    ],
)
def test_a_row_per_customer_is_a_test(tmp_path: Path, who: str, arm: str, paid: str) -> None:
    rows: Rows = [[who, arm, paid, "Send Date"]]
    rows += [[f"c{n}", "AB"[n % 2], 9.5 * (n % 4 == 0), "2026-03-03"] for n in range(60)]
    _, study = written(write_lines(tmp_path / "logs" / "export.csv", rows, ";"))
    shown, bought = study.logs.tables["impressions"], study.logs.tables["purchases"]
    assert (shown.columns["user_id"], shown.columns["channel"]) == (who, arm)
    assert bought.columns["revenue"] == paid


@pytest.mark.parametrize(
    ("n", "successes"),
    [
        ("Sessions", "Sign-ups"),
        ("Recipients", "Signups"),
        ("Sent", "Leads"),
        ("Delivered", "Orders"),
        ("Visits", "Purchases"),
        ("Views", "Registrations"),
        ("Unique visitors", "Conversions"),
    ],
)
def test_counts_of_arms_go_by_what_is_counted(tmp_path: Path, n: str, successes: str) -> None:
    """What the arms are called by is known by its values where its name says nothing."""
    rows: Rows = [["Date", "Page", n, successes], *[[day, "control", 600, 24] for day in days(3)]]
    rows += [[day, "short form", 610, 31] for day in days(3)]
    text, study = written(write_lines(tmp_path / "logs" / "landing.csv", rows))
    columns = study.logs.tables["counts"].columns
    assert (columns["arm"], columns["n"], columns["successes"]) == ("Page", n, successes)
    assert not asked(text) and count(staged(study), "counts").good == 6
    before, idle, after = text.partition('# idle = "control"  # without its first #: the arm of today, which')
    answered = tmp_path / "logs" / "my.toml"
    answered.write_text(before + idle.removeprefix("# ") + after)
    assert read_study(answered).decision.idle == "control"


def regions(treated: str, spend: str, place: str, sales: str, *, always: bool) -> Rows:
    rows: Rows = [[place, "Day", sales, spend, treated]]
    for region in ("80331", "10115", "20095"):
        for n, day in enumerate(days(8)):
            on = region == "80331" and (always or n > 4)
            rows.append([region, day, 40.5 + n, 2.5 * on, "yes" if on else "no"])
    return rows


@pytest.mark.parametrize(
    ("treated", "spend", "place", "sales"),
    [
        ("Test Region", "Ad Spend", "Postal Code", "Net Sales"),
        ("Is Test", "ad_spend", "PLZ", "Total Sales"),
        ("exposed", "Media Spend", "Region", "Net Sales"),
    ],
)
def test_a_test_by_region_is_known_by_its_words(
    tmp_path: Path, treated: str, spend: str, place: str, sales: str
) -> None:
    """A word for the test's regions is `treated` where it changes; where it does not, when is asked."""
    rows = regions(treated, spend, place, sales, always=False)
    text, study = written(write_lines(tmp_path / "logs" / "test.csv", rows))
    columns = study.logs.tables["geo"].columns
    assert columns["treated"] == treated and columns["spend"] == spend and not asked(text)
    assert (columns["region"], columns["outcome"]) == (place, sales)
    rows = regions(treated, spend, place, sales, always=True)
    text, study = written(write_lines(tmp_path / "always" / "test.csv", rows))
    (question,) = asked(text)
    assert "columns.treated = ?" in question and f"{treated} says where, and not when" in question


def test_a_shop_s_views_clicks_and_orders_are_found(tmp_path: Path) -> None:
    views: Rows = [["AdImpressionID", "ViewedAt", "CustomerRef", "Network", "Media Cost"]]
    views += [
        [f"i{n}", "2026-08-01 10:00:00", f"c{n % 9}", ("Google", "Meta")[n % 2], 0.15] for n in range(30)
    ]
    clicks: Rows = [["AdImpressionID", "ClickedAt"], ["i3", "2026-08-01 10:00:20"]]
    orders: Rows = [["OrderNumber", "CustomerRef", "OrderedAt", "OrderTotal"]]
    orders += [["o1", "c3", "2026-08-02 09:00:00", 40.5]]
    write_lines(tmp_path / "logs" / "ad_views_aug_sep.csv", views)
    write_lines(tmp_path / "logs" / "ad_clicks.csv", clicks)
    write_lines(tmp_path / "logs" / "shop_orders.csv", orders)
    text, study = written(tmp_path / "logs")
    assert set(study.logs.tables) == {"impressions", "clicks", "purchases"} and not asked(text)
    events = staged(study)
    assert [count(events, table).good for table in ("impressions", "clicks", "purchases")] == [30, 1, 1]
