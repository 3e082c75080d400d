"""Daily totals of a world (tier C): what platforms' dashboards export when nothing is logged per person."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from models.worlds.journey import JourneyWorld, WorldDay
from models.worlds.order import OrderWorld

ATTRIBUTION_DAYS = 7
EPOCH = date(1970, 1, 1)


class TotalsLog:
    """One row per day and channel, and one for `none`, filled day by day.

    Spend, impressions and clicks are the day's. Revenue is what a platform claims: purchases of people whose
    last impression, within seven days, was this channel's. It is no measure of effect. What nobody claims is
    the revenue of the row `none`, which spends nothing: a day's rows add up to the shop's sales.
    """

    def __init__(self, world: JourneyWorld | OrderWorld) -> None:
        self._actions = world.actions
        self._last = np.zeros(world.n, np.int64)  # the last channel shown, 0: none
        self._since = np.full(world.n, -(10**6))  # its day
        self._rows: list[pl.DataFrame] = []

    def add(self, day: int, today: WorldDay) -> None:
        """Count one day (days since 1970-01-01); days come in order."""
        shown = np.flatnonzero(today.action)
        self._last[shown], self._since[shown] = today.action[shown], day
        claimed = np.where(day - self._since < ATTRIBUTION_DAYS, self._last, 0)
        k = len(self._actions)
        revenue = np.zeros(k, np.int64)  # micros: sums do not depend on their order
        spend = np.zeros(k, np.int64)
        np.add.at(revenue, claimed, today.revenue_micros)
        np.add.at(spend, today.action, today.cost_micros)
        impressions = np.bincount(today.action, minlength=k)
        impressions[0] = 0
        self._rows.append(
            pl.DataFrame(
                {
                    "date": [EPOCH + timedelta(days=day)] * k,
                    "channel": list(self._actions),
                    "spend": spend / 1e6,
                    "impressions": impressions,
                    "clicks": np.bincount(today.action[today.clicked], minlength=k),
                    "revenue": revenue / 1e6,
                }
            )
        )

    def frame(self) -> pl.DataFrame:
        """All days so far, by date and channel."""
        return pl.concat(self._rows)
