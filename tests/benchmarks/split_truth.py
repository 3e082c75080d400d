"""What policies realise: the world that wrote the log lives on, in the same futures for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.policies.policy import Policy
from models.policies.rules import ScaledDelivery
from models.worlds.journey import JourneyWorld
from models.worlds.truth import Expected, Horizon, compare, expected

Realised = dict[str, float]


@dataclass(frozen=True)
class Futures:
    """A world on its log's last evening, and the futures in which policies are put in force."""

    world: JourneyWorld
    horizon: Horizon

    @cached_property
    def today(self) -> Expected:
        """Today's delivery."""
        return expected(self.world, None, self.horizon)

    @property
    def spend_today(self) -> float:
        """Of one period, currency units."""
        return self.today.margin_in_force - self.today.profit_in_force

    def of(self, policy: Policy) -> Realised:
        """Uplift in profit per period against today's, its Monte-Carlo error, spend, today's profit."""
        return self.score(self._expected(policy))

    def split(self, multipliers: tuple[float, ...]) -> Realised:
        """The same of a split, by multipliers (A,); today's realises exactly 0."""
        if all(m == 1.0 for m in multipliers[1:]):
            return self.score(self.today)
        return self.of(ScaledDelivery(multipliers, "split"))

    def splits(self, plans: Mapping[str, tuple[float, ...]]) -> dict[str, Realised]:
        """Several splits; those that are equal live through their futures once."""
        known: dict[tuple[float, ...], Realised] = {}
        for m in plans.values():
            if m[1:] not in known:
                known[m[1:]] = self.split(m)
        return {name: known[m[1:]] for name, m in plans.items()}

    def score(self, policy: Expected) -> Realised:
        """uplift and error in currency units per period; spend as a multiple of today's in one period, what
        the policy changes in the tail's spend included; in_force: spend of the period alone, in currency
        units, as a budget meets it."""
        found = compare(policy, self.today)
        return {
            "uplift": found.uplift,
            "error": futures_error(policy, self.today),
            "spend": 1 + float(found.spend.sum()) / self.spend_today,
            "in_force": policy.margin_in_force - policy.profit_in_force,
            "profit": found.profit_today,
        }

    def _expected(self, policy: Policy) -> Expected:
        split = policy if isinstance(policy, ScaledDelivery) else policy.probabilities
        return expected(self.world, split, self.horizon)


def futures_error(policy: Expected, today: Expected) -> float:
    """Standard error of an uplift over the futures' luck, for these customers; NaN for a single future.

    Customers share no luck but budget shocks (left out here), so their variances over F futures add up.
    """
    gain = (policy.margin - policy.spend) - (today.margin - today.spend)  # (F, n)
    if len(gain) < 2:
        return float("nan")
    return float(np.sqrt(gain.var(axis=0, ddof=1).sum() / len(gain)))


Realise = Callable[[Policy], Realised]
