"""A test of two mailings, one decision a person: it runs without any fact, and is held to its word."""

import csv
import random
from pathlib import Path

import pytest

from tests.flows.typed import run_here

pytestmark = pytest.mark.usefixtures("prefect_server")

STUDY = """
name = "mailing"
[logs]
folder = "logs"
[decision]
single_step = true
horizon_days = 14
[agents]
algorithms = ["advantage"]
seeds = [1]
[split]
bootstrap = 20
"""


def write(path: Path, header: str, rows: list[list[object]]) -> None:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header.split(), *rows])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 people, a third each sent nothing, one mailing or the other; nothing else is known of them."""
    folder, draw = tmp_path_factory.mktemp("mailing"), random.Random(4)
    (folder / "logs").mkdir()
    (folder / "mailing.toml").write_text(STUDY)
    sent, bought = [], []
    for user in range(1500):
        day, arm = 1 + user % 14, draw.choice(["none", "mens", "womens"])
        cost = "0" if arm == "none" else "0.1"
        sent.append([f"i{user}", f"2026-01-{day:02} 09:00", f"u{user}", arm, cost, 0.333333, "mobile"])
        if draw.random() < {"none": 0.05, "mens": 0.15, "womens": 0.1}[arm]:
            bought.append([f"p{user}", f"2026-01-{day + 2:02} 10:00", f"u{user}", "20"])
    write(folder / "logs/impressions.csv", "impression_id ts user_id channel cost propensity device", sent)
    write(folder / "logs/purchases.csv", "purchase_id ts user_id revenue", bought)
    return folder


def test_a_study_without_features_runs_and_unused_columns_are_in_the_report(shop: Path) -> None:
    night = run_here(
        "run", "mailing.toml", "--as-of", "2026-03-01", "--out", "out", "--threads", "1", cwd=shop
    )
    assert night.returncode == 0, night.stderr
    report = (shop / "out/mailing/latest/report.html").read_text()
    assert "Columns of impressions that the study makes no use of: device." in report


def test_check_lists_the_columns_that_the_study_does_not_name(shop: Path) -> None:
    checked = run_here("check", "mailing.toml", "--as-of", "2026-03-01", "--threads", "1", cwd=shop)
    assert checked.returncode == 0, checked.stderr
    assert "Note: Columns of impressions that the study makes no use of: device." in checked.stdout


def test_a_log_whose_controls_were_dropped_stops_the_night(shop: Path) -> None:
    rows = list(csv.reader((shop / "logs/impressions.csv").open()))
    (shop / "kept").mkdir()
    (shop / "kept/purchases.csv").write_bytes((shop / "logs/purchases.csv").read_bytes())
    write(shop / "kept/impressions.csv", " ".join(rows[0]), [r for r in rows[1:] if r[3] != "none"])
    night = run_here(
        "run", "mailing.toml", "--logs", "kept", "--as-of", "2026-03-01", "--out", "no", "--threads", "1",
        cwd=shop,
    )  # fmt: skip
    assert night.returncode == 4 and not (shop / "no/mailing/latest").exists()
    assert "impressions.propensity: `" in night.stderr and "Are rows missing, such as those" in night.stderr
    assert "Traceback" not in night.stderr
