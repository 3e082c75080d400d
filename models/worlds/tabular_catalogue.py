"""Evaluation cases: a tabular world, who delivers today, a target policy, and how long the log is.

Most worlds are a funnel: an intent of four levels and whether the entity is tired of ads. Ads raise the
intent, each its own way, and tire; purchases are rare and their amounts log-normal.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys
from models.worlds.tabular import TabularWorld, with_hidden_intent, with_lagged_effect, with_purchases
from models.worlds.tabular_policies import tilted_to

Floats = NDArray[np.float64]
ACTIONS = ("none", "search", "social", "video")
OUTCOMES = ("margin", "purchases", "clicks", "cost:search", "cost:social", "cost:video")
SOCIAL = ACTIONS.index("social")
LEVELS = 4
"""Intent levels; state = 2 x intent + tired."""
AMOUNT = 50.0
"""Mean margin of a purchase, in currency units."""
RATE = np.array([0.3, 1.0, 2.0, 4.0])
"""How often an entity buys, by intent; scaled to the purchases wanted."""


@dataclass(frozen=True)
class Funnel:
    """How to build one funnel world and its case."""

    story: str
    horizon: int = 5
    purchases: float = 400.0
    """In a log, on average."""
    sample_size: float = 1000.0
    """Journeys over the mean squared weight of a whole journey: small is far from today's delivery."""
    journeys: int = 4000
    per_entity: int = 1
    masks: bool = False
    """Search is impossible without intent, video for the tired."""
    variable: bool = False
    """Entities enter late, and leave early, the tired more often."""
    effect: float = 1.0
    """How much ads move the intent; 0: they change nothing but cost."""
    cost: float = 1.0
    hidden: Literal["", "intent", "lag"] = ""
    strength: float = 0.0
    """Of what is hidden."""


@dataclass(frozen=True)
class Case:
    """A world with exact truth, the logged and the target policy (O, A), and the size of a log."""

    name: str
    story: str
    world: TabularWorld
    mu: Floats
    target: Floats
    entities: int
    per_entity: int
    markov: bool

    def draw(self, rng: np.random.Generator) -> Journeys:
        """One log."""
        return self.world.draw(self.mu, self.entities, rng, self.per_entity)


FUNNELS: dict[str, Funnel] = {
    "one-step-mild": Funnel("one decision, mild target", 1, 400, 1500),
    "one-step-rare": Funnel("one decision, 40 purchases, target far away", 1, 40, 700),
    "five-rare": Funnel("5 steps, 40 purchases, mild target", 5, 40, 1200),
    "five-masks": Funnel("5 steps, 120 purchases, actions not always possible", 5, 120, 1000, masks=True),
    "five-strong": Funnel("5 steps, target far away", 5, 400, 150),
    "five-rich": Funnel("5 steps, 2,000 purchases, three journeys per user", 5, 2000, 800, per_entity=3),
    "ten-rare-strong": Funnel("10 steps, 120 purchases, target far away", 10, 120, 150),
    "ten-users": Funnel("10 steps, four journeys per user, mild target", 10, 400, 1000, per_entity=4),
    "ten-leaving": Funnel(
        "10 steps, late entry, early leaving, masks, target far away",
        10,
        2000,
        120,
        masks=True,
        variable=True,
    ),
    "fifteen-mild": Funnel("15 steps, 120 purchases, mild target", 15, 120, 1000, journeys=3000),
    "fifteen-strong": Funnel("15 steps, target far away", 15, 400, 120, journeys=3000),
    "fifteen-rich": Funnel(
        "15 steps, 2,000 purchases, late entry, target far away", 15, 2000, 100, journeys=5000, variable=True
    ),
    "five-far": Funnel("5 steps, 2,000 purchases, target very far away", 5, 2000, 40),
    "ten-far": Funnel("10 steps, 2,000 purchases, target very far away", 10, 2000, 40),
    "fifteen-far": Funnel("15 steps, 2,000 purchases, target very far away", 15, 2000, 40),
    "null-cost": Funnel("10 steps: ads change nothing but cost", 10, 400, 150, effect=0.0),
    "null-nothing": Funnel("5 steps: nothing changes anything", 5, 400, 150, effect=0.0, cost=0.0),
    "hidden-weak": Funnel("weak hidden intent", 10, 2000, 300, hidden="intent", strength=0.2),
    "hidden-medium": Funnel("hidden intent", 10, 2000, 300, hidden="intent", strength=1.5),
    "hidden-strong": Funnel("strong hidden intent", 10, 2000, 300, hidden="intent", strength=4.0),
    "hidden-rare": Funnel("strong hidden intent, 120 purchases", 10, 120, 300, hidden="intent", strength=4.0),
    "lag-weak": Funnel("weak effect of the action before last", 10, 2000, 300, hidden="lag", strength=0.4),
    "lag-medium": Funnel("effect of the action before last", 10, 2000, 300, hidden="lag", strength=1.0),
    "lag-strong": Funnel(
        "strong effect of the action before last", 10, 2000, 300, hidden="lag", strength=4.0
    ),
}
RARE_REWARDS = "rare-rewards"
CASES = (*FUNNELS, RARE_REWARDS)


def open_case(name: str) -> Case:
    """The case of that name. KeyError when there is none."""
    return rare_rewards() if name == RARE_REWARDS else funnel_case(name, FUNNELS[name])


def funnel_case(name: str, funnel: Funnel) -> Case:
    """The case a configuration describes. Today's delivery follows intent; the target gives more social to
    the cold, video to the warm, and fewer ads to the tired."""
    world = _funnel_world(funnel)
    mu = _delivery(world)
    if funnel.hidden == "intent":
        world = with_hidden_intent(world, strength=funnel.strength, action=SOCIAL)
    elif funnel.hidden == "lag":
        world = with_lagged_effect(world, strength=funnel.strength, action=SOCIAL)
    world = with_purchases(world, mu, funnel.journeys, funnel.purchases)
    world = _with_costs(world, mu, funnel)
    target = tilted_to(world, mu, _preference(), journeys=funnel.journeys, sample_size=funnel.sample_size)
    entities = funnel.journeys // funnel.per_entity
    return Case(name, funnel.story, world, mu, target, entities, funnel.per_entity, not funnel.hidden)


def rare_rewards(horizon: int = 5, journeys: int = 4000) -> Case:
    """One state. `none` pays 0.5 for sure, `search` pays 50 with probability 0.02014, which is 1.007 on
    average: a loss that punishes large errors less than their square learns to prefer the worse action."""
    chance = np.array([[1.0, 1.007 / 50.0]])
    mean = np.zeros((1, 2, 2))
    mean[0, :, 0] = 0.5, 1.007
    world = TabularWorld(
        eligible=np.ones((1, 2), bool),
        move=np.ones((1, 2, 1)),
        leave=np.zeros((1, 2)),
        mean=mean,
        buy=chance,
        start=np.ones(1),
        enter=np.eye(horizon)[-1],
        outcomes=("margin", "cost:search"),
        actions=("none", "search"),
    )
    mu, target = np.array([[0.6, 0.4]]), np.array([[0.3, 0.7]])
    story = "50 with probability 0.02 against 0.5 for sure"
    return Case(RARE_REWARDS, story, world, mu, target, journeys, 1, True)


def _funnel_world(funnel: Funnel) -> TabularWorld:
    """Rates of purchases relative, costs still 0."""
    n_states, n_actions = 2 * LEVELS, len(ACTIONS)
    intent, tired = np.divmod(np.arange(n_states), 2)
    boost = np.zeros((n_states, n_actions))  # added probability that the intent rises a level
    boost[:, 1], boost[:, 2], boost[:, 3] = 0.08, np.where(intent < 2, 0.35, 0.05), 0.20
    rise = 0.08 + funnel.effect * boost * (1 - 0.6 * tired)[:, None]
    up, down = np.minimum(intent + 1, LEVELS - 1), np.maximum(intent - 1, 0)
    tires = np.where(tired[:, None] == 1, 0.6, 0.25) * (np.arange(n_actions) > 0)  # P(tired next)
    tires[:, 0] = np.where(tired == 1, 0.4, 0.0)
    move = np.zeros((n_states, n_actions, n_states))
    for s in range(n_states):
        for level, chance in ((up[s], rise[s]), (down[s], 0.15), (intent[s], 0.85 - rise[s])):
            move[s, :, 2 * level + 1] += chance * tires[s]
            move[s, :, 2 * level] += chance * (1 - tires[s])
    direct = 1 + funnel.effect * np.array([0.0, 0.5, 0.0, 0.2])  # of seeing the ad at once
    rate = RATE[intent][:, None] * direct  # (S, A)
    mean = np.zeros((n_states, n_actions, len(OUTCOMES)))
    mean[..., 0], mean[..., 1] = AMOUNT * rate, rate
    mean[:, 1:, 2] = np.array([0.08, 0.02, 0.03]) * (1 + intent)[:, None]
    eligible = np.ones((n_states, n_actions), bool)
    if funnel.masks:
        eligible[:, 1], eligible[:, 3] = intent > 0, tired == 0
    start = np.array([0.5, 0.3, 0.15, 0.05])[intent] * np.where(tired == 1, 0.2, 0.8)
    enter = np.arange(1.0, funnel.horizon + 1) if funnel.variable else np.eye(funnel.horizon)[-1]
    leave = 0.03 + 0.05 * tired[:, None] * np.ones(n_actions) if funnel.variable else np.zeros(rate.shape)
    return TabularWorld(
        eligible=eligible,
        move=move,
        leave=leave,
        mean=mean,
        buy=rate,
        start=start,
        enter=enter / enter.sum(),
        sigma=0.8,
        outcomes=OUTCOMES,
        actions=ACTIONS,
    )


def _with_costs(world: TabularWorld, mu: Floats, funnel: Funnel) -> TabularWorld:
    """Costs of an ad as shares of a decision's mean margin, so that rare purchases have cheap ads."""
    steps = funnel.horizon if not funnel.variable else (funnel.horizon + 1) / 2
    unit = funnel.cost * float(world.value(mu)[0]) / steps
    mean = world.mean.copy()
    for a, share in ((1, 0.30), (2, 0.15), (3, 0.20)):
        mean[:, a, OUTCOMES.index(f"cost:{ACTIONS[a]}")] = share * unit
    return replace(world, mean=mean)


def _delivery(world: TabularWorld) -> Floats:
    """(O, A) today: search follows intent, the rest is spread thinly."""
    intent = np.arange(2 * LEVELS) // 2
    weights = np.column_stack(
        [np.full(2 * LEVELS, 3.0), 0.5 + intent, np.full(2 * LEVELS, 1.0), np.ones(2 * LEVELS)]
    )
    weights *= world.eligible
    return weights / weights.sum(axis=1, keepdims=True)


def _preference() -> Floats:
    """(O, A) what the target leans to."""
    intent, tired = np.divmod(np.arange(2 * LEVELS), 2)
    none = np.where(tired == 1, 1.0, 0.0)
    return np.column_stack([none, -0.5 * np.ones(2 * LEVELS), 1.2 * (intent < 2), 1.0 * (intent >= 1)])
