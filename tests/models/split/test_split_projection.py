"""What platforms can carry out of a personalised policy, and what channels earn by segment; known truth."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom
from segment_worlds import CHANNELS, NAMES, SegmentWorld, whole

from models.evaluation.intervals.bootstrap_t import normal_interval
from models.policies.rules import SegmentedDelivery
from models.results import Interval
from models.split.projection import by_cell, every_cell, projection, value_left
from models.split.segment_slopes import segment_slopes
from models.split.segments import Segments

WORLD = SegmentWorld(((3.0, 1.1), (-0.5, 1.1)))
"""Social pays among explorers and does harm among regulars; search earns the same for both."""
TARGETED = SegmentedDelivery(((1.0, 1.8, 1.0), (1.0, 0.2, 1.0), (1.0, 1.0, 1.0)), (0, 1), "targeted")
"""Social for explorers alone, nearly: as much money as today."""
ONES = np.ones(len(CHANNELS))


def interval(values: np.ndarray, level: float) -> Interval:
    found = normal_interval(values, scale=1.0, level=level)
    assert found is not None
    return found


def contributions(part: Segments, policy: SegmentedDelivery) -> np.ndarray:
    """(C, 3) margin, social, search."""
    journeys = part.estimator.journeys
    target = policy.probabilities(part.features, journeys.eligible, part.estimator.behaviour)
    return journeys.scale * part.estimator.contributions(target)[:, :3]


def test_a_projection_spends_what_the_policy_spends() -> None:
    part = WORLD.log(1)
    wanted = contributions(part, TARGETED)[:, 1:].sum(axis=0)
    delivery = whole(part)
    found = projection(delivery, wanted)
    assert delivery.at(found)[:, 1:].sum(axis=0) == pytest.approx(wanted, rel=1e-3)
    assert projection(delivery, delivery.today()[:, 1:].sum(axis=0)).tolist() == [1.0, 1.0]
    assert projection(delivery, np.zeros(2)).tolist() == [0.0, 0.0]


def test_what_a_platform_can_be_told_in_full_leaves_no_value() -> None:
    part = WORLD.log(2)
    cells = every_cell(part)
    assert cells.names == tuple(f"{c} · {s}" for c in CHANNELS for s in NAMES)
    wanted = by_cell(contributions(part, TARGETED), cells, part)
    found = projection(part.delivery(cells), wanted)
    assert found == pytest.approx([1.8, 0.2, 1.0, 1.0], abs=0.02)
    told = cells.policy((1.0, *found.tolist()), "told")
    left = value_left(
        contributions(part, TARGETED), contributions(part, told), by="cells", interval=interval, level=0.95
    )
    assert left.estimate == pytest.approx(0.0, abs=0.01 * WORLD.profit(np.array([[1.8, 1.0], [0.2, 1.0]])))


def test_the_value_left_is_what_the_world_loses() -> None:
    """40 pairs of logs; an interval of 95 % may miss in 6 of them (7 or more: 0.5 %, binomial)."""
    truth = WORLD.profit(np.array([[1.8, 1.0], [0.2, 1.0]]))  # by channel, social stays as it is: worth 0
    assert binom.sf(6, 40, 0.05) < 0.005
    missed = 0
    for seed in range(40):
        chosen, told = WORLD.log(seed, 1500), WORLD.log(100 + seed, 1500)
        wanted = contributions(chosen, TARGETED)[:, 1:].sum(axis=0)
        multipliers = projection(whole(chosen), wanted)
        left = value_left(
            contributions(told, TARGETED), whole(told).at(multipliers),
            by="channel", interval=interval, level=0.95,
        )  # fmt: skip
        missed += not left.low <= truth <= left.high
        assert left.personal_spend == pytest.approx(left.projected_spend, rel=0.1)
    assert missed <= 6


def test_every_channel_has_a_slope_in_every_segment() -> None:
    """An ad costs 1, so the slope is what it earns there. 25 logs x 4 cells, intervals of 95 %: 12 misses or
    more in 0.4 % of such tests (binomial)."""
    assert binom.sf(11, 100, 0.05) < 0.005
    truth = {(c, s): WORLD.effect[j][k] for k, c in enumerate(CHANNELS) for j, s in enumerate(NAMES)}
    missed = 0
    for seed in range(25):
        part = WORLD.log(seed, 1500)
        found = segment_slopes(part, whole(part), 0.95)
        assert [(s.channel, s.segment) for s in found] == list(truth)
        for slope in found:
            assert slope.low is not None and slope.high is not None and slope.level == 0.95
            missed += not slope.low <= truth[slope.channel, slope.segment] <= slope.high
    assert missed <= 11


def test_a_slope_by_segment_costs_no_evaluation_beyond_those_of_its_channel() -> None:
    part = WORLD.log(3)
    delivery = whole(part)
    segment_slopes(part, delivery, 0.95)
    assert delivery.calls == 2 * len(CHANNELS)


def test_a_segment_without_spend_has_no_slope() -> None:
    part = WORLD.log(4)
    nobody = Segments(part.estimator, np.zeros_like(part.features), part.names, part.columns, part.shares)
    assert {s.estimate for s in segment_slopes(nobody, whole(part), 0.95)} == {None}


def test_a_cell_of_a_few_people_has_no_slope_nor_has_the_one_that_gives_it_away() -> None:
    part = WORLD.log(5)
    people = np.array([[40, 3, 0], [40, 30, 0]])  # channels x (explorers, regulars, none)
    counted = replace(part, people=people, least=10)
    told = segment_slopes(counted, whole(part), 0.95)
    assert [s.few for s in told] == [s.estimate is None for s in told] == [True, True, False, False]
    all_told = segment_slopes(replace(counted, least=3), whole(part), 0.95)
    assert not any(s.few or s.estimate is None for s in all_told)
