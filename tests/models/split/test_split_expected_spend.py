"""What a split will spend: from the newest states where a period follows, by row and in total."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from response_worlds import CLEAR

from models.policies.policy import Policy
from models.policies.rules import Logged, ScaledDelivery, SegmentedDelivery
from models.results import SplitDecision
from models.settings import EvaluationSettings, SplitSettings
from models.spending import PolicySpend, SpendDoubt
from models.spending.todays_spend import TodaysSpend
from models.split.cells import Cell, Cells
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.doubt import Doubt, bootstrap_interval
from models.split.expected_spend import ExpectedSpend, expected_spend
from tests.models.split.deciding import choose, confirm

SPLIT = SplitSettings(bootstrap=0, max_move_share=2.0)
NEXT = np.array([4400.0, 9000.0, 5400.0])
"""Of today's delivery in the next week: a tenth more on the first channel than today, a tenth less on the
third."""


@dataclass
class Ahead:
    """Every channel's spend follows its budget; weeks were 2 % off, channels 3 %."""

    asked: list[Policy] = field(default_factory=list)
    channels: tuple[str, ...] = CLEAR.channels

    def of(self, policy: Policy) -> PolicySpend:
        self.asked.append(policy)
        times = np.array(policy.multipliers[1:]) if isinstance(policy, ScaledDelivery) else np.ones(3)
        return PolicySpend(times * NEXT, np.zeros((4, 3)))

    @property
    def doubt(self) -> SpendDoubt:
        off = np.outer([1.0, -1.0, 1.0, -1.0], [0.02, 0.03, 0.03, 0.03])
        return SpendDoubt(TodaysSpend(NEXT, off, np.zeros(4), np.zeros(4)), 7)


def chosen() -> SplitChoice:
    return choose(
        CLEAR.log(1), tier="A", split=SPLIT, evaluation=EvaluationSettings(), overlap=CLEAR.overlap(),
        current=dict(zip(CLEAR.channels, CLEAR.spend, strict=True)),
    )  # fmt: skip


def expected(choice: SplitChoice, plan: list[float], ahead: Ahead | None) -> ExpectedSpend:
    delivery: DeliveryValue = CLEAR.log(1001)
    doubt = Doubt(bootstrap_interval(delivery.cluster_key))
    return expected_spend(choice, np.array(plan), delivery, ahead, doubt)  # type: ignore[arg-type]


def test_rows_spend_what_the_newest_states_say_of_budgets_as_typed() -> None:
    ahead = Ahead()
    found = expected(chosen(), [2000.0, 13_500.0, 6000.0], ahead)
    assert isinstance(ahead.asked[0], ScaledDelivery)
    assert ahead.asked[0].multipliers == pytest.approx((1.0, 0.5, 1.5, 1.0))
    assert [row.estimate for row in found.rows] == pytest.approx([2200.0, 13_500.0, 5400.0])
    first, half = found.rows[0], 2.7764 * 0.03 * 2200
    assert (first.low, first.high) == pytest.approx((2200 - half, 2200 + half), rel=1e-4)


def test_the_total_stops_at_every_budget_and_is_as_sure_as_totals_were() -> None:
    """Of the first row 200 more could be spent than is typed in."""
    found = expected(chosen(), [2000.0, 13_500.0, 6000.0], Ahead()).total
    assert found.estimate == pytest.approx(2000 + 13_500 + 5400)
    assert found.low == pytest.approx(20_900 - 2.7764 * 0.02 * 21_100, rel=1e-4)
    assert found.high == pytest.approx(21_500)  # what is typed in altogether


def test_todays_split_asks_for_todays_delivery() -> None:
    ahead = Ahead()
    found = expected(chosen(), list(CLEAR.spend), ahead)
    assert ahead.asked == [Logged()] and found.rows[0].estimate == pytest.approx(4400)


def test_parts_of_a_channel_share_its_spend() -> None:
    """Two parts of the first channel, of which the log knows that one spends three times as much."""
    parts = (Cell(0, (0,), "x", "a, x"), Cell(0, (1, 2), "y", "a, y"), Cell(1, (0, 1, 2), None, "b"))
    cells = Cells(parts, CLEAR.channels, (0, 1))
    choice = replace(chosen(), cells=cells)
    ahead = Ahead()
    found = expected(choice, [2000.0, 9000.0, 6000.0], ahead)
    assert isinstance(ahead.asked[0], SegmentedDelivery)
    assert found.rows[0].estimate + found.rows[1].estimate == pytest.approx(4400)
    assert found.rows[2].estimate == pytest.approx(9000)


def test_without_a_next_period_it_is_that_of_the_logs_average() -> None:
    found = expected(chosen(), list(CLEAR.spend), None)
    assert [row.estimate for row in found.rows] == pytest.approx(list(CLEAR.spend))
    assert found.total.low < sum(CLEAR.spend) == pytest.approx(found.total.high)


def test_a_verdict_tells_what_all_rows_spend_together() -> None:
    decision: SplitDecision = confirm(chosen(), CLEAR.log(1001), split=SPLIT)
    assert decision.spend is not None and decision.spend.high <= decision.budget_recommended + 1e-6
    assert decision.spend.estimate <= sum(row.expected_spend for row in decision.rows) + 1e-6
