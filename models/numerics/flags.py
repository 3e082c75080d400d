"""Is a column of numbers a flag? Then its questions are asked as yes or no."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_flag(values: NDArray[np.floating[Any]]) -> bool:
    """Whether (n,) holds 0 and 1 alone."""
    return bool(((values == 0) | (values == 1)).all())
