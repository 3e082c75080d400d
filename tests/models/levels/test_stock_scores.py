"""Stock that is ordered up to: what a day tells of lower levels, and demand that no log holds."""

from datetime import date

import numpy as np
import pytest

from models.levels import LevelsLog, StockScores, judge_levels
from models.trials import TrialLog
from models.worlds.decisions import Size
from models.worlds.decisions.reorder_level import HOLDING, LEVELS, STOCK_OUT, daily_cost, draw_days


def test_a_day_tells_what_every_lower_level_would_have_sold() -> None:
    """Sold 11 of 12: of 10 all would have gone; of 14 nobody knows, and it is not asked. At 3 EUR a unit
    sold and -1 a unit left 10 is worth 30, 12 is 32; half the days stood at 12 or more, so that the step
    from 10 to 12 counts twice."""
    at = np.array([10.0, 12.0, 14.0])
    log = TrialLog(
        entity=np.arange(4),
        arm=np.array([1, 0, 0, 2]),
        arms=("10", "12", "14"),
        idle=None,
        outcome=3.0 * np.array([11.0, 10.0, 9.0, 14.0]) - np.array([1.0, 0.0, 1.0, 0.0]),
        cost=np.zeros(4),
        covariates=np.zeros((4, 0)),
        names=(),
        probability=None,
    )
    scores = StockScores(at, sold=3.0, left=-1.0).own(log)
    assert scores[0] == pytest.approx([30.0, 30.0 + 2 * 2.0, 30.0 + 2 * 2.0])
    assert scores[1] == pytest.approx([30.0] * 3)
    assert scores[2] == pytest.approx([26.0] * 3)
    assert scores[3] == pytest.approx([30.0, 30.0 + 2 * 6.0, 30.0 + 2 * 6.0 + 4 * 6.0])


def test_the_newsvendors_level_without_seeing_demand() -> None:
    """300 SKUs over 40 days: the answer misses the best quantile by more than 2 units in fewer than 1 of
    100 logs."""
    days = draw_days(Size(300, 40, 3, date(2026, 11, 19)))
    asked = LevelsLog(
        TrialLog(
            entity=days.sku * 7919,
            arm=days.level,
            arms=tuple(f"{level:g}" for level in LEVELS),
            idle=None,
            outcome=STOCK_OUT * days.sold - HOLDING * days.left,
            cost=np.zeros(len(days.sku)),
            covariates=np.zeros((len(days.sku), 0)),
            names=(),
            probability=np.full(len(days.sku), 1 / len(LEVELS)),
        ),
        LEVELS,
        scores=StockScores(LEVELS, STOCK_OUT, -HOLDING),
    )
    found = judge_levels(asked)
    assert found.best.level == 132.0 and found.peak == pytest.approx(132.8, abs=2.0)
    truth = daily_cost(132.0) - daily_cost(LEVELS)
    beside = [one.under_best for one in found.values]
    assert all(b is None or b.low <= t <= b.high for b, t in zip(beside, truth, strict=True))
