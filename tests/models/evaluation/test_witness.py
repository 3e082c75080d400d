"""Headline against witness: a difference must be more than noise, and matter."""

import numpy as np

from models.evaluation.witness import check_witness

HEADLINE = np.random.default_rng(1).normal(1.0, 20.0, 4_000)  # sum about 4,000, standard error about 1,265


def shifted(by: float) -> np.ndarray:
    """The same contributions, their sum moved by `by` with little noise of its own."""
    return HEADLINE + by / 4_000 + np.random.default_rng(2).normal(0.0, 0.5, 4_000)


def test_a_large_difference_is_a_warning() -> None:
    check = check_witness("plan", "profit", HEADLINE, shifted(-2_500))
    assert check.status == "warn" and "above" in check.text
    assert "below" in check_witness("plan", "profit", HEADLINE, shifted(+2_500)).text


def test_a_small_difference_is_none_however_certain() -> None:
    check = check_witness("plan", "profit", HEADLINE, shifted(-600))
    assert check.figure is not None and check.figure > 3  # far beyond the noise of the difference
    assert check.status == "ok"


def test_equal_estimates_agree() -> None:
    assert check_witness("logged", "profit", HEADLINE, HEADLINE).status == "ok"
