"""The order of small numbers is numpy's own."""

import numpy as np
import pytest

from models.numerics import stable_order


@pytest.mark.parametrize("most", [0, 1, 255, 256, 65_535, 65_536, 2**40])
def test_rows_come_by_code_and_in_their_own_order(most: int) -> None:
    codes = np.random.default_rng(1).choice([0, most // 3, most], size=500)
    assert stable_order(codes).tolist() == np.argsort(codes, kind="stable").tolist()


def test_of_nothing_there_is_no_row() -> None:
    assert stable_order(np.zeros(0, np.int64)).tolist() == []
