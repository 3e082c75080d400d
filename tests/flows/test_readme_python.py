"""Every block of Python on the pages, run as it stands, on a small log whose answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.agents.algorithms import AgentSettings
from models.agents.ensembles import agent_of, train_agents
from models.agents.onnx_file import policy_onnx
from models.agents.policy import AgentPolicy
from models.bidding import Auctions
from models.mdp import deal_folds
from models.settings import DecisionSettings
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.segments import FACTS, draw_customers
from tests.flows.pages import block
from tests.models.agents.tables import gold_rush, mu_of
from tests.models.bidding.test_bidding import drawn
from tests.models.churn.leaving import leaving_customers
from tests.models.slates.test_slates import slates


def bandit() -> dict[str, Any]:
    """One decision each; action 1 brings 2 and is asked for three times as often as it was done."""
    rng, n = np.random.default_rng(1), 2_000
    action = (rng.random(n) < 0.25).astype(np.int64)
    return {
        "visitor": np.arange(n),
        "step": np.zeros(n, np.int64),
        "action": action,
        "margin": 2.0 * action + rng.standard_normal(n),
        "cost": 0.5 * action,
        "bold": np.tile([0.25, 0.75], (n, 1)),
        "features": rng.standard_normal((n, 2)),
    }


def clicked_slates() -> dict[str, Any]:
    log = slates("item-position", 4_000, 1)
    return {"item": log.item, "clicks": log.reward, "logged": log.behaviour, "target": log.target}


def mailed() -> dict[str, Any]:
    people = draw_customers(Size(20_000, 42, 3, LAST_DAY))
    return {
        "customer": np.arange(20_000),
        "arm": people.arm,
        "margin": people.margin,
        "cost": np.zeros(20_000),
        "known": people.facts,
        "facts": FACTS,
    }


def buyers() -> dict[str, Any]:
    log = leaving_customers(1_000, 120, 1)
    columns = {"entity": log.entity, "day": log.day, "purchases": log.happened}
    features = pl.Series("features", log.features, dtype=pl.Array(pl.Float32, log.features.shape[1]))
    mature = pl.Series("mature", np.ones(len(log.day), bool))
    return {"rows": pl.DataFrame(columns).with_columns(features, mature), "features": log.features[:5]}


def auctions() -> dict[str, Any]:
    past: Auctions = drawn(1)
    return {
        "click_rate": past.worth,
        "price": past.price,
        "clicks": past.gained,
        "today": drawn(2),
        "budget": 2_000.0,
    }


def sold_out() -> dict[str, Any]:
    """Poisson demand of 10 a day, whose published optimum is (6, 40) at 35.02, beside stocks of 5 to 60."""
    rng = np.random.default_rng(1)
    stock = rng.integers(5, 60, 4_000)
    return {"sold": np.minimum(stock, rng.poisson(10.0, 4_000)), "stock": stock}


def exported() -> dict[str, Any]:
    """An agent as `allot export` writes it, into the folder where the block runs."""
    world = gold_rush(400)
    taught = train_agents(
        world,
        deal_folds(world.entity),
        AgentSettings(algorithms=("advantage",)),
        DecisionSettings(),
        mu_of(world),
    )
    policy = AgentPolicy(agent_of(taught.ensembles["advantage"]), 1.0, 0.1, "advantage")
    Path("dqn.onnx").write_bytes(policy_onnx(policy, world.feature_spec, world.actions, {}))
    return {"features": world.features, "eligible": world.eligible, "delivery": mu_of(world)}


ASKED: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[dict[str, Any], str], bool]]] = {
    "docs/python.md#a-policy": (bandit, lambda names, said: "bold" in said and names["result"] is not None),
    "docs/python.md#slates": (clicked_slates, lambda names, _: names["answer"].chosen == "item-position"),
    "docs/python.md#segments": (
        mailed,
        lambda names, _: len(names["found"].segments) > 1 and names["found"].differ < 0.01,
    ),
    "docs/python.md#who-will-buy-again": (
        buyers,
        lambda names, _: 0.7 < names["forecast"].calibration.slope.estimate < 1.3,
    ),
    "docs/python.md#bids-under-a-budget": (
        auctions,
        lambda names, _: 1_900 < names["done"].spent.sum() <= 2_000,
    ),
    "docs/python.md#stock-with-a-cost-per-order": (
        sold_out,
        lambda _, said: "at=6, up_to=39, cost=34.9" in said,
    ),
    "docs/onnx.md#an-agent-outside-python": (
        exported,
        lambda names, _: np.allclose(names["probability"].sum(axis=1), 1.0) and "gold" in names["actions"],
    ),
}
"""Place -> the names its block takes, and whether what it leaves and prints is right."""


@pytest.mark.parametrize("place", ASKED)
def test_a_block_answers(
    place: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given, right = ASKED[place]
    names = given()
    exec(block(place, "python"), names)
    said = capsys.readouterr().out
    assert right(names, said), said
