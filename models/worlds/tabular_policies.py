"""Policies for tabular worlds: targets at a stated distance from the logged one, and candidates to rank."""

import numpy as np
from numpy.typing import NDArray

from models.worlds.tabular import TabularWorld, masked

Floats = NDArray[np.float64]
SOFTMAX_CANDIDATES = 12
BISECTIONS = 40


def tilted(mu: Floats, preference: Floats, strength: float) -> Floats:
    """pi ~ mu exp(strength x preference), (O, A); impossible actions stay impossible."""
    weights = mu * np.exp(strength * (preference - preference.max(axis=1, keepdims=True)))
    return weights / weights.sum(axis=1, keepdims=True)


def tilted_to(
    world: TabularWorld, mu: Floats, preference: Floats, *, journeys: int, sample_size: float
) -> Floats:
    """The tilt of mu towards a preference (O, A) at which journeys / E[w^2] is the effective sample size.

    E[w^2] is exact, by dynamic programming. Where no tilt comes so far, the farthest one tried.
    """
    low, high = 0.0, 20.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        close = journeys / world.second_moment(tilted(mu, preference, middle), mu) > sample_size
        low, high = (middle, high) if close else (low, middle)
    return tilted(mu, preference, low)


def optimal_rule(world: TabularWorld, weights: Floats) -> Floats:
    """(O, A) the best rule for outcomes weighted by (o,) when every state is shown: greedy with the horizon
    ahead. With hidden parts: states that look alike are averaged, so that it is merely a good rule."""
    gain = world.mean @ weights  # (S, A)
    gain = np.where(world.eligible, gain, -np.inf)
    v = np.zeros(len(world.start))
    q = gain
    for _ in world.enter:
        q = gain + (1 - world.leave) * (world.move @ v)
        v = q.max(axis=1)
    by_shown = np.zeros((world.n_shown, len(world.actions)))
    np.add.at(by_shown, world.seen, np.where(world.eligible, q, 0.0))
    by_shown = np.where(world.eligible_shown, by_shown, -np.inf)
    return np.eye(len(world.actions))[by_shown.argmax(axis=1)]


def candidates(world: TabularWorld, mu: Floats, weights: Floats, seed: int = 0) -> dict[str, Floats]:
    """At least 20 policies (O, A) by name, some better and some worse than mu for outcomes weighted (o,).

    Half-way mixtures of mu with every rule (one action wherever it is possible, uniform, the best and the
    worst rule), weaker and stronger ones of the best and worst, and softmax policies at random.
    """
    rng = np.random.default_rng(seed)
    n_actions = len(world.actions)
    rules = {
        f"always {name}": masked(np.full(n_actions, 1e-9) + np.eye(n_actions)[a], world)
        for a, name in enumerate(world.actions)
    }
    best, worst = optimal_rule(world, weights), optimal_rule(world, -weights)
    found = {f"half {name}": (mu + rule) / 2 for name, rule in rules.items()}
    found["half uniform"] = (mu + masked(np.ones(n_actions), world)) / 2
    for share in (0.15, 0.3, 0.5):
        found[f"{share:.0%} of the best rule"] = (1 - share) * mu + share * best
        found[f"{share:.0%} of the worst rule"] = (1 - share) * mu + share * worst
    for i in range(SOFTMAX_CANDIDATES):
        preference = rng.standard_normal(mu.shape)
        found[f"softmax {i + 1}"] = tilted(mu, preference, 0.25 + 0.5 * (i % 3))
    return found
