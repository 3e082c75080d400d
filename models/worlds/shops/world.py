"""A shop on platforms: budgets that follow demand, auctions in turn, customers of whom much is in no log.

The second family of worlds, whose mechanisms the first (`journey`) has not: budgets are spent and not
probabilities set, the calendar moves demand and budgets together, channels compete for a person or meet one
several times a day, purchases have heavy tails and margins by segment, a slow mood outlasts the log's state.
Every random number depends on (seed, day) alone, never on the policy (common random numbers).
"""

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.worlds.journey import Outlook
from models.worlds.shops.calendar import Calendar, CalendarDay
from models.worlds.shops.customers import Customers
from models.worlds.shops.delivery import Auction, Delivered, deliver
from models.worlds.shops.settings import ShopSettings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAX_BID_COUNT = 7
"""Visits and exposures beyond it move an auction no further."""


@dataclass(frozen=True)
class ShopDay:
    """What one day brought n customers over K channels; the log is made of these."""

    opportunities: Bools  # (n, K)
    delivered: Delivered
    cost_micros: NDArray[np.int64]  # (n, K) of what was shown
    clicked: Bools  # (n, K)
    visited: Bools  # (n,)
    revenue_micros: NDArray[np.int64]  # (n,) 0 is no purchase
    margin_micros: NDArray[np.int64]  # (n,)
    reported_after: NDArray[np.int64]  # (n,) days
    outlook: Outlook


class ShopWorld:
    """n customers on one day after another, `days` of which are logged. All state is replaced, never changed
    in place, but for the platforms' memory: forks are cheap."""

    def __init__(
        self,
        settings: ShopSettings,
        n: int,
        seed: int,
        first_day: int,
        *,
        days: int,
        daily_budget: Floats,
    ) -> None:
        """days: of the log, which late customers enter during. daily_budget (K,): currency units of all
        channels on a mean day (`open_shop` has it)."""
        self.settings, self.n, self.seed = settings, n, seed
        self.day, self.first_day = first_day, first_day
        self.k = len(settings.channels)
        self.daily_budget = daily_budget
        self.calendar = Calendar(settings, seed)
        self.customers = Customers(settings, n, self._random(0, stream=2), first_day, days)
        c = settings.channels
        self._price = np.array([x.price for x in c])  # (K,), as all that follow
        self._cold, self._hot = np.array([x.chance_cold for x in c]), np.array([x.chance_hot for x in c])
        self._needs_visit = np.array([x.needs_visit for x in c])
        self._prefers = np.array([x.prefers_visitors for x in c])
        self._bid_visits = np.array([x.bid_visits for x in c])
        self._bid_shown = np.array([x.bid_shown for x in c])
        self._click_rate = np.array([x.click_rate for x in c])

    @property
    def actions(self) -> tuple[str, ...]:
        return ("none", *(c.name for c in self.settings.channels))

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(s.name for s in self.settings.segments)

    def _random(self, day: int, stream: int = 0) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 8 + stream]))

    def fork(self, seed: int, *, same_calendar: bool = False) -> "ShopWorld":
        """The same people today, with a future of their own seed. same_calendar: season, weeks, budgets and
        the channels' order stay those of this world, and only people's luck is drawn anew."""
        other = copy.copy(self)
        other.customers, other.seed = self.customers.copy(), seed
        if not same_calendar:
            other.calendar = Calendar(self.settings, seed, self.calendar.drift)
        return other

    outlook_fork = fork
    """All forks are cheap here; the name is the first family's."""

    def step(self, multipliers: Floats | None = None) -> ShopDay:
        """One day with all that a log holds. multipliers (K,) or (n, K): times today's; None is today's."""
        rng = self._random(self.day - self.first_day + 1, stream=3)
        opportunities, delivered, hot, visited, rate, outlook = self._pass(multipliers)
        s, people = self.settings, self.customers
        u = rng.random((self.n, 2 + self.k))
        z = rng.standard_normal((self.n, 1 + self.k))
        shown = delivered.shown
        amount = people.amount_mean * np.exp(s.amount_sigma * z[:, 0] - s.amount_sigma**2 / 2)
        bought = u[:, 0] < rate
        revenue = np.where(bought, np.maximum(1, np.round(amount * 100)) * 10_000, 0).astype(np.int64)
        price = self._price * np.exp(0.3 * z[:, 1:] - 0.045)
        return ShopDay(
            opportunities,
            delivered,
            cost_micros=np.where(shown, np.maximum(1, np.round(price * 1e6)), 0).astype(np.int64),
            clicked=shown & (u[:, 2:] < self._click_rate * np.where(hot, 2.0, 1.0)[:, None]),
            visited=visited,
            revenue_micros=revenue,
            margin_micros=np.round(revenue * people.margin_rate).astype(np.int64),
            reported_after=np.floor(-s.delay_days * np.log1p(-u[:, 1])).astype(np.int64),
            outlook=outlook,
        )

    def expect(self, multipliers: Floats | None = None) -> Outlook:
        """One day, its averages only: the same people meet the same draws as in `step`."""
        return self._pass(multipliers)[-1]

    def _pass(self, multipliers: Floats | None) -> tuple[Bools, Delivered, Bools, Bools, Floats, Outlook]:
        """Let one day pass: opportunities (n, K), what was delivered, intent on the morning (n,), visits
        (n,), purchase rates (n,), averages."""
        day = self.day - self.first_day
        rng = self._random(day + 1)
        u = rng.random((self.n, 2 * self.k + 2))
        z = rng.standard_normal(self.n)
        self.calendar, today = self.calendar.on(day)
        people = self.customers
        here, hot = people.entry <= self.day, people.hot
        eligible = here[:, None] & (u[:, : self.k] < self._chances())
        delivered = deliver(self._auction(eligible, today), u[:, self.k : 2 * self.k], multipliers)
        answer = people.pass_day(
            delivered.shown, here, people.entry == self.day, today.demand, u[:, -2], u[:, -1], z
        )
        self.day += 1
        outlook = Outlook(answer.mean_rate * people.order_margin, delivered.chance * self._price)
        return eligible, delivered, hot, answer.visited, answer.rate, outlook

    def _chances(self) -> Floats:
        """(n, K) of an opportunity today: intent opens search, a recent visit retargeting."""
        people = self.customers
        visits = np.minimum(people.memory.visits, 3)[:, None]
        chance = np.where(people.hot[:, None], self._hot, self._cold) * (1 + self._prefers * visits)
        chance = np.where((visits > 0) | ~self._needs_visit, chance, 0.0)
        return np.minimum(chance, 0.95)

    def _auction(self, eligible: Bools, today: CalendarDay) -> Auction:
        s, memory = self.settings, self.customers.memory
        visits = np.minimum(memory.visits, MAX_BID_COUNT)[:, None]
        liking = self._bid_visits * visits + self._bid_shown * np.minimum(memory.shown, MAX_BID_COUNT)
        if s.hidden_targeting:
            liking = liking + s.hidden_targeting * self.customers.hot[:, None]
        return Auction(
            eligible,
            np.exp(liking),
            budget=self.daily_budget * today.demand * today.shock,
            price=self._price,
            order=today.order,
            max_per_day=s.max_per_day,
            max_probability=s.max_probability,
        )
