"""Lift tests beside user-level logs: the same change of budget, asked of both."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.stats import norm

from models.results import Interval
from models.split import DeliveryValue, fieller, spend_of
from models.totals.settings import LiftTest
from sql.errors import StudyError
from sql.events import Events
from sql.hints import show

EPOCH = date(1970, 1, 1)
MOST_UNIT = 40
"""Characters of a unit that are told."""


def logged_tests(events: Events) -> tuple[LiftTest, ...]:
    """The good rows of the logs' table `experiments`, in its order: finished tests of channels that were
    delivered."""
    rows = pl.read_parquet(events.folder / "experiments.parquet")
    return tuple(
        LiftTest(
            channel=events.actions[row["action"]],
            first=EPOCH + timedelta(days=row["first_day"]),
            last=EPOCH + timedelta(days=row["last_day"]),
            iroas=row["lift"],
            standard_error=row["standard_error"],
            multiplier=row["multiplier"],
            unit=row["unit"] or "",
        )
        for row in rows.iter_rows(named=True)
    )


def source_of(test: LiftTest) -> str:
    """What the health check calls it: `a lift test`, with its unit where that is known."""
    return f"a lift test ({show(test.unit, MOST_UNIT)})" if test.unit else "a lift test"


def newest_tests(tests: Sequence[LiftTest], channels: tuple[str, ...]) -> dict[str, LiftTest]:
    """Channel -> its test that ended last (of several, or several cells of one, that named last).

    Raises StudyError for a channel that the logs do not hold, and a test that ends before it begins; rows of
    the logs' own table with either fault are left out when it is read.
    """
    newest: dict[str, LiftTest] = {}
    for test in tests:
        if test.channel not in channels:
            raise StudyError(
                f"`totals.lift_test` names {test.channel!r}, which the logs do not hold; they hold "
                f"{', '.join(channels)}."
            )
        if test.last < test.first:
            raise StudyError(f"`totals.lift_test` of {test.channel}: last lies before first; swap them.")
        if test.channel not in newest or test.last >= newest[test.channel].last:
            newest[test.channel] = test
    return newest


def iroas_found(test: LiftTest, level: float) -> Interval:
    """The test's own figure, normal: margin per unit of the spend it changed."""
    half = float(norm.ppf((1 + level) / 2)) * test.standard_error
    return Interval(test.iroas, test.iroas - half, test.iroas + half, level)


def iroas_between(
    delivery: DeliveryValue, channel: str, multiplier: float, level: float
) -> tuple[Interval | None, str]:
    """(V(1) - V(m)) / (C(1) - C(m)) where a channel has m times today's budget, with Fieller's interval.

    What a lift test of that change measures; m -> 1 is the marginal iROAS. V is margin and C all spend, on
    the same clusters. Assumes what every split does: delivery decides on what is
    logged. Wrong for a test whose season or audience differs from the log's. (None, why) where spend does
    not clearly follow the budget.
    """
    point = np.ones(len(delivery.channels))
    point[delivery.channels.index(channel)] = multiplier
    change = (delivery.today() - delivery.at(point)) * (1.0 if multiplier < 1 else -1.0)
    return fieller(change[:, 0], spend_of(change), level)
