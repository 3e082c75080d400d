"""Marginalised weights against counts by hand, and the witness that remembers."""

from dataclasses import replace

import numpy as np

from models.evaluation.checks.witness import disagreement
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.marginal_weights import MarginalWeights
from models.evaluation.estimators.surprises import courses_of, surprises
from models.evaluation.estimators.weights import action_ratios, summed
from models.mdp.journeys import Journeys
from models.mdp.sample_split import fold_of
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


def test_surprises_are_what_was_done_beyond_expectation_in_the_journey_alone() -> None:
    journeys, _, _ = log()
    mu = MU[states_of(journeys)]
    (found,) = surprises(journeys, mu, courses_of(journeys, [1.0]))
    assert found.shape == (len(journeys.t), 2)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-12)
    first = found[journeys.t == 0]
    assert np.all(first == first[0])  # nothing was done before, whatever the journey before it did
    row = int(np.flatnonzero(journeys.t == 2)[0])  # by hand: half of the newest one, a quarter of the other
    surprise = np.eye(3)[journeys.action] - mu
    by_hand = 0.5 * surprise[row - 1] + 0.25 * surprise[row - 2]
    told = np.roll(np.abs(surprise[:, 1:]).min(axis=1) > 0, 1)  # by row: of the decision before
    second = int(np.flatnonzero((journeys.t == 1) & told)[0])  # the journey's only surprise is its first
    scale = (found[second] - first[0]) / (0.5 * surprise[second - 1])[1:]
    np.testing.assert_allclose(found[row] - first[0], scale * by_hand[1:], atol=1e-9)


def with_an_effect_two_decisions_later(journeys: Journeys) -> Journeys:
    """Who got social buys because of it two decisions later; the state does not show it."""
    late = np.flatnonzero(journeys.t >= 2)
    caused = late[journeys.action[late - 2] == 2]
    outcomes = journeys.outcomes.copy()
    outcomes[caused, 0] += 5.0
    outcomes[caused, 4] += 5.0
    return replace(journeys, outcomes=outcomes)


def test_weights_that_know_surprises_follow_an_effect_that_the_state_forgets() -> None:
    """Weights of the state alone are off by more than 4 times the noise of the difference from those that
    remember everything (a false alarm in 15,000). Of their distance to the truth, by 400,000 journeys of the
    target, the headline's, which know recent surprises best, are three fifths away at most, two fifths those
    that know all alike, and a quarter the same with the moments of what is cut."""
    journeys = with_an_effect_two_decisions_later(log(12_000, per_entity=1)[0])
    s = states_of(journeys)
    dr = DoublyRobust(journeys, MU[s], folds=FOLDS, ridge=1.0)
    value = dr.value(PI[s])
    assert value.remembering is not None
    ratios = dr.ratios(PI[s])
    forgetful = MarginalWeights(dr.model.x, dr.model.slots, FOLDS, ridge=1.0).fit(ratios)
    believing = dr.contributions(PI[s], summed(ratios, forgetful * ratios, dr.steps))[:, 0]
    remembering, headline = value.remembering[:, 0], value.double_reinforcement[:, 0]
    z = disagreement(believing, remembering)
    assert z is not None and z < -4
    lived = with_an_effect_two_decisions_later(WORLD.draw(PI, 400_000, np.random.default_rng(9), 1))
    truth = lived.outcomes[:, 0].sum() * 12_000 / 400_000
    off = truth - believing.sum()
    assert abs(truth - headline.sum()) < 0.6 * off
    assert abs(truth - remembering.sum()) < 0.4 * off
    assert dr._weights._whole is not None
    all_alike = summed(ratios, dr._weights._whole.fit(ratios, below_0="kept") * ratios, dr.steps)
    assert abs(truth - dr.contributions(PI[s], all_alike)[:, 0].sum()) < 0.25 * off


def test_what_is_cut_off_below_zero_does_not_raise_the_mean() -> None:
    """Everybody stays for all eight decisions, so that weights are 1 on average at every step. A line in
    surprises, far from today's delivery, is below 0 for a third of the rows of the last step; cut there it is
    1.4 on average, and 1.9 where every step is cut. At most half of the former is left."""
    world = replace(tabular_world(8), leave=np.zeros((3, 3)), enter=np.eye(8)[-1])
    pi = masked(np.array([1.0, 3.0, 0.5]), world)
    journeys = world.draw(MU, 3_000, np.random.default_rng(3))
    s = states_of(journeys)
    ratios = action_ratios(journeys, pi[s], MU[s])
    model = DoublyRobust(journeys, MU[s], folds=FOLDS, ridge=1.0).model
    (memory,) = surprises(journeys, MU[s], courses_of(journeys, [np.inf]))
    weights = MarginalWeights(model.x, model.slots, FOLDS, ridge=1.0, memory=memory[model.slots.order])
    last = journeys.t == 7
    line, rho = (weights.fit(ratios, below_0=how)[last] for how in ("signed", "kept"))
    assert (line < 0).mean() > 0.3
    added = np.maximum(line, 0.0).mean() - line.mean()
    assert added > 0.4
    assert abs(rho.mean() - line.mean()) < 0.5 * added
    assert np.all(rho >= 0.0)


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
    alarm in 15,000), with less than 0.7 of SNDR's mean squared error. Weights of the state alone would have a
    fifth: the rest is the price of not believing that the state says everything."""
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
    assert (drl**2).mean() < 0.7 * (errors[:, 1] ** 2).mean()


def test_bits_do_not_depend_on_the_order_of_policies() -> None:
    journeys, ratios, _ = log(200)
    model = DoublyRobust(journeys, MU[states_of(journeys)], folds=FOLDS, ridge=1.0).model
    shared = MarginalWeights(model.x, model.slots, FOLDS, ridge=1.0)
    first = shared.fit(ratios)
    shared.fit(ratios**2)
    np.testing.assert_array_equal(first, shared.fit(ratios))
