"""What a row's marginal return says of its change, beside those of the rows that are raised."""

import pytest

from models.results import Earns, Interval, Kept
from models.split.reasons import _kept, earns

RAISED = [Interval(7.1, 5.4, 8.9), Interval(3.0, 2.1, 4.0)]


def test_a_row_without_a_return_says_why_it_has_none() -> None:
    """Its spend does not clearly follow its budget; the night did judge it."""
    assert _kept(None, None, used_up=False) == Kept("not told")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.1, 2.0, "surely less than what is raised"),
        (1.1, 2.2, "less than what is raised"),
        (2.9, 3.3, "uncertain"),
        (-1.1, 1.9, "less than it costs"),
    ],
)
def test_a_cut_row_is_held_against_what_is_raised(low: float, high: float, said: Earns) -> None:
    assert earns(Interval((low + high) / 2, low, high), False, RAISED) == said
