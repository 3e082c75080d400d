"""The rules an analyst knows, as policies: today's delivery, chance, one action always, scaled budgets."""
# ruff: noqa: ARG002 (all policies share one signature; no rule needs all of it)

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.numerics import rows_with_several
from models.policies.policy import Floats

Features = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Logged:
    """Today's delivery: pi = mu."""

    name: str = "logged"

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """mu (n, A) itself."""
        return behaviour


@dataclass(frozen=True)
class UniformEligible:
    """Every eligible action is equally likely."""

    name: str = "uniform"

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """1 / (number of eligible actions), (n, A)."""
        return eligible / eligible.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Always:
    """One action wherever it is eligible; elsewhere none; where none is not eligible either, chance."""

    action: int
    name: str
    text: str = ""

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """0, 1 or (in the last resort) uniform, (n, A)."""
        wanted = eligible[:, self.action]
        pi = np.where((wanted | eligible[:, 0])[:, None], 0.0, eligible / eligible.sum(axis=1, keepdims=True))
        pi[wanted, self.action] = 1.0
        pi[~wanted & eligible[:, 0], 0] = 1.0
        return pi


@dataclass(frozen=True)
class ScaledDelivery:
    """Give channel k a budget of m_k times today's and let the platform deliver it.

    pi(k|s) = m_k mu(k|s) for k != none and pi(none|s) = 1 - sum; above 1, renormalised with none at 0.
    Where none is not eligible the scaled probabilities are renormalised; where nothing is left of them
    (every eligible channel at 0) delivery stays as it is. A row with one eligible action is untouched, and
    m = 1 gives mu back bit for bit wherever none is eligible. There, pi / mu of channel k is m_k or below,
    and that of none 1 + sum_k (1 - m_k) mu_k / mu_none, which has no bound of its own: raising is supported,
    cutting only where none was seen (`models.split.rare_none`).
    """

    multipliers: tuple[float, ...]
    """(A,) per action, >= 0; the entry of none (index 0) is not used."""
    name: str
    text: str = ""

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """(n, A) from mu (n, A)."""
        pi = self.by_action(eligible[:, 0], behaviour.T).T
        alone = np.flatnonzero(~rows_with_several(eligible))
        pi[alone] = behaviour[alone]
        return np.ascontiguousarray(pi)

    def by_action(self, idle: Bools, behaviour: Floats) -> Floats:
        """(A, n) from mu (A, n), of rows with several eligible actions; idle (n,): is none one of them?"""
        m = np.asarray(self.multipliers, dtype=np.float64)
        pi = behaviour * m[:, None]
        # 1 - sum m_k mu_k, written so that m = 1 leaves mu(none) as it was
        none = behaviour[0] + np.einsum("kn,k->n", behaviour[1:], 1.0 - m[1:], optimize=False)
        room = idle & (none >= 0)
        pi[0] = np.where(room, none, 0.0)
        tight = np.flatnonzero(~room)
        total = pi[:, tight].sum(axis=0)
        pi[:, tight] /= np.where(total > 0, total, 1.0)
        stays = tight[total <= 0]
        pi[:, stays] = behaviour[:, stays]
        return pi


@dataclass(frozen=True)
class SegmentedDelivery:
    """Scaled delivery with multipliers of its own for every segment of users."""

    multipliers: tuple[tuple[float, ...], ...]
    """(S + 1, A): per segment, and last for whoever is in none of them."""
    columns: tuple[int, ...]
    """(S,) the features `segment=<name>`, 0 or 1."""
    name: str
    text: str = ""

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """(n, A) from mu (n, A) and each row's segment."""
        segment, pi = segment_of(features, self.columns), behaviour.copy()
        for s, multipliers in enumerate(self.multipliers):
            rows = np.flatnonzero(segment == s)
            scaled = ScaledDelivery(multipliers, self.name)
            pi[rows] = scaled.probabilities(features[rows], eligible[rows], behaviour[rows])
        return pi


def segment_of(features: Features, columns: tuple[int, ...]) -> NDArray[np.int64]:
    """(n,) 0..S-1 by the first of the feature columns (S,) that says yes; S where none does."""
    found = np.full(len(features), len(columns), dtype=np.int64)
    for s in reversed(range(len(columns))):
        found[features[:, columns[s]] > 0.5] = s
    return found
