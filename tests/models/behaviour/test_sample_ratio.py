"""Logged probabilities are held against what was done: a contradiction stops, a sound log passes."""

from dataclasses import replace

import numpy as np
import pytest

from models.behaviour.behaviour import fit_behaviour_policy
from models.behaviour.sample_ratio import SampleRatio, refuse_contradiction, sample_ratio
from models.health.delivery_checks import calibration, logged_propensities
from models.mdp.transition_table import Transitions
from models.results import vocabulary_of
from reports.sentences.health import check_text
from sql.errors import LogError
from tests.models.behaviour.test_behaviour import draw, softmax_logger, table

ALL, NONE = np.ones, np.zeros


def mailing(users: int, seed: int = 3) -> Transitions:
    """A test of three arms at a third each, one decision a user, over ten days and two segments."""
    rng = np.random.default_rng(seed)
    entity = np.arange(users, dtype=np.int64)
    t = table(
        entity, rng.normal(size=(users, 2)), np.ones((users, 3), bool), rng.integers(0, 3, users),
        np.full(users, 1 / 3),
    )  # fmt: skip
    return replace(
        t,
        day=(entity % 10).astype(np.int32),
        segment=(entity % 2).astype(np.int16),
        segments=("new", "old"),
    )


def only(t: Transitions, rows: np.ndarray) -> Transitions:
    names = ("entity", "day", "step", "action", "eligible", "features", "outcomes", "elapsed_days", "end")
    kept = {name: getattr(t, name)[rows] for name in (*names, "mature", "segment")}
    return replace(t, **kept, propensity=None if t.propensity is None else t.propensity[rows])


def worst(t: Transitions, probabilities: np.ndarray) -> SampleRatio:
    """Of a log whose whole distribution is told."""
    found = sample_ratio(t, probabilities, ALL(t.n_rows, bool), NONE(t.n_rows, bool))
    assert found is not None
    return found


def test_a_randomised_log_whose_controls_were_dropped_is_refused() -> None:
    t = mailing(900)
    fit_behaviour_policy(t, folds=2, seed=1)  # with its controls it is sound
    with pytest.raises(
        LogError, match=r"impressions.propensity: `s\w+` was to be chosen in about .* rows mi"
    ):
        fit_behaviour_policy(only(t, t.action > 0), folds=2, seed=1)


def test_half_of_the_controls_are_enough_to_tell() -> None:
    t = mailing(3_000)
    kept = (t.action > 0) | (t.entity % 4 < 2)
    found = worst(only(t, kept), np.full((kept.sum(), 3), 1 / 3))
    assert found.action == "none" and found.strength > 1
    assert found.observed / found.decisions == pytest.approx(0.2, abs=0.03)  # 1 of 5 instead of 1 of 3


def test_a_day_and_a_segment_are_looked_at_by_themselves() -> None:
    t = mailing(6_000)
    p = np.full((t.n_rows, 3), 1 / 3)
    assert worst(t, p).strength < 1
    for rows, where in ((t.day == 4, " on 1970-01-05"), (t.segment == 1, " in segment old")):
        wrong = np.where(rows & (t.action == 1), 0, np.where(rows & (t.action == 0), 1, t.action))
        share = 2 / 3 if where.startswith(" on") else 0.4  # of the swapped, some are left as they were
        few = np.where(np.random.default_rng(1).random(t.n_rows) < share, wrong, 2 * (t.entity % 2))
        found = worst(replace(t, action=np.where(rows, few, t.action).astype(np.int16)), p)
        assert (found.strength > 1, found.where) == (True, where)
        with pytest.raises(LogError, match=where):
            refuse_contradiction(found, "impressions.propensity")


def test_sound_logs_pass() -> None:
    """300 logs of varying probabilities: each is refused with less than 1 in 10,000, so that this test fails
    by chance in fewer than 3 of 100 worlds, and in truth never: Bernstein's bound is far from tight."""
    rng = np.random.default_rng(11)
    t, truth = softmax_logger(150)
    strengths = [
        worst(replace(t, action=draw(truth, rng).astype(np.int16)), truth).strength for _ in range(300)
    ]
    assert max(strengths) < 1


def test_an_arm_drawn_once_and_logged_daily_is_sound() -> None:
    """Thirty days of one draw: by the day it is 400 draws, not 12,000. 40 logs, none refused."""
    for seed in range(40):
        arm = np.random.default_rng(seed).integers(0, 2, 400)
        entity = np.repeat(np.arange(400, dtype=np.int64), 30)
        eligible = np.tile([True, True, False], (12_000, 1))
        t = table(entity, np.zeros((12_000, 1)), eligible, np.repeat(arm, 30))
        assert worst(t, np.tile([0.5, 0.5, 0.0], (12_000, 1))).strength < 1


def test_probabilities_rounded_to_two_digits_are_sound() -> None:
    t = mailing(300_000)
    assert worst(t, np.tile([0.33, 0.34, 0.33], (t.n_rows, 1))).strength < 1


def test_the_probability_of_what_was_done_alone_shows_that_rows_are_missing() -> None:
    t, truth = softmax_logger(2_000)
    t = replace(t, propensity=truth[np.arange(t.n_rows), t.action])
    sound = fit_behaviour_policy(t, folds=2, seed=1)
    assert sound.sample_ratio is not None and sound.sample_ratio.strength < 1
    with pytest.raises(LogError, match="chance alone does that in fewer than 1 of 10,000 logs"):
        fit_behaviour_policy(only(t, t.action > 0), folds=2, seed=1)


def test_an_arm_that_some_could_not_get_is_no_contradiction() -> None:
    """Two countries with an arm of their own each, of which the log tells only what was done."""
    rng = np.random.default_rng(2)
    n = 4_000
    action = np.where(np.arange(n) % 2 == 0, rng.integers(0, 2, n), 2 * rng.integers(0, 2, n))
    t = table(np.arange(n, dtype=np.int64), np.zeros((n, 1)), np.ones((n, 3), bool), action, np.full(n, 0.5))
    found = fit_behaviour_policy(t, folds=2, seed=1).sample_ratio
    assert found is not None and found.strength < 1


def test_a_prediction_that_holds_the_action_is_not_held_against_it() -> None:
    """Sound probabilities of what was done: by bins of them, the rare are always the ones that happened."""
    t, truth = softmax_logger(2_000)
    b = fit_behaviour_policy(replace(t, propensity=truth[np.arange(t.n_rows), t.action]), folds=2, seed=1)
    assert b.source == "logged" and b.calibration == () and b.calibration_within == ()
    assert calibration(b.calibration_error).status == "ok"
    check = logged_propensities(b.sample_ratio)
    said = check_text(check, vocabulary_of("user"), "EUR")
    assert check.status == "ok" and "by channel, day and segment" in said
    assert logged_propensities(None).figure is None
