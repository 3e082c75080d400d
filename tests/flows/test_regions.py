"""A test by region, from the file to the report, in a world whose truth is 3.0."""

import csv
import json
import random
from pathlib import Path

import pytest

from tests.flows.test_mailing import write
from tests.flows.typed import bytes_of, run, run_here, shared_server

pytestmark = pytest.mark.usefixtures("prefect_server")

STUDY = """
name = "radio"
currency = "EUR"
[logs]
folder = "logs"
"""


def night(folder: Path, *, effect: float, spend: float | None = 2.0) -> Path:
    """15 regions, 3 of them treated for the last 10 of 30 days; noise of 1."""
    draw = random.Random(3)
    (folder / "logs").mkdir(parents=True)
    (folder / "radio.toml").write_text(STUDY)
    rows: list[list[object]] = []
    for region in range(15):
        for day in range(1, 31):
            given = region < 3 and day > 20
            outcome = 40 + region + draw.gauss(0, 1) + (effect if given else 0)
            told = [] if spend is None else [spend if given else 0]
            rows.append([f"r{region:02}", f"2026-01-{day:02}", outcome, int(given), *told])
    header = "region day outcome treated" + (" spend" if spend is not None else "")
    write(folder / "logs/geo.csv", header, rows)
    done = run_here("run", "radio.toml", "--as-of", "2026-03-01", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out/radio/2026-03-01"


def page(folder: Path) -> str:
    text = (folder / "report.html").read_text().replace("\u00a0", " ")
    return text[text.index("<body") : text.index('id="page-14"')]


def test_what_the_treatment_added_is_the_first_thing_said(tmp_path: Path) -> None:
    """A standard error of .25: 3.0 is found in any log, and missed by less than 1.25 but once in 10^6."""
    done = night(tmp_path, effect=3.0)
    split = json.loads((done / "split.json").read_text())
    assert (split["question"], split["verdict"], split["tier"]) == ("regions", "FOUND", "A+")
    added, total = split["added_per_region_and_day"], split["added_in_all"]
    assert abs(added["estimate"] - 3.0) < 1.25 and 0 < added["low"] < added["estimate"] < added["high"]
    assert abs(total["estimate"] - 30 * added["estimate"]) < 1e-4
    assert split["extra_spend"] == 60.0 and split["p_value"] <= 0.05
    assert abs(split["added_per_unit_of_spend"]["estimate"] - added["estimate"] / 2) < 1e-4
    body = page(done)
    first = body[: body.index("<nav")]
    assert "The treatment added" in first and "per region and day." in first
    assert "60 EUR more was spent: each EUR added" in first and "difference in differences" in first
    assert "3 of them treated from 2026-01-21 to 2026-01-30" in first and "20 days before" in first
    assert not any(word in body for word in ("user", "Budgets", "frontier", "channel"))
    with (done / "regions.csv").open() as stream:
        told = list(csv.DictReader(stream))
    assert len(told) == 15 and [r["region"] for r in told if r["treated"] == "true"] == ["r00", "r01", "r02"]
    before = bytes_of(done)
    again = ("run", "radio.toml", "--as-of", "2026-03-01", "--out", "out", "--threads", "1")
    rerun = run(*again, cwd=tmp_path, **shared_server())
    assert rerun.returncode == 0 and bytes_of(done) == before


def test_nothing_found_says_what_would_tell(tmp_path: Path) -> None:
    """An effect of 0.05, a fifth of the standard error: found in one log of twenty, and not in this one."""
    done = night(tmp_path, effect=0.05, spend=None)
    split = json.loads((done / "split.json").read_text())
    assert split["verdict"] == "NO_EVIDENCE" and split["extra_spend"] is None
    assert split["more_regions"] > 15
    body = page(done)
    assert "Nothing was found that the treatment added." in body
    assert "more regions (treated and not, as now)" in body and "tell it from none" in body
