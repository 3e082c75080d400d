"""Finite worlds whose values are exact: dynamic programming for the truth, journeys drawn directly.

A state may hold more than the features show (`shown`). Then the log is not Markov in its features, and the
truth, which runs over the full state, stays exact.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys, derived_outcomes

Floats = NDArray[np.float64]
KEY_STEP = 7919
"""Keys of neighbouring entities are this far apart; hashes deal them to folds."""


@dataclass(frozen=True)
class TabularWorld:
    """S states, O of which the features tell apart, A actions, o logged outcomes.

    An entity enters with 1..H days left and may leave after any decision. Policies are (O, A), over what is
    shown; `value` and `draw` widen them.
    """

    eligible: NDArray[np.bool_]  # (S, A)
    move: Floats  # (S, A, S) P(s' | s, a)
    leave: Floats  # (S, A) probability of leaving after the decision
    mean: Floats  # (S, A, o) expected outcomes; margin first
    buy: float | Floats  # (S, A) or one number
    """Probability that the margin is paid; it is then mean / buy on average. 1 makes it certain."""
    start: Floats  # (S,)
    enter: Floats  # (H,) probability of entering with h + 1 days left
    sigma: float = 0.0
    """Spread of the logarithm of a margin that is paid; its mean does not depend on it."""
    shown: NDArray[np.int64] | None = None  # (S,) 0..O-1; None: every state is shown
    outcomes: tuple[str, ...] = ("margin", "cost:search", "cost:social")
    """Outcomes named `clicks` are drawn as 0 or 1, `purchases` is whether the margin was paid; costs are
    certain, given state and action."""
    actions: tuple[str, ...] = ("none", "search", "social")

    @property
    def seen(self) -> NDArray[np.int64]:
        """(S,) what the features show of each state."""
        return np.arange(len(self.start)) if self.shown is None else self.shown

    @property
    def n_shown(self) -> int:
        return int(self.seen.max()) + 1

    @property
    def eligible_shown(self) -> NDArray[np.bool_]:
        """(O, A); hidden parts of a state never decide what is possible."""
        out = np.zeros((self.n_shown, len(self.actions)), bool)
        out[self.seen] = self.eligible
        return out

    def value(self, pi: Floats, discount: float = 1.0) -> Floats:
        """(o,) expected outcomes of one journey under pi (O, A), by dynamic programming over days left."""
        total = np.zeros(self.mean.shape[-1])
        for share, by_state in zip(self.enter, self._by_days_left(pi, self.mean, discount), strict=True):
            total += share * (self.start @ by_state)
        return total

    def truth(self, pi: Floats) -> Floats:
        """(o + 2,) the same with cost and profit, as `Journeys` names them."""
        return self.value(pi) @ derived_outcomes(self.outcomes)

    def second_moment(self, pi: Floats, mu: Floats) -> float:
        """E[w^2] of a whole journey's importance weight; J divided by it is about the effective sample size.

        Exact: W(s) = sum_a pi^2 / mu (leave + stay x sum_s' P(s'|s, a) W(s')). Infinite where mu is 0 and pi
        is not.
        """
        wide, logged = pi[self.seen], mu[self.seen]
        with np.errstate(divide="ignore", invalid="ignore"):
            square = np.where(wide > 0, wide**2 / logged, 0.0)  # (S, A)
        w, total = np.ones(len(self.start)), 0.0
        for share in self.enter:
            w = (square * (self.leave + (1 - self.leave) * (self.move @ w))).sum(axis=1)
            total += share * float(self.start @ w)
        return total

    def draw(self, mu: Floats, entities: int, rng: np.random.Generator, per_entity: int = 1) -> Journeys:
        """A log of `entities` x `per_entity` journeys under mu (O, A); features are indicators of what is
        shown. The journeys of one entity begin in the same state: its rows are not independent."""
        count = entities * per_entity
        state = np.repeat(rng.choice(len(self.start), size=entities, p=self.start), per_entity)
        left = rng.choice(len(self.enter), size=count, p=self.enter) + 1
        thresholds = mu[self.seen].cumsum(axis=1)[:, :-1]  # (S, A - 1)
        moves = self.move.cumsum(axis=2)[:, :, :-1]  # (S, A, S - 1)
        here = np.arange(count)
        parts: list[tuple[NDArray, ...]] = []
        step = 0
        while len(here):
            s = state[here]
            action = (thresholds[s] < rng.random((len(here), 1))).sum(axis=1)
            outcome = self._outcomes(s, action, rng)
            parts.append((here, np.full(len(here), step), s, action, left[here], outcome))
            gone = (rng.random(len(here)) < self.leave[s, action]) | (left[here] == 1)
            state[here] = (moves[s, action] < rng.random((len(here), 1))).sum(axis=1)
            left[here] -= 1
            here, step = here[~gone], step + 1
        journey, t, s, action, days_left, outcome = (np.concatenate(c) for c in zip(*parts, strict=True))
        order = np.lexsort((t, journey))
        journey, s, outcome = journey[order], s[order], outcome[order]
        names, units = self._names_and_units()
        return Journeys(
            rows=np.arange(len(order)),
            journey=journey,
            t=t[order].astype(np.int32),
            cluster=journey // per_entity,
            action=action[order].astype(np.int16),
            eligible=self.eligible[s],
            features=np.eye(self.n_shown)[self.seen[s]][:, 1:],
            outcomes=np.einsum("nb,bo->no", outcome, derived_outcomes(self.outcomes), optimize=False),
            n_clusters=entities,
            n_journeys=count,
            cluster_key=np.arange(entities) * KEY_STEP,
            scale=1.0 / count,  # mean per journey: what `value` gives
            outcome_names=names,
            outcome_units=units,
            actions=self.actions,
            days_left=days_left[order].astype(np.int32),
        )

    def _outcomes(self, s: NDArray, action: NDArray, rng: np.random.Generator) -> Floats:
        """(n, o) drawn outcomes of decisions in states s (n,)."""
        outcome = self.mean[s, action].copy()
        buy = np.broadcast_to(np.asarray(self.buy, np.float64), self.leave.shape)[s, action]
        paid = rng.random(len(s)) < buy
        amount = np.divide(outcome[:, 0], buy, out=np.zeros(len(s)), where=paid)
        if self.sigma:
            amount *= np.exp(self.sigma * rng.standard_normal(len(s)) - self.sigma**2 / 2)
        outcome[:, 0] = amount
        for k, name in enumerate(self.outcomes):
            if name == "clicks":
                outcome[:, k] = rng.random(len(s)) < outcome[:, k]
            elif name == "purchases":
                outcome[:, k] = paid
        return outcome

    def _by_days_left(self, pi: Floats, mean: Floats, discount: float) -> list[Floats]:
        """(S, o) values with 1, 2, ..., H days left."""
        wide, v, out = pi[self.seen], np.zeros((len(self.start), mean.shape[-1])), []
        for _ in self.enter:
            stay = (1 - self.leave)[..., None] * (self.move @ v)  # (S, A, o)
            v = np.einsum("sa,sao->so", wide, mean + discount * stay)
            out.append(v)
        return out

    def _names_and_units(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        units = ("count" if name in ("clicks", "purchases") else "currency" for name in self.outcomes)
        return (*self.outcomes, "cost", "profit"), (*units, "currency", "currency")


def states_of(journeys: Journeys) -> NDArray[np.int64]:
    """(n,) the shown state of each row, read back from its features."""
    return (journeys.features @ np.arange(1, journeys.features.shape[1] + 1)).astype(np.int64)


def masked(weights: Floats, world: TabularWorld) -> Floats:
    """A policy (O, A) from positive weights, over the eligible actions."""
    pi = weights * world.eligible_shown
    return pi / pi.sum(axis=1, keepdims=True)


def with_purchases(world: TabularWorld, mu: Floats, journeys: int, purchases: float) -> TabularWorld:
    """The same world with rates such that a log of `journeys` under mu holds that many purchases on average.

    Mean amounts stay. Needs the outcome `purchases`, with its mean equal to `buy`; ValueError when a rate
    would be above 1.
    """
    k = world.outcomes.index("purchases")
    factor = purchases / (journeys * float(world.value(mu)[k]))
    buy, mean = np.asarray(world.buy) * factor, world.mean.copy()
    if buy.max() > 1:
        raise ValueError(f"{purchases:g} purchases in {journeys} journeys need a rate of {buy.max():.2f}")
    mean[..., 0] *= factor
    mean[..., k] *= factor
    return replace(world, buy=buy, mean=mean)


def with_hidden_intent(
    world: TabularWorld, *, strength: float, action: int, rise: float = 0.5, fade: float = 0.1
) -> TabularWorld:
    """Adds an intent that no feature shows: `action` switches it on with probability `rise`, it ends with
    probability `fade` a step, and while it lasts purchases come (1 + strength) times as often.

    What an action did earlier then matters beyond the shown state, so that every Markov estimator is
    biased where pi takes the action more or less often than mu.
    """
    n_actions = len(world.actions)
    switch = np.zeros((2, n_actions, 2))  # P(h' | h, a)
    switch[0, :, 1], switch[1, :, 0] = np.where(np.arange(n_actions) == action, rise, 0.0), fade
    switch[1, action, 0] = fade * (1 - rise)
    switch[0, :, 0], switch[1, :, 1] = 1 - switch[0, :, 1], 1 - switch[1, :, 0]
    return _with_hidden(world, switch, np.array([1.0, 1.0 + strength]))


def with_lagged_effect(world: TabularWorld, *, strength: float, action: int) -> TabularWorld:
    """Purchases come (1 + strength) times as often two decisions after `action`, which no feature shows."""
    switch = np.zeros((4, len(world.actions), 4))  # hidden: 2 x [taken last time] + [taken the time before]
    for hidden in range(4):
        for a in range(len(world.actions)):
            switch[hidden, a, 2 * (a == action) + hidden // 2] = 1.0
    return _with_hidden(world, switch, np.array([1.0, 1.0 + strength, 1.0, 1.0 + strength]))


def _with_hidden(world: TabularWorld, switch: Floats, factor: Floats) -> TabularWorld:
    """The product of a world and a hidden chain (h, A, h) that starts in 0 and multiplies the rates by
    factor (h,). State (s, h) has number s x H + h."""
    n_states, n_hidden = len(world.start), len(factor)
    wide = np.repeat(np.arange(n_states), n_hidden)
    by_hidden = np.tile(factor, n_states)[:, None]  # (S x H, 1)
    mean = world.mean[wide]
    mean[..., 0] *= by_hidden
    if "purchases" in world.outcomes:
        mean[..., world.outcomes.index("purchases")] *= by_hidden
    both = np.einsum("sat,hak->shatk", world.move, switch)
    return replace(
        world,
        eligible=world.eligible[wide],
        move=both.reshape(n_states * n_hidden, len(world.actions), n_states * n_hidden),
        leave=world.leave[wide],
        mean=mean,
        buy=np.broadcast_to(np.asarray(world.buy, np.float64), world.leave.shape)[wide] * by_hidden,
        start=np.repeat(world.start, n_hidden) * np.tile(np.eye(n_hidden)[0], n_states),
        shown=world.seen[wide],
    )
