"""Channel x segment: budgets of their own where segments differ, and only there."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from segment_worlds import CHANNELS, SegmentWorld, chosen, whole

from models.policies.rules import ScaledDelivery, SegmentedDelivery, segment_of
from models.results import Moved, SourcesDiffer
from models.settings import ChannelBounds, SplitSettings
from models.split import optimiser
from models.split.cells import cells_of
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.frontier import split_frontier
from models.split.local_model import expand_today
from models.split.segments import Segments, merged
from models.split.worth import NOTHING, Worth
from tests.models.split.deciding import confirm

SPLIT = SplitSettings(bootstrap=0, segments=True)
OPPOSITE = SegmentWorld(((3.0, 1.1), (-0.5, 1.1)))
"""Social pays among explorers and does harm among regulars; search is the same for both."""
ALIKE = SegmentWorld(((2.2, 0.4), (2.2, 0.4)))


def test_every_segment_is_delivered_by_its_own_multipliers() -> None:
    rng = np.random.default_rng(0)
    features = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1]][:, :2]  # the third user is in no segment
    behaviour, eligible = rng.dirichlet(np.ones(3), 5), np.ones((5, 3), bool)
    policy = SegmentedDelivery(((1.0, 0.5, 2.0), (1.0, 1.5, 0.8), (1.0, 1.0, 1.0)), (0, 1), "by segment")
    found = policy.probabilities(features, eligible, behaviour)
    assert segment_of(features, (0, 1)).tolist() == [0, 1, 2, 0, 1]
    for row, multipliers in enumerate(policy.multipliers[s] for s in (0, 1, 2, 0, 1)):
        alone = ScaledDelivery(multipliers, "").probabilities(
            features[[row]], eligible[[row]], behaviour[[row]]
        )
        assert found[row].tolist() == alone[0].tolist()
    assert found[2].tolist() == behaviour[2].tolist()


SURE = 0.9875


def slopes(iroas: tuple[float, ...], error: float, seed: int, users: int = 300) -> tuple[np.ndarray, ...]:
    """(C, 3) per-user slopes of margin, spend, purchases; each segment's return has the given error."""
    rng = np.random.default_rng(seed)
    segment = np.repeat(np.arange(len(iroas)), users)
    spend = rng.exponential(1.0, len(segment))
    margin = np.array(iroas)[segment] * spend + error * np.sqrt(users) * rng.standard_normal(len(segment))
    return np.column_stack([margin, spend, np.zeros(len(segment))]), segment


def test_segments_that_answer_alike_share_a_budget() -> None:
    found, segment = slopes((2.0, 0.5, 2.1, 0.4), 0.1, seed=1)
    assert merged(found, segment, 4, SURE) == ((0, 2), (1, 3))
    found, segment = slopes((2.0, 1.0, 0.0), 0.1, seed=2)
    assert merged(found, segment, 3, SURE) == ((0,), (1,), (2,))
    # a segment of one user says nothing, and joins the average
    assert merged(found, np.where(np.arange(len(segment)) == 0, 3, segment), 4, SURE) == ((0,), (1, 3), (2,))


def test_segments_are_seldom_told_apart_by_chance() -> None:
    # 200 logs of three equal segments, nominal 5 %: more than 19 in 3 of 1,000 such tests (binomial)
    apart = sum(len(merged(*slopes((1.0, 1.0, 1.0), 0.3, seed), 3, 0.95)) > 1 for seed in range(200))
    assert apart <= 19


def test_one_segment_that_differs_does_not_cut_the_others() -> None:
    # 100 logs, nominal 5 %: more than 13 in 1 of 1,000 such tests (binomial). Were the seven others parted
    # where two of them differ by 1.96 standard errors, as any two that were not picked may, 48 logs cut them.
    cut = 0
    for seed in range(100):
        groups = merged(*slopes((3.0, *(1.0,) * 7), 0.3, seed, users=60), 8, 0.95)
        cut += sum(1 for group in groups if set(group) - {0}) > 1
    assert cut <= 13


def test_cells_at_one_multiplier_are_their_channel() -> None:
    segments = OPPOSITE.log(1)
    channel = whole(segments)
    cells = cells_of({0: ((0,), (1,))}, CHANNELS, segments.names, segments.columns, nobody=True)
    assert cells.names == ("social · explorers", "social · regulars", "search")
    by_cell = segments.delivery(cells)
    for social, search in ((1.0, 1.0), (1.4, 0.7)):
        one, other = channel.at(np.array([social, search])), by_cell.at(np.array([social, social, search]))
        assert np.array_equal(other[:, 0], one[:, 0])
        assert np.allclose(other[:, 1] + other[:, 2], one[:, 1]) and np.array_equal(other[:, 3], one[:, 2])
    apart = by_cell.at(np.array([1.5, 0.5, 1.0]))
    explorers = segments.of_cluster == 0
    assert not apart[~explorers, 1].any() and not apart[explorers, 2].any()


def test_where_segments_differ_each_gets_its_own_budget_and_the_report_says_so() -> None:
    choice = chosen(OPPOSITE.log(1), SPLIT)
    assert choice.cells is not None and choice.whole_channels is not None
    assert choice.worth > choice.whole_channels.worth > NOTHING
    log = OPPOSITE.log(1)
    decision = confirm(choice, whole(log), split=SPLIT, segments=log)
    assert decision.verdict.startswith("MOVE")
    rows = {(row.channel, row.segment): row for row in decision.rows}
    assert list(rows) == [("social", "explorers"), ("social", "regulars"), ("search", None)]
    assert rows["social", "explorers"].recommended > 1250 > rows["social", "regulars"].recommended
    assert rows["social", "regulars"].recommended == 630.0  # half of 1,250, on the platform's step
    assert rows["social", "regulars"].reason == Moved("cut to the bound", "harms")
    for row, truth in zip(decision.rows, (3.0, -0.5, 1.1), strict=True):
        # each interval misses in one of 20 logs drawn anew
        assert row.marginal_iroas_low <= truth <= row.marginal_iroas_high
    m = np.array(
        [[rows["social", s].multiplier, rows["search", None].multiplier] for s in ("explorers", "regulars")]
    )
    assert decision.uplift.low <= OPPOSITE.profit(m) <= decision.uplift.high
    best_of_channels = OPPOSITE.profit(np.tile(choice.whole_channels.multipliers[1:], (2, 1)))
    assert OPPOSITE.profit(m) > best_of_channels
    # the frontier is of whole channels, whose evaluations are those of whole channels
    assert set(split_frontier(choice, whole(log), z=1.64)[0].spend_by_channel) == set(CHANNELS)


def test_segments_that_do_not_differ_leave_channels_whole() -> None:
    # each log tells the two channels' segments apart by chance in about one of ten
    by_segment = sum(chosen(ALIKE.log(seed, 1500), SPLIT).cells is not None for seed in range(20))
    assert by_segment <= 6  # more than 6 of 20 at a rate of 10 %: 2 in 1,000


@pytest.mark.parametrize(
    ("whole", "part", "by_segment"),
    [
        (Worth(True, 100.0), Worth(True, 120.0), True),
        (Worth(True, 100.0), Worth(True, 90.0), False),
        (Worth(True, 100.0), Worth(False, 120.0), False),  # what is confirmed comes first
        (NOTHING, Worth(False, 5.0), True),  # as a plan between whole channels wins against today's split
        (NOTHING, NOTHING, False),
        (Worth(False, -np.inf), Worth(False, -70.0), True),  # only the split by segment meets the target
    ],
)
def test_the_split_that_is_worth_more_wins(
    monkeypatch: pytest.MonkeyPatch, whole: Worth, part: Worth, by_segment: bool
) -> None:
    """Of the best split between whole channels, and by segment."""
    best, told = optimiser._best, iter((whole, part))

    def as_told(*arguments: Any) -> SplitChoice:
        return replace(best(*arguments), worth=next(told))

    monkeypatch.setattr(optimiser, "_best", as_told)
    assert (chosen(OPPOSITE.log(1), SPLIT).cells is not None) == by_segment


def test_bounds_of_a_channel_hold_for_its_segments_together() -> None:
    split = SPLIT.model_copy(update={"channels": {"social": ChannelBounds(max=3000.0, min=2000.0)}})
    choice = chosen(OPPOSITE.log(1), split)
    assert choice.cells is not None
    social = sum(b for b, cell in zip(choice.plan, choice.cells.cells, strict=True) if cell.channel == 0)
    assert 2000.0 <= social <= 3000.0


def test_cells_that_all_have_to_stay_leave_the_split_to_whole_channels() -> None:
    # 180 users: each cell was shown fewer than 50 times, and the whole channels are told to be well supported
    few = SegmentWorld(((3.0, 1.1), (-0.5, 1.1)), noise=0.1).log(1, 180)
    cells = few.cells(expanded(few), np.ones(2, bool), SURE)
    assert cells is not None and all(
        row.mean_probability * row.eligible_rows < 50 for row in few.overlap(cells, 0.01)
    )
    assert chosen(few, SPLIT).cells is None


def expanded(segments: Segments) -> DeliveryValue:
    """Whole channels, with the evaluations that cells are cut by."""
    delivery = whole(segments)
    expand_today(delivery, np.ones(2, bool))
    return delivery


def test_a_channel_that_is_held_stays_whole_and_held() -> None:
    choice = chosen(OPPOSITE.log(1), SPLIT, held={"search": SourcesDiffer("a lift test", 1.0, 3.0)})
    assert choice.cells is not None and choice.held == {"search": SourcesDiffer("a lift test", 1.0, 3.0)}
    assert choice.plan[2] == 2500.0


def test_users_of_no_segment_keep_todays_delivery() -> None:
    cells = cells_of({0: ((0,), (1,))}, CHANNELS, ("a", "b"), (4, 7), nobody=False)
    assert cells.names == ("social · a", "social · b", "social · no segment", "search")
    policy = cells.policy((1.0, 1.5, 0.5, 1.0, 0.8), "plan")
    assert policy.multipliers == ((1.0, 1.5, 0.8), (1.0, 0.5, 0.8), (1.0, 1.0, 0.8))


def test_a_split_by_segment_cannot_be_confirmed_without_segments() -> None:
    with pytest.raises(ValueError, match="by segment"):
        confirm(chosen(OPPOSITE.log(1), SPLIT), whole(OPPOSITE.log(2)), split=SPLIT)


def test_no_cell_has_a_budget_that_tells_of_a_few_people() -> None:
    segments = OPPOSITE.log(1)
    delivery, free = whole(segments), np.ones(2, bool)
    delivery.at(np.ones(2))
    names = {
        label: cells and cells.names
        for label, people in {
            "enough": [[50, 50, 0], [50, 50, 0]],
            "few regulars": [[50, 3, 0], [50, 50, 0]],
            "few of no segment": [[50, 50, 3], [50, 50, 0]],
        }.items()
        for cells in [replace(segments, people=np.array(people), least=10).cells(delivery, free, SURE)]
    }
    assert names == {
        "enough": ("social · explorers", "social · regulars", "search"),
        "few regulars": None,  # whole channels
        "few of no segment": None,
    }
