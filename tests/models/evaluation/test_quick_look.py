"""The quick look against the evaluation it stands in for, in a world whose truth is known."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from models.agents.policy import leashed
from models.agents.trials import Sample, Trial, sample_of, told_of
from models.evaluation.checks.support_gate import SupportGate
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fast_doubly_robust import QuickLook
from models.policies import NO_FEATURES, ScaledDelivery
from models.settings import EvaluationSettings
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

PLAIN = tabular_world(4, buy=0.3)
# ads that earn more than they cost, so that a budget binds
WORLD = replace(PLAIN, mean=PLAIN.mean + np.array([[0.0, 0, 0], [1.0, 0, 0], [0.5, 0, 0]]))
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
SETTINGS = EvaluationSettings()
PRICES, SOFTNESS = (1.0, 1.5, 2.0), (0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Knowing:
    """What an action earns at once and what it costs, as the world has it."""

    algorithm: str = "knowing"

    def action_values(self, features, eligible, price):
        state = (features @ np.arange(1, features.shape[1] + 1)).astype(np.int64)
        worth = WORLD.mean[:, :, 0] - price * WORLD.mean[:, :, 1:].sum(axis=2)
        return np.where(eligible, worth[state], -np.inf)


def asked(entities: int = 4_000, settings: EvaluationSettings = SETTINGS) -> tuple[DoublyRobust, Sample]:
    journeys = WORLD.draw(MU, entities, np.random.default_rng(7), per_entity=2)
    behaviour = MU[states_of(journeys)]
    estimator = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    rows = estimator, journeys.features.astype(np.float32), np.zeros(len(behaviour), np.int64)
    return estimator, sample_of(rows, None, settings, budget=1.0, share=1.0)


def looked(sample: Sample, target: np.ndarray) -> tuple[float, float, float]:
    """What a look says of a target: uplift in profit, its standard error, spend."""
    found = sample.look(target)
    assert found is not None
    uplift, spend = found
    return uplift.sum(), np.sqrt(len(uplift) * uplift.var(ddof=1)), spend


def in_full(estimator: DoublyRobust, target: np.ndarray) -> tuple[float, float, float]:
    """What the evaluation says of a target: uplift in profit, its standard error, spend."""
    names, scale = estimator.journeys.outcome_names, estimator.journeys.scale
    values = estimator.contributions(target)
    profit = values[:, names.index("profit")] - estimator.logged[:, names.index("profit")]
    error = np.sqrt(len(profit) * profit.var(ddof=1))
    return scale * profit.sum(), scale * error, scale * values[:, names.index("cost")].sum()


def test_close_to_todays_delivery_a_look_is_all_but_exact() -> None:
    """Exact at today's delivery itself; a thousandth of chance beside it leaves that much of a difference."""
    estimator, sample = asked(500)
    chance = sample.eligible / sample.eligible.sum(axis=1, keepdims=True)
    target = 0.999 * sample.behaviour + 0.001 * chance
    look, told = looked(sample, target), in_full(estimator, target)
    assert look[2] == pytest.approx(told[2], rel=1e-5)
    assert abs(look[0] - told[0]) < 0.02 * told[1]


def test_a_look_at_every_outcome_is_the_headline_of_todays_delivery_and_close_beside_it() -> None:
    estimator, sample = asked(500)
    names = estimator.journeys.outcome_names
    look = QuickLook(estimator, SETTINGS, names)
    np.testing.assert_allclose(look.contributions(estimator.behaviour), estimator.logged, atol=1e-12)
    chance = sample.eligible / sample.eligible.sum(axis=1, keepdims=True)
    target = 0.9 * sample.behaviour + 0.1 * chance
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


@pytest.mark.parametrize("multipliers", [(1.0, 1.3, 0.8), (1.0, 0.0, 2.5), (1.0, 1.0, 1.0)])
def test_scaled_delivery_is_looked_at_without_its_probabilities_to_the_same_bit(multipliers) -> None:
    estimator, sample = asked(500)
    look, gate = QuickLook(estimator, SETTINGS, ("margin", "cost")), SupportGate(estimator, SETTINGS)
    scaled = ScaledDelivery(multipliers, "scaled delivery")
    target = scaled.probabilities(NO_FEATURES, sample.eligible, sample.behaviour)
    values, beyond = look.supported(look.acts(target), gate)
    found, weights = look.of_scaled(scaled)
    np.testing.assert_array_equal(found, values)
    assert gate.of_scaled_steps(scaled, weights) == beyond


@pytest.mark.parametrize("softness", SOFTNESS)
@pytest.mark.parametrize("price", PRICES)
def test_a_look_tells_spend_to_half_a_percent(price: float, softness: float) -> None:
    """And the uplift to a tenth of its standard error: both sides see the same log, so no chance is in it."""
    estimator, sample = asked()
    values = Knowing().action_values(sample.features, sample.eligible, price)
    target = leashed(values, sample.behaviour, softness)
    look, told = looked(sample, target), in_full(estimator, target)
    assert look[2] == pytest.approx(told[2], rel=0.005)
    assert abs(look[0] - told[0]) < 0.1 * told[1]
    assert look[1] == pytest.approx(told[1], rel=0.02)


def test_what_the_log_does_not_support_is_refused_by_both() -> None:
    estimator, sample = asked(500)
    greedy = leashed(Knowing().action_values(sample.features, sample.eligible, 1.0), sample.behaviour, 0.0)
    strict = SETTINGS.model_copy(update={"min_effective_sample_size": 1e6})
    assert asked(500, strict)[1].look(greedy) is None
    trial = Trial(price=1.0, softness=0.5, uplift=0.0, standard_error=0.0, spend=2.0, budget=9.0)
    look = QuickLook(estimator, strict)
    assert told_of(look, look.acts(greedy), trial) is None


def test_everybody_answers_cluster_by_cluster_what_a_look_says_in_all() -> None:
    """With a drift of 2 from their days' spend to the newest; and with the rare events behind the profit."""
    estimator, sample = asked(500)
    target = leashed(Knowing().action_values(sample.features, sample.eligible, 1.0), sample.behaviour, 1.0)
    trial = Trial(price=1.0, softness=1.0, uplift=0.0, standard_error=0.0, spend=2.0, budget=9.0)
    everybody, look = QuickLook(estimator, SETTINGS), looked(sample, target)
    told = told_of(everybody, everybody.acts(target), trial)
    assert told is not None
    assert (told.trial.uplift, told.trial.standard_error) == pytest.approx(look[:2])
    assert told.trial.spend == pytest.approx(2 * look[2]) and told.trial.of_budget == told.trial.spend / 9
    assert estimator.journeys.scale * told.uplift.sum() == pytest.approx(told.trial.uplift)
    assert told.gross.weighted.shape == (500, 1)
