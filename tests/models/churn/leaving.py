"""Customers who buy at a rate of their own until they leave, and nobody is told when they do (Fader, Hardie &
Lee 2005: BG/NBD)."""

import numpy as np

from models.churn import ActivityLog

RATE, SPREAD = 0.08, 0.8
"""Purchases a day while a customer stays, on average, and the shape of the gamma distribution of rates."""
LEAVES = (0.8, 2.4)
"""Beta distribution of the chance to leave after a purchase."""


def leaving_customers(customers: int, days: int, seed: int) -> ActivityLog:
    """A row per customer and day, from a first purchase on."""
    rng = np.random.default_rng([seed, 2005])
    rate = rng.gamma(SPREAD, RATE / SPREAD, customers)
    leaves, entry = rng.beta(*LEAVES, customers), rng.integers(0, days // 2, customers)
    day = np.arange(days)
    bought = (rng.random((customers, days)) < 1 - np.exp(-rate)[:, None]) & (day > entry[:, None])
    gone = np.cumsum(bought & (rng.random((customers, days)) < leaves[:, None]), axis=1) > 0
    bought &= ~np.pad(gone, ((0, 0), (1, 0)))[:, :-1]  # who leaves does so after a purchase
    bought[np.arange(customers), entry] = True
    who, when = np.nonzero(day >= entry[:, None])
    so_far = np.pad(np.cumsum(bought, axis=1), ((0, 0), (1, 0)))  # (customers, days + 1) before each day
    last = np.maximum.accumulate(np.where(bought, day, -1), axis=1)
    recent = [so_far[who, when] - so_far[who, np.maximum(when - w, 0)] for w in (7, 28)]
    since = np.where(when > entry[who], when - last[who, np.maximum(when - 1, 0)], 0)
    features = [*recent, so_far[who, when], np.exp(-since / 10), np.log1p(since), np.log1p(when - entry[who])]
    return ActivityLog(who, when, np.column_stack(features).astype(np.float32), bought[who, when])
