"""A journey world: customers with hidden intent, ads that act late and tire, delivery that chases intent.

Nobody sees a customer's intent. Intent brings visits, searches and purchases, so the ads that reach
customers with intent (search, retargeting) look brilliant and cause little, while the ads that create
intent (social, video) look poor. Every random number depends on (seed, day) alone, never on the policy:
two policies compared in one future meet the same people in the same moods (common random numbers).
"""

import copy
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.mdp import EpochEvents, Feature, History, history_features
from models.policies import ScaledDelivery
from models.worlds.config import Channel, JourneyConfig
from models.worlds.coupling import coupled, drawn
from models.worlds.platform import Platform

__all__ = ["Channel", "Decide", "JourneyConfig", "JourneyWorld", "Outlook", "WorldDay"]


class Decide(Protocol):
    """A policy in force: probabilities (m, A) from features (m, d), eligible (m, A), behaviour (m, A)."""

    def __call__(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: NDArray[np.float64]
    ) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class WorldDay:
    """What one day brought. n customers, K channels; the log is made of these."""

    opportunities: NDArray[np.bool_]  # (n, K)
    action: NDArray[np.int64]  # (n,) 0 is none
    behaviour: NDArray[np.float64]  # (n, 1 + K) the platform's probabilities
    cost_micros: NDArray[np.int64]  # (n,)
    clicked: NDArray[np.bool_]  # (n,)
    visited: NDArray[np.bool_]  # (n,)
    revenue_micros: NDArray[np.int64]  # (n,) 0 is no purchase
    reported_after: NDArray[np.int64]  # (n,) days until the purchase is known
    outlook: "Outlook"


@dataclass(frozen=True)
class Outlook:
    """What a day brings on average, given who meets what: the same mean as the day itself, less luck."""

    margin: NDArray[np.float64]  # (n,) currency units
    cost: NDArray[np.float64]  # (n, K) currency units


class JourneyWorld:
    """n customers on one day after another. `step` lets one day pass under a policy."""

    def __init__(
        self,
        config: JourneyConfig,
        n: int,
        seed: int,
        first_day: int,
        windows_days: tuple[int, ...] = (1, 7, 30),
    ) -> None:
        # in the order of the transition table, so that a policy trained on the logs can act here
        channels = tuple(sorted(config.channels, key=lambda channel: channel.name))
        self.config, self.n, self.seed, self.day = replace(config, channels=channels), n, seed, first_day
        self.first_day, self.windows_days = first_day, windows_days
        self.k = len(config.channels)
        rng = self._random(0, stream=1)
        shares = np.cumsum([share for _, share in config.segments])
        self.segment = np.searchsorted(shares, rng.random(n) * shares[-1], side="right")
        late = rng.random(n) < config.new_share
        self.entry = np.where(late, first_day + (rng.random(n) * 60).astype(np.int64), first_day)
        self.hot = rng.random(n) < config.gain_intent / (config.gain_intent + config.lose_intent)
        self.lift = np.zeros(n)  # rise of the probability of gaining intent still at work
        self.push = np.zeros(n)  # rise of the log purchase rate still at work
        self.bigger = np.zeros(n)  # rise of the log of a purchase's worth still at work
        self.tired = np.zeros(n)
        self.history = History(n, self.k, windows_days, 1)
        self.platform = Platform(self.config, n)
        self.averages_only = False
        self._reports: dict[int, tuple[NDArray, NDArray]] = {}  # day -> (count, margin) reported then
        self._constants()

    @property
    def actions(self) -> tuple[str, ...]:
        return ("none", *(c.name for c in self.config.channels))

    @property
    def feature_spec(self) -> tuple[Feature, ...]:
        """What a policy in force sees, as `build_transitions` names it."""
        spec = history_features(self.actions, self.windows_days, 1)
        segments = sorted(name for name, _ in self.config.segments)
        return spec + tuple(
            Feature(f"segment={s}", "yes/no", f"belongs to segment {s}", "who") for s in segments
        )

    def _constants(self) -> None:
        """The world's constants as arrays."""
        channels = self.config.channels
        segments = range(len(self.config.segments))
        names = [name for name, _ in self.config.segments]
        of_segment = np.array([name == np.array(names)[self.segment] for name in sorted(names)])
        self._static = of_segment.T.astype(np.float32)  # (n, S), as `static_features` orders them
        self._intent = np.array([[c.intent[s % len(c.intent)] for c in channels] for s in segments])  # (S, K)
        self._cost = np.array([c.cost for c in channels])  # (K,), as all that follow
        self._hazard = np.array([c.hazard for c in channels])
        self._basket = np.array([c.basket for c in channels])
        self._tiring = np.array([c.tiring for c in channels])
        self._click_rate = np.array([c.click_rate for c in channels])

    def _random(self, day: int, stream: int = 0) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 8 + stream]))

    def fork(self, seed: int) -> "JourneyWorld":
        """The same people today, with a future of their own seed."""
        other = copy.deepcopy(self)
        other.seed = seed
        return other

    def outlook_fork(self, seed: int) -> "JourneyWorld":
        """A fork for `expect` alone: it shares the history, which nobody reads, and is ten times cheaper."""
        other = copy.copy(self)  # the customers' state is replaced every day, never changed in place
        other.platform, other.seed, other.averages_only = self.platform.copy(), seed, True
        return other

    def step(self, decide: Decide | None = None) -> WorldDay:
        """One day. Without `decide` the platform delivers as it always does.

        ValueError on an `outlook_fork`, whose history stands still.
        """
        if self.averages_only:
            raise ValueError(
                "a world for averages keeps no history to decide on; fork the world it came from"
            )
        c, n, k = self.config, self.n, self.k
        rng = self._random(self.day - self.first_day + 1)
        u = rng.random((n, k + 6))  # every draw of the day, whatever the policy does with it
        z = rng.standard_normal((n, 2))
        here, eligible, behaviour = self._meet(u)
        choice = behaviour
        able = np.flatnonzero(eligible[:, 1:].any(1))
        if decide is not None and len(able):
            choice = behaviour.copy()
            choice[able] = decide(self._features(eligible)[able], eligible[able], behaviour[able])
        action = drawn(u[:, k], choice)
        shown = action > 0
        index = np.maximum(action - 1, 0)

        visited, rate, mean_rate = self._respond(action, here, u)
        clicked = shown & (u[:, k + 3] < self._click_rate[index] * np.where(self.hot, 2.0, 1.0))
        bought = here & (u[:, k + 4] < rate)
        amount = np.exp(c.amount_sigma * z[:, 0] - c.amount_sigma**2 / 2 + self.bigger) * c.amount_mean
        revenue = np.where(bought, np.maximum(1, np.round(amount * 100)) * 10_000, 0).astype(np.int64)
        delay = np.floor(-c.delay_days * np.log1p(-u[:, k + 5])).astype(np.int64)
        price = self._cost[index] * np.exp(0.3 * z[:, 1] - 0.045)
        cost = np.where(shown, np.maximum(1, np.round(price * 1e4)) * 100, 0).astype(np.int64)

        outlook = self._outlook(here, mean_rate, choice)
        self._pass(action, eligible, clicked, visited, revenue, delay, cost)
        return WorldDay(eligible[:, 1:], action, behaviour, cost, clicked, visited, revenue, delay, outlook)

    def expect(self, split: ScaledDelivery | None = None) -> Outlook:
        """One day under a split, its averages only; on an `outlook_fork`, whose history it does not write.

        The same people meet the same draws as in `step`; the split changes as few exposures as it can
        (`coupled`). Under today's split the exposures are those of `step`. ValueError on any other world.
        """
        if not self.averages_only:
            raise ValueError("averages are for an outlook_fork: this world's history would miss the day")
        rng = self._random(self.day - self.first_day + 1)
        u = rng.random((self.n, self.k + 6))
        here, eligible, behaviour = self._meet(u)
        if split is None:
            choice, action = behaviour, drawn(u[:, self.k], behaviour)
        else:
            choice = split.probabilities(np.zeros((self.n, 0), np.float32), eligible, behaviour)
            action = coupled(u[:, self.k], behaviour, choice)
        visited, _, mean_rate = self._respond(action, here, u)
        self.platform.advance(action, visited)
        self.day += 1
        return self._outlook(here, mean_rate, choice)

    def _meet(
        self, u: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
        """Who is here (n,), what is possible (n, 1 + K), and the platform's probabilities (n, 1 + K)."""
        here = self.entry <= self.day
        eligible = self.platform.eligible(u[:, : self.k], self.hot, here)
        shock = np.zeros(self.k)
        if self.config.shocks:
            z = self._random(self.day - self.first_day + 1, stream=4).standard_normal(self.k)
            shock = self.config.shocks * z - self.config.shocks**2 / 2
        return here, eligible, self.platform.delivery(eligible, self.hot, shock)

    def _respond(
        self, action: NDArray[np.int64], here: NDArray[np.bool_], u: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Let the exposures act on intent and fatigue. (n,) each: who visited, the purchase rates, and the
        purchase rates to be expected before it is drawn who has intent today."""
        c, k = self.config, self.k
        shown = action > 0
        index = np.maximum(action - 1, 0)
        rested = 1 / (1 + c.fatigue * self.tired) if c.saturating else 1 - c.fatigue * self.tired
        self.lift = c.carry_over * self.lift + shown * self._intent[self.segment, index] * rested
        self.push = c.carry_over * self.push + shown * self._hazard[index] * rested
        self.bigger = c.carry_over * self.bigger + shown * self._basket[index]
        self.tired = c.recovery * self.tired + shown * self._tiring[index]
        gain = np.clip(c.gain_intent + self.lift, 0, 1)
        chance = np.where(self.hot, 1 - c.lose_intent, gain)
        self.hot = np.where(self.hot, u[:, k + 1] > c.lose_intent, u[:, k + 1] > 1 - gain)
        visited = here & (
            (u[:, k + 2] < np.where(self.hot, c.visit_hot, c.visit_cold)) | (self.entry == self.day)
        )
        urge = np.exp(np.clip(self.push, -1, 1))
        hot, cold = np.minimum(c.purchase_hot * urge, 1), np.minimum(c.purchase_cold * urge, 1)
        return visited, np.where(self.hot, hot, cold), chance * hot + (1 - chance) * cold

    def _outlook(
        self, here: NDArray[np.bool_], rate: NDArray[np.float64], choice: NDArray[np.float64]
    ) -> Outlook:
        c = self.config
        margin = here * rate * np.exp(self.bigger) * (c.amount_mean * c.margin_rate)
        return Outlook(margin, choice[:, 1:] * self._cost)

    def _features(self, eligible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The state (n, d) that a policy in force sees."""
        tenure = (self.day - self.entry).astype(np.float32)
        seen = self.history.features(
            self.day, tenure, eligible, np.zeros((self.n, 1), np.float32), np.arange(self.n)
        )
        return np.concatenate([seen, self._static], axis=1)

    def _pass(
        self,
        action: NDArray[np.int64],
        eligible: NDArray[np.bool_],
        clicked: NDArray[np.bool_],
        visited: NDArray[np.bool_],
        revenue: NDArray[np.int64],
        delay: NDArray[np.int64],
        cost: NDArray[np.int64],
    ) -> None:
        """Write the day into the memories, purchases when they are reported."""
        self.platform.advance(action, visited)
        n, k = self.n, self.k
        exposures = np.zeros((n, k), np.float32)
        shown = np.flatnonzero(action > 0)
        exposures[shown, action[shown] - 1] = 1
        margin = revenue * self.config.margin_rate / 1e6
        for wait in np.unique(delay[revenue > 0]):
            late = (delay == wait) & (revenue > 0)
            count, value = self._reports.get(self.day + int(wait), (np.zeros(n, np.float32), np.zeros(n)))
            self._reports[self.day + int(wait)] = (count + late, value + late * margin)
        count, value = self._reports.pop(self.day, (np.zeros(n, np.float32), np.zeros(n)))
        self.history.advance(
            EpochEvents(
                exposures=exposures,
                clicks=exposures * clicked[:, None],
                opportunities=eligible[:, 1:].astype(np.float32),
                visits=visited.astype(np.float32),
                known_purchases=count.astype(np.float32),
                known_margin=value.astype(np.float32),
                spend=(cost / 1e6).astype(np.float32),
            )
        )
        self.day += 1
