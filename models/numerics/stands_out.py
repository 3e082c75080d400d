"""Is one of several means apart from what is usual, or is it chance?"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

ROUNDING = 1e-9
"""Of what is usual: less than that is no difference."""


def stands_out(values: NDArray[np.float64], usual: float, *, level: float, among: int) -> bool:
    """Whether the mean of values (n,) is another than `usual`, as one of `among` that are asked:

        |mean - usual| > t_(n-1)(1 - (1 - level) / (2 among)) sd / sqrt(n)

    so that by chance alone one of all stands out in at most 1 - level of all cases (Bonferroni). Assumes
    values that are independent of each other and about normal; wrong where they follow a trend of their own.
    """
    n = len(values)
    if n < 2:
        return False
    reach = student_t.ppf(1 - (1 - level) / (2 * among), n - 1) * values.std(ddof=1) / np.sqrt(n)
    return bool(abs(values.mean() - usual) > reach + ROUNDING * abs(usual))
