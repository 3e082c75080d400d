"""A night that hands figures on: a file with noise, and the promise in manifest, health and report."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from flows.publishing.told import privacy_of, told_before
from models.privacy import Told
from models.results import PrivacyLoss
from tests.flows.test_which_one import a_test
from tests.flows.typed import run_here

pytestmark = pytest.mark.usefixtures("prefect_server")

PRIVACY = """
[privacy]
noise = "laplace"
most_decisions = 1
most_money = 25.0
"""


def test_a_night_hands_on_one_file_with_noise(tmp_path: Path) -> None:
    """Half the people get a coupon. One key in 20 would have larger noise than stated; this one has not."""
    folder = a_test(tmp_path, effect=0.2, cost=0.5, controls="arms", members=600)
    (folder / "promotion.toml").write_text((folder / "promotion.toml").read_text() + PRIVACY)
    night = run_here(
        "run", "promotion.toml", "--as-of", "2026-03-01", "--out", "out", "--threads", "1", cwd=folder
    )
    assert night.returncode == 0, night.stderr
    published = folder / "out/promotion/2026-03-01"
    rows = {(r["statistic"], r["channel"]): r for r in csv.DictReader((published / "aggregates.csv").open())}
    assert rows.keys() == {
        ("entities", ""), ("entities", "coupon"), ("decisions", "coupon"), ("cost", "coupon"), ("margin", "")
    }  # fmt: skip
    everybody = rows["entities", ""]
    assert 0 < abs(float(everybody["value"]) - 600) < float(everybody["noise_95"]) < 30

    said = json.loads((published / "manifest.json").read_text())["privacy"]
    assert (said["noise"], said["epsilon"], said["total_epsilon"]) == ("laplace", 1.0, 1.0)
    assert "figures" not in said
    checks = {check["name"]: check for check in json.loads((published / "health.json").read_text())["checks"]}
    assert checks["noise in aggregates.csv"]["status"] == "ok"
    page = (published / "report.html").read_text().replace("\u00a0", " ")
    assert "Laplace noise of epsilon 1" in page and "All other files are exact" in page
    assert told_before(published.parent) == (
        Told("2026-03-01", said["version"], PrivacyLoss(epsilon=1.0), PrivacyLoss()),
    )


def with_manifest(root: Path, as_of: str, text: str) -> None:
    (root / as_of).mkdir()
    (root / as_of / "manifest.json").write_text(text)


def test_a_date_that_stops_handing_on_still_has_told_what_it_told(tmp_path: Path) -> None:
    loss, replaced = {"epsilon": 1, "rho": 0}, {"epsilon": 2, "rho": 0}
    said = {"privacy": {"version": "a", "loss": loss, "replaced": replaced}}
    with_manifest(tmp_path, "2026-03-01", json.dumps(said))
    with_manifest(tmp_path, "2026-03-02", "{}")
    later = privacy_of(None, tmp_path, date(2026, 3, 1))["privacy"]
    assert (later["version"], later["loss"]["epsilon"], later["replaced"]["epsilon"]) == ("", 0, 3)
    assert privacy_of(None, tmp_path, date(2026, 3, 2)) == {}


def test_a_manifest_that_cannot_be_read_may_have_told_anything(tmp_path: Path) -> None:
    with_manifest(tmp_path, "2026-03-01", "{")
    assert told_before(tmp_path) is None
