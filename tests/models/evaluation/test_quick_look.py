"""The quick look against the evaluation it stands in for, in a world whose truth is known."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from models.agents.policy import AgentPolicy, leashed
from models.agents.pricing import price_agent
from models.agents.trials import Choosers, Trial, choosers_of
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fast_doubly_robust import QuickLook
from models.settings import EvaluationSettings
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

PLAIN = tabular_world(4, buy=0.3)
# ads that earn more than they cost, so that a budget binds
WORLD = replace(PLAIN, mean=PLAIN.mean + np.array([[0.0, 0, 0], [1.0, 0, 0], [0.5, 0, 0]]))
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
SETTINGS = EvaluationSettings()
PRICES, SOFTNESS, HURDLE = (1.0, 1.5, 2.0), (0.5, 1.0, 2.0), 1.96
Look = Callable[[np.ndarray], tuple[float, float, float] | None]


@dataclass(frozen=True)
class Knowing:
    """What an action earns at once and what it costs, as the world has it."""

    algorithm: str = "knowing"

    def action_values(self, features, eligible, price):
        state = (features @ np.arange(1, features.shape[1] + 1)).astype(np.int64)
        worth = WORLD.mean[:, :, 0] - price * WORLD.mean[:, :, 1:].sum(axis=2)
        return np.where(eligible, worth[state], -np.inf)


def choosing(entities: int = 4_000) -> tuple[DoublyRobust, Choosers]:
    journeys = WORLD.draw(MU, entities, np.random.default_rng(7), per_entity=2)
    behaviour = MU[states_of(journeys)]
    estimator = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    return estimator, choosers_of(estimator, journeys.features.astype(np.float32), behaviour, SETTINGS)


def budget_of(estimator: DoublyRobust) -> float:
    """Today's spend."""
    cost = estimator.journeys.outcome_names.index("cost")
    return estimator.journeys.scale * float(estimator.logged[:, cost].sum())


def priced(choosers: Choosers, budget: float) -> tuple[AgentPolicy, Trial]:
    policy, trial = price_agent(
        Knowing(),
        "knowing",
        choosers,
        prices=PRICES,
        softness=SOFTNESS,
        budget=budget,
        hurdle=HURDLE,
        max_price=8.0,
    )
    assert trial is not None
    return policy, trial


def test_close_to_todays_delivery_a_look_is_all_but_exact() -> None:
    """Exact at today's delivery itself; a thousandth of chance beside it leaves that much of a difference."""
    estimator, choosers = choosing(500)
    chance = choosers.eligible / choosers.eligible.sum(axis=1, keepdims=True)
    target = 0.999 * choosers.behaviour + 0.001 * chance
    look, told = QuickLook(estimator, SETTINGS).judge(target), choosers.judge(target)
    assert look is not None and told is not None
    assert look[2] == pytest.approx(told[2], rel=1e-5)
    assert abs(look[0] - told[0]) < 0.02 * told[1]


def test_a_look_at_every_outcome_is_the_headline_of_todays_delivery_and_close_beside_it() -> None:
    estimator, choosers = choosing(500)
    names = estimator.journeys.outcome_names
    look = QuickLook(estimator, SETTINGS, names)
    np.testing.assert_allclose(look.contributions(estimator.behaviour), estimator.logged, atol=1e-12)
    chance = choosers.eligible / choosers.eligible.sum(axis=1, keepdims=True)
    target = 0.9 * choosers.behaviour + 0.1 * chance
    both = (look.contributions, estimator.contributions)
    change, full = (found(target) - estimator.logged for found in both)
    money = [names.index("margin"), len(names) - 1]
    error = np.sqrt(len(full) * full.var(axis=0, ddof=1))
    assert np.all(np.abs(change.sum(axis=0) - full.sum(axis=0))[money] < 0.02 * error[money])
    # spend varies little between entities, so that it is known to half a percent only
    spend = [k for k, name in enumerate(names) if name.startswith("cost")]
    np.testing.assert_allclose(change.sum(axis=0)[spend], full.sum(axis=0)[spend], rtol=0.005)
    assert list(names[-2:]) == ["cost", "profit"]  # sums of others, and still so
    np.testing.assert_allclose(change[:, -1], change[:, names.index("margin")] - change[:, -2], atol=1e-12)


@pytest.mark.parametrize("softness", SOFTNESS)
@pytest.mark.parametrize("price", PRICES)
def test_a_look_tells_spend_to_half_a_percent(price: float, softness: float) -> None:
    """And the uplift to a tenth of its standard error: both sides see the same log, so no chance is in it."""
    estimator, choosers = choosing()
    values = Knowing().action_values(choosers.features, choosers.eligible, price)
    target = leashed(values, choosers.behaviour, softness)
    look, told = QuickLook(estimator, SETTINGS).judge(target), choosers.judge(target)
    assert look is not None and told is not None
    assert look[2] == pytest.approx(told[2], rel=0.005)
    assert abs(look[0] - told[0]) < 0.1 * told[1]
    assert look[1] == pytest.approx(told[1], rel=0.02)


def test_what_the_log_does_not_support_is_refused_by_both() -> None:
    estimator, choosers = choosing(500)
    greedy = leashed(
        Knowing().action_values(choosers.features, choosers.eligible, 1.0), choosers.behaviour, 0.0
    )
    strict = SETTINGS.model_copy(update={"min_effective_sample_size": 1e6})
    raw = choosers.features
    assert QuickLook(estimator, strict).judge(greedy) is None
    assert choosers_of(estimator, raw, choosers.behaviour, strict).judge(greedy) is None


def test_the_search_by_looks_ends_where_the_search_in_full_does() -> None:
    estimator, choosers = choosing()
    budget = budget_of(estimator)
    quick, by_look = priced(choosers, budget)
    full, in_full = priced(replace(choosers, look=None), budget)
    assert quick.softness == full.softness
    assert by_look.promise(HURDLE) == pytest.approx(
        in_full.promise(HURDLE), abs=0.02 * in_full.standard_error
    )
    told = choosers.judge(quick.probabilities(choosers.features, choosers.eligible, choosers.behaviour))
    assert told is not None
    # what is handed on is the full evaluation's, not the look's
    assert (by_look.uplift, by_look.standard_error, by_look.spend) == told


@pytest.mark.parametrize("wrong", [0.9, 0.99, 1.01, 1.1])
def test_a_look_that_is_wrong_about_spend_is_corrected(wrong: float) -> None:
    estimator, choosers = choosing()
    assert choosers.look is not None

    def off(target: np.ndarray, look: Look = choosers.look) -> tuple[float, float, float] | None:
        found = look(target)
        return found and (found[0], found[1], wrong * found[2])

    budget = budget_of(estimator)
    _, trial = priced(replace(choosers, look=off), budget)
    assert 0.995 * budget <= trial.spend <= budget


def test_a_look_that_tells_nothing_leaves_it_to_the_full_search() -> None:
    estimator, choosers = choosing(1_000)
    budget = budget_of(estimator)
    nonsense = replace(choosers, look=lambda target: (float(target[0, 0]), 1.0, 1e-3))
    assert priced(nonsense, budget) == priced(replace(choosers, look=None), budget)
    blind = replace(choosers, look=lambda _: None)
    assert priced(blind, budget) == priced(replace(choosers, look=None), budget)
