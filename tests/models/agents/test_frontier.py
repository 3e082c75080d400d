"""The personalised frontier: any budget from the policies at hand, by numbers a reader can add up."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from models.agents.frontier import Corner, Evaluated, MixturePolicy, PolicyFrontier, policy_frontier
from models.numerics.hull import upper_hull
from models.policies.rules import Always, UniformEligible
from models.results import Interval
from models.spending.bands import PolicySpend, SpendDoubt
from models.spending.todays_spend import TodaysSpend
from sql.errors import StudyError


@dataclass(frozen=True)
class Named:
    """A policy that is only a name."""

    name: str

    def probabilities(self, features, eligible, behaviour):  # noqa: ARG002
        return behaviour


def people(margin: float, spend: float, n: int = 100) -> np.ndarray:
    """(n, 2) margin and spend of one channel, alike for all but a little."""
    wobble = np.where(np.arange(n) % 2 == 0, 0.9, 1.1)
    return np.column_stack([margin / n * wobble, np.full(n, spend / n)])


WORTH = {
    "cut": people(500, 50),
    "today": people(900, 100),
    "agent at 2": people(1200, 90),
    "agent at 1": people(1300, 120),
    "wasteful": people(1000, 110),
}

UNEVEN = np.column_stack([np.full(100, 9.0), np.where(np.arange(100) % 2 == 0, 0.0, 2.0)])
"""A hundred entities; half of them are shown ads for 2, nobody else anything."""


def evaluated(policy: Named) -> Evaluated:
    return Evaluated(WORTH[policy.name])


def frontier(z: float = 0.0) -> PolicyFrontier:
    prices = {"agent at 2": 2.0, "agent at 1": 1.0}
    policies = [(Named(name), prices.get(name, float("nan"))) for name in WORTH]
    return policy_frontier(policies, evaluated, WORTH["today"], channels=("search",), z=z)


def test_dominated_policies_are_no_corners() -> None:
    assert [c.policy.name for c in frontier().corners] == ["cut", "agent at 2", "agent at 1"]


@pytest.mark.parametrize("budget", [50, 60, 90, 100, 119.9, 120])
def test_a_mixture_spends_the_budget_exactly(budget: float) -> None:
    answer = frontier().at(budget)
    assert answer.spend == pytest.approx(budget) == answer.spend_by_channel["search"]
    assert answer.interval.low < answer.value < answer.interval.high


def test_between_two_corners_by_hand() -> None:
    answer = frontier().at(100)  # a third of the way from 90 to 120
    assert answer.share == pytest.approx(1 / 3)
    assert answer.value == pytest.approx(1200 + 100 / 3)


def test_more_money_than_the_best_corner_spends_stays_unspent() -> None:
    answer = frontier().at(240)
    assert answer.spend == pytest.approx(120)
    with pytest.raises(StudyError, match="the cheapest, cut, spends 50"):
        frontier().at(40)


def test_doubt_moves_the_corners() -> None:
    """A bold agent that may be chance is a corner for its estimate and none for its lower bound."""
    gamble = np.where(np.arange(100) % 10 == 0, 140.0, 0.0)
    bold = np.column_stack([gamble, np.full(100, 1.3)])
    worth = {**WORTH, "bold": bold}
    for z, expected in ((0.0, True), (1.64, False)):
        found = policy_frontier(
            [(Named(n), 1.0) for n in worth], lambda p: Evaluated(worth[p.name]), WORTH["today"],
            channels=("search",), z=z,
        )  # fmt: skip
        assert ("bold" in [c.policy.name for c in found.corners]) is expected


def test_the_low_end_is_right_for_all_that_were_tried() -> None:
    """A bound of every policy's own: between two corners it is their mixture, where that is lower."""
    lows = {"cut": 10.0, "agent at 2": 900.0, "agent at 1": 600.0}

    def together(margins: np.ndarray) -> list[float]:
        names = {round(float(worth[:, 0].sum())): name for name, worth in WORTH.items()}
        return [lows.get(names[round(total)], 0.0) for total in margins.sum(axis=0).tolist()]

    prices = [(Named(name), 1.0) for name in WORTH]
    found = policy_frontier(
        prices, evaluated, WORTH["today"], channels=("search",), z=0.0, lows=together
    )  # fmt: skip
    assert found.at(100).interval.low == pytest.approx(900 - 300 / 3)
    assert found.at(100).interval.high == frontier().at(100).interval.high
    generous = policy_frontier(
        prices, evaluated, WORTH["today"], channels=("search",), z=0.0, lows=lambda m: [1e9] * m.shape[1]
    )
    assert generous.at(100).interval == frontier().at(100).interval


def test_spend_is_doubted_as_far_as_it_differs_from_todays() -> None:
    """Today's spend is known, however much entities differ in it; a cut by half, as sure as what it cuts."""
    same = PolicyFrontier(
        (Corner(Named("today"), float("nan"), UNEVEN),), ("search",), frontier().interval, 0.95, UNEVEN
    )
    spend = same.at(1000).spend_interval
    assert spend.low == spend.estimate == spend.high == pytest.approx(100)
    half = PolicyFrontier(
        (Corner(Named("half"), float("nan"), UNEVEN * [1, 0.5]),),
        ("search",),
        frontier().interval,
        0.95,
        UNEVEN,
    )
    spend = half.at(1000).spend_interval
    assert spend.low < spend.estimate == pytest.approx(50) and spend.high > 50
    alone = PolicyFrontier(half.corners, ("search",), half.interval, 0.95).at(1000).spend_interval
    assert alone.high - alone.low == pytest.approx(spend.high - spend.low)


def test_policies_the_log_does_not_support_are_left_out() -> None:
    with pytest.raises(StudyError, match="supports none"):
        policy_frontier([(Named("x"), 1.0)], lambda _: None, WORTH["today"], channels=("search",), z=0)


def test_the_hull_by_hand() -> None:
    assert upper_hull([0, 1, 2, 3], [0, 5, 6, 4]) == [0, 1, 2]
    assert upper_hull([0, 1, 2, 3], [0, 1, 6, 6]) == [0, 2]
    assert upper_hull([1, 1, 2], [0, 3, 4]) == [1, 2]
    assert upper_hull([1, 1, 2], [3, 0, 4]) == [0, 2]
    assert upper_hull([5], [1]) == [0]


def test_mixtures_of_policies_and_of_entities() -> None:
    eligible, behaviour = np.ones((1, 2), bool), np.array([[0.5, 0.5]])
    mixed = MixturePolicy(Always(0, "nothing"), UniformEligible(), 0.5, "half")
    found = mixed.probabilities(np.zeros((1, 1), np.float32), eligible, behaviour)
    assert found.tolist() == [[0.75, 0.25]]
    entity = np.arange(10_000)
    half = mixed.takes_second(entity)
    more = MixturePolicy(mixed.first, mixed.second, 0.7, "more").takes_second(entity)
    assert half.mean() == pytest.approx(0.5, abs=0.02)  # four standard errors
    assert (more | ~half).all()
    assert mixed.used == (mixed.first, mixed.second)
    assert MixturePolicy(mixed.first, mixed.second, 1.0, "all").used == (mixed.second,)
    assert MixturePolicy(mixed.first, mixed.second, 1e-16, "none").used == (mixed.first,)
    assert mixed.of_fold(1) == mixed  # rules learnt from nobody


def test_one_policy_alone_is_a_frontier() -> None:
    alone = PolicyFrontier(
        (Corner(Named("today"), float("nan"), WORTH["today"]),),
        ("search",),
        lambda v, level: Interval(float(v.sum()), 0.0, 1.0, level),
        0.95,
    )
    answer = alone.at(100)
    assert (answer.share, answer.value) == (1.0, pytest.approx(900))


def test_spend_is_that_of_the_next_period_left_alone_and_corrected() -> None:
    """An agent that will spend 112.5 where its evaluation says 90; today's delivery 100, as it did. Two weeks
    were 2 % off each: t with 2 degrees of freedom is 4.303."""
    ahead = {
        "agent at 2": PolicySpend(np.array([112.5]), np.zeros((4, 1))),
        "today": PolicySpend(np.array([100.0]), np.zeros((4, 1))),
    }
    policies = [(Named("agent at 2"), 2.0), (Named("today"), float("nan"))]
    found = policy_frontier(
        policies,
        lambda p: Evaluated(WORTH[p.name], ahead[p.name]),
        WORTH["today"], channels=("search",), z=0.0,
    )  # fmt: skip
    assert [c.policy.name for c in found.corners] == ["today", "agent at 2"]
    weekly, daily = np.array([[0.02, 0.02], [-0.02, -0.02]]), np.tile([0.03, -0.03], 8)
    past = TodaysSpend(np.array([100.0]), weekly, daily, np.zeros(2))
    answer = replace(found, doubt=SpendDoubt(past, 7)).at(105.0)
    assert answer.spend == pytest.approx(105.0) and answer.spend_by_channel == {"search": answer.spend}
    alone, corrected = answer.spend_interval, answer.spend_corrected
    assert alone.high - 105 == pytest.approx(105 - alone.low) == pytest.approx(105 * 0.02 * 4.3027, rel=1e-3)
    assert corrected is not None and corrected.estimate == 105.0
    # the most may turn out as little as 102.8, and the least as much as 108.6: no night can mend that
    assert corrected.low == pytest.approx(112.5 * (1 - 0.02 * 4.3027), rel=1e-4)
    assert corrected.high == pytest.approx(100 * (1 + 0.02 * 4.3027), rel=1e-4)


def test_without_a_next_period_spend_is_that_of_the_logs_average() -> None:
    today = WORTH["today"]
    answer = frontier().at(120)
    assert answer.spend == pytest.approx(120) and answer.spend_corrected is None
    kept = policy_frontier([(Named("today"), float("nan"))], evaluated, today, channels=("search",), z=0.0)
    known = kept.at(100).spend_interval  # of today's delivery, against itself, nothing is in doubt
    assert known.low == known.high == pytest.approx(100)
