"""What one more unit of spend earns: a ratio with an interval, or none."""

import numpy as np

from models.split.marginal import fieller


def test_fieller_agrees_with_simulation_and_refuses_an_unsure_denominator() -> None:
    # 400 logs, nominal 95 %: outside 91.5..98.5 % (more than 3 standard errors) once in 400 such tests
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        spend = rng.exponential(1.0, 200)
        margin = 2.0 * spend + rng.standard_normal(200) * 3
        found, _ = fieller(margin, spend, 0.95)
        assert found is not None
        covered += found.low <= 2.0 <= found.high
    assert 0.915 <= covered / 400 <= 0.985
    unsure, why = fieller(rng.standard_normal(200), rng.standard_normal(200), 0.95)
    assert unsure is None and why == "its spend does not clearly follow its budget"


def test_an_end_that_noise_decides_is_no_bound() -> None:
    """The far end, above where the ratio is above 0 and below where it is under it; the near one stays."""
    n = 400
    noise = np.tile([-1.0, 1.0], n // 2)
    margin = np.tile([1.0, 1.0, -1.0, -1.0], n // 4) + 0.05
    far = [fieller(margin, 0.1 * size + noise, 0.95)[0] for size in (5.0, 1.2, 1.03, 0.9)]
    sure, wide, hardly, never = far
    assert sure is not None and wide is not None and hardly is not None and never is None
    assert sure.high < 1.0 < wide.high < np.inf
    assert hardly.high == np.inf and np.isfinite(hardly.low) and hardly.low < hardly.estimate
    below, _ = fieller(-margin, 0.1 * 1.03 + noise, 0.95)
    assert below is not None and (below.low, below.high) == (-np.inf, -hardly.low)


def test_where_a_few_people_decide_the_interval_is_wide_enough() -> None:
    """500 logs of 2,000 people, about 10 of whom bring a margin. Nominal 95 %: below 92 % in one of 500 such
    tests; a normal interval holds 89 %."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(500):
        spend = rng.exponential(1.0, 2_000)
        margin = np.where(rng.random(2_000) < 0.005, np.exp(0.7 * rng.standard_normal(2_000)), 0.0)
        found, _ = fieller(margin, spend, 0.95)
        assert found is not None
        covered += found.low <= 0.005 * np.exp(0.7**2 / 2) <= found.high
    assert covered / 500 >= 0.92
