"""What a proposal is worth, by numbers a reader can look up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.promise import promise


def test_by_hand() -> None:
    # three and a half errors above 0, one of them flattery, the hurdle two: Phi(0.5 / sqrt 2) = 0.6381632
    assert promise(35.0, 10.0, 2.0) == pytest.approx(35 * 0.6381632)
    assert promise(35.0, 0.0, 2.0) == 35.0  # in no doubt
    assert promise(-3.0, 10.0, 2.0) == -3.0


@given(gain=st.floats(-1e6, 1e6), error=st.floats(1e-3, 1e6), scale=st.floats(1e-3, 1e3))
def test_it_lies_between_nothing_and_the_gain_and_scales_with_both(
    gain: float, error: float, scale: float
) -> None:
    found = promise(gain, error, 1.96)
    assert min(gain, 0.0) <= found <= max(gain, 0.0)
    assert promise(scale * gain, scale * error, 1.96) == pytest.approx(scale * found, rel=1e-6, abs=1e-9)
