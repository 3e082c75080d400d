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

from models.history import EpochEvents, History, history_features
from models.transition_table import Feature


@dataclass(frozen=True)
class Channel:
    """One advertising channel of a world. Prices in currency units, rates per day."""

    name: str
    cost: float
    """Mean cost of one exposure."""
    chance_cold: float
    """Probability of an opportunity for a customer without intent,"""
    chance_hot: float
    """and with intent."""
    needs_visit: bool = False
    """Only customers who visited in the last seven days (a retargeting list)."""
    intent: tuple[float, ...] = (0.0,)
    """Rise of the daily probability of gaining intent, per segment, for a rested customer."""
    hazard: float = 0.0
    """Rise of the log purchase rate while intent lasts."""
    tiring: float = 1.0
    """How much one exposure adds to fatigue."""
    click_rate: float = 0.02
    delivery: float = 0.0
    """The platform's liking: log-odds against showing nothing,"""
    delivery_visits: float = 0.0
    """per visit of the last seven days,"""
    delivery_shown: float = 0.0
    """and per exposure to this channel in the last seven days."""


@dataclass(frozen=True)
class JourneyConfig:
    """A world's constants. All rates per day."""

    name: str
    channels: tuple[Channel, ...]
    segments: tuple[tuple[str, float], ...] = (("all", 1.0),)
    """Names and shares."""
    gain_intent: float = 0.012
    lose_intent: float = 0.25
    visit_cold: float = 0.04
    visit_hot: float = 0.45
    purchase_cold: float = 0.0006
    purchase_hot: float = 0.030
    amount_mean: float = 60.0
    amount_sigma: float = 0.6
    margin_rate: float = 0.4
    carry_over: float = 0.6
    """Share of an ad's remaining effect that survives a day."""
    recovery: float = 0.75
    """Share of fatigue that survives a day."""
    fatigue: float = 0.35
    """Loss of effect per unit of fatigue; beyond 1 / fatigue an ad does harm."""
    hidden_targeting: float = 0.0
    """How much the platform senses intent beyond what it logs; 0: it decides on logged features alone."""
    delay_days: float = 2.0
    """Mean delay of a purchase's report."""
    new_share: float = 0.3
    """Share of customers who arrive after the first day."""


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
        self.tired = np.zeros(n)
        self.history = History(n, self.k, windows_days, 1)
        self._reports: dict[int, tuple[NDArray, NDArray]] = {}  # day -> (count, margin) reported then
        self._shape(self.actions, windows_days)

    @property
    def actions(self) -> tuple[str, ...]:
        return ("none", *(c.name for c in self.config.channels))

    @property
    def feature_spec(self) -> tuple[Feature, ...]:
        """What a policy in force sees, as `build_transitions` names it."""
        spec = history_features(self.actions, self.windows_days, 1)
        segments = sorted(name for name, _ in self.config.segments)
        return spec + tuple(Feature(f"segment={s}", "yes/no", f"belongs to segment {s}") for s in segments)

    def _shape(self, actions: tuple[str, ...], windows_days: tuple[int, ...]) -> None:
        """Where the platform's own inputs stand in the state, and the world's constants as arrays."""
        names = [f.name for f in history_features(actions, windows_days, 1)]
        self._visits_7d = names.index("visits_7d")
        self._shown_7d = [names.index(f"shown_{a}_7d") for a in actions[1:]]
        channels = self.config.channels
        segments = range(len(self.config.segments))
        names = [name for name, _ in self.config.segments]
        of_segment = np.array([name == np.array(names)[self.segment] for name in sorted(names)])
        self._static = of_segment.T.astype(np.float32)  # (n, S), as `static_features` orders them
        self._intent = np.array([[c.intent[s % len(c.intent)] for c in channels] for s in segments])  # (S, K)
        self._cost = np.array([c.cost for c in channels])  # (K,), as all that follow
        self._hazard = np.array([c.hazard for c in channels])
        self._tiring = np.array([c.tiring for c in channels])
        self._click_rate = np.array([c.click_rate for c in channels])
        self._delivery_base = np.array([c.delivery for c in channels])
        self._delivery_visits = np.array([c.delivery_visits for c in channels])
        self._delivery_shown = np.array([c.delivery_shown for c in channels])

    def _random(self, day: int, stream: int = 0) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 8 + stream]))

    def fork(self, seed: int) -> "JourneyWorld":
        """The same people today, with a future of their own seed."""
        other = copy.deepcopy(self)
        other.seed = seed
        return other

    def step(self, decide: Decide | None = None) -> WorldDay:
        """One day. Without `decide` the platform delivers as it always does."""
        c, n, k = self.config, self.n, self.k
        rng = self._random(self.day - self.first_day + 1)
        u = rng.random((n, k + 6))  # every draw of the day, whatever the policy does with it
        z = rng.standard_normal((n, 2))
        here = self.entry <= self.day

        eligible = self._eligible(u[:, :k], here)
        rows = np.arange(n)
        features = self.history.features(
            self.day, (self.day - self.entry).astype(np.float32), eligible, np.zeros(n, np.float32), rows
        )
        features = np.concatenate([features, self._static], axis=1)
        behaviour = self._delivery(features, eligible)
        choice = behaviour
        able = np.flatnonzero(eligible[:, 1:].any(1))
        if decide is not None and len(able):
            choice = behaviour.copy()
            choice[able] = decide(features[able], eligible[able], behaviour[able])
        action = (u[:, k, None] > np.cumsum(choice, axis=1)[:, :-1]).sum(1)  # (n,)
        shown = action > 0
        index = np.maximum(action - 1, 0)

        rested = 1 - c.fatigue * self.tired
        self.lift = c.carry_over * self.lift + shown * self._intent[self.segment, index] * rested
        self.push = c.carry_over * self.push + shown * self._hazard[index] * rested
        self.tired = c.recovery * self.tired + shown * self._tiring[index]
        gain = np.clip(c.gain_intent + self.lift, 0, 1)
        self.hot = np.where(self.hot, u[:, k + 1] > c.lose_intent, u[:, k + 1] > 1 - gain)
        visited = here & (
            (u[:, k + 2] < np.where(self.hot, c.visit_hot, c.visit_cold)) | (self.entry == self.day)
        )
        clicked = shown & (u[:, k + 3] < self._click_rate[index] * np.where(self.hot, 2.0, 1.0))
        rate = np.where(self.hot, c.purchase_hot, c.purchase_cold) * np.exp(np.clip(self.push, -1, 1))
        bought = here & (u[:, k + 4] < rate)
        amount = np.exp(c.amount_sigma * z[:, 0] - c.amount_sigma**2 / 2) * c.amount_mean
        revenue = np.where(bought, np.maximum(1, np.round(amount * 100)) * 10_000, 0).astype(np.int64)
        delay = np.floor(-c.delay_days * np.log1p(-u[:, k + 5])).astype(np.int64)
        price = self._cost[index] * np.exp(0.3 * z[:, 1] - 0.045)
        cost = np.where(shown, np.maximum(1, np.round(price * 1e4)) * 100, 0).astype(np.int64)

        self._pass(action, eligible, clicked, visited, revenue, delay, cost)
        return WorldDay(eligible[:, 1:], action, behaviour, cost, clicked, visited, revenue, delay)

    def _eligible(self, u: NDArray[np.float64], here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whom each channel could reach today. (n, 1 + K)"""
        eligible = np.zeros((self.n, self.k + 1), bool)
        eligible[:, 0] = True
        visited = self.history.visits_in_window(7) > 0
        for i, channel in enumerate(self.config.channels):
            chance = np.where(self.hot, channel.chance_hot, channel.chance_cold)
            eligible[:, i + 1] = here & (u[:, i] < chance) & (visited | (not channel.needs_visit))
        return eligible

    def _delivery(self, features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The platform's probabilities (n, 1 + K): a masked softmax of what it logs, and what it senses."""
        logits = np.zeros((self.n, self.k + 1))
        logits[:, 1:] = (
            self._delivery_base
            + self._delivery_visits * features[:, [self._visits_7d]]
            + self._delivery_shown * features[:, self._shown_7d]
            + self.config.hidden_targeting * self.hot[:, None]
        )
        weights = np.where(eligible, np.exp(logits), 0)
        return weights / weights.sum(1, keepdims=True)

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
        """Write the day into the history, purchases when they are reported."""
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
