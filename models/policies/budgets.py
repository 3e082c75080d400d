"""Budgets per action: what platforms claim for it, within which bounds it may move, how a total is dealt."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.policies.policy import Floats
from models.settings import SplitSettings
from sql.events import Events


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
