"""Cutting journeys: calendar windows, tails, scale, and no selection on what happened."""

from dataclasses import replace

import numpy as np
import pytest

from models.mdp.journeys import Journeys, JourneyTerms, cut_journeys, elapsed_discounts
from models.mdp.transition_table import CONTINUES, TERMINAL, Feature, Outcome, Transitions
from models.mdp.windows import cut_windows
from sql.errors import LogError, StudyError


def logged_totals(journeys: Journeys) -> np.ndarray:
    """(o,) what today's delivery earned and cost, in reported units."""
    return journeys.scale * journeys.by_cluster(journeys.outcomes).sum(axis=0)


def table(rows: list[tuple[int, int, int, int, int]], *, immature: tuple[int, ...] = ()) -> Transitions:
    """Rows (entity, day, action, margin in currency, cost in currency), two actions, one feature: the day."""
    entity, day, action, margin, cost = (np.array(c) for c in zip(*rows, strict=True))
    n = len(entity)
    same = np.r_[entity[1:] == entity[:-1], False]
    step = np.arange(n) - np.maximum.accumulate(np.where(np.r_[True, ~same[:-1]], np.arange(n), 0))
    return Transitions(
        entity=entity.astype(np.int64),
        day=day.astype(np.int32),
        step=step.astype(np.int32),
        action=action.astype(np.int16),
        eligible=np.ones((n, 2), bool),
        features=np.column_stack([day, np.full(n, 7.0)]).astype(np.float32),
        outcomes=np.column_stack([margin * 1_000_000, cost * 1_000_000, action]).astype(np.int64),
        elapsed_days=np.ones(n, np.float32),
        end=np.where(same, CONTINUES, TERMINAL).astype(np.uint8),
        mature=~np.isin(day, immature),
        propensity=None,
        segment=np.zeros(n, np.int16),
        actions=("none", "search"),
        segments=("all",),
        feature_spec=(Feature("day", "days", "The day."), Feature("seven", "one", "A constant.")),
        outcome_spec=(
            Outcome("margin", "micros", "goal"),
            Outcome("cost:search", "micros", "guardrail"),
            Outcome("clicks", "count", "info"),
        ),
    )


def cut(transitions: Transitions, keep=None, **changes):
    total_entities = changes.pop("total_entities", 2)
    terms = replace(JourneyTerms(horizon_days=2, tail_days=2, single_step=False, period_days=2), **changes)
    keep = np.ones(transitions.n_rows, bool) if keep is None else keep
    return cut_journeys(transitions, keep, terms, total_entities=total_entities)


SIX_DAYS = [(1, d, d % 2, 10 + d, d % 2) for d in range(100, 106)] + [
    (2, d, 1, 1, 2) for d in (102, 103, 104)
]


def test_windows_are_cut_backwards_and_the_tail_is_one_more_row():
    journeys = cut(table(SIX_DAYS))
    # tail 104..105, so the windows are 102..103 and 100..101; entity 2 enters on day 102
    assert journeys.rows.tolist() == [0, 1, 2, 2, 3, 4, 6, 7, 8]
    assert journeys.journey.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert journeys.cluster.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert journeys.t.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2]
    assert journeys.days_left.tolist() == [2, 1, 0, 2, 1, 0, 2, 1, 0]
    margin = journeys.outcomes[:, 0]
    assert margin.tolist() == [110, 111, 112 + 113, 112, 113, 114 + 115, 1, 1, 1]
    assert journeys.outcome_names == ("margin", "cost:search", "clicks", "cost", "profit")
    np.testing.assert_array_equal(journeys.outcomes[:, 3], journeys.outcomes[:, 1])
    np.testing.assert_array_equal(journeys.outcomes[:, 4], margin - journeys.outcomes[:, 1])


def test_nothing_is_decided_in_a_tail():
    journeys = cut(table(SIX_DAYS))
    assert journeys.is_decision.tolist() == [True, True, False] * 3
    assert not journeys.eligible[2::3, 1].any() and journeys.eligible[2::3, 0].all()
    assert journeys.action[2::3].tolist() == [0, 0, 0]  # what was done on day 102 is no decision of the first
    today = journeys.delivery(np.full((9, 2), 0.5))
    assert today.tolist() == [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]] * 3
    assert cut(table(SIX_DAYS), tail_days=0).is_decision.all()


def test_a_long_tail_is_cut_into_stretches_that_double():
    rows = [(1, day, 0, 1, 0) for day in range(100, 123)] + [(2, day, 0, 1, 0) for day in range(100, 105)]
    transitions = table(rows)
    journeys = cut(transitions, tail_days=21)
    oldest = journeys.journey[transitions.day[journeys.rows] == 100]
    mine = np.isin(journeys.journey, oldest)
    assert journeys.days_left[mine].tolist() == [2, 1, 0, -2, -6, -14, 2, 1, 0, -2]
    assert journeys.as_logged([0])[mine, 0].tolist() == [1, 1, 2, 4, 8, 7, 1, 1, 2, 1]  # the second leaves


def test_levels_count_the_horizon_and_differences_the_tail_too():
    journeys = cut(table(SIX_DAYS))
    # two windows of two days: mean per window over both entities
    margin = (110 + 111 + 112 + 113 + 1 + 1) / 2
    cost = (0 + 1 + 0 + 1 + 2 + 2) / 2
    assert logged_totals(journeys)[:2].tolist() == pytest.approx([margin, cost])
    assert journeys.tail[:, 0].tolist() == [112 + 113 + 114 + 115, 1]


def test_scale_grows_to_all_entities_and_the_budget_period():
    transitions = table(SIX_DAYS)
    only_first = transitions.entity == 1
    journeys = cut(transitions, only_first, period_days=6)
    assert journeys.scale == pytest.approx((2 / 1) * (6 / 2) / 2)
    assert journeys.n_clusters == 1
    assert cut(transitions, per="entity", period_days=2).scale == pytest.approx(1 / (2 * 2))


def test_scale_speaks_of_as_many_as_come_today():
    came_later = [(entity, day, 0, 1, 0) for entity in (3, 4) for day in (104, 105)]
    grown, still = cut(table(SIX_DAYS + came_later)), cut(table(SIX_DAYS))
    assert grown.scale / still.scale == pytest.approx((2 / 4) * ((2 + 1 + 4) / 2) / ((1 + 1 + 2 + 2) / 4))


def test_an_immature_day_drops_the_window_for_everybody():
    # day 101 is excluded: 100..101 and any window with it in its tail go, for all; 102..103 stays
    journeys = cut(table(SIX_DAYS, immature=(101,)))
    assert journeys.rows.tolist() == [2, 3, 4, 6, 7, 8]
    # day 105 is not yet reported: windows end a day earlier, and of the newest no tail is known
    journeys = cut(table(SIX_DAYS, immature=(105,)))
    assert table(SIX_DAYS).day[journeys.rows].tolist() == [101, 102, 103, 103, 104, 105, 102, 103, 103, 104]
    assert journeys.is_decision.tolist() == [True, True, False] * 2 + [True, False, True, True]
    # of four journeys two have a tail; day 105 tells the state that was reached
    assert journeys.stands_for.tolist() == [1, 1, 2, 1, 1, 0, 1, 2, 1, 1]


def test_the_newest_windows_add_what_is_known_of_their_tails():
    """Of 50 days whose outcomes are known, 7 windows of a week: the last two have days, and no whole tail."""
    days = np.arange(100, 156)
    windows = cut_windows(days, 1, np.arange(150, 156), 7, 14, single_step=False)
    assert windows.end.tolist() == [108, 115, 122, 129, 136, 143, 150]
    assert windows.known[:5].all()
    assert windows.known[5:].tolist() == [[True, True, False], [False, False, False]]
    of_a_broken_log = cut_windows(days, 1, np.array([147, *range(150, 156)]), 7, 14, single_step=False)
    assert of_a_broken_log.end.tolist() == [112, 119, 126, 133, 140, 147]
    assert of_a_broken_log.known[:, 2].tolist() == [True] * 4 + [False] * 2


def test_a_tail_that_is_known_of_a_few_windows_stands_for_all():
    """One entity, 1 a day: fourteen days of tail a window are worth 14, of however many windows they are."""
    rows = [(1, day, 0, 1, 0) for day in range(100, 156)]
    journeys = cut(table(rows, immature=tuple(range(150, 156))), horizon_days=7, tail_days=14)
    assert journeys.n_journeys == 7
    assert journeys.tail[0, 0] == pytest.approx(14 * 7)
    assert journeys.outcomes[:, 0].sum() == pytest.approx((7 + 14) * 7)
    known = journeys.stands_for > 0
    assert journeys.as_logged([0])[known, 0].sum() == 7 * 7 + 2 * 6 + 4 * 6 + 8 * 5


def test_single_step_rows_are_journeys_of_their_own():
    rows = [(e, 50 + e % 2, e % 2, e, 0) for e in range(1, 9)]
    journeys = cut(table(rows), single_step=True, per="entity", total_entities=8)
    assert journeys.n_journeys == journeys.n_clusters == 8
    assert journeys.tail is None and journeys.days_left is None
    assert logged_totals(journeys)[0] == pytest.approx(np.mean(range(1, 9)))
    total = cut(table(rows), single_step=True, total_entities=16, period_days=7)
    assert logged_totals(total)[0] == pytest.approx(2 * sum(range(1, 9)))  # two days: one period of a test


def test_features_are_standardised_by_the_whole_table():
    transitions = table(SIX_DAYS)
    _, sd = transitions.feature_moments
    assert sd[1] == 0.0  # a constant column
    everyone = cut(transitions)
    second = cut(transitions, transitions.entity == 2)
    np.testing.assert_array_equal(everyone.features[6:], second.features[:])
    expected = (transitions.day[everyone.rows] - transitions.day.mean()) / transitions.day.std()
    np.testing.assert_allclose(everyone.features[:][:, 0], expected, rtol=1e-6)
    np.testing.assert_array_equal(everyone.features[:][:, 1], 0.0)
    unknown = replace(transitions, features=transitions.features.copy())
    unknown.features[0, 0] = np.nan
    assert cut(unknown).features[:][0, 0] == 0.0


def test_a_log_too_short_says_what_it_needs():
    with pytest.raises(LogError, match=r"covers 6 days, 6 of them .* need 9 complete days"):
        cut(table(SIX_DAYS), horizon_days=7)
    with pytest.raises(LogError, match="No decision is left"):
        cut(table(SIX_DAYS), np.zeros(9, bool))
    weekly = [(1, d, 0, 1, 0) for d in (100, 107, 114, 121)]
    with pytest.raises(StudyError, match="horizon_days = 10 is not a multiple of the epoch of 7 days"):
        cut(table(weekly), horizon_days=10)
    assert cut(table(weekly), horizon_days=7, tail_days=3).n_journeys == 3


def test_discounts_count_days_not_rows():
    rows = [(1, 100, 1, 0, 0), (1, 100, 0, 0, 0), (1, 101, 0, 0, 0), (1, 102, 0, 0, 0), (1, 103, 0, 0, 0)]
    journeys = cut(table(rows), horizon_days=2, tail_days=2)
    assert elapsed_discounts(journeys, 0.5).tolist() == [1.0, 1.0, 0.5, 0.25]


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_loop_over_entities_and_windows(seed: int):
    """Random tables with late entries, early exits, sub-steps and skipped days."""
    rng = np.random.default_rng(seed)
    rows = []
    for entity in range(1, 30):
        first, last = np.sort(rng.integers(200, 230, size=2))
        for day in range(first, last + 1):
            for _ in range(rng.integers(0, 4)):
                rows.append((entity * 11, day, *rng.integers(0, 2, 1), *rng.integers(0, 9, 2)))
    rows += [(999, day, 0, 0, 0) for day in range(200, 230)]
    transitions = table(rows, immature=(207, 228, 229))
    keep = transitions.entity % 2 == 1
    journeys = cut(transitions, keep, horizon_days=3, tail_days=4, period_days=7, total_entities=40)

    # days 207, 228 and 229 are in no window and in no known tail; of the last window no tail is known
    ends = (203, 212, 215, 218, 221, 224, 227)
    day, kept_entity = transitions.day, np.where(keep, transitions.entity, -1)
    began = {end: len(set(kept_entity[(day < end) & (day >= end - 3)]) - {-1}) for end in ends}
    stands_for = sum(began.values()) / (sum(began.values()) - began[227])
    expected = []
    for entity in sorted(set(transitions.entity[keep])):
        mine = [i for i in range(transitions.n_rows) if transitions.entity[i] == entity]
        for end in ends:
            inside = [i for i in mine if end - 3 <= transitions.day[i] < end]
            values = [transitions.outcomes[i, 0] / 1e6 for i in inside]
            for begin, stop in ((end, end + 2), (end + 2, end + 4)):
                stretch = [i for i in mine if begin <= transitions.day[i] < stop]
                if inside and stretch:
                    inside = [*inside, stretch[0]]
                    each = stands_for if end < 227 else 0
                    values.append(each * sum(transitions.outcomes[i, 0] for i in stretch) / 1e6)
                    if end == 227:
                        break  # the state after the window, and no more
            if inside:
                expected.append((inside, values))
    assert journeys.rows.tolist() == [i for inside, _ in expected for i in inside]
    np.testing.assert_allclose(journeys.outcomes[:, 0], [v for _, values in expected for v in values])
    assert journeys.n_journeys == len(expected)
    kept = len(set(transitions.entity[keep]))
    came = {d: len(set(transitions.entity[transitions.day == d])) for d in range(200, 230)}
    judged = [came[d] for end in ends for d in range(end - 3, end)]
    today = np.mean([came[d] for d in range(223, 230)]) / np.mean(judged)
    assert journeys.scale == pytest.approx(40 / kept * (7 / 3) / 7 * today)
