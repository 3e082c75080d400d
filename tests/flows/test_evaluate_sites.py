"""`allot evaluate` over several sites: sums give the answer of all rows in one place, and no row travels."""

import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.cli import main
from flows.night import open_scratch
from flows.policy_files.file import ScaledChannels, read_policy_file
from flows.policy_files.rules import RuleFile
from flows.sites.evaluate import SiteLog, read_site, site_policy
from flows.sites.rounds import Rounds
from flows.study import read_study
from models.evaluation import PolicyOfSites
from models.results import Uplift

STUDY = """
name = "shop"
currency = "EUR"
time_zone = "Europe/Berlin"
[logs]
folder = "all"
min_cell_users = {least}
[decision]
horizon_days = 7
tail_days = 3
"""
AS_OF = date(2026, 11, 20)
SITES = ("north", "south", "west")
MULTIPLIERS = "channel,multiplier\nsearch,0.7\nvideo,1.3\n"
RULE = '[[rule]]\nwhen = \'segment == "regulars" and visits_7d > 0\'\nshow = "none"\nshare = 0.3\n'


def site_of(user: str) -> str:
    """Three, two and one sixth of the people, by a hash of their name."""
    return (SITES[0], SITES[0], SITES[0], SITES[1], SITES[1], SITES[2])[zlib.crc32(user.encode()) % 6]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with every probability, whole in `all`, and dealt to three sites."""
    folder = tmp_path_factory.mktemp("shop")
    size = ["--tier", "A+", "--entities", "1500", "--days", "40"]
    assert main(["simulate", "demo", "--out", str(folder / "all"), *size]) == 0
    shown = (
        pl.read_parquet(folder / "all" / "impressions.parquet").select("impression_id", "user_id").unique()
    )
    for file in (folder / "all").glob("*.parquet"):
        rows = pl.read_parquet(file)
        users = rows if "user_id" in rows.columns else rows.join(shown, on="impression_id", how="left")
        where = users["user_id"].map_elements(site_of, return_dtype=pl.String)
        for site in SITES:
            (folder / site).mkdir(exist_ok=True)
            rows.filter(where == site).write_parquet(folder / site / file.name)
    (folder / "shop.toml").write_text(STUDY.format(least=1))
    (folder / "careful.toml").write_text(STUDY.format(least=10))
    (folder / "scaled.csv").write_text(MULTIPLIERS)
    (folder / "rule.toml").write_text(RULE)
    return folder


@pytest.fixture(scope="module")
def logs(shop: Path) -> dict[str, SiteLog]:
    """Every site's table, and that of all rows in one place, in which a day is complete where it is at every
    site: how late sales are reported is told by few of them, and by each site's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOT_PSEUDONYM_KEY", "k" * 32)
        found = {}
        for name in ("all", *SITES):
            with open_scratch(read_study(shop / "shop.toml", shop / name), AS_OF) as night:
                found[name] = read_site(night, name)
    late = np.concatenate([(t := found[site].transitions).day[~t.mature] for site in SITES])
    whole = found["all"].transitions
    complete = replace(whole, mature=~np.isin(whole.day, late))
    return found | {"all": replace(found["all"], transitions=complete)}


def policy_of(path: Path) -> ScaledChannels | RuleFile:
    found = read_policy_file(path)
    assert isinstance(found, ScaledChannels | RuleFile)
    return found


def figures(said: PolicyOfSites) -> np.ndarray:
    """All of an answer's numbers."""
    rows = [
        [row.today, row.value]
        + (
            [u.estimate, u.low, u.high, u.probability_better]
            if isinstance(u := row.uplift, Uplift)
            else [0.0] * 4
        )
        for row in said.outcomes
    ]
    return np.array(
        [*np.ravel(rows), said.effective_journeys, said.whole_journeys, said.witness.figure or 0.0]
    )


@pytest.mark.parametrize("file", ["scaled.csv", "rule.toml"])
def test_three_sites_sums_say_what_all_rows_in_one_place_say(
    shop: Path, logs: dict[str, SiteLog], file: str
) -> None:
    policy = policy_of(shop / file)
    rounds = Rounds(SITES)
    said, features = site_policy([logs[site] for site in SITES], policy, rounds)
    whole, same_features = site_policy([logs["all"]], policy, Rounds(["all"]))
    assert features == same_features and len(features) > 30
    assert any(isinstance(row.uplift, Uplift) for row in said.outcomes)
    np.testing.assert_allclose(figures(said), figures(whole), rtol=1e-9, atol=1e-9)
    assert (said.journeys, said.entities) == (whole.journeys, whole.entities)


def test_no_row_and_no_key_leaves_a_site(shop: Path, logs: dict[str, SiteLog]) -> None:
    """What is handed over has the shape of the state, the steps and the actions, not that of the entities:
    sites of 650, 430 and 220 people hand over as many figures. That no sum is of a few, `Cells` sees."""
    rounds = Rounds(SITES)
    site_policy([logs[site] for site in SITES], policy_of(shop / "scaled.csv"), rounds)
    sizes = [[(one.name, one.figures.size) for one in handed if one.is_sum] for handed in rounds.handed]
    assert sizes[0] == sizes[1] == sizes[2]
    for site, handed in zip(SITES, rounds.handed, strict=True):
        keys = np.unique(logs[site].transitions.entity)
        assert not np.isin(
            keys.astype(np.float64), np.concatenate([one.figures.ravel() for one in handed])
        ).any()
        labels = {one.name for one in handed if not one.is_sum}
        assert labels == {"days", "immature days", "slots", "steps"}


@pytest.mark.usefixtures("pseudonym_key")
def test_the_command_adds_sites_up(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "shop.toml", "scaled.csv") == 0
    out = capsys.readouterr().out
    assert "Against today's delivery: profit " in out
    assert "3 sites, " in out
    assert "Verdict: " in out
    assert "Refused: delivery that would have to be learnt" in out


@pytest.mark.usefixtures("pseudonym_key")
def test_a_sum_of_a_few_people_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shop, "careful.toml", "scaled.csv") == 4
    assert "logs.min_cell_users = 10" in capsys.readouterr().err


@pytest.mark.usefixtures("pseudonym_key")
def test_delivery_that_would_have_to_be_learnt_is_refused(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for site in SITES:
        (tmp_path / site).mkdir()
        for file in (shop / site).glob("*.parquet"):
            pl.read_parquet(file).drop("propensity", strict=False).write_parquet(tmp_path / site / file.name)
    assert run(shop, "shop.toml", "scaled.csv", tmp_path) == 4
    assert "do not carry the probability of every action" in capsys.readouterr().err


@pytest.mark.usefixtures("pseudonym_key")
def test_a_table_of_decisions_and_a_site_named_twice_are_refused(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "table.csv").write_text("user_id,action\nu0000001,none\n")
    assert run(shop, "shop.toml", "table.csv") == 2
    assert "neither multipliers nor rules" in capsys.readouterr().err
    twice = ["--logs", str(shop / "north")] * 2
    assert main(["evaluate", str(shop / "shop.toml"), "--policy", str(shop / "scaled.csv"), *twice]) == 2


def test_sites_of_other_actions_do_not_add_up(shop: Path, logs: dict[str, SiteLog]) -> None:
    other = replace(logs["south"].transitions, actions=("none", *"abcde"))
    with pytest.raises(Exception, match="south logs other actions than north"):
        site_policy(
            [logs["north"], replace(logs["south"], transitions=other)],
            policy_of(shop / "scaled.csv"),
            Rounds(["north", "south"]),
        )


def run(shop: Path, study: str, policy: str, folder: Path | None = None) -> int:
    sites = [part for site in SITES for part in ("--logs", str((folder or shop) / site))]
    files = [str(shop / study), "--policy", str(shop / policy)]
    return main(["evaluate", *files, "--as-of", AS_OF.isoformat(), *sites])
