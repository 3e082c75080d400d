"""Base budgets of a shop: what shows each channel to the wanted share of those it can still reach."""

from functools import lru_cache

import numpy as np

from models.worlds.shops.settings import ShopSettings, calm
from models.worlds.shops.world import ShopWorld

CUSTOMERS, DAYS, SEED = 4000, 35, 7
SETTLING_DAYS = 14


def base_budgets(settings: ShopSettings) -> tuple[float, ...]:
    """(K,) currency units per customer who is there, on a mean day. Measured without effects of ads, so that
    a shop and its null twin have the same ones."""
    return _measured(calm(settings))


@lru_cache(maxsize=256)
def _measured(settings: ShopSettings) -> tuple[float, ...]:
    price = np.array([c.price for c in settings.channels])
    share = np.array([c.shown_share for c in settings.channels])
    world = ShopWorld(
        settings,
        CUSTOMERS,
        SEED,
        0,
        days=DAYS,
        daily_budget=CUSTOMERS * share * price * _first_guess(settings),
    )
    room = np.zeros(len(price))
    for day in range(DAYS):
        now = world.step().delivered.room
        world.daily_budget = share * price * np.maximum(now, 1)
        room += now * (day >= SETTLING_DAYS)
    mean = room / (DAYS - SETTLING_DAYS) / CUSTOMERS
    return tuple((share * price * mean).tolist())


def _first_guess(settings: ShopSettings) -> np.ndarray:
    """(K,) about how many of the customers each channel can reach."""
    hot = settings.gain_intent / (settings.gain_intent + settings.lose_intent)
    return np.array([hot * c.chance_hot + (1 - hot) * c.chance_cold for c in settings.channels])
