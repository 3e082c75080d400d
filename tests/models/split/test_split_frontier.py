"""The frontier: seven budgets, concave, and the best plan at each."""

import numpy as np
import pytest
from response_worlds import ResponseWorld

from models.evaluation.estimators.support import Gate
from models.results import FrontierPoint, SourcesDiffer
from models.settings import EvaluationSettings, SplitSettings
from models.split.delivery import DeliveryValue, Supports
from models.split.frontier import hull_mixture, split_frontier
from tests.models.split.deciding import choose

EVALUATION = EvaluationSettings()


def frontier(
    world: ResponseWorld, split: SplitSettings, seed: int = 1, **more: object
) -> tuple[FrontierPoint, ...]:
    choice = choose(
        world.log(seed), tier=str(more.pop("tier", "A")), split=split, evaluation=EVALUATION,
        overlap=world.overlap(), current=dict(zip(world.channels, world.spend, strict=True)), **more,
    )  # fmt: skip
    return split_frontier(choice, world.log(seed + 1), z=split.z)


def test_points_are_concave_in_order_and_priced_by_the_slope() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.6, 0.6, 0.6))
    points = frontier(world, SplitSettings(bootstrap=0))
    budgets, values = [p.budget for p in points], [p.value for p in points]
    assert budgets == [19_000 * share for share in (0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0)]
    slopes = np.diff(values) / np.diff(budgets)
    assert np.all(np.diff(slopes) <= 1e-9)
    assert [p.price for p in points[:-1]] == pytest.approx(slopes.tolist())
    for p in points:
        assert p.low < p.value < p.high
        assert p.spend == pytest.approx(sum(p.spend_by_channel.values()))
        assert p.spend <= p.budget * 1.001


def test_noise_does_not_bend_the_frontier_upwards() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.2, 1.1), (0.5, 0.9, 0.5), (2.0, 2.0, 2.0))
    for seed in range(0, 12, 2):
        points = frontier(world, SplitSettings(bootstrap=0), seed)
        prices = [p.price for p in points]
        assert prices == sorted(prices, reverse=True) and prices[-1] >= 0


def test_without_noise_each_plan_beats_the_proportional_one() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), spread=0.0)
    points = frontier(world, SplitSettings(bootstrap=0))
    base = points[3].value - world.margin(
        np.array([points[3].spend_by_channel[c] for c in world.channels]) / world.spend
    )
    for p in points[1:-1]:
        even = world.margin(np.full(3, p.budget / 19_000)) + base
        assert p.value > even
    # shares move with the budget: the loser has the smallest part when money is short
    assert points[1].spend_by_channel["channel_a"] == pytest.approx(2000, rel=0.01)


def test_budgets_beyond_the_bounds_are_not_drawn() -> None:
    world = ResponseWorld((4000.0, 9000.0), (0.9, 1.9), (0.5, 0.9), (0.1, 0.1))
    narrow = SplitSettings(min_multiplier=0.8, max_multiplier=1.2, bootstrap=0)
    budgets = [p.budget for p in frontier(world, narrow)]
    assert len(budgets) == 7 and 13_000 in budgets
    assert budgets[0] == pytest.approx(10_400) and budgets[-1] == pytest.approx(15_600)


def test_a_held_channel_keeps_its_money_at_every_budget() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.1, 0.1, 0.1))
    points = frontier(
        world, SplitSettings(bootstrap=0), held={"channel_b": SourcesDiffer("a lift test", 1.0, 3.0)}
    )
    assert all(p.spend_by_channel["channel_b"] == pytest.approx(9000) for p in points)


def test_no_frontier_where_no_channel_can_be_judged() -> None:
    world = ResponseWorld((4000.0, 9000.0), (0.9, 1.9), (0.5, 0.9), (0.1, 0.1))
    assert frontier(world, SplitSettings(bootstrap=0), tier="B") == ()


def test_a_dent_is_filled_by_the_mixture_of_its_neighbours() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.0, 1.0, 4.0, 5.0])
    left, right, share = hull_mixture(x, y)
    assert ((1 - share) * y[left] + share * y[right]).tolist() == [0.0, 2.0, 4.0, 5.0]


def test_where_more_money_earns_less_it_stays_unspent() -> None:
    x = np.array([0.0, 1.0, 2.0, 4.0])
    for y, filled in (([0.0, 3.0, 4.0, 1.0], [0.0, 3.0, 4.0, 4.0]), ([3.0, 2.0, 1.0, 0.0], [3.0] * 4)):
        left, right, share = hull_mixture(x, np.array(y))
        assert ((1 - share) * np.array(y)[left] + share * np.array(y)[right]).tolist() == filled


def supported_by(log: DeliveryValue, most: float, noise: float = 0.0) -> DeliveryValue:
    """The same log, which supports no multiplier above `most`, and whose spend away from today's is noisy."""
    rng = np.random.default_rng(7)

    def contributions(multipliers: np.ndarray) -> np.ndarray:
        values = log.at(multipliers[1:])
        away = np.abs(multipliers[1:] - 1) * log.today()[:, 1:].sum(axis=0)
        values[:, 1:] += noise * rng.normal(size=len(away)) * away / len(values)
        return values

    def early(multipliers: np.ndarray) -> Gate | None:
        return Gate("tail shape", 0.9, 0.7) if multipliers.max() > most else None

    return DeliveryValue(
        contributions,
        outcome_names=("margin", *(f"cost:{c}" for c in log.channels)),
        actions=("none", *log.channels),
        scale=1.0,
        cluster_key=log.cluster_key,
        supports=Supports(early, lambda m: (contributions(m), early(m)), np.ones(len(log.channels))),
    )


NOISY = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.1, 0.1, 0.1))


def noisy_frontier(seed: int, **support: float) -> tuple[FrontierPoint, ...]:
    choice = choose(
        NOISY.log(seed), tier="A", split=SplitSettings(bootstrap=0), evaluation=EVALUATION,
        overlap=NOISY.overlap(), current=dict(zip(NOISY.channels, NOISY.spend, strict=True)),
    )  # fmt: skip
    return split_frontier(choice, supported_by(NOISY.log(seed + 1), **support), z=1.64)


@pytest.mark.parametrize("seed", range(6))
def test_no_spend_is_below_0_or_above_its_budget_however_noisy_its_estimate(seed: int) -> None:
    """A cut is spent as typed: of half of today's budget, half is spent, whatever weights say."""
    points = noisy_frontier(seed, most=9.0, noise=4.0)
    assert len(points) == 7
    for p in points:
        assert all(spend >= 0 for spend in p.spend_by_channel.values())
        assert p.spend <= p.budget * (1 + 1e-9)
    assert points[0].spend == pytest.approx(9500, abs=1)


def test_budgets_end_where_the_logs_support_does() -> None:
    points = noisy_frontier(1, most=1.3)
    budgets = [p.budget for p in points]
    assert budgets[0] == 9500 and 19_000 in budgets
    assert 19_000 < budgets[-1] <= 1.3 * 19_000
    assert noisy_frontier(1, most=0.4) == ()  # not even today's


def test_the_frontier_stands_on_todays_spend() -> None:
    """The log's average spent twice as much as today on a: half a budget is half of today's."""
    today = {"channel_a": 2000.0, "channel_b": 9000.0, "channel_c": 0.0}
    log = NOISY.log(1)
    choice = choose(
        log, tier="A", split=SplitSettings(bootstrap=0), evaluation=EVALUATION, overlap=NOISY.overlap(),
        current=today, valued=log.spend_today,
    )  # fmt: skip
    points = split_frontier(choice, NOISY.log(2), z=1.64)
    assert points[0].budget == 5500.0
    assert points[0].spend_by_channel == pytest.approx(
        {"channel_a": 1000.0, "channel_b": 4500.0, "channel_c": 0.0}
    )
    assert all(p.spend_by_channel["channel_c"] == 0.0 and p.spend <= p.budget + 0.01 for p in points)
