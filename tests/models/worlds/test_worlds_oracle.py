"""The oracle split, and scores against the truth: averages that agree with counts, a search that finds."""

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

import models.worlds.oracle as oracle_module
from models.policies.rules import Always, ScaledDelivery
from models.worlds import open_world
from models.worlds.cross import WorldSpec
from models.worlds.exchange import best_exchange
from models.worlds.journey import JourneyWorld
from models.worlds.oracle import SplitRules, find_oracle, oracle_of, warm_world
from models.worlds.truth import Horizon, expected, realise, score_policy, score_split
from sql.errors import StudyError

ADDITIVE = WorldSpec("additive", response="additive", channels=3).config()
SHORT = Horizon(days=5, tail_days=3, futures=(1, 2))
TWO = Horizon(futures=(1, 2))


@pytest.fixture(scope="module")
def world() -> JourneyWorld:
    world = open_world("demo", entities=600, days=30)
    for _ in range(30):
        world.step()
    return world


def test_averages_follow_the_same_people_as_the_days_themselves() -> None:
    days, averages = (open_world("demo", entities=300, days=40) for _ in range(2))
    averages = averages.outlook_fork(averages.seed)
    for _ in range(25):
        day, outlook = days.step().outlook, averages.expect()
        assert np.array_equal(day.margin, outlook.margin) and np.array_equal(day.cost, outlook.cost)
    assert np.array_equal(days.hot, averages.hot)


def test_averages_are_the_mean_of_what_is_counted(world: JourneyWorld) -> None:
    """20 futures: the gap lies within 4 standard errors, a false alarm once in 16,000 runs."""
    size = {"days": 7, "tail_days": 0, "futures": tuple(range(20))}
    counted, mean = realise(world, None, **size), expected(world, None, Horizon(**size))
    for gap in (counted.margin - mean.margin.sum(axis=1), counted.cost.sum(1) - mean.spend.sum(axis=1)):
        assert abs(gap.mean()) < 4 * gap.std(ddof=1) / np.sqrt(20)


def test_scores_of_todays_delivery_are_exactly_nothing(world: JourneyWorld) -> None:
    assert score_split(world, (1.0,) * 6, SHORT).uplift == 0
    assert score_policy(world, lambda _, __, behaviour: behaviour, SHORT).uplift == 0


def test_a_split_scores_alike_as_a_split_and_as_a_policy(world: JourneyWorld) -> None:
    """Two couplings of the same exposures: the same mean, within 5 standard errors of either."""
    m = (1.0, 0.5, 0.5, 0.5, 2.0, 2.0)
    split = score_split(world, m, SHORT)
    policy = score_policy(world, ScaledDelivery(m, "same").probabilities, SHORT)
    assert abs(split.uplift - policy.uplift) < 5 * min(split.error, policy.error)
    assert split.spend == pytest.approx(policy.spend, rel=0.2, abs=0.03 * split.spend_today.sum())


def test_silence_saves_all_spend_of_the_days_in_force(world: JourneyWorld) -> None:
    silent = score_policy(world, Always(0, "none").probabilities, Horizon(5, 0, (1,)))
    assert silent.spend == pytest.approx(-silent.spend_today)
    assert silent.profit_today > 0 and silent.relative == silent.uplift / silent.profit_today


def test_a_world_without_a_history_refuses_what_needs_one(world: JourneyWorld) -> None:
    with pytest.raises(ValueError, match="keeps no history"):
        score_policy(world.outlook_fork(1), Always(0, "none").probabilities, SHORT)
    with pytest.raises(ValueError, match="would miss the day"):
        world.expect()


def test_a_split_of_the_wrong_size_is_one_sentence(world: JourneyWorld) -> None:
    with pytest.raises(StudyError, match="a split of this world has 6 multipliers, not 5"):
        score_split(world, (1.0,) * 5)


def test_exchange_search_finds_the_optimum_of_a_concave_response() -> None:
    """Known response: margin 3 a_k sqrt(m_k) less today's. The best plan by another solver is its measure."""
    strength = np.array([0.2, 1.0, 0.6, 1.4, 0.8])
    weights = np.array([0.3, 0.2, 0.2, 0.1, 0.2])

    def value(m: np.ndarray) -> tuple[float, float]:
        return float(3 * (weights * strength) @ (np.sqrt(m) - 1)), float(weights @ (m - 1))

    slopes = np.stack([1.5 * weights * strength, weights])
    plan = best_exchange(value, slopes, weights=weights, low=0.5, high=2.0, move=0.4)
    margin, spend = value(plan)
    assert spend <= 1e-3 and weights @ np.abs(plan - 1) <= 0.4 + 1e-9
    assert plan.min() >= 0.5 and plan.max() <= 2.0
    moves = minimize(
        lambda x: -value(1 + x[:5] - x[5:])[0] + (weights @ (x[:5] - x[5:])),
        np.full(10, 0.01),
        bounds=[(0, 1)] * 5 + [(0, 0.5)] * 5,
        constraints=[
            {"type": "ineq", "fun": lambda x: -weights @ (x[:5] - x[5:])},
            {"type": "ineq", "fun": lambda x: 0.4 - weights @ (x[:5] + x[5:])},
        ],
    )
    assert margin - spend > 0.97 * -moves.fun


def test_the_oracle_beats_today_and_random_splits_and_keeps_the_rules() -> None:
    """In futures of its own, by 3 standard errors: a false alarm once in 700 runs, were there no gain."""
    world = warm_world(ADDITIVE, 1500, 1, 60)
    oracle = find_oracle(world, rules=SplitRules(), horizon=TWO)
    assert oracle.uplift > 3 * oracle.error > 0
    assert oracle.spend_change < 0.01
    plan = np.array(oracle.multipliers)
    assert plan.min() >= 0.5 - 1e-9 and plan.max() <= 2 + 1e-9
    mine = score_split(world, (1.0, *plan), TWO).uplift
    rng = np.random.default_rng(3)
    today = expected(world, None, TWO)
    for m in rng.uniform(0.6, 1.4, (12, 3)):
        other = score_split(world, (1.0, *m), TWO, today=today)
        assert other.uplift < mine or other.spend.sum() > 0


def test_an_oracle_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"entities": 100, "warm_days": 5, "horizon": Horizon(7, 3, (1,)), "folder": tmp_path}
    first = oracle_of(ADDITIVE, **settings)
    assert len(list(tmp_path.iterdir())) == 1

    def never(*_: object, **__: object) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr(oracle_module, "find_oracle", never)
    assert oracle_of(ADDITIVE, **settings) == first
    with pytest.raises(AssertionError, match="searched again"):
        oracle_of(ADDITIVE, seed=2, **settings)
