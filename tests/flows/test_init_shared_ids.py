"""`allot init` on files that name their people as nobody else does: the id that they share is the user."""

from pathlib import Path

import pytest

from tests.flows.raw_files import write_trial
from tests.flows.test_init import asked, staged, written
from tests.flows.test_init_kinds import Rows
from tests.sql.public_layouts import write_lines
from tests.sql.tiny_logs import count

AT = "2026-09-17T04:{:02d}:00Z"


def shop(folder: Path, who: str = "shopper", store: str = "branch_no") -> Path:
    """Ads, requests, orders with their lines, and customers: ninety people, each with a branch."""
    ads: Rows = [["ad_ref", "served_at", who, "network", "spend_eur", "tier"]]
    requests: Rows = [["request_no", "asked_at", who, "network"]]
    orders: Rows = [["order_no", who, "ordered_at", "total_eur", store]]
    lines: Rows = [["order_no", "sku", "pieces"]]
    people: Rows = [[who, "first_seen", "tier", store]]
    for n in range(360):
        row = [AT.format(n % 60), f"S{n % 90}", ("Search", "Video")[n % 2]]
        requests.append([f"rq{n}", *row])
        if n % 3:
            ads.append([f"ad{n}", *row, 0.25, ("club", "guest")[n % 5 > 1]])
        if n % 4 == 0:
            orders.append([f"B-{n}", f"S{n % 90}", "2026-09-18 10:00:00", 40.5, f"N{n % 7}"])
            lines += [[f"B-{n}", f"K{k}", 1] for k in (n % 6, n % 5)]
    people += [[f"S{n}", "2026-09-01", ("club", "guest")[n % 5 > 1], f"N{n % 7}"] for n in range(90)]
    tables = {"ads": ads, "requests": requests, "orders": orders, "order_lines": lines, "customers": people}
    for name, rows in tables.items():
        write_lines(folder / f"{name}.csv", rows)
    return folder


@pytest.mark.parametrize("who", ["shopper", "shopper_id", "klient", "Panelist"])
def test_an_id_that_ads_orders_and_customers_share_is_the_user(tmp_path: Path, who: str) -> None:
    """Not the ids of events, nor the branch, which two of the files share too."""
    text, study = written(shop(tmp_path / "logs", who))
    assert not asked(text) and not study.decision.single_step
    for table in ("impressions", "opportunities", "purchases", "users"):
        assert study.logs.tables[table].columns["user_id"] == who  # type: ignore[index]
    assert f'columns.user_id = "{who}"  # an id that 4 files share: CHECK' in text
    shown, sold = study.logs.tables["impressions"], study.logs.tables["purchases"]
    assert (shown.columns["cost"], sold.columns["revenue"]) == ("spend_eur", "total_eur")
    events = staged(study)
    assert [count(events, table).good for table in ("impressions", "purchases", "users")] == [240, 90, 90]


def test_a_word_for_people_in_every_file_is_believed_before_an_id_they_share(tmp_path: Path) -> None:
    shop(tmp_path / "logs", "customer_id", store="household_no")
    _, study = written(tmp_path / "logs")
    assert study.logs.tables["users"].columns["user_id"] == "customer_id"


def test_an_id_that_the_files_share_goes_before_an_address_in_one(tmp_path: Path) -> None:
    logs = shop(tmp_path / "logs")
    people = (logs / "customers.csv").read_text().splitlines()
    mails = ["email", *(f"m{n}@x.example" for n in range(90))]
    write_lines(logs / "customers.csv", [[*row.split(","), m] for row, m in zip(people, mails, strict=True)])
    _, study = written(logs)
    assert study.logs.tables["users"].columns["user_id"] == "shopper"


def test_of_two_ids_that_join_alike_neither_is_taken(tmp_path: Path) -> None:
    shown: Rows = [["ad_ref", "served_at", "panelist", "flat", "network", "spend_eur"]]
    shown += [[f"a{n}", AT.format(n), f"P{n % 30}", f"F{n % 25}", "tv", 0.5] for n in range(40)]
    sold: Rows = [["order_no", "panelist", "flat", "ordered_at", "total"]]
    sold += [[f"o{n}", f"P{n % 9}", f"F{n % 8}", "2026-09-18 10:00:00", 9.5] for n in range(15)]
    write_lines(tmp_path / "logs" / "ads.csv", shown)
    write_lines(tmp_path / "logs" / "orders.csv", sold)
    text, _ = written(tmp_path / "logs")
    asks = "which column of {}.csv is user_id? By its values: panelist, flat."
    assert all(any(asks.format(name) in line for line in asked(text)) for name in ("ads", "orders"))


def test_what_is_spent_on_a_channel_is_never_revenue(tmp_path: Path) -> None:
    """Ads alone: no test whose outcome they cost; who saw them is asked."""
    ads = (shop(tmp_path / "shop") / "ads.csv").read_text()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "ads.csv").write_text(ads)
    text, study = written(tmp_path / "logs")
    assert study.logs.tables["impressions"].columns["cost"] == "spend_eur"
    assert "purchases" not in study.logs.tables and not study.decision.single_step
    assert any("user_id? By its values: " in line and "shopper" in line for line in asked(text))


def test_a_test_beside_orders_and_customers_is_asked_for(tmp_path: Path) -> None:
    """Its rows may be of the same people, and what they bought stands in the orders."""
    logs = shop(tmp_path / "logs")
    (logs / "ads.csv").unlink()
    write_trial(logs, arm="group")
    text, study = written(logs)
    assert not study.decision.single_step
    (question,) = (line for line in asked(text) if line.startswith("# single_step = ?"))
    assert (
        "is trial.csv a test, with a row per person who was dealt to an arm? Then `single_step = " in question
    )
    assert "customers.csv" in question and "orders.csv" in question
    (tmp_path / "alone").mkdir()
    (logs / "trial.csv").rename(tmp_path / "alone" / "trial.csv")
    text, study = written(tmp_path / "alone")
    assert study.decision.single_step and "# single_step" not in text


def test_ads_by_channel_beside_orders_are_no_test(tmp_path: Path) -> None:
    """Though each row says whether it was clicked, and none says who saw it."""
    logs = shop(tmp_path / "logs")
    rows: Rows = [["ad_ref", "served_at", "network", "spend_eur", "click"]]
    rows += [[f"a{n}", AT.format(n % 60), ("tv", "radio")[n % 2], 0.5, int(n % 3 == 0)] for n in range(90)]
    write_lines(logs / "ads.csv", rows)
    text, study = written(logs)
    assert study.logs.tables["impressions"].columns["cost"] == "spend_eur"
    assert "#row" not in text and not study.decision.single_step
    assert any("which column of ads.csv is user_id?" in line for line in asked(text))
