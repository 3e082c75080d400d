"""The rules an analyst knows, as policies: today's delivery, chance, one action always, scaled budgets."""
# ruff: noqa: ARG002 (all policies share one signature; no rule needs all of it)

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.policies.policy import Floats, Policy
from models.settings import SplitSettings
from sql.events import Events

Features = NDArray[np.float32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Logged:
    """Today's delivery: pi = mu."""

    name: str = "logged"
    text: str = "Today's delivery, unchanged."

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """mu (n, A) itself."""
        return behaviour


@dataclass(frozen=True)
class UniformEligible:
    """Every eligible action is equally likely."""

    name: str = "uniform"
    text: str = "Uniformly random among the actions that were possible."

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
        m = np.append(0.0, np.asarray(self.multipliers, dtype=np.float64)[1:])
        pi = behaviour * m
        # 1 - sum m_k mu_k, written so that m = 1 leaves mu(none) as it was
        none = behaviour[:, 0] + (behaviour[:, 1:] * (1.0 - m[1:])).sum(axis=1)
        room = eligible[:, 0] & (none >= 0)
        pi[room, 0] = none[room]
        total = np.where(room, 1.0, pi.sum(axis=1))
        stays = (total <= 0) | (eligible.sum(axis=1) == 1)
        pi /= np.where(total > 0, total, 1.0)[:, None]
        pi[stays] = behaviour[stays]
        return pi

    def ratios(self, action: NDArray[np.integer], eligible: Bools, behaviour: Floats) -> Floats:
        """(n,) pi / mu of the action (n,) that was taken, up to rounding, for a tenth of the work of pi."""
        m = np.append(0.0, np.asarray(self.multipliers, dtype=np.float64)[1:])
        scaled = np.einsum("na,a->n", behaviour, m, optimize=False)
        none = behaviour[:, 0] + np.einsum("nk,k->n", behaviour[:, 1:], 1.0 - m[1:], optimize=False)
        room = eligible[:, 0] & (none >= 0)
        total = np.where(room, 1.0, scaled)
        found = np.divide(m[action], total, out=np.zeros(len(total)), where=total > 0)
        idle = room & (action == 0)
        np.divide(none, behaviour[:, 0], out=found, where=idle)
        found[(total <= 0) | (np.count_nonzero(eligible, axis=1) == 1)] = 1.0
        return found


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


@dataclass(frozen=True)
class AttributedRevenue:
    """Revenue (A,) in currency units, credited to one ad per purchase day: what a platform would claim."""

    last_touch: Floats  # (A,) to the last ad seen
    last_click: Floats  # (A,) to the last ad clicked


def attributed_revenue(events: Events) -> AttributedRevenue:
    """Net revenue of the purchase days credited by the staged marts `last_touch` and `last_click`."""
    revenue = (
        pl.scan_parquet(events.folder / "bookings.parquet")
        .group_by("entity_key", "day")
        .agg(pl.col("revenue_micros").sum())
    )

    def credited(mart: str) -> Floats:
        sums = (
            pl.scan_parquet(events.folder / f"{mart}.parquet")
            .join(revenue, on=["entity_key", "day"], how="inner")
            .group_by("action")
            .agg(pl.col("revenue_micros").sum())
            .collect()
        )
        micros = np.zeros(len(events.actions), dtype=np.int64)
        micros[sums["action"].to_numpy()] = sums["revenue_micros"].to_numpy()
        return micros / 1e6

    return AttributedRevenue(last_touch=credited("last_touch"), last_click=credited("last_click"))


def allowed_budgets(
    current: Floats, actions: tuple[str, ...], settings: SplitSettings
) -> tuple[Floats, Floats]:
    """Lowest and highest budget (A,) per action and period: multiplier bounds within the study's own bounds.

    current (A,): today's spend per period in currency units. A channel without spend cannot be scaled and
    stays at 0. Where the study's bounds lie outside the multipliers', the nearer multiplier bound holds.
    """
    low, high = settings.min_multiplier * current, settings.max_multiplier * current
    for k, name in enumerate(actions):
        bounds = settings.channels.get(name)
        if bounds is not None:
            least, most = low[k], high[k]
            low[k] = np.clip(least if bounds.min is None else bounds.min, least, most)
            high[k] = np.clip(most if bounds.max is None else bounds.max, least, most)
            low[k] = min(low[k], high[k])
    return low, high


def fill_budget(shares: Floats, low: Floats, high: Floats, total: float) -> Floats:
    """Budgets (A,) nearest to proportional to `shares` within [low, high], summing to `total`.

    Water filling: clip(level x share, low, high) at the level that meets the total. What the channels with
    a share cannot take goes to the others in proportion to their room. If the bounds forbid the total, the
    nearest possible sum results.
    """
    if total <= low.sum():
        return low.copy()
    if total >= high.sum():
        return high.copy()
    shares = shares / (shares.max() or 1.0)
    taking = shares > 1e-9  # of the largest; a smaller one is none: it would need a level beyond floats
    shares = np.where(taking, shares, 0.0)
    full = np.where(taking, high, low)
    if total >= full.sum():
        room = high - full
        return full + room * ((total - full.sum()) / room.sum())
    below, above = 0.0, float((high[taking] / shares[taking]).max())
    for _ in range(200):  # bisection down to the last bit
        level = 0.5 * (below + above)
        if np.clip(level * shares, low, high).sum() < total:
            below = level
        else:
            above = level
    return np.clip(above * shares, low, high)


def rule_multipliers(
    *,
    actions: tuple[str, ...],
    current: Floats,
    revenue: AttributedRevenue,
    settings: SplitSettings,
) -> dict[str, tuple[float, ...]]:
    """Multipliers (A,) of the budget rules, all at the same total budget and within the same bounds.

    current (A,): spend per period in currency units, 0 for none. revenue: of the whole log; only its
    proportions matter. Empty when nothing is spent today, since there is then nothing to scale.
    """
    paid = current > 0
    paid[0] = False
    spend = np.where(paid, current, 0.0)
    if not paid.any():
        return {}
    total = settings.total if settings.total is not None else float(spend.sum())
    low, high = allowed_budgets(spend, actions, settings)
    roas = np.where(paid, revenue.last_touch / np.where(paid, spend, 1.0), -np.inf)
    rules = {
        "equal split": fill_budget(paid.astype(np.float64), low, high, total),
        "last-click": fill_budget(np.where(paid, revenue.last_click, 0.0).clip(0), low, high, total),
        "last-touch": fill_budget(np.where(paid, revenue.last_touch, 0.0).clip(0), low, high, total),
        "greedy ROAS": _greedy(roas, low, high, total),
    }
    return {
        name: tuple(np.where(paid, budget / np.where(paid, spend, 1.0), 1.0).tolist())
        for name, budget in rules.items()
    }


RULE_TEXTS = {
    "equal split": "The same budget for every channel, within its bounds.",
    "last-click": "Budgets in proportion to the revenue a platform credits to the last click.",
    "last-touch": "Budgets in proportion to the revenue credited to the last ad seen.",
    "greedy ROAS": "All the budget that the bounds allow to the channel with the highest attributed ROAS, "
    "then the next; the rest at their minimum.",
}


def rule_policies(
    *,
    actions: tuple[str, ...],
    current: Floats,
    revenue: AttributedRevenue,
    settings: SplitSettings,
    single_step: bool,
) -> tuple[Policy, ...]:
    """Every rule as a candidate, `logged` first. Single-step studies also get each action, always."""
    policies: list[Policy] = [Logged(), UniformEligible()]
    for name, m in rule_multipliers(
        actions=actions, current=current, revenue=revenue, settings=settings
    ).items():
        policies.append(ScaledDelivery(m, name, RULE_TEXTS[name]))
    if single_step:
        for k, action in enumerate(actions):
            policies.append(Always(k, f"always {action}", f"{action} for everybody who can have it."))
    return tuple(policies)


def _greedy(roas: Floats, low: Floats, high: Floats, total: float) -> Floats:
    """Fill channels from the highest ROAS down; ties by position."""
    budget = low.copy()
    left = total - budget.sum()
    for k in np.argsort(-roas, kind="stable"):
        extra = min(max(left, 0.0), high[k] - budget[k])
        budget[k] += extra
        left -= extra
    return budget
