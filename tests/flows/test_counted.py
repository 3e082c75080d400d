"""Tests that were counted before they were logged, from the file to the report."""

import csv
import json
from pathlib import Path

import pytest

from tests.flows.test_mailing import write
from tests.flows.typed import bytes_of, run, run_here, shared_server

pytestmark = pytest.mark.usefixtures("prefect_server")

STUDY = """
name = "letters"
entity = "member"
[logs]
folder = "logs"
[decision]
action = "letter"
[vocabulary]
show = "send"
success = "order"
"""
MANY = [
    *(("coupon", arm, 5000, won) for arm, won in (("none", 500), ("red", 700))),
    *(("font", arm, 5000, won) for arm, won in (("serif", 500), ("sans", 510))),
    *(("lone", arm, 5000, 500) for arm in ("only",)),
]


def night(folder: Path, rows: list, header: str) -> Path:
    (folder / "logs").mkdir(parents=True)
    (folder / "letters.toml").write_text(STUDY)
    write(folder / "logs/counts.csv", header, rows)
    done = run_here("run", "letters.toml", "--as-of", "2026-03-01", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out/letters/2026-03-01"


def page(folder: Path) -> str:
    text = (folder / "report.html").read_text().replace("\u00a0", " ")
    return text[text.index("<body") : text.index('id="page-14"')]


def test_counts_alone_are_answered(tmp_path: Path) -> None:
    """Orders rise from 10 to 14 %, with a standard error of .65 points: told in all but one log in 10^8."""
    rows = [row[1:] for row in MANY if row[0] == "coupon"]
    done = night(tmp_path, rows, "arm n successes")
    split = json.loads((done / "split.json").read_text())
    assert (split["question"], split["verdict"]) == ("which one", "CHOOSE")
    assert (split["answer"]["arms"], split["entities"], split["tier"]) == (["red"], 10_000, "A+")
    assert split["differences"][0]["difference"] == pytest.approx(0.04)
    body = page(done)
    assert "Send red." in body and "0.0400 orders per member more than no letter" in body
    assert "counts do not say what a letter cost" in body and "Based on 10,000 members" in body
    assert not any(word in body for word in ("frontier", "Budgets", "user", "purchase"))


def test_several_tests_are_a_table_with_few_false_ones(tmp_path: Path) -> None:
    done = night(tmp_path, MANY, "test arm n successes")
    split = json.loads((done / "split.json").read_text())
    assert split["verdict"] == "CHOOSE" and "1 of 2" in split["why"]
    assert [(t["counted"]["test"], t["counted"]["found"]) for t in split["tests"]] == [
        ("coupon", True),
        ("font", False),
    ]
    assert split["unjudged"][0]["test"] == "lone"
    body = page(done)
    assert "1 of 2 tests found something to act on." in body and "lone could not be judged" in body
    with (done / "arms.csv").open() as stream:
        assert [(r["test"], r["arm"]) for r in csv.DictReader(stream)] == [
            ("coupon", "none"),
            ("coupon", "red"),
            ("font", "sans"),
            ("font", "serif"),
        ]
    before = bytes_of(done)
    again = ("run", "letters.toml", "--as-of", "2026-03-01", "--out", "out", "--threads", "1")
    rerun = run(*again, cwd=tmp_path, **shared_server())
    assert rerun.returncode == 0 and bytes_of(done) == before
