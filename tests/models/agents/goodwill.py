"""A small world whose truth is known: `search` sells at once to the keen, `social` builds goodwill for later.

With `carry` 0 social sells at once too, as much as its goodwill would have brought, so that looking ahead is
worth nothing. Beside the state there are idle features, which drive nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.mdp.transition_table import CONTINUES, TIMEOUT, Feature, Transitions
from tests.models.agents.tables import table

Floats = NDArray[np.float64]
Rule = Callable[[NDArray[np.float32], NDArray[np.bool_], Floats], Floats]
"""From features (n, d), eligible actions (n, 3) and today's delivery (n, 3) to probabilities (n, 3)."""

ACTIONS = ("none", "search", "social")
IDLE = 6
NAMES = ("keen", "goodwill", *(f"idle{i}" for i in range(IDLE)))
COST = np.array([0.0, 0.5, 0.5])
DECAY, SELLS, KEEN = 0.5, 1.0, 0.9
"""Goodwill left after a day, what a unit of it sells on each, and what search sells to the keenest."""


@dataclass(frozen=True)
class Lived:
    """n entities over some days: what each saw, did and earned, day by day."""

    features: NDArray[np.float32]  # (n, days, d)
    mu: Floats  # (n, days, 3)
    action: NDArray[np.int64]  # (n, days)
    margin: Floats  # (n, days) currency units

    @property
    def profit(self) -> Floats:
        """(n,) currency units."""
        return (self.margin - COST[self.action]).sum(axis=1)


def delivery(features: NDArray[np.float32]) -> Floats:
    """mu (n, 3): search follows the keen, social the forgotten."""
    keen, goodwill = features[:, 0].astype(float), features[:, 1].astype(float)
    odds = np.column_stack([np.full(len(keen), 1.2), 0.4 + 0.8 * keen, 1.0 / (1.0 + goodwill)])
    return odds / odds.sum(axis=1, keepdims=True)


def live(n: int, days: int, *, carry: float, seed: int, rule: Rule | None = None, until: int = 0) -> Lived:
    """A log of today's delivery after a fortnight's start; `rule` is in force before day `until`. The same
    seed draws the same people and the same luck whatever is done."""
    rng = np.random.default_rng(seed)
    keen, idle = rng.random(n), rng.normal(size=(n, IDLE))
    goodwill, rows = np.zeros(n), []
    for day in range(-14, days):
        features = np.column_stack([keen, goodwill, idle]).astype(np.float32)
        mu = delivery(features)
        acts = mu if rule is None or not 0 <= day < until else rule(features, np.ones((n, 3), bool), mu)
        action = (rng.random(n)[:, None] > acts.cumsum(axis=1)[:, :2]).sum(axis=1)
        noise = rng.normal(size=n)
        social = action == 2
        at_once = SELLS / (1 - DECAY) * (1 - carry) * social * (0.2 + 0.5 * (keen < 0.5))
        goodwill = DECAY * goodwill + social * (0.2 + 0.5 * (keen < 0.5)) * carry
        margin = 3.0 + KEEN * keen * (action == 1) + at_once + noise
        margin += SELLS * DECAY * (rows[-1][4] if rows else 0.0)  # what yesterday left behind
        rows.append((features, mu, action, margin, goodwill))
    lived = [np.stack(column, axis=1) for column in list(zip(*rows, strict=True))[:4]]
    return Lived(*(array[:, 14:] for array in lived))


def log_of(lived: Lived) -> tuple[Transitions, Floats]:
    """The transition table, each journey cut off by the log's end, and mu of its rows."""
    n, days = lived.action.shape
    made = table(
        actions=ACTIONS,
        features=lived.features.reshape(n * days, -1),
        eligible=np.ones((n * days, 3), bool),
        action=lived.action.ravel(),
        margin=lived.margin.ravel(),
        cost=COST[lived.action].ravel(),
        length=days,
    )
    end = np.where(made.step == days - 1, TIMEOUT, CONTINUES).astype(np.uint8)
    spec = tuple(Feature(name, "units", name, "recent") for name in NAMES)
    return replace(made, end=end, feature_spec=spec), lived.mu.reshape(n * days, 3)


def truth(rule: Rule, *, carry: float, seed: int = 7, n: int = 40_000, days: int = 7) -> tuple[float, float]:
    """What a rule in force for some days earns beyond delivery, an entity, with a week's tail, and its
    standard error."""

    def profit(rule: Rule | None) -> Floats:
        return live(n, days + 7, carry=carry, seed=seed, rule=rule, until=days).profit

    gain = profit(rule) - profit(None)
    return float(gain.mean()), float(gain.std() / np.sqrt(n))
