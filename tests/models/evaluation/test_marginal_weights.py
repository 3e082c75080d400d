"""Marginalised weights against counts by hand, and the witness that remembers."""

from dataclasses import replace

import numpy as np

from models.evaluation.doubly_robust import REMEMBERING, DoublyRobust
from models.evaluation.marginal_weights import MarginalWeights
from models.evaluation.memory import journey_memory
from models.evaluation.weights import action_ratios
from models.evaluation.witness import most_contrary
from models.journeys import Journeys
from models.users import fold_of
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(4, buy=0.3)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
PI = masked(np.array([1.0, 2.0, 0.7]), WORLD)
FOLDS = 2


def log(entities: int = 600, per_entity: int = 2) -> tuple[Journeys, np.ndarray, np.ndarray]:
    """A log and its ratios (n,) and states (n,)."""
    journeys = WORLD.draw(MU, entities, np.random.default_rng(3), per_entity)
    s = states_of(journeys)
    return journeys, action_ratios(journeys, PI[s], MU[s]), s


def rho_of(journeys: Journeys, ratios: np.ndarray, ridge: float) -> np.ndarray:
    model = DoublyRobust(journeys, MU[states_of(journeys)], folds=FOLDS, ridge=1.0).model
    return MarginalWeights(model.x, model.slots, FOLDS, ridge=ridge).fit(ratios)


def counted_rho(journeys: Journeys, ratios: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The same by counting: mean weight with which the other fold's journeys came into a state with so many
    days left, remembering the state before alone. Row by row, in plain Python."""
    fold = fold_of(journeys.cluster_key, FOLDS)[journeys.cluster]
    rho = np.ones(len(ratios))
    for left_out in range(FOLDS):
        by_model = np.ones(len(ratios))
        for days in sorted(set(journeys.days_left.tolist()), reverse=True):
            for state in range(3):
                here = (journeys.days_left == days) & (states == state) & (journeys.t > 0)
                came = [by_model[i - 1] * ratios[i - 1] for i in np.flatnonzero(here & (fold != left_out))]
                if came:
                    by_model[here] = np.mean(came)
        rho[fold == left_out] = by_model[fold == left_out]
    return rho


def test_where_features_are_indicators_rho_is_a_ratio_of_counts() -> None:
    journeys, ratios, states = log()
    expected = counted_rho(journeys, ratios, states)
    np.testing.assert_allclose(rho_of(journeys, ratios, ridge=1e-13), expected, rtol=1e-9)
    assert expected.std() > 0.1  # it says something


def test_the_past_counts_for_nothing_at_a_first_step() -> None:
    journeys, ratios, _ = log()
    assert np.all(rho_of(journeys, ratios, ridge=1.0)[journeys.t == 0] == 1.0)


def test_todays_delivery_has_weight_one_everywhere() -> None:
    journeys, ratios, _ = log()
    np.testing.assert_allclose(rho_of(journeys, np.ones_like(ratios), ridge=1.0), 1.0, rtol=1e-9)


def test_memory_is_of_the_journey_alone() -> None:
    journeys, _, _ = log()
    memory = journey_memory(journeys)
    assert memory.shape == (len(journeys.t), 6)
    np.testing.assert_allclose(memory.mean(axis=0), 0.0, atol=1e-12)
    first = memory[journeys.t == 0]
    assert np.all(first == first[0])  # nothing was done before, whatever the journey before it did
    row = int(np.flatnonzero((journeys.t == 2) & (journeys.action == 1))[0])
    spread = memory[:, 4].max() - memory[:, 4].min()
    counts = np.arange(journeys.t.max() + 1) / journeys.t.max()  # searches so far lie on a grid
    assert np.abs((memory[row, 4] - memory[:, 4].min()) / spread - counts).min() < 0.5


def test_weights_that_remember_notice_a_state_that_forgets() -> None:
    """Half the entities got social first, and buy because of it two decisions later; the state does not show
    it. The witness differs from the headline by more than noise, where on the same log with outcomes that
    depend on the state alone it does not (a false alarm in 33)."""
    journeys, _, _ = log(3_000, per_entity=1)
    s = states_of(journeys)
    sound = DoublyRobust(journeys, MU[s], folds=FOLDS, ridge=1.0)
    headline, witnesses = sound.value(PI[s]).uplifts(sound.logged_value, 0)
    assert not most_contrary(headline, {REMEMBERING: witnesses[REMEMBERING]}).disputed
    late = np.flatnonzero(journeys.t >= 2)
    caused = late[journeys.action[late - 2] == 2]
    outcomes = journeys.outcomes.copy()
    outcomes[caused, 0] += 5.0
    outcomes[caused, 4] += 5.0
    lagged = DoublyRobust(replace(journeys, outcomes=outcomes), MU[s], folds=FOLDS, ridge=1.0)
    headline, witnesses = lagged.value(PI[s]).uplifts(lagged.logged_value, 0)
    found = most_contrary(headline, witnesses)
    assert found.disputed and found.witness == REMEMBERING and found.z is not None and found.z < 0


def test_with_one_decision_the_headline_is_sndr() -> None:
    world = tabular_world(1)
    mu, pi = masked(np.array([3.0, 1.0, 1.0]), world), masked(np.array([1.0, 2.0, 0.7]), world)
    journeys = world.draw(mu, 500, np.random.default_rng(1))
    s = states_of(journeys)
    value = DoublyRobust(journeys, mu[s], folds=FOLDS, ridge=1.0).value(pi[s])
    np.testing.assert_array_equal(value.double_reinforcement, value.self_normalised)
    assert value.remembering is None


def test_long_journeys_are_where_the_headline_earns_its_place() -> None:
    """60 logs of 400 journeys of up to 15 steps: unbiased (|mean error| < 4 standard errors of it, a false
    alarm in 15,000), with less than half SNDR's mean squared error (their ratio here is about a fifth; the
    ratio of two variances from 60 logs strays by a factor of 1.7 once in 40 runs, of 2.4 once in 1,000)."""
    world = tabular_world(15, buy=0.3)
    mu, pi = masked(np.array([3.0, 1.0, 1.0]), world), masked(np.array([1.0, 2.0, 0.7]), world)
    truth, rng = world.value(pi)[0], np.random.default_rng(12)
    errors = np.empty((60, 2))
    for i in range(60):
        journeys = world.draw(mu, 400, rng)
        s = states_of(journeys)
        value = DoublyRobust(journeys, mu[s], folds=FOLDS, ridge=1.0).value(pi[s])
        found = value.double_reinforcement[:, 0].sum(), value.self_normalised[:, 0].sum()
        errors[i] = journeys.scale * np.array(found) - truth
    drl = errors[:, 0]
    assert abs(drl.mean()) < 4 * drl.std(ddof=1) / np.sqrt(60)
    assert (drl**2).mean() < 0.5 * (errors[:, 1] ** 2).mean()


def test_bits_do_not_depend_on_the_order_of_policies() -> None:
    journeys, ratios, _ = log(200)
    model = DoublyRobust(journeys, MU[states_of(journeys)], folds=FOLDS, ridge=1.0).model
    shared = MarginalWeights(model.x, model.slots, FOLDS, ridge=1.0)
    first = shared.fit(ratios)
    shared.fit(ratios**2)
    np.testing.assert_array_equal(first, shared.fit(ratios))
