"""Amounts in sentences, as people write them."""

import pytest

from reports.sentences.amounts import figure, interval_words, typed


@pytest.mark.parametrize(
    ("amount", "text"),
    [(12_387.4, "12,400"), (-1234.0, "−1,230"), (0.0, "0"), (12.345, "12.3"), (0.5, "0.5"), (99.96, "100")],
)
def test_figures_are_rounded_to_what_matters(amount: float, text: str) -> None:
    assert figure(amount) == text


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ((1_234.5, -77.7, 12_387.4), ("1,200 EUR", "between −100 EUR and 12,400 EUR")),
        ((0.05, 0.01, 0.09), ("0.05 EUR", "between 0.01 EUR and 0.09 EUR")),
        ((0.0004, 0.00012, 0.00068), ("0.000400 EUR", "between 0.000120 EUR and 0.000680 EUR")),
        ((0.0, 0.0, 0.0), ("0 EUR", "between 0 EUR and 0 EUR")),
    ],
)
def test_an_interval_keeps_three_figures_of_its_larger_end(
    figures: tuple[float, float, float], text: tuple[str, str]
) -> None:
    assert interval_words(*figures, "EUR") == text


def test_budgets_are_printed_as_typed() -> None:
    assert (typed(2610.0, "EUR"), typed(2610.5, "EUR")) == ("2,610 EUR", "2,610.50 EUR")
