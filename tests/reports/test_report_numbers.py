"""One formatting of figures: what is written to files, and what is read."""

import pytest

from reports import numbers
from reports.numbers import MINUS, NBSP


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12387.42, 0, "12,387"),
        (12387.42, -2, "12,400"),
        (-1412.37, 0, f"{MINUS}1,412"),
        (8250.5, 0, "8,251"),  # halves away from zero
        (2.675, 2, "2.68"),
        (-0.2, 0, "0"),  # never a minus sign before zero
        (0.0521, 4, "0.0521"),
        (1e6, 0, "1,000,000"),
    ],
)
def test_grouped(value: float, decimals: int, text: str) -> None:
    assert numbers.grouped(value, decimals) == text


def test_signs_are_shown_when_asked_for() -> None:
    assert numbers.grouped(12.0, signed=True) == "+12"
    assert numbers.grouped(-12.0, signed=True) == f"{MINUS}12"
    assert numbers.grouped(0.0, signed=True) == "0"


def test_an_interval_shares_the_step_of_its_largest_number() -> None:
    text = numbers.interval(11_977.31, 3_021.9, 21_340.07)
    assert (text.estimate, text.low, text.high) == ("12,000", "3,000", "21,300")
    assert numbers.interval(0.3121, 0.1204, 0.5038, most=4).full == "0.312 (0.120 to 0.504)"
    assert numbers.interval(902.0, None, 3_214.0).low == numbers.NOT_KNOWN


def test_budgets_are_whole_from_a_hundred_on_and_exact_to_type_in() -> None:
    assert [numbers.budget(v) for v in (28_900.0, 14_012.37, 99.5, 0.0521)] == [
        "28,900",
        "14,012",
        "99.50",
        "0.0521",
    ]
    assert [numbers.to_type_in(v) for v in (2600.0, 2600.5, 53_162.900000001)] == [
        "2,600",
        "2,600.50",
        "53,162.90",
    ]


def test_files_hold_cents_and_no_negative_zero_nan_or_infinity() -> None:
    assert numbers.money(12.3456) == 12.35
    assert numbers.money(0.05214, per="entity") == 0.0521
    assert str(numbers.money(-0.001)) == "0.0"
    assert numbers.exact(float("nan")) is None
    assert numbers.exact(float("inf")) is None
    assert numbers.exact(None) is None


def test_percentages_and_probabilities_never_claim_certainty() -> None:
    assert numbers.percent(0.05) == f"5{NBSP}%"
    assert numbers.percent(0.0971, signed=True) == f"+9.7{NBSP}%"
    assert numbers.probability(0.9994) == f"more than 99{NBSP}%"
    assert numbers.probability(0.0) == f"less than 1{NBSP}%"
    assert numbers.probability(0.9821) == f"98{NBSP}%"


def test_what_is_not_known_is_said_and_never_written_as_zero() -> None:
    for shown in (numbers.amount, numbers.budget, numbers.per_unit, numbers.times, numbers.percent):
        assert shown(None) == numbers.NOT_KNOWN
    assert numbers.count(float("nan")) == numbers.NOT_KNOWN


@pytest.mark.parametrize(
    ("value", "text"), [(0.0012, "0.0012"), (310.0, "310"), (2.50, "2.5"), (1234.5678, "1,235")]
)
def test_figures_of_unknown_kind(value: float, text: str) -> None:
    assert numbers.plain(value) == text


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (96.38, 385.51, ("96", "386")),
        (0.5, 2.25, ("0.50", "2.25")),
        (1.0, 96.38, ("1.00", "96.38")),
        (2.0, 96.0, ("2", "96")),
        (0.0004, 0.0123, ("0.0004", "0.0123")),
        (5.0, float("inf"), ("5", numbers.NOT_KNOWN)),
    ],
)
def test_both_ends_of_a_range_of_budgets_are_rounded_alike(
    low: float, high: float, texts: tuple[str, str]
) -> None:
    assert numbers.budgets(low, high) == texts


def test_a_figure_just_below_a_power_of_ten_has_the_digits_of_that_power() -> None:
    """0.0999 has four decimals; what rounds to 0.100 has three, as every other 0.100 of its column."""
    shown = [numbers.amount(value) for value in (0.0999, 0.09996, 0.1, 0.10004, 9.996, 999.6)]
    assert shown == ["0.0999", "0.100", "0.100", "0.100", "10.0", "1,000"]
