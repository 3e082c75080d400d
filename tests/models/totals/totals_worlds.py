"""Daily totals whose truth is known: budget shocks, carry-over, saturation, season, errors with memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.totals.daily import DailyTotals
from models.totals.shapes import adstock, saturated

Floats = NDArray[np.float64]
FIRST_DAY = 20_000


@dataclass(frozen=True)
class TotalsWorld:
    """K channels with mean daily spend, marginal iROAS at that spend, and response shapes."""

    spend: tuple[float, ...]
    iroas: tuple[float, ...]
    rate: tuple[float, ...]
    """Adstock: share of the stock left the next day."""
    half: tuple[float, ...]
    """Stock of half response in multiples of mean spend."""
    shock: float = 0.4
    """Standard deviation of the log of the weekly budget: 0 for constant spend."""
    wobble: float = 0.1
    """The same for each day's delivery."""
    noise: float = 400.0
    """Standard deviation of a day's sales beside everything else, in margin."""
    rho: float = 0.4
    """Their memory from day to day."""
    delay: int = 0
    """Days by which the effect is late: no shape of the model knows that."""
    heavy: bool = False
    """Errors from a t distribution with 3 degrees of freedom, larger at weekends."""
    days: int = 365

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(f"channel_{k:02d}" for k in range(len(self.spend)))

    def budgets(self, rng: np.random.Generator) -> Floats:
        """(n, K) daily spend: a budget drawn by lot each week."""
        weeks = -(-self.days // 7)
        k = len(self.spend)
        weekly = np.repeat(np.exp(self.shock * rng.standard_normal((weeks, k))), 7, axis=0)[: self.days]
        return np.array(self.spend) * weekly * np.exp(self.wobble * rng.standard_normal((self.days, k)))

    def effect(self, spend: Floats) -> Floats:
        """(n,) margin that spend (n, K) causes; each channel's marginal iROAS at this spend as stated."""
        found = np.zeros(len(spend))
        for k in range(spend.shape[1]):
            half = self.half[k] * self.spend[k]

            def response(x: Floats, k: int = k, half: float = half) -> Floats:
                stock = adstock(x[:, None], self.rate[k], x[:28, None].mean(axis=0))[:, 0]
                return np.roll(saturated(stock, half), self.delay)

            up, down = (response(s * spend[:, k]).sum() for s in (1.001, 0.999))
            slope = (up - down) / (0.002 * spend[:, k].sum())
            found += self.iroas[k] * response(spend[:, k]) / slope
        return found

    def log(self, seed: int, spend: Floats | None = None) -> DailyTotals:
        rng = np.random.default_rng(seed)
        x = self.budgets(rng) if spend is None else spend
        t = np.arange(self.days)
        weekend = np.where((FIRST_DAY + t + 3) % 7 >= 5, 1.3, 1.0)
        shocks = (
            rng.standard_t(3, self.days) / np.sqrt(3) * weekend
            if self.heavy
            else rng.standard_normal(self.days)
        )
        errors = np.zeros(self.days)
        last = 0.0
        for i, shock in enumerate(shocks):
            last = self.rho * last + np.sqrt(1 - self.rho**2) * shock
            errors[i] = self.noise * last
        season = 5_000 * weekend + 800 * np.sin(2 * np.pi * t / 365) + t
        margin = self.effect(x) + season + errors
        return DailyTotals(self.channels, FIRST_DAY + t, x, margin, np.ones(self.days, bool))
