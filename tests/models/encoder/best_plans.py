"""The best plans of the worlds of order: by the truth of whom an offer sells to, and by counts alone."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from models.worlds.journey import Decide
from models.worlds.order import (
    COST,
    MARGIN_RATE,
    OFFER,
    ORDER,
    ORDER_WORLDS,
    REVENUE,
    OrderWorld,
)
from tests.models.encoder.order_log import FIRST_DAY, WARM_DAYS

PEOPLE, DAYS, SEED = 40_000, 10, 11
"""Who teach the one who knows counts, told by the world itself to whom an offer sells."""
BREAK_EVEN = COST[OFFER - 1] / (ORDER.sells * REVENUE * MARGIN_RATE)
"""An offer pays where the chance that it sells is above this."""


def knows_the_truth(world: OrderWorld) -> Decide:
    """The best plan there is: offers to those to whom they sell."""
    return lambda features, eligible, behaviour: offered(world.sells, eligible, behaviour)  # noqa: ARG005


def knows_counts(name: str) -> HistGradientBoostingClassifier:
    """The chance that an offer sells, given counts, stocks and recencies, from 200,000 true answers."""
    world = OrderWorld(ORDER_WORLDS[name], PEOPLE, SEED, FIRST_DAY)
    for _ in range(WARM_DAYS):
        world.step()
    features, sells = [], []

    def look(known: NDArray, eligible: NDArray, behaviour: NDArray) -> NDArray:
        can = eligible[:, OFFER]
        features.append(known[can])
        sells.append(world.sells[can])
        return behaviour

    for _ in range(DAYS):
        world.step(look)
    model = HistGradientBoostingClassifier(max_iter=300, learning_rate=0.1, random_state=1)
    return model.fit(np.concatenate(features), np.concatenate(sells))


def by_counts(model: HistGradientBoostingClassifier) -> Decide:
    """The best plan of one who knows no more than counts."""

    def decide(features: NDArray, eligible: NDArray, behaviour: NDArray) -> NDArray:
        pays = model.predict_proba(features)[:, 1] > BREAK_EVEN
        return offered(pays, eligible, behaviour)

    return decide


def offered(whom: NDArray[np.bool_], eligible: NDArray[np.bool_], behaviour: NDArray) -> NDArray[np.float64]:
    """(n, A): offers for sure to some (n,) where they are possible, and to nobody else; the rest as today."""
    found, can = behaviour.copy(), eligible[:, OFFER]
    found[can, OFFER] = whom[can]
    found[can, 0] = ~whom[can]
    return found
