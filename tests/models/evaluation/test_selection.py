"""The best of twenty is not as good as it looks: pointwise bounds lie, simultaneous ones do not."""

import numpy as np
import pytest

from models.evaluation.checks.selection import select_best
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross

USERS, CANDIDATES, LOGS = 300, 20, 200
NAMES = tuple(f"policy {k}" for k in range(CANDIDATES))
BOOTSTRAP = BootstrapT(np.arange(USERS), seed=1)


def null_uplifts(rng: np.random.Generator) -> np.ndarray:
    """(C, m) uplifts that are 0 on average, skewed like margins, unrelated from candidate to candidate."""
    return rng.gamma(1.0, 1.0, size=(USERS, CANDIDATES)) - 1.0


def test_of_twenty_worthless_candidates_none_is_beyond_doubt():
    """200 logs. A rate of 2.5 % gives 5 false ones, and 14 or more once in 1,700 runs. Uncorrected,
    1 - 0.975^20 = 40 % of the logs have a bound above 0, that is 80; fewer than 55 once in 12,000 runs."""
    rng = np.random.default_rng(1)
    corrected = pointwise = 0
    for _ in range(LOGS):
        chosen = select_best(null_uplifts(rng), NAMES, BOOTSTRAP, scale=1.0, level=0.95)
        corrected += chosen.beyond_doubt
        pointwise += any(c.low is not None and c.low > 0 for c in chosen.candidates)
    assert corrected < 14
    assert pointwise >= 55


def test_one_that_is_really_better_is_found():
    """An uplift of five standard errors: the corrected bound asks for about three, so that it is missed once
    in 40 logs, and hardly ever is another one taken. Of 50 logs, 8 misses or more come once in 10,000."""
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(50):
        uplifts = null_uplifts(rng)
        uplifts[:, 7] += 5.0 / np.sqrt(USERS)
        chosen = select_best(uplifts, NAMES, BOOTSTRAP, scale=1.0, level=0.95)
        found += chosen.beyond_doubt and chosen.best == "policy 7"
    assert found > 42


def test_twenty_copies_of_one_policy_cost_nothing():
    one = np.random.default_rng(3).normal(size=(USERS, 1)) + 0.1
    alone = select_best(one, NAMES[:1], BOOTSTRAP, scale=2.0, level=0.95).candidates[0]
    together = select_best(np.tile(one, CANDIDATES), NAMES, BOOTSTRAP, scale=2.0, level=0.95).candidates[7]
    assert alone.simultaneous_low == pytest.approx(alone.low)
    assert together.simultaneous_low == pytest.approx(alone.low)
    assert together.estimate == pytest.approx(2.0 * one.sum())


def test_the_best_bound_wins_not_the_best_estimate():
    rng = np.random.default_rng(4)
    sure, wild = 0.5 + 0.1 * rng.normal(size=USERS), 0.8 + 20.0 * rng.normal(size=USERS)
    uplifts = np.column_stack([wild, sure])
    uplifts[:, 0] += 0.8 - wild.mean()
    chosen = select_best(uplifts, ("wild", "sure"), BOOTSTRAP, scale=1.0, level=0.95)
    assert chosen.candidates[0].estimate > chosen.candidates[1].estimate
    assert chosen.best == "sure" and chosen.beyond_doubt
    assert chosen.text == "sure is better than today's delivery, and stays so with 2 candidates tried."


def test_keeping_todays_delivery_is_an_answer():
    """Harmful, or not different at all: neither is taken, and the one without a spread has no bound."""
    harm = np.random.default_rng(5).normal(size=USERS) - 1.0
    uplifts = np.column_stack([np.zeros(USERS), harm])
    chosen = select_best(uplifts, ("same", "harm"), BOOTSTRAP, scale=1.0, level=0.95)
    same = chosen.candidates[0]
    assert same.low is None and same.simultaneous_low is None
    assert chosen.best == "harm" and not chosen.beyond_doubt
    assert "keep it" in chosen.text
    nothing = select_best(np.zeros((USERS, 1)), ("same",), BOOTSTRAP, scale=1.0, level=0.95)
    assert nothing.best is None and not nothing.beyond_doubt
    assert nothing.text.startswith("None of 1 candidate differs")


def test_the_guard_counts_how_many_were_tried_too():
    """Uplifts that rest on four heavy purchases each: alone, the simultaneous bound is the guard's own; ten
    unrelated candidates are asked for more than one is."""
    rng = np.random.default_rng(6)
    uplifts, gross = np.zeros((USERS, 10)), []
    for k in range(10):
        weight = rng.gamma(2.0, 0.5, size=USERS)
        amount = np.where(np.isin(np.arange(USERS), rng.choice(USERS, 4, replace=False)), 5.0, 0.0)
        uplifts[:, k] = weight * amount + 0.1 * rng.normal(size=USERS)
        gross.append(Gross((weight * amount)[:, None], amount[:, None], weight))
    names = NAMES[:10]
    guarded = select_best(uplifts, names, BOOTSTRAP, scale=1.0, level=0.95, gross=gross).candidates
    alone = select_best(uplifts[:, :1], names[:1], BOOTSTRAP, scale=1.0, level=0.95, gross=gross[:1])
    one = BOOTSTRAP.intervals(uplifts[:, :1], scale=1.0, level=0.95, gross=gross[0])[0]
    assert one is not None and guarded[0].low == one.low
    assert alone.candidates[0].simultaneous_low == pytest.approx(one.low)
    for c in guarded:
        assert c.low is not None and c.simultaneous_low is not None
        assert c.simultaneous_low < c.low


def test_names_and_columns_must_agree():
    with pytest.raises(ValueError, match="20 columns of contributions need as many names and gross, not 1"):
        select_best(null_uplifts(np.random.default_rng(1)), ("one",), BOOTSTRAP, scale=1.0, level=0.95)
