"""The next experiment: what it says of its own power is what experiments in the same world have."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from models.mdp.transition_table import Transitions
from models.picture.next_experiment import Window, next_experiments, power, spread_in
from models.results import Interval, NextExperiment
from tests.models.agents.tables import table

ENTITIES, DAYS = 1500, 84


def brought(rng: np.random.Generator, days: int) -> np.ndarray:
    """(entities, days) margin: few buy at all, and those who do buy again and again."""
    rate = rng.gamma(0.2, 0.1, ENTITIES)
    return rng.poisson(rate[:, None], (ENTITIES, days)) * 30.0


def log(seed: int = 1) -> Transitions:
    margin = brought(np.random.default_rng(seed), DAYS)
    n = ENTITIES * DAYS
    made = table(
        actions=("none", "search"),
        features=np.zeros((n, 1)),
        eligible=np.ones((n, 2)),
        action=np.zeros(n, np.int64),
        margin=margin.ravel(),
        cost=np.zeros(n),
        length=DAYS,
    )
    return replace(made, day=np.tile(np.arange(DAYS, dtype=np.int32), ENTITIES))


def proposed(
    slopes: dict[str, Interval], spend: float = 5_000.0, difference: float = 1.0
) -> tuple[NextExperiment, ...]:
    return next_experiments(
        slopes,
        spend=dict.fromkeys(slopes, spend),
        spread=spread_in(log()),
        difference=difference,
        period_days=7,
    )


OPEN = Interval(1.5, -1.0, 4.0)


def test_where_one_end_is_no_bound_the_other_one_says_what_knowing_is_worth() -> None:
    assert proposed({"search": replace(OPEN, high=np.inf)}) == proposed({"search": OPEN})
    assert proposed({"search": replace(OPEN, low=-np.inf)}) == proposed({"search": OPEN})


def test_the_stated_power_is_that_of_simulated_experiments() -> None:
    """Experiments of the proposed size where a unit earns 2: each asks whether the channel earns its cost.

    2,000 of them, so that a share is off by 0.04 at a power of 0.8, or by 0.025 at a level of 5 %, once in a
    million tests; 0.03 of power beside are for the spread, which the log knows to within a few per cent.
    """
    weekly = 4_000.0
    (found,) = proposed({"search": OPEN}, spend=weekly)
    window = spread_in(log())(found.days)
    cost = weekly * found.days / 7
    stated = power(1.0, cost, window, found.share)
    assert 0.8 <= stated < 0.97 and found.days > 7
    rng = np.random.default_rng(2)
    told = {1.0: 0, 2.0: 0}
    for _ in range(2000):
        usual = _sums(rng, found.days)
        held = rng.permutation(ENTITIES) < found.entities
        for iroas in told:
            margin = usual + np.where(held, 0.0, iroas * cost / ENTITIES)
            shown, without = margin[~held], margin[held]
            effect = ENTITIES * (shown.mean() - without.mean())
            error = ENTITIES * np.sqrt(shown.var(ddof=1) / len(shown) + without.var(ddof=1) / len(without))
            told[iroas] += abs(effect - cost) > norm.ppf(0.975) * error
    assert told[2.0] / 2000 == pytest.approx(stated, abs=0.07)
    assert told[1.0] / 2000 == pytest.approx(0.05, abs=0.025)


def _sums(rng: np.random.Generator, days: int) -> np.ndarray:
    """(entities,) margin of a window of so many days."""
    return rng.poisson(rng.gamma(0.2, 0.1, ENTITIES) * days) * 30.0


def test_the_spread_is_that_of_a_window() -> None:
    """An entity's days hang together: 30 x sqrt(0.02 d + 0.002 d^2), above that of independent days. What an
    entity brings by the week in the whole log differs less than what it brings in a week."""
    spread = spread_in(log())
    for days in (7, 28):
        truth = 30 * np.sqrt(0.02 * days + 0.002 * days**2)
        assert spread(days).spread == pytest.approx(truth, rel=0.15)
        assert spread(days).entities == ENTITIES
    long_mean = brought(np.random.default_rng(1), DAYS).sum(axis=1).std(ddof=1) * 7 / DAYS
    assert long_mean < 0.8 * spread(7).spread
    assert spread(112).spread == pytest.approx(spread(42).spread * 112 / 42)  # beyond half of the log


def test_knowing_less_makes_no_shorter_experiment() -> None:
    narrow, wide = (proposed({"search": Interval(1.2, 1.2 - half, 1.2 + half)})[0] for half in (0.5, 5.0))
    assert (narrow.share, narrow.days) == (wide.share, wide.days)
    assert narrow.gain_per_period is not None and wide.gain_per_period is not None
    assert narrow.gain_per_period < wide.gain_per_period  # and is worth more
    smaller = proposed({"search": OPEN}, difference=0.7)[0]
    assert (smaller.share, smaller.days) > (narrow.share, narrow.days)
    assert (narrow.difference, smaller.difference) == (1.0, 0.7)


def test_what_knowing_is_worth_is_what_a_right_decision_gains_on_average() -> None:
    """20,000 draws: to within five standard errors."""
    (found,) = proposed({"search": OPEN})
    rng, error = np.random.default_rng(3), 2.5 / norm.ppf(0.975)
    gain = 5_000 * (rng.normal(1.5, error, 20_000) - 1)
    right = np.maximum(gain, 0.0) - gain  # tonight's estimate says that it pays
    assert found.gain_per_period == pytest.approx(right.mean(), abs=5 * right.std() / np.sqrt(20_000))


def test_a_channel_that_is_known_or_spends_nothing_needs_no_experiment() -> None:
    assert proposed({"known": Interval(2.0, 1.5, 2.5)}) == ()
    assert proposed({"ended": OPEN}, spend=0.0) == ()
    assert proposed({"tiny": OPEN}, spend=10.0) == ()  # would take longer than sixteen weeks


def test_the_most_that_hangs_on_it_comes_first() -> None:
    found = proposed({"known": Interval(2.0, 1.5, 2.5), "sure": Interval(2.0, 0.9, 3.1), "open": OPEN})
    assert [e.channel for e in found] == ["open", "sure"]
    assert found[0].entities == int(np.ceil(found[0].share * ENTITIES))


def test_power_is_the_level_without_a_difference_and_none_without_entities() -> None:
    window = Window(10.0, 1000)
    assert power(0.0, 500.0, window, 0.1) == pytest.approx(0.05)
    assert power(1.0, 500.0, Window(float("inf"), 0), 0.1) == 0.0
    assert power(1.0, 1e6, window, 0.1) == pytest.approx(1.0)
