"""A shop on its log's first morning."""

from datetime import date

import numpy as np

from models.worlds.logs import first_day_of
from models.worlds.shops.budgets import base_budgets
from models.worlds.shops.settings import ShopSettings
from models.worlds.shops.world import ShopWorld

LAST_DAY = date(2026, 11, 19)
"""As the other worlds' logs."""


def open_shop(
    settings: ShopSettings,
    *,
    seed: int,
    entities: int = 10_000,
    days: int = 120,
    last_day: date = LAST_DAY,
) -> ShopWorld:
    """The shop on the first of `days` days. Budgets are what the mean number of its customers is worth, so
    that early, with fewer of them, more of each are shown ads."""
    there = entities * (1 - settings.late_share / 2)
    budget = np.array(base_budgets(settings)) * there
    return ShopWorld(settings, entities, seed, first_day_of(last_day, days), days=days, daily_budget=budget)
