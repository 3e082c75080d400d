"""The policy gradient climbs the exact value: its slope against finite differences, its top against plans."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from models.agents.algorithms import AgentSettings
from models.agents.algorithms.algorithm import Lesson
from models.agents.algorithms.gradient import Hill, credits_of, fault, fit, gradient_of
from models.agents.policy import leashed
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.mdp.journeys import JourneyTerms, cut_journeys
from models.mdp.sample_split import fold_of
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from models.training.experience import build_experience
from tests.models.agents.tables import table

DAYS, MU = 3, 0.25
MOVES = {0: (0, 1), 1: (1, 2), 2: (2, 1)}
"""Where a state goes after `none` and after `ad`; in half of the cases it goes to 0 instead."""
MARGIN = np.array([[0.0, 0.5], [2.0, 1.0], [5.0, 9.0]])
COST = np.array([0.0, 0.75])
TERMS = JourneyTerms(DAYS, 0, single_step=False, period_days=DAYS, per="entity")


@dataclass(frozen=True)
class Path:
    states: tuple[int, ...]
    actions: tuple[int, ...]
    copies: int


def paths() -> list[Path]:
    """Every three days that can be, as often as they are: mu of the ad is 1/4, a move fails half the time."""
    found = []
    tosses = [list(product((0, 1), repeat=times)) for times in (DAYS, DAYS - 1)]
    for first, actions, luck in product((0, 1), *tosses):
        states = [first]
        for action, moved in zip(actions, luck, strict=False):
            states.append(MOVES[states[-1]][action] if moved else 0)
        copies = int(np.prod([1 if action else 3 for action in actions]))
        found.append(Path(tuple(states), actions, copies))
    return found


def exact_log(times: int = 2) -> Transitions:
    """The world's own frequencies, in either half of the entities."""
    one = [path for path in paths() for _ in range(path.copies * times)]
    ids = np.arange(20 * len(one))
    halves = [ids[fold_of(ids, 2) == f][: len(one)] for f in (0, 1)]
    dealt = [(int(key), path) for half in halves for key, path in zip(half, one, strict=True)]
    dealt.sort(key=lambda one: one[0])
    entity = np.repeat([key for key, _ in dealt], DAYS)
    states = np.array([path.states for _, path in dealt]).ravel()
    actions = np.array([path.actions for _, path in dealt]).ravel()
    world = table(
        actions=("none", "ad"),
        features=np.eye(3)[states][:, 1:],
        eligible=np.ones((len(states), 2), bool),
        action=actions,
        margin=MARGIN[states, actions],
        cost=COST[actions],
        length=DAYS,
    )
    world.entity[:] = entity
    return world


def exact_value(ad: np.ndarray, price: float) -> float:
    """Of a policy that shows the ad with these chances (3,) in the three states, over three days."""
    reached = np.array([0.5, 0.5, 0.0])
    value = 0.0
    for _ in range(DAYS):
        after = np.zeros(3)
        for s in range(3):
            for a, chance in enumerate((1 - ad[s], ad[s])):
                value += reached[s] * chance * (MARGIN[s, a] - price * COST[a])
                after[MOVES[s][a]] += reached[s] * chance / 2
                after[0] += reached[s] * chance / 2
        reached = after
    return value


def shown(f: np.ndarray, leash: float) -> np.ndarray:
    """(3,) chances of the ad from its values f (3,)."""
    values = np.column_stack([np.zeros(3), f])
    return leashed(values, np.tile([1 - MU, MU], (3, 1)), leash)[:, 1]


def both_gradients(price: float) -> tuple[np.ndarray, np.ndarray]:
    """(3,) slope of the value in f, away from the start: as the agent finds it, and by finite differences."""
    world, leash = exact_log(), 0.7
    f = np.array([0.3, -0.4, 0.5])
    journeys = cut_journeys(world, np.ones(world.n_rows, bool), TERMS, total_entities=1.0)
    mu = np.tile([1 - MU, MU], (world.n_rows, 1))
    evaluation = DoublyRobust(journeys, mu, folds=2, ridge=1e-6)
    state = (world.features[journeys.rows] @ [1, 2]).astype(int)
    ad = shown(f, leash)[state]
    credit = credits_of(evaluation, np.column_stack([1 - ad, ad])).at(price)
    without_leash = Hill(np.eye(3)[state], journeys.eligible, mu, 0.0, credit, np.zeros(len(state)), leash)
    found = without_leash.slope(np.array([[f], [np.zeros(3)]]))[0, 0] * len(state) / journeys.n_journeys
    step = 1e-5
    ahead, behind = (
        [exact_value(shown(f + sign * step * one, leash), price) for one in np.eye(3)] for sign in (1, -1)
    )
    return found, (np.array(ahead) - np.array(behind)) / (2 * step)


@pytest.mark.parametrize("price", [0.0, 1.0, 2.5])
def test_the_gradient_is_the_finite_difference_of_the_exact_value(price: float) -> None:
    """In every state, to 1 % of the steepest."""
    found, exact = both_gradients(price)
    assert found == pytest.approx(exact, abs=0.01 * np.abs(exact).max())


def lesson(world: Transitions, days: int = DAYS, **keys: float) -> Lesson:
    everyone = np.ones(world.n_rows, bool)
    settings = AgentSettings(n_steps=1, prices=(1.0,), **keys)
    decision = DecisionSettings(horizon_days=days, tail_days=0, discount_per_day=1.0)
    experience = build_experience(world, everyone, discount_per_day=1.0, n_steps=1)
    return Lesson(world, everyone, np.tile([1 - MU, MU], (world.n_rows, 1)), experience, settings, decision)


def test_it_climbs_from_delivery_to_the_best_plan() -> None:
    """An ad in state 0 loses at once and pays later: of all eight plans the best gains 0.98 a head on
    delivery, and the policy keeps 97 % of that; on a short leash it stays nearer, and above delivery."""
    bold, near = (gradient_of(fit(lesson(exact_log(), gradient_leash=leash))) for leash in (0.05, 2.0))
    states = np.eye(3, dtype=np.float32)[:, 1:]
    delivery = exact_value(np.full(3, MU), 1.0)
    best = max(exact_value(np.array(plan, float), 1.0) for plan in product((0, 1), repeat=3))
    gains = [
        exact_value(shown(policy.action_values(states, np.ones((3, 2), bool), 1.0)[:, 1], leash), 1.0)
        - delivery
        for policy, leash in ((bold, 0.05), (near, 2.0))
    ]
    assert gains[0] > 0.97 * (best - delivery)
    assert 0 < gains[1] < gains[0]


def test_margins_that_follow_nothing_leave_it_at_delivery() -> None:
    """Pure noise: held-out entities choose the ridge, and what is left moves chances by less than 0.1 in
    three of five logs."""
    moved = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        n = 2_000
        world = table(
            actions=("none", "ad"),
            features=rng.normal(size=(n, 6)),
            eligible=np.ones((n, 2), bool),
            action=(rng.random(n) < MU).astype(int),
            margin=rng.exponential(10.0, size=n),
        )
        policy = gradient_of(fit(lesson(world, days=1, gradient_leash=1.0)))
        values = policy.action_values(world.features, world.eligible, 1.0)
        pi = leashed(values, np.tile([1 - MU, MU], (n, 1)), 1.0)
        moved.append(np.abs(pi[:, 1] - MU).mean())
    assert np.median(moved) < 0.1


def test_a_damaged_policy_cannot_act() -> None:
    saved = fit(lesson(exact_log(1)))
    assert fault(saved) == ""
    saved.weights[0]["margin"] = saved.weights[0]["margin"][:, :-1]
    assert "has the shape" in fault(saved)
