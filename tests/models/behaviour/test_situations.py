"""Delivery of several ads a day under a cap: what else was possible that day matters too."""

from dataclasses import replace

import numpy as np
import pytest

from models.behaviour.behaviour import Behaviour, fit_behaviour_policy
from models.behaviour.groupings import Coordinates, groupings_of, situations
from models.health.delivery_checks import calibration_within_situations
from models.mdp.transition_table import IMPOSSIBLE, PASSED_OVER, SHOWN, TO_COME, Transitions
from tests.models.behaviour.test_behaviour import table

CHANNELS, DAYS, CAP = 3, 20, 1
WISHED = np.array([0.6, 0.5, 0.7])  # of each channel, while the day has a place left


@pytest.fixture(scope="module")
def capped() -> tuple[Transitions, np.ndarray]:
    """One place a day, which channels draw lots for in the order 2, 0, 1, while each opportunity has its own
    time in the log. A row for each; and (n, 4) its probability given the day and the rows before."""
    rng = np.random.default_rng(5)
    rows, truth, standings = [], [], []
    for person in range(1_200):
        for day in range(DAYS):
            possible = rng.random(CHANNELS) < [0.5, 0.6, 0.4]
            taken = np.zeros(CHANNELS, bool)
            for c in (2, 0, 1):
                taken[c] = possible[c] and not taken.any() and rng.random() < WISHED[c]
            standing = np.where(possible, TO_COME, IMPOSSIBLE)
            for c in rng.permutation(np.flatnonzero(possible)):
                if SHOWN in standing:
                    break  # nothing is left to decide
                rows.append((person, day, c + 1 if taken[c] else 0, c + 1))
                truth.append(chance_of(c, standing))
                standings.append(standing.copy())
                standing[c] = SHOWN if taken[c] else PASSED_OVER
    person, day, action, channel = np.array(rows).T
    n = len(rows)
    eligible = np.zeros((n, 1 + CHANNELS), bool)
    eligible[:, 0] = eligible[np.arange(n), channel] = True
    features = np.column_stack([rng.normal(size=n), eligible[:, 1:]])
    t = replace(
        table(person, features, eligible, action), day=day.astype(np.int32),
        actions=("none", "search", "social", "video"), standing=np.array(standings, np.uint8),
    )  # fmt: skip
    p = np.zeros((n, 1 + CHANNELS))
    p[np.arange(n), channel] = truth
    p[:, 0] = 1 - p[:, 1:].sum(axis=1)
    return t, p


def chance_of(channel: int, standing: np.ndarray) -> float:
    """By Bayes: of the channel at hand, given that those passed over were not shown."""
    weight, left = np.zeros(CHANNELS), 1.0
    for c in (2, 0, 1):
        if standing[c] != IMPOSSIBLE:
            weight[c], left = left * WISHED[c], left * (1 - WISHED[c])
    open_still = weight[standing == TO_COME].sum() + left
    return float(weight[channel] / open_still)


def off_by(b: Behaviour, truth: np.ndarray) -> float:
    return float(np.abs(b.probabilities - truth).mean())


def test_rivals_for_a_days_places_are_known_by_how_they_stand(capped: tuple[Transitions, np.ndarray]) -> None:
    t, truth = capped
    blind = fit_behaviour_policy(replace(t, standing=None), folds=2, seed=1)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert b.fit is not None and "situation" in {g.name for g in b.fit.groupings}
    assert off_by(blind, truth) > 0.05
    assert off_by(b, truth) < 0.2 * off_by(blind, truth)


def test_a_model_that_forgets_them_is_found_out(capped: tuple[Transitions, np.ndarray]) -> None:
    """Right within every week and set of possible actions, of which one is decided on at a time, it is wrong
    in each situation."""
    t, _ = capped
    b = fit_behaviour_policy(t, folds=2, seed=1)
    (check,) = calibration_within_situations(b.calibration_within_situations)
    assert check.status == "ok"
    blind = fit_behaviour_policy(replace(t, standing=None), folds=2, seed=1)
    assert blind.calibration_within_situations == ()
    assert all(error < 0.02 + 2 * noise for _, error, noise in blind.calibration_within)


def test_situations_tell_sets_and_standings_apart() -> None:
    eligible = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 1, 0]], bool)
    standing = np.array([[1, 1], [1, 1], [1, 3], [1, 1]], np.uint8)
    first, second, third, fourth = situations(eligible, standing)
    assert first == fourth and len({first, second, third}) == 3


def test_groupings_of_situations_are_asked_where_there_are_standings_alone() -> None:
    eligible = np.array([[1, 1, 0], [1, 0, 1]] * 4, bool)
    standing, kind = np.ones((8, 2), np.uint8), np.zeros(8, np.int64)
    with_them, without = (
        [g.name for g in groupings_of(where, kind, np.full((8, 3), 1 / 3))]
        for where in (Coordinates.of(eligible, np.arange(8), ("none", "a", "b"), s) for s in (standing, None))
    )
    assert with_them[: len(without)] == without
    assert {"situation", "kind x situation", "standing of b x day"} <= set(with_them[len(without) :])
