"""Logging regimes: found where delivery changed, at the right day, and not where it did not."""

import numpy as np
import pytest

from models.behaviour.behaviour import MIN_REGIME_ROWS, fit_behaviour_policy
from models.behaviour.calibration import calibration_errors, calibration_table
from models.behaviour.regimes import MAX_REGIMES, Regimes, find_regimes
from models.mdp.transition_table import TERMINAL, Transitions
from models.numerics.softmax_regression import masked_softmax
from tests.models.behaviour.test_behaviour import draw, table

DAYS, CHANGE = 60, 30
SHARE = np.array([0.0, 0.9, -0.6])
"""Log odds by which delivery prefers search and avoids social from the change on."""


def campaign(
    users: int,
    rng: np.random.Generator,
    *,
    days: int = DAYS,
    shift: np.ndarray | None = None,
    regime_of: Regimes | None = None,
    noise: float = 0.0,
    persistence: float = 0.0,
) -> tuple[Transitions, np.ndarray, np.ndarray]:
    """A log, the probabilities of an unchanged delivery (n, 3), and the true ones (n, 3).

    shift (3,): log odds added in odd regimes. noise: standard deviation of a day's shock to the log odds,
    which carries over to the next day by `persistence`: all users of a day share it.
    """
    n = users * days
    day = np.tile(np.arange(days), users)
    features = rng.normal(size=(n, 3)) * [1, 10, 0.1] + [0, 50, 0]
    eligible = rng.random((n, 3)) < [1.0, 0.7, 0.7]
    utilities = np.column_stack([np.full(n, 0.5), 0.6 * features[:, 0], 0.05 * (features[:, 1] - 50) - 0.3])
    shocks = noise * rng.normal(size=(days, 3))
    for d in range(1, days):
        shocks[d] = persistence * shocks[d - 1] + np.sqrt(1 - persistence**2) * shocks[d]
    moved = utilities + shocks[day]
    if shift is not None:
        regimes = regime_of or Regimes((0, CHANGE))
        moved = moved + (regimes.regime_of(day) % 2)[:, None] * shift
    truth = masked_softmax(moved, eligible)
    entity = np.repeat(np.arange(users, dtype=np.int64), days)
    return table(entity, features, eligible, draw(truth, rng)), masked_softmax(utilities, eligible), truth


@pytest.mark.parametrize("persistence", [0.0, 0.5])
def test_one_rule_is_one_regime_even_if_days_share_shocks(persistence: float):
    """100 logs of one rule whose days vary far more than independent decisions would. At most 1 % of such
    logs may be cut: more than 6 of 100 come once in 14,000 runs."""
    rng = np.random.default_rng(1)
    cut = 0
    for _ in range(100):
        t, unchanged, _ = campaign(60, rng, noise=0.3, persistence=persistence)
        cut += len(find_regimes(t, unchanged, t.eligible.sum(axis=1) > 1)) > 1
    assert cut <= 6


def test_a_change_is_found_on_its_day_and_each_regime_is_calibrated():
    """Delivery changes on day 30. Root mean squared error of mu: 11 coefficients from some 1,300 rows a fold
    and regime give about 0.03; a single model without a calendar cannot be closer to both halves than half
    their distance, 0.074. Calibration error per regime, in units of what noise gives (ten bins: 1 +- 0.24):
    below 2; a single model's misses by 0.1 where a bin's noise is 0.023, and is above 3."""
    t, old, truth = campaign(100, np.random.default_rng(2), shift=SHARE)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert len(b.regimes) == 2
    assert abs(b.regimes.starts[1] - CHANGE) <= 1
    assert b.regimes.changes[0].feature == "" and b.regimes.changes[0].action in ("search", "social")
    assert any(note.startswith("Delivery changed on 1970-01-") for note in b.notes)
    error = np.sqrt(((b.probabilities - truth) ** 2).mean())
    new = old * np.exp(SHARE)
    new /= new.sum(axis=1, keepdims=True)
    closest = np.sqrt(((new - old) ** 2).mean()) / 2
    pooled = pooled_probabilities(t)
    assert error < 0.04 < 0.6 * closest
    assert np.sqrt(((pooled - truth) ** 2).mean()) > closest
    for half in (t.day < CHANGE, t.day >= CHANGE):
        rows = half & (t.eligible.sum(axis=1) > 1)
        assert worst_miss(b.probabilities, t, rows) < 2
        assert worst_miss(pooled, t, rows) > 3


def pooled_probabilities(t: Transitions) -> np.ndarray:
    """Cross-fitted as always, with the calendar hidden: no day, no regime."""
    blind = table(t.entity, t.features, t.eligible, t.action)
    blind.day[:] = 0
    return fit_behaviour_policy(blind, folds=2, seed=1).probabilities


def worst_miss(probabilities: np.ndarray, t: Transitions, rows: np.ndarray) -> float:
    """Calibration error in units of what noise alone gives, of the worst action."""
    bins = calibration_table(
        probabilities[rows], t.eligible[rows], t.action[rows], t.actions, entity=t.entity[rows]
    )
    return max(error / noise for _, error, noise in calibration_errors(bins))


def test_the_policy_candidate_is_the_newest_regimes():
    t, _, truth = campaign(100, np.random.default_rng(3), shift=SHARE)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    clone = b.model.probabilities(t.features, t.eligible, b.probabilities)
    new = t.day >= CHANGE
    assert np.sqrt(((clone - truth)[new] ** 2).mean()) < 0.04
    assert np.sqrt(((clone - truth)[~new] ** 2).mean()) > 0.08  # what delivery no longer does


def test_changed_targeting_at_unchanged_shares_is_found():
    """Search goes to those with a high first feature instead of a low one; its share stays what it was."""
    rng = np.random.default_rng(4)
    n, days = 6_000, 60
    day = np.tile(np.arange(days), n // days)
    x = rng.normal(size=(n, 1))
    eligible = np.ones((n, 3), bool)
    utilities = np.column_stack([np.zeros(n), np.where(day[:, None] < 40, -x, x) * 0.5, np.zeros(n)])
    entity = np.repeat(np.arange(n // days, dtype=np.int64), days)
    t = table(entity, x, eligible, draw(masked_softmax(utilities, eligible), rng))
    found = fit_behaviour_policy(t, folds=2, seed=1).regimes
    assert len(found) == 2 and abs(found.starts[1] - 40) <= 1
    assert found.changes[0].feature == "x0"


def test_back_and_forth_is_three_regimes_and_no_log_has_more_than_five():
    rng = np.random.default_rng(5)
    t, unchanged, _ = campaign(100, rng, shift=2 * SHARE, regime_of=Regimes((0, 20, 41)))
    found = find_regimes(t, unchanged, t.eligible.sum(axis=1) > 1)
    assert len(found) == 3
    assert all(abs(a - b) <= 1 for a, b in zip(found.starts, (0, 20, 41), strict=True))
    restless = Regimes(tuple(range(0, 80, 8)))
    t, unchanged, _ = campaign(100, rng, days=80, shift=4 * SHARE, regime_of=restless)
    found = find_regimes(t, unchanged, t.eligible.sum(axis=1) > 1)
    assert len(found) <= MAX_REGIMES
    assert all(b - a >= 7 for a, b in zip(found.starts, found.starts[1:], strict=False))


def test_two_odd_days_are_no_regime():
    """Delivery stands still for two days: they widen the scatter, and nothing is cut there."""
    t, unchanged, _ = campaign(100, np.random.default_rng(6), noise=0.1)
    odd = (t.day == 25) | (t.day == 26)
    t.action[odd & t.eligible[:, 0]] = 0
    found = find_regimes(t, unchanged, t.eligible.sum(axis=1) > 1)
    assert len(found) == 1


def test_a_regime_too_short_for_a_model_of_its_own_shares_the_whole_logs():
    """The change is found on fewer rows than a model needs: probabilities there are the pooled ones, brought
    nearer to the truth by what its weeks and days did."""
    t, _, truth = campaign(60, np.random.default_rng(7), shift=3 * SHARE, regime_of=Regimes((0, 50)))
    b = fit_behaviour_policy(t, folds=2, seed=1)
    new = t.day >= b.regimes.starts[-1]
    assert len(b.regimes) == 2 and (new & (t.eligible.sum(axis=1) > 1)).sum() < MIN_REGIME_ROWS
    assert any(note.endswith("too short for a model of its own.") for note in b.notes)
    off, pooled = (np.abs(p - truth)[new].mean() for p in (b.probabilities, pooled_probabilities(t)))
    assert off < 0.6 * pooled


def test_single_decisions_and_short_logs_have_one_regime():
    t, unchanged, _ = campaign(100, np.random.default_rng(8), shift=SHARE)
    t.end[:] = TERMINAL
    choice = t.eligible.sum(axis=1) > 1
    assert len(find_regimes(t, unchanged, choice)) == 1
    short, unchanged, _ = campaign(100, np.random.default_rng(8), days=13, shift=5 * SHARE)
    assert len(find_regimes(short, unchanged, short.eligible.sum(axis=1) > 1)) == 1


def test_logged_propensities_stay_whatever_the_regimes():
    t, _, truth = campaign(60, np.random.default_rng(9), shift=SHARE)
    logged = truth[np.arange(t.n_rows), t.action]
    b = fit_behaviour_policy(
        table(t.entity, t.features, t.eligible, t.action, logged.copy()), folds=2, seed=1
    )
    assert b.source == "logged" and len(b.regimes) == 2
    np.testing.assert_array_equal(b.probabilities[np.arange(t.n_rows), t.action], logged)


def test_days_belong_to_the_regime_that_began_last():
    regimes = Regimes((100, 110, 130))
    assert len(regimes) == 3
    np.testing.assert_array_equal(
        regimes.regime_of(np.array([99, 100, 109, 110, 129, 130, 500])), [0, 0, 0, 1, 1, 2, 2]
    )
