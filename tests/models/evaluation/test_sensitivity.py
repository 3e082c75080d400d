"""Hidden confounding: the worst case against brute force, and in a world whose hidden cause is known."""

from itertools import product

import numpy as np
import pytest

from models.evaluation.checks.sensitivity import HiddenCause, delivery_kept, flip_strength
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.mdp.journeys import Journeys
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])


def small_world(
    entities: int, horizon: int, seed: int, per_entity: int = 1, *, buy: float = 0.3
) -> tuple[DoublyRobust, np.ndarray]:
    """Doubly robust evaluation of a drawn log, and a target (n, A)."""
    world = tabular_world(horizon, buy=buy)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, entities, np.random.default_rng(seed), per_entity)
    s = states_of(journeys)
    return DoublyRobust(journeys, mu[s], folds=2, ridge=1.0), pi[s]


@pytest.mark.parametrize("through_delivery", [False, True])
def test_the_worst_case_is_what_trying_all_corners_finds(through_delivery: bool):
    """7 journeys of 1 to 3 steps: at every step each of the 2^7 ways to push weights up or down is tried; a
    ratio of two linear functions has its extremes at corners. Profit: a combination of what is fitted."""
    dr, target = small_world(7, 3, seed=4)
    strength, steps, journeys = 1.7, dr.steps, dr.journeys
    cause = HiddenCause(dr, target, "profit", through_delivery=through_delivery)
    residual = dr.residual(dr.model.fit(target)) @ np.array([1.0, -1.0, -1.0])
    weight = dr.weights(target).row
    kept = delivery_kept(dr, target) if through_delivery else np.zeros(len(weight))
    extremes = np.zeros(3)  # lowest, with nothing hidden, highest
    for t in range(steps.n_steps):
        row = np.array([min(last, last - steps.t[last] + t) for last in steps.last])  # ended: the last row
        d = np.where(steps.t[row] == t, residual[row], 0.0)
        corners = [
            (x @ d) / x.sum()
            for signs in product([-1.0, 1.0], repeat=len(row))
            for x in [kept[row] + (weight - kept)[row] * strength ** np.array(signs)]
        ]
        extremes += np.array([min(corners), (weight[row] @ d) / weight[row].sum(), max(corners)])
    extremes *= journeys.n_journeys * journeys.scale
    headline = journeys.scale * cause.headline.sum()
    assert steps.n_steps == 3 and len(set(steps.t[steps.last])) > 1  # some journeys ended early
    np.testing.assert_allclose(
        cause.bounds(strength), headline + extremes[[0, 2]] - extremes[1], rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("through_delivery", [False, True])
def test_strength_one_is_the_estimate_and_the_bounds_widen_with_strength(through_delivery: bool):
    dr, target = small_world(300, 4, seed=2, per_entity=2)
    cause = HiddenCause(dr, target, "margin", through_delivery=through_delivery)
    uplift = (dr.contributions(target) - dr.logged)[:, 0]
    np.testing.assert_allclose(cause.contributions(1.0), uplift, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(cause.contributions(1.0, highest=True), uplift, rtol=1e-9, atol=1e-9)
    bounds = np.array([cause.bounds(strength) for strength in (1.0, 1.05, 1.2, 1.5, 3.0)])
    assert np.all(np.diff(bounds[:, 0]) < 0) and np.all(np.diff(bounds[:, 1]) > 0)
    for highest in (False, True):  # a total needs no contributions
        whole = cause.contributions(1.5, highest=highest).sum()
        assert cause.total(1.5, highest=highest) == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_what_delivery_itself_carries_out_is_not_in_doubt():
    """A policy that leaves 90 % of its decisions to today's delivery has bounds a good deal narrower than one
    whose every decision is somebody else's; those of today's delivery itself are a point."""
    dr, target = small_world(500, 1, seed=3)
    near = 0.9 * dr.behaviour + 0.1 * target
    free = np.subtract(*HiddenCause(dr, near, "margin").bounds(1.5))
    kept = np.subtract(*HiddenCause(dr, near, "margin", through_delivery=True).bounds(1.5))
    assert kept / free < 0.4
    today = HiddenCause(dr, dr.behaviour, "margin", through_delivery=True).bounds(5.0)
    np.testing.assert_allclose(today, 0.0, atol=1e-9)


def confounded_log(n: int, seed: int) -> tuple[Journeys, np.ndarray, float]:
    """n journeys of one decision, mu (n, 2) as far as the log tells, and the true uplift of advertising.

    Ads are shown to 60 % of those who were about to buy and to 40 % of the others, half of all each; an ad
    takes 0.1 off a margin. Delivery knows who is about to buy, the log does not.
    """
    rng = np.random.default_rng(seed)
    keen = rng.random(n) < 0.5
    shown = rng.random(n) < np.where(keen, 0.6, 0.4)
    margin = 2.0 * keen + rng.normal(size=n) - 0.1 * shown
    zero = np.zeros(n)
    journeys = Journeys(
        rows=np.arange(n),
        journey=np.arange(n),
        t=np.zeros(n, np.int32),
        cluster=np.arange(n),
        action=shown.astype(np.int16),
        eligible=np.ones((n, 2), bool),
        features=rng.normal(size=(n, 1)),
        outcomes=np.column_stack([margin, zero, zero, margin]),
        n_clusters=n,
        n_journeys=n,
        cluster_key=np.arange(n),
        scale=1.0 / n,
        outcome_names=("margin", "cost:ad", "cost", "profit"),
        outcome_units=("currency",) * 4,
        actions=("none", "ad"),
    )
    return journeys, np.full((n, 2), 0.5), -0.1 * 0.5


def test_the_truth_lies_inside_the_bounds_at_the_true_strength_only():
    """True weights are 0.5 / 0.6 and 0.5 / 0.4 times ours: strength 1.25. The noise of the margin gives the
    adversary more than the truth needs: the truth is four standard errors (0.01) inside the lower one, a
    false alarm in 30,000 runs."""
    journeys, mu, truth = confounded_log(20_000, seed=1)
    dr = DoublyRobust(journeys, mu, folds=2, ridge=1.0)
    always = np.tile([0.0, 1.0], (journeys.n_clusters, 1))
    cause = HiddenCause(dr, always, "margin")
    naive, _ = cause.bounds(1.0)
    assert naive > truth + 0.15  # ads seem to earn what keen users would have brought anyway
    low, high = cause.bounds(1.25)
    assert low < truth < high
    assert not cause.bounds(1.05)[0] < truth  # a weaker hidden cause cannot explain it
    found = flip_strength(cause, BootstrapT(journeys.cluster_key, seed=1), level=0.95)
    assert found.estimate == pytest.approx(naive)
    assert found.bound_flips is not None and found.estimate_flips is not None
    assert 1 < found.bound_flips < found.estimate_flips < 1.25
    assert f"{found.estimate_flips:.2f} times as likely" in found.text


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_flip_is_where_the_bounds_reach_zero(sign: float):
    """For gains and losses alike, and for the confidence bound as the bootstrap sees it."""
    journeys, mu, _ = confounded_log(2_000, seed=2)
    journeys.outcomes[:] *= sign
    dr = DoublyRobust(journeys, mu, folds=2, ridge=1.0)
    always = np.tile([0.0, 1.0], (journeys.n_clusters, 1))
    cause, bootstrap = HiddenCause(dr, always, "margin"), BootstrapT(journeys.cluster_key, seed=3)
    found = flip_strength(cause, bootstrap, level=0.95)
    assert np.sign(found.estimate) == sign
    assert found.estimate_flips is not None and found.bound_flips is not None
    before, after = cause.bounds(found.estimate_flips / 1.002), cause.bounds(found.estimate_flips * 1.002)
    assert before[0] * before[1] > 0 > after[0] * after[1]
    ends = []
    for strength in (found.bound_flips / 1.002, found.bound_flips * 1.002):
        moved = cause.contributions(strength, highest=sign < 0)[:, None]
        interval = bootstrap.intervals(moved, scale=1.0, level=0.95)[0]
        assert interval is not None
        ends.append(interval.low if sign > 0 else -interval.high)
    assert ends[0] > 0 > ends[1]


def test_what_is_told_of_a_plan_turns_where_its_own_bound_does():
    """A bound that pays for the picking is nearer to 0: less of a hidden cause takes it there, and none where
    it is below 0 already."""
    journeys, mu, _ = confounded_log(2_000, seed=2)
    dr = DoublyRobust(journeys, mu, folds=2, ridge=1.0)
    cause, bootstrap = (
        HiddenCause(dr, np.tile([0.0, 1.0], (2_000, 1)), "margin"),
        BootstrapT(journeys.cluster_key, seed=3),
    )
    own = bootstrap.intervals(cause.headline[:, None], scale=cause.scale, level=0.95)[0]
    assert own is not None and own.low > 0
    alone, same, nearer, below = (
        flip_strength(cause, bootstrap, level=0.95, told=told)
        for told in (None, (own.low, own.high), (own.low / 2, own.high), (-0.1, own.high))
    )
    assert same.bound_flips == pytest.approx(alone.bound_flips, rel=1e-3)
    assert nearer.bound_flips is not None and alone.bound_flips is not None
    assert 1 < nearer.bound_flips < alone.bound_flips
    assert below.bound_flips == 1 and "already cannot tell" in below.text
    assert nearer.estimate_flips == alone.estimate_flips


@pytest.mark.parametrize(
    ("effect", "words", "strength"),
    [(10.0, "would leave a gain in margin", None), (0.0, "already cannot tell", 1.0)],
)
def test_words_for_what_nothing_can_turn_and_for_what_is_in_doubt_already(
    effect: float, words: str, strength: float | None
):
    """An effect of a thousand times the noise, and none (seeming beyond doubt once in 20 draws)."""
    journeys, mu, _ = confounded_log(500, seed=5)
    noise = 0.01 * np.random.default_rng(1).normal(size=500)
    journeys.outcomes[:] = (effect * (journeys.action - 0.5) + noise)[:, None]
    dr = DoublyRobust(journeys, mu, folds=2, ridge=1.0)
    cause = HiddenCause(dr, np.tile([0.0, 1.0], (500, 1)), "margin")
    found = flip_strength(cause, BootstrapT(journeys.cluster_key, seed=1), level=0.95)
    assert found.bound_flips == strength
    assert words in found.text
