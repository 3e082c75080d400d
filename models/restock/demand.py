"""How much is wanted on a day, from sales that end where the stock did.

A day that sold less than its stock tells the demand; one that sold out tells that it was at least that.
With d_k days that wanted exactly k and were not sold out, and n_k days of which it is known that they
wanted k or more while their stock was above k,

    P(D > k) = prod over j <= k of (1 - d_j / n_j)

(product-limit, Kaplan & Meier 1958), for all k below the largest stock. Assumption: a day's stock does not
depend on that day's demand beyond what days share: it was drawn by lot, or follows from the past alone
while demand does not. Wrong where stock was raised for a promotion that the log does not show, and where an
empty shelf turns customers away from the next day's visit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """The distribution of a day's demand, as far as the log tells it."""

    probability: Floats  # (K,) of wanting 0, 1, ... K - 1 units
    beyond: float
    """Chance of wanting K or more, of which nothing is known but that."""

    @property
    def units(self) -> NDArray[np.int64]:
        """(K,) 0, 1, ..."""
        return np.arange(len(self.probability))

    def left(self, stock: NDArray[np.int64]) -> Floats:
        """(m,) units left of each stock on average; right up to K."""
        return np.maximum(stock[:, None] - self.units, 0) @ self.probability


def demand_from_sales(sold: NDArray[np.int64], stock: NDArray[np.int64]) -> Demand:
    """From whole units sold (n,) and the stock (n,) that days began with, after their order had come.

    Raises ValueError where a day sold more than it had, and where nothing is known but that days sold out.
    """
    if len(sold) == 0 or (sold < 0).any() or (sold > stock).any():
        raise ValueError("days sell 0 units or more, and no more than their stock")
    told = sold < stock
    if not told.any():
        raise ValueError("every day sold out: the demand is above every stock, and nothing says how far")
    units = int(stock.max())
    wanted = np.bincount(sold[told], minlength=units)[:units].astype(np.float64)  # d_k
    silent = np.bincount(stock[~told], minlength=units + 1)[:units]  # sold out at k: they leave before k
    at_risk = len(sold) - np.r_[0.0, wanted.cumsum()[:-1]] - silent.cumsum()  # n_k
    hazard = np.divide(wanted, at_risk, out=np.zeros(units), where=at_risk > 0)
    surviving = np.r_[1.0, np.cumprod(1.0 - hazard)]
    return Demand(-np.diff(surviving), float(surviving[-1]))
