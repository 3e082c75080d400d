"""Headline against witnesses: a difference must be more than noise, and matter; several may be asked."""

import numpy as np

from models.evaluation.checks.witness import FALSE_ALARMS, check_witness, most_contrary
from models.evaluation.estimators.policy_value import Uplifted
from tests.told import said as told_of

HEADLINE = np.random.default_rng(1).normal(1.0, 20.0, 4_000)  # sum about 4,000, standard error about 1,265


def against(**witnesses: np.ndarray) -> Uplifted:
    """The headline and some witnesses, where today's level is known to +- 5,000."""
    return Uplifted(HEADLINE, witnesses, 5_000.0)


def shifted(by: float) -> np.ndarray:
    """The same contributions, their sum moved by `by` with little noise of its own."""
    return HEADLINE + by / 4_000 + np.random.default_rng(2).normal(0.0, 0.5, 4_000)


def test_a_large_difference_is_a_warning_that_names_its_witness() -> None:
    check = check_witness("plan", "profit", against(SNDR=HEADLINE, SNPDIS=shifted(-2_500)))
    assert check.status == "warn" and "above its witness (SNPDIS)" in told_of(check)
    assert "below" in told_of(check_witness("plan", "profit", against(SNDR=shifted(+2_500))))


def test_a_small_difference_is_none_however_certain() -> None:
    check = check_witness("plan", "profit", against(SNDR=shifted(-600)))
    assert check.figure is not None and check.figure > 3  # far beyond the noise of the difference
    assert check.status == "ok"


def test_a_difference_that_matters_goes_before_one_that_is_merely_certain() -> None:
    noisy = HEADLINE + np.random.default_rng(3).normal(-1.0, 12.0, 4_000)  # -4,000 +- 760
    found = most_contrary(against(SNDR=shifted(-600), SNPDIS=noisy))
    assert found.witness == "SNPDIS" and found.disputed


def test_equal_estimates_agree() -> None:
    assert check_witness("logged", "profit", against(SNDR=HEADLINE)).status == "ok"


def test_several_witnesses_raise_no_more_false_alarms_than_stated() -> None:
    """2,000 sound headlines with three noisy witnesses each: at most 5 % disputed. The count exceeds the
    limit of 5 % + 3 Monte-Carlo standard errors once in 700 runs if the share is exactly 5 %."""
    rng, disputed = np.random.default_rng(5), 0
    for _ in range(2_000):
        headline = rng.normal(0.0, 1.0, 200)
        witnesses = {name: headline + rng.normal(0.0, 2.0, 200) for name in FALSE_ALARMS}
        disputed += most_contrary(Uplifted(headline, witnesses, 1.0)).disputed
    assert disputed / 2_000 <= sum(FALSE_ALARMS.values()) + 3 * np.sqrt(0.05 * 0.95 / 2_000)
