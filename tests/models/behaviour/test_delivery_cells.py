"""Delivery that spends a budget by the day: what a softmax of the state misses, and cells find."""

import numpy as np
import pytest

from models.behaviour.behaviour import fit_behaviour_policy
from models.behaviour.calibration import calibration_errors, calibration_table, calibration_within
from models.behaviour.delivery_cells import ChosenGrouping, fit_cells
from models.behaviour.groupings import Coordinates, Grouping, groupings_of
from models.mdp.transition_table import Transitions
from tests.models.behaviour.test_behaviour import softmax_logger, table

DAYS = 40


def lottery(users: int, seed: int = 3) -> tuple[Transitions, np.ndarray]:
    """Two channels draw lots among those they can reach, in random order, until the day's money is gone;
    nobody is taken twice a day. The log, and (n, 3) the probabilities before any lot is drawn."""
    rng = np.random.default_rng(seed)
    n = users * DAYS
    day = np.tile(np.arange(DAYS), users)
    possible = rng.random((n, 2)) < 0.6
    rate = np.clip(0.45 * np.exp(0.5 * rng.standard_normal((DAYS, 2))), 0.02, 0.95)[day]  # (n, 2)
    first = rng.integers(0, 2, DAYS)[day]  # which channel goes first on the day
    chance = np.where(possible, rate, 0.0)
    truth = np.zeros((n, 3))
    for k in range(2):
        after = first != k
        truth[:, 1 + k] = chance[:, k] * np.where(after, 1 - chance[:, 1 - k], 1.0)
    truth[:, 0] = 1 - truth[:, 1:].sum(axis=1)
    action = (truth.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    eligible = np.column_stack([np.ones(n, bool), possible])
    features = np.column_stack([rng.normal(size=n), possible])
    return table(np.repeat(np.arange(users), DAYS), features, eligible, action), truth


def test_cells_find_budgets_by_the_day_and_competition_for_a_person() -> None:
    """1,500 people x 40 days: next to the softmax alone, four fifths of the missing likelihood are found."""
    t, truth = lottery(1_500)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    choice = t.eligible.sum(axis=1) > 1
    best = np.log(truth[np.arange(t.n_rows), t.action])[choice].mean()
    assert b.fit is not None
    assert b.fit.chosen - b.fit.softmax > 0.8 * (best - b.fit.softmax)
    assert np.abs(b.probabilities - truth)[choice].mean() < 0.02
    assert {"day", "search possible x day"} <= {g.name for g in b.fit.groupings}
    assert any("not a softmax of the state alone" in note for note in b.notes)


def test_a_softmax_logger_is_left_as_it_is() -> None:
    """By chance a grouping is kept now and then; it must not cost likelihood worth mentioning."""
    t, _ = softmax_logger(3_000)
    fit = fit_behaviour_policy(t, folds=2, seed=1).fit
    assert fit is not None and abs(fit.chosen - fit.softmax) < 2e-3


def test_nobodys_own_actions_reach_their_cells() -> None:
    """But for which groupings help, which is asked of everybody: one action of 16,000 tips no choice here."""
    t, _ = lottery(400)
    own = t.entity == 7
    action = t.action.copy()
    row = np.flatnonzero(own & t.eligible.all(axis=1))[0]
    action[row] = (action[row] + 1) % 3
    other = table(t.entity, t.features, t.eligible, action)
    before, after = (fit_behaviour_policy(x, folds=2, seed=1).probabilities for x in (t, other))
    np.testing.assert_array_equal(before[own], after[own])


@pytest.mark.parametrize("precision", [5.0, 500.0])
def test_a_cell_is_pulled_towards_the_smooth_model_by_its_precision(precision: float) -> None:
    """One cell, 40 choices at even odds, 30 of them taken: at the mode 30 - 40 p = precision x log odds."""
    action = np.r_[np.ones(30, int), np.zeros(10, int)]
    base = np.full((40, 2), 0.5)
    grouping = Grouping("all", np.zeros(40, np.int64), 1)
    effects = fit_cells(base, action, (grouping,), (ChosenGrouping("all", precision, 0.0),))
    shown = effects.applied(base, (grouping,))[0, 1]
    log_odds = np.log(shown / (1 - shown))
    assert 30 - 40 * shown == pytest.approx(precision * log_odds, rel=0.02)


def test_groupings_go_from_coarse_to_fine() -> None:
    t, _ = lottery(20)
    where = Coordinates.of(t.eligible, t.day, t.actions)
    names = [g.name for g in groupings_of(where, np.zeros(t.n_rows, np.int64), np.full((t.n_rows, 3), 1 / 3))]
    assert names.index("week") < names.index("day") < names.index("eligible set x day")
    assert "none possible x day" not in names  # always possible: no news


def test_right_on_average_and_wrong_within_every_day_is_found_within_days() -> None:
    """Search takes 0.1 of the people on even days and 0.5 on odd ones, and a model says 0.3 throughout: bins
    by prediction see nothing, cells by day see 0.2. The right model is off by its noise in both."""
    rng = np.random.default_rng(2)
    day = np.arange(20_000) % 10
    truth = np.where(day % 2 == 0, 0.1, 0.5)
    action = (rng.random(len(day)) < truth).astype(int)
    eligible, flat = np.ones((len(day), 2), bool), np.full(len(day), 0.3)
    for p, within in ((flat, 0.2), (truth, 0.0)):
        both = np.column_stack([1 - p, p])
        bins = calibration_table(both, eligible, action, ("none", "search"), entity=np.arange(len(day)))
        by_prediction = calibration_errors(bins)
        assert by_prediction[1][1] < 0.01
        _, error, noise = calibration_within(both, eligible, action, day, ("none", "search"))[1]
        assert error == pytest.approx(within, abs=3 * noise)
        assert noise < 0.01
