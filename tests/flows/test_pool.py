"""`allot pool`: two sites carry files of sums back and forth, and both read the answer of all rows."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from flows.night import open_scratch
from flows.stages import night_stages as stages
from flows.study import read_study
from models.trials import Comparison, compare_arms, read_trial
from tests.conftest import KEY
from tests.flows.test_mailing import write
from tests.flows.test_which_one import a_test
from tests.flows.typed import Ended, run_here

SITES = ("north", "south")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test of 900 people: all rows in `logs`, and those of two thirds at one site, of one at another."""
    folder = tmp_path_factory.mktemp("sites")
    a_test(folder, effect=0.2, cost=0.5, controls="opportunities", members=900)
    for number, site in enumerate(SITES):
        (folder / site).mkdir()
        for path in (folder / "logs").glob("*.csv"):
            header, *rows = csv.reader(path.open())
            who = header.index("user_id")
            kept = [row for row in rows if int(row[who][1:]) % 3 // 2 == number]
            write(folder / site / path.name, " ".join(header), kept)
    return folder


def pool(folder: Path, site: str, exchange: str, *, study: str = "promotion.toml") -> Ended:
    other = next(name for name in SITES if name != site)
    return run_here(
        "pool", study, "--site", site, "--with", other, "--exchange", exchange, "--as-of", "2026-03-01",
        "--logs", site, "--threads", "1", cwd=folder,
    )  # fmt: skip


def in_one_place(folder: Path) -> Comparison:
    study = read_study(folder / "promotion.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOT_PSEUDONYM_KEY", KEY)
        with open_scratch(study, date(2026, 3, 1)) as night:
            events = stages.stage_logs(night)
            log = read_trial(stages.build_transitions(night, events), events, study.decision).log
    return compare_arms(log)


def test_two_sites_read_the_answer_of_all_rows(sites: Path) -> None:
    """Each coupon brings 4 and costs .5, with a standard error of .55: one log in 10^9 does not show it."""
    runs: dict[str, list[Ended]] = {site: [] for site in SITES}
    for turn in range(7):  # each goes as far as the other's files reach
        runs[SITES[turn % 2]].append(pool(sites, SITES[turn % 2], "sums"))
    assert "Round 1 (header) is written. Waiting for sums/south/0-header.json" in runs["north"][0].stdout
    assert all(one.returncode == 0 for each in runs.values() for one in each), runs["north"][-1].stderr
    last, other = (runs[site][-1].stdout[runs[site][-1].stdout.index("arm ") :] for site in SITES)
    assert last == other  # beneath the stages and their seconds
    expected = in_one_place(sites)
    for arm in expected.arms:
        assert f"{arm.estimate:,.4f}" in last
    assert f"{expected.differences[0].estimate:+,.4f}" in last
    assert "Show coupon." in last
    people = {row["user_id"] for row in csv.DictReader((sites / "north/opportunities.csv").open())}
    sent = "".join(path.read_text() for path in (sites / "sums").rglob("*.json"))
    assert len(list((sites / "sums/north").iterdir())) == 5  # header, and four rounds of sums
    assert not any(f'"{one}"' in sent for one in people)


def test_a_file_of_another_study_or_of_a_changed_log_is_refused(sites: Path) -> None:
    pool(sites, "north", "other")
    path = sites / "other/north/0-header.json"
    header = json.loads(path.read_text())
    path.write_text(json.dumps({**header, "digest": "0"}))
    said = pool(sites, "south", "other")
    assert said.returncode == 2 and "is of another study, date or code version" in said.stderr
    again = pool(sites, "north", "other")
    assert again.returncode == 2 and "says something else than this run" in again.stderr


def test_a_site_needs_another_one_and_a_name(sites: Path) -> None:
    here = ["pool", "promotion.toml", "--exchange", "none", "--as-of", "2026-03-01", "--logs", "north"]
    alone = run_here(*here, "--site", "north", "--with", "north", cwd=sites)
    assert alone.returncode == 2 and "Name another site" in alone.stderr
    outside = run_here(*here, "--site", "north", "--with", "../south", cwd=sites)
    assert outside.returncode == 2 and "use lower-case letters" in outside.stderr
