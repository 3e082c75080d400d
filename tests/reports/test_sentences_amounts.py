"""Amounts in sentences, as people write them."""

import pytest

from reports.sentences.amounts import figure, typed


@pytest.mark.parametrize(
    ("amount", "text"),
    [(12_387.4, "12,400"), (-1234.0, "−1,230"), (0.0, "0"), (12.345, "12.3"), (0.5, "0.5"), (99.96, "100")],
)
def test_figures_are_rounded_to_what_matters(amount: float, text: str) -> None:
    assert figure(amount) == text


def test_budgets_are_printed_as_typed() -> None:
    assert (typed(2610.0, "EUR"), typed(2610.5, "EUR")) == ("2,610 EUR", "2,610.50 EUR")
