"""A small world where the order of events decides, and a twin where counts do.

Customers get a newsletter on some days, always, and may click on it; they visit the shop on days of their
own; and on other days an offer can be shown. In `order` an offer sells only to those who clicked and then
came by themselves: whose last two events, of clicks and visits, were a click and after it a visit. Who
visited and then clicked, or visited twice, may have the same counts and buys nothing more. In `order-twin` it
sells as much to those who visited twice or more in the last seven days, whatever came first.

Nobody is left without a newsletter on its day, so that no plan the log supports changes who clicks or visits,
and the best one is known: show the offer to whom it sells. Every random number depends on (seed, day) alone:
two policies meet the same people in the same moods.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import EpochEvents, Feature, History, SequenceEncoder, SequenceState, history_features
from models.mdp import sequence_features as features_of
from models.worlds.coupling import drawn
from models.worlds.journey import Decide, Outlook, WorldDay

Floats = NDArray[np.float64]
CHANNELS = ("newsletter", "offer")
NEWSLETTER, OFFER = 1, 2
WINDOWS_DAYS = (1, 7, 30)
WEEK = 7
NEWSLETTER_DAYS = 0.5
"""Share of a customer's days; on the others an offer can be shown."""
CLICKS = 0.3
"""Of those who get the newsletter."""
VISITS = (0.1, 0.3)
"""A day, of the quiet half and of the lively half of the customers, on days without a click."""
BUYS = (0.02, 0.04)
"""A day, of either half, without an offer."""
COST = (0.01, 0.9)
"""Currency units of a newsletter and of an offer."""
SHOWN_SHARE, SHOWN_PER_VISIT, MOST_VISITS = 0.35, 0.08, 4
"""Delivery of offers: a share, and more for each visit of the last week up to so many."""
REVENUE, MARGIN_RATE, SPREAD = 50.0, 0.4, 0.3
"""Of a purchase: mean, margin per unit, and standard deviation of the logarithm."""
IDLE, CLICKED, READY = range(3)
"""What the last events were: neither, a click last, a visit after a click."""


@dataclass(frozen=True)
class OrderConfig:
    """Which of the two."""

    name: str
    purpose: str
    by_order: bool
    """Whether an offer sells by the order of events; False: by the visits of the last week."""
    sells: float = 0.15
    """Added to the chance of a purchase by an offer to those to whom it sells."""
    segments: tuple[tuple[str, float], ...] = (("all", 1.0),)
    margin_rate: float = MARGIN_RATE


ORDER = OrderConfig("order", "an offer sells after a click and then a visit: counts cannot tell", True)
ORDER_TWIN = OrderConfig("order-twin", "the same shop, where an offer sells by the visits of the week", False)
ORDER_WORLDS = {config.name: config for config in (ORDER, ORDER_TWIN)}


class OrderWorld:
    """n customers on one day after another. `step` lets one day pass under a policy."""

    def __init__(
        self, config: OrderConfig, n: int, seed: int, first_day: int, encoder: SequenceEncoder | None = None
    ) -> None:
        """encoder: reads the order of events into the state that a policy in force sees."""
        self.config, self.n, self.seed = config, n, seed
        self.day, self.first_day, self.encoder = first_day, first_day, encoder
        self.k = len(CHANNELS)
        self.entry = np.full(n, first_day)
        self.segment = np.zeros(n, np.int64)
        self.lively = self._random(0, stream=1).integers(0, 2, n)
        self.last = np.full(n, IDLE)
        self.history = History(n, self.k, WINDOWS_DAYS, 1)
        self._order = None if encoder is None else SequenceState(encoder, n)
        self._visits = np.zeros((WEEK, n), np.int64)

    @property
    def actions(self) -> tuple[str, ...]:
        return ("none", *CHANNELS)

    @property
    def feature_spec(self) -> tuple[Feature, ...]:
        """What a policy in force sees, as `build_transitions` names it."""
        order = () if self.encoder is None else features_of(self.encoder)
        alike = Feature("segment=all", "yes/no", "belongs to segment all", "who")
        return (*history_features(self.actions, WINDOWS_DAYS, 1), alike, *order)

    @property
    def sells(self) -> NDArray[np.bool_]:
        """(n,) to whom an offer would sell today: the truth that no log holds."""
        return self.last == READY if self.config.by_order else self._visits.sum(axis=0) >= 2

    def _random(self, day: int, stream: int = 0) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 8 + stream]))

    def step(self, decide: Decide | None = None) -> WorldDay:
        """One day. Without `decide` the platform delivers as it always does."""
        n, rng = self.n, self._random(self.day - self.first_day + 1)
        u, z = rng.random((n, 6)), rng.standard_normal(n)
        eligible = np.ones((n, 1 + self.k), bool)
        eligible[:, NEWSLETTER] = u[:, 0] < NEWSLETTER_DAYS
        eligible[:, OFFER] = ~eligible[:, NEWSLETTER]
        behaviour = self._delivery(eligible)
        choice = behaviour if decide is None else decide(self._features(eligible), eligible, behaviour)
        action = drawn(u[:, 1], choice)
        clicked = (action == NEWSLETTER) & (u[:, 2] < CLICKS)
        visited = ~clicked & (u[:, 3] < np.array(VISITS)[self.lively])
        usual, added = np.array(BUYS)[self.lively], self.config.sells * self.sells
        bought = u[:, 4] < usual + added * (action == OFFER)
        amount = REVENUE * np.exp(SPREAD * z - SPREAD**2 / 2)
        revenue = np.where(bought, np.maximum(1, np.round(amount * 100)) * 10_000, 0).astype(np.int64)
        price = np.array([0.0, *COST])
        cost = np.round(price[action] * 1e6).astype(np.int64)
        margin = (usual + added * choice[:, OFFER]) * REVENUE * MARGIN_RATE
        outlook = Outlook(margin, choice[:, 1:] * np.array(COST))
        self._pass(action, eligible, clicked, visited, revenue, cost)
        at_once = np.zeros(n, np.int64)
        return WorldDay(eligible[:, 1:], action, behaviour, cost, clicked, visited, revenue, at_once, outlook)

    def _delivery(self, eligible: NDArray[np.bool_]) -> Floats:
        """mu (n, 3): the newsletter always, the offer more often to those who visit."""
        share = SHOWN_SHARE + SHOWN_PER_VISIT * np.minimum(self._visits.sum(axis=0), MOST_VISITS)
        found = np.zeros((self.n, 1 + self.k))
        found[:, NEWSLETTER] = eligible[:, NEWSLETTER]
        found[:, OFFER] = eligible[:, OFFER] * share
        found[:, 0] = 1.0 - found[:, 1:].sum(axis=1)
        return found

    def _features(self, eligible: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The state (n, d) that a policy in force sees."""
        everybody, tenure = np.arange(self.n), np.full(self.n, self.day - self.first_day, np.float32)
        nothing = np.zeros((self.n, 1), np.float32)
        seen = [self.history.features(self.day, tenure, eligible, nothing, everybody), nothing + 1]
        if self._order is not None:
            seen.append(self._order.features(everybody))
        return np.concatenate(seen, axis=1, dtype=np.float32)

    def _pass(
        self,
        action: NDArray[np.int64],
        eligible: NDArray[np.bool_],
        clicked: NDArray[np.bool_],
        visited: NDArray[np.bool_],
        revenue: NDArray[np.int64],
        cost: NDArray[np.int64],
    ) -> None:
        """Write the day into the memories."""
        after = np.where(self.last == CLICKED, READY, IDLE)
        self.last = np.where(clicked, CLICKED, np.where(visited, after, self.last))
        self._visits[self.day % WEEK] = visited
        shown = np.eye(1 + self.k, dtype=np.float32)[action][:, 1:]
        today = EpochEvents(
            exposures=shown,
            clicks=shown * clicked[:, None],
            opportunities=eligible[:, 1:].astype(np.float32),
            visits=visited.astype(np.float32),
            known_purchases=(revenue > 0).astype(np.float32),
            known_margin=(revenue * MARGIN_RATE / 1e6).astype(np.float32),
            spend=(cost / 1e6).astype(np.float32),
        )
        self.history.advance(today)
        if self._order is not None:
            self._order.advance(today)
        self.day += 1
