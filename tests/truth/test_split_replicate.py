"""Small replicates of the split benchmark, from a world's logs to the truth."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody
from flows.stages.findings import Logged
from flows.stages.health_checks import check_health, check_placebos
from flows.stages.judging import Candidates
from flows.stages.promise import promise_of
from flows.stages.spend import find_todays_budget
from models.settings import SplitSettings
from models.totals.daily import DailyTotals
from models.totals.wide import WideEvidence
from models.worlds import open_world
from models.worlds.catalogue import WORLDS
from models.worlds.journey import JourneyWorld
from models.worlds.logs import write_logs
from models.worlds.truth import Horizon
from tests.benchmarks.split_channel import CONSIDERED, MOVED, OURS, channel_advice, confirm
from tests.benchmarks.split_night import Log, Size, changed, read_log, without_opportunities
from tests.benchmarks.split_personal import AT_TODAY, NAMES, PERSONAL
from tests.benchmarks.split_replicate import IMPRESSIONS, RANDOM, one_replicate
from tests.benchmarks.split_totals import MMM, best_plan
from tests.benchmarks.split_truth import Futures

SMALL = Size(entities=600, days=42, futures=2, totals_days=84, seeds=(1,), steps=20)


@pytest.fixture(scope="module")
def found() -> dict:
    """One replicate with everything in it, as it stands in the file."""
    full = replace(SMALL, personal=True, impressions=True)
    return json.loads(json.dumps(one_replicate("three-channels", 1, full, None, "8ab0ec1+")))


def test_every_row_is_realised_and_no_plan_leaves_the_bounds(found: dict) -> None:
    wanted = {
        OURS,
        CONSIDERED,
        MMM,
        IMPRESSIONS,
        RANDOM,
        PERSONAL,
        AT_TODAY,
        "equal split",
        "last-click",
        "greedy ROAS",
    }
    assert wanted | set(NAMES.values()) <= set(found["realised"])
    for name, plan in found["plans"].items():
        assert plan[0] == 1.0 and min(plan) >= 0.5 - 1e-9 and max(plan) <= 2.0 + 1e-9, name


def test_the_record_says_which_code_drew_it(found: dict) -> None:
    assert (found["version"], found["replicate"]) == ("8ab0ec1+", 1)


def test_where_todays_split_stays_it_realises_exactly_nothing(found: dict) -> None:
    for name, plan in found["plans"].items():
        if set(plan) == {1.0}:
            assert found["realised"][name]["uplift"] == 0.0 and found["realised"][name]["spend"] == 1.0
    if found["verdict"] not in MOVED:
        assert set(found["plans"][OURS]) == {1.0}


def test_impressions_alone_move_nothing(found: dict) -> None:
    assert found["impressions"] == {"tier": "B", "verdict": "NO_EVIDENCE"}
    assert set(found["plans"][IMPRESSIONS]) == {1.0}


def test_the_trusted_agent_is_one_of_them(found: dict) -> None:
    told = found["personal"]
    assert set(told["agents"]) == set(NAMES.values()) and told["trusted"] in told["agents"]
    assert found["realised"][PERSONAL] == found["realised"][told["trusted"]]
    assert (told["promise"] is None) == bool(told["why_no_promise"])
    same = next((row for row in told["frontier"] if row["budget"] == 1.0 and "realised" in row), None)
    if same is not None:
        assert found["realised"][AT_TODAY]["in_force"] / same["today"] == same["realised"]
    for row in told["frontier"]:
        if row["spent"] is not None:
            assert row["low"] <= row["high"] and row["spent"] <= row["budget"] + 1e-9


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of 1,500 customers below `logs`."""
    folder = tmp_path_factory.mktemp("split")
    live = open_world("three-channels", seed=3, entities=1_500, days=42)
    write_logs(live, days=42, tier="A", out=folder / "logs")
    return folder


@pytest.fixture(scope="module")
def log(folder: Path) -> Log:
    return read_log(WORLDS["three-channels"], folder / "logs", folder / "A", 14, SMALL)


def with_z(log: Log, z: float) -> Log:
    """The same, choosing by the estimate less z standard errors."""
    return replace(log, night=replace(log.night, study=changed(log.night.study, "split", z=z)))


def test_the_short_way_to_a_verdict_is_the_nights(log: Log) -> None:
    """z = 0 chooses a plan whatever the log says, so that there is one to confirm."""
    log = with_z(log, 0.0)
    night = log.night
    folds = stages.deal_folds(night, log.table)
    everybody = gather_everybody(night, log.table, log.behaviour)
    budget = find_todays_budget(night, log.events, log.table)
    chosen = stages.choose_split(night, log.events, everybody, log.behaviour, WideEvidence(), budget)
    assert chosen.moves
    promise = promise_of(night, everybody, chosen)
    whole = stages.evaluate_policies(night, Candidates((), None), promise, everybody)
    logged = Logged(log.events, log.table, folds, log.behaviour)
    checks = (
        *check_health(night, logged, (), whole.estimates),
        *check_placebos(night, log.table, log.behaviour, everybody),
    )
    assert not any(check.status == "stop" for check in checks)  # nothing stops a simulated log
    slow = stages.decide(night, logged, everybody, promise, checks).split
    quick, asked = confirm(log, chosen, everybody)
    assert (quick, asked.plan) == (slow, promise.chosen.plan)


def test_a_plan_that_moves_nothing_needs_no_confirmation(log: Log) -> None:
    doubtful = with_z(log, 1e3)
    short, full = channel_advice(doubtful), channel_advice(doubtful, returns=True)
    assert short.decision is None and full.decision is not None
    assert short.verdict == full.decision.verdict == "KEEP" and short.plans == full.plans
    assert {row.channel for row in full.decision.rows} == set(log.table.actions[1:])


def test_a_log_without_opportunities_is_tier_b(folder: Path, log: Log) -> None:
    without_opportunities(folder / "logs", folder / "B logs")
    blind = read_log(WORLDS["three-channels"], folder / "B logs", folder / "B", 14, SMALL)
    assert (log.events.tier, blind.events.tier) == ("A", "B")


def test_equal_plans_live_through_their_futures_once() -> None:
    truth = Futures(warm_world(), Horizon(3, 2, (11, 12)))
    plans = {"a": (1.0, 0.5, 1.2, 1.0), "b": (1.0, 0.5, 1.2, 1.0), "today": (1.0, 1.0, 1.0, 1.0)}
    found = truth.splits(plans)
    assert found["a"] is found["b"] and found["a"] == truth.split(plans["a"])
    assert found["today"]["uplift"] == 0.0 and found["today"]["error"] == 0.0
    assert found["a"]["error"] > 0 and found["a"]["spend"] < 1


def test_the_error_of_a_realised_uplift_is_that_of_its_futures() -> None:
    """Twenty times the futures: about a 4.5th of the error, and the mean within five joint errors."""
    world = warm_world()
    few, many = (
        Futures(world, Horizon(3, 2, seeds)).split((1.0, 0.5, 1.5, 1.0))
        for seeds in (tuple(range(5)), tuple(range(100, 200)))
    )
    assert few["error"] / many["error"] == pytest.approx(np.sqrt(20), rel=0.4)
    assert abs(few["uplift"] - many["uplift"]) < 5 * np.hypot(few["error"], many["error"])


def warm_world() -> JourneyWorld:
    world = open_world("three-channels", seed=5, entities=300, days=20)
    for _ in range(20):
        world.step()
    return world


def test_a_media_mix_model_moves_money_to_what_sells() -> None:
    """Two channels whose budgets jump by lot; one sells four times its price, the other nothing. The noise is
    a hundredth of the spend's own swings, so that no seed would say otherwise."""
    rng = np.random.default_rng(1)
    spend = 100 * np.exp(0.4 * rng.standard_normal((160, 2)))
    margin = 4 * spend[:, 0] + 500 + rng.standard_normal(160)
    daily = DailyTotals(("sells", "idle"), np.arange(20_000, 20_160), spend, margin, np.ones(160, bool))
    none, sells, idle = best_plan(daily, SplitSettings(), 2)
    assert none == 1.0 and sells > 1.2 and idle < 0.9
    assert sells * spend[:, 0].mean() + idle * spend[:, 1].mean() <= spend.mean(axis=0).sum() * 1.001
