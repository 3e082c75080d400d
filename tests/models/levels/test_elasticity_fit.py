"""Does one elasticity fit all levels? How often a sound log is refused, and what is told of one that has
none."""

import numpy as np
import pytest

from models.evaluation import BootstrapT
from models.levels.elasticity import price_elasticity
from models.levels.sure import Parts
from models.results import Elasticity

OFF = np.array([0.0, 5.0, 10.0, 20.0])
"""Per cent."""
DECISIONS = 8
"""Of an entity."""


def fitted(entities: int, demand: np.ndarray, bootstrap: BootstrapT, seed: int) -> Elasticity:
    """Units that entities buy, each at several levels drawn by lot, as their share of a level's decisions."""
    rng = np.random.default_rng(seed)
    taste = rng.gamma(4.0, 1.0, entities)[:, None]
    level = rng.integers(0, len(OFF), (entities, DECISIONS))
    units = rng.poisson(taste * demand[level])
    sold = np.stack([((level == a) * units).sum(axis=1) * len(OFF) for a in range(len(OFF))], axis=1)
    found = price_elasticity(OFF, Parts(sold.astype(np.float64), entities * DECISIONS), bootstrap, 0.95)
    assert found is not None
    return found


@pytest.mark.parametrize("entities", [60, 600])
def test_a_constant_elasticity_is_refused_as_often_as_it_says(entities: int) -> None:
    """5 % of 400 logs are 20, with a standard error of 4.4: 38 and more come by chance once in 10^4."""
    bootstrap, demand = BootstrapT(np.arange(entities) * 7919, seed=0), (1.0 - OFF / 100.0) ** -3.5
    refused = sum(not fitted(entities, demand, bootstrap, seed).is_constant for seed in range(400))
    assert refused <= 38


def test_of_no_single_one_every_step_is_told() -> None:
    """The first 5 % off do nearly all of it: each step's interval holds its truth, 1 of 20 of them not."""
    demand = np.array([1.0, 1.5, 1.6, 1.65])
    truth = np.diff(np.log(demand)) / np.diff(np.log1p(-OFF / 100.0))
    bootstrap = BootstrapT(np.arange(600) * 7919, seed=0)
    found = [fitted(600, demand, bootstrap, seed) for seed in range(20)]
    assert not any(one.is_constant for one in found)
    assert [(step.low, step.high) for step in found[0].steps] == [(0.0, 5.0), (5.0, 10.0), (10.0, 20.0)]
    held = [
        step.interval is not None and step.interval.low <= true <= step.interval.high
        for one in found
        for step, true in zip(one.steps, truth, strict=True)
    ]
    assert sum(held) >= 50  # of 60, 57 on average: fewer by chance once in 500
