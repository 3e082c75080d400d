"""The worlds the evaluation is judged by: their exact values against what drawn journeys show."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.estimators.weights import action_ratios, check_probabilities
from models.worlds.tabular import TabularWorld, masked, states_of, with_lagged_effect
from models.worlds.tabular_catalogue import CASES, FUNNELS, Case, open_case
from models.worlds.tabular_policies import candidates, tilted, tilted_to
from tests.models.evaluation.tabular_world import tabular_world


@pytest.mark.parametrize("name", CASES)
def test_a_drawn_log_shows_what_dynamic_programming_says(name: str):
    """Every outcome of one log of 20,000 journeys under the target, within 5 standard errors of the truth.
    False alarms over the 21 x 8 comparisons: under 1 in 10,000."""
    case = open_case(name)
    journeys = case.world.draw(case.target, 20_000, np.random.default_rng(3))
    totals = journeys.by_cluster(journeys.outcomes)
    error = totals.std(axis=0, ddof=1) / np.sqrt(len(totals))
    off = np.abs(totals.mean(axis=0) - case.world.truth(case.target))
    assert np.all(off <= 5 * error + 1e-9), dict(zip(journeys.outcome_names, off / error, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_policies_and_logs_are_sound(name: str):
    """Policies give probability to what is possible alone, and journeys are sorted and complete."""
    case = open_case(name)
    journeys = case.draw(np.random.default_rng(1))
    states = states_of(journeys)
    for pi in (case.mu, case.target, *_candidates(case).values()):
        check_probabilities(name, pi[states], journeys)
    assert len(_candidates(case)) >= 20
    assert np.array_equal(journeys.t == 0, np.r_[True, np.diff(journeys.journey) != 0])
    assert journeys.n_journeys == case.entities * case.per_entity


@pytest.mark.parametrize("name", FUNNELS)
def test_a_log_holds_the_purchases_and_the_overlap_that_were_asked_for(name: str):
    case, funnel = open_case(name), FUNNELS[name]
    k = case.world.outcomes.index("purchases")
    assert funnel.journeys * case.world.value(case.mu)[k] == pytest.approx(funnel.purchases)
    overlap = funnel.journeys / case.world.second_moment(case.target, case.mu)
    assert overlap == pytest.approx(funnel.sample_size, rel=0.02)


def test_some_candidates_are_worse_than_the_logged_policy_and_some_better():
    for name in set(CASES) - {"null-nothing"}:
        case = open_case(name)
        logged = case.world.truth(case.mu)[-1]
        uplifts = [case.world.truth(pi)[-1] - logged for pi in _candidates(case).values()]
        assert min(uplifts) < -0.02 * logged and max(uplifts) > 0.02 * logged, name


def test_in_the_null_world_no_policy_differs():
    case = open_case("null-nothing")
    logged = case.world.truth(case.mu)
    for pi in _candidates(case).values():
        assert case.world.truth(pi)[[0, -1]] == pytest.approx(logged[[0, -1]])


def test_the_rare_reward_is_the_better_one_on_average():
    case = open_case("rare-rewards")
    assert case.world.mean[0, :, 0] == pytest.approx([0.5, 1.007])
    amounts = np.unique(case.draw(np.random.default_rng(0)).outcomes[:, 0])
    assert amounts == pytest.approx([0.0, 0.5, 50.0])


def test_the_second_moment_is_that_of_drawn_weights():
    """Mean squared weight of 50,000 journeys, within 5 standard errors: a false alarm in a million."""
    world = tabular_world(4)
    mu = masked(np.array([3.0, 1.0, 1.0]), world)
    pi = tilted(mu, np.array([[0.0, 1.0, 0.5]] * 3), 0.7)
    journeys = world.draw(mu, 50_000, np.random.default_rng(2))
    states = states_of(journeys)
    logs = np.log(action_ratios(journeys, pi[states], mu[states]))
    square = np.exp(2 * np.bincount(journeys.journey, weights=logs))
    off = square.mean() - world.second_moment(pi, mu)
    assert abs(off) < 5 * square.std() / np.sqrt(len(square))


def test_a_tilt_stops_where_it_is_asked_to():
    world = tabular_world(4)
    mu = masked(np.array([3.0, 1.0, 1.0]), world)
    pi = tilted_to(world, mu, np.array([[0.0, 1.0, 0.5]] * 3), journeys=1000, sample_size=250)
    assert 1000 / world.second_moment(pi, mu) == pytest.approx(250, rel=1e-6)


def test_the_lagged_effect_by_hand():
    """Three steps, one state, social or none, a purchase worth 1 with probability .1, doubled two decisions
    after social: only the last step can profit, from the first."""
    world = TabularWorld(
        eligible=np.ones((1, 2), bool),
        move=np.ones((1, 2, 1)),
        leave=np.zeros((1, 2)),
        mean=np.full((1, 2, 1), 0.1),
        buy=0.1,
        start=np.ones(1),
        enter=np.array([0.0, 0.0, 1.0]),
        outcomes=("margin",),
        actions=("none", "social"),
    )
    lagged = with_lagged_effect(world, strength=1.0, action=1)
    assert lagged.value(np.array([[0.3, 0.7]]))[0] == pytest.approx(0.1 + 0.1 + 0.1 * (1 + 0.7))
    assert lagged.n_shown == 1


def test_values_by_enumeration():
    """Dynamic programming against the sum over all paths, in a world with hidden states."""
    case = open_case("hidden-weak")
    world = replace(case.world, enter=np.array([0.0, 1.0]))  # two decisions
    states, actions = range(len(world.start)), range(len(world.actions))
    wide, total = case.target[world.seen], 0.0
    for s, a, s2, a2 in itertools.product(states, actions, states, actions):
        path = world.start[s] * wide[s, a] * (1 - world.leave[s, a]) * world.move[s, a, s2] * wide[s2, a2]
        total += path * (world.mean[s, a, 0] + world.mean[s2, a2, 0])
    assert world.value(case.target)[0] == pytest.approx(total)


def _candidates(case: Case) -> dict[str, np.ndarray]:
    weights = np.array([{"margin": 1.0}.get(o, -1.0 * o.startswith("cost:")) for o in case.world.outcomes])
    return candidates(case.world, case.mu, weights)
