"""Sites that add up sums say what all rows in one place say."""

from dataclasses import replace

from models.trials import compare_arms
from tests.benchmarks.decisions.figure import Figure
from tests.models.trials.several_sites import Adder, on_all_rows, pooled, sites_of
from tests.models.trials.shops import Shop

SHOP = Shop(12_000, lifts=(1.0, 1.3, 1.0), costs=(0.0, 0.4, 0.1), rate=0.06)
TESTS = 20


def figures() -> list[Figure]:
    """Values, standard errors and ends of intervals, relative to the size of the standard error."""
    apart, same = 0.0, 0
    for seed in range(TESTS):
        log = replace(SHOP, entities=SHOP.entities // (1 + seed % 4)).draw([7, seed])
        said = pooled(sites_of(log), Adder(), log.planned)[0].compared
        rows, values = on_all_rows(log), compare_arms(log).arms
        unit = rows[0].standard_error or 1.0
        pairs = [(a.estimate, b.estimate) for a, b in zip(said.arms, values, strict=True)]
        for one, other in zip(said.differences, rows, strict=True):
            pairs += [
                (one.estimate, other.estimate),
                (one.standard_error or 0.0, other.standard_error or 0.0),
            ]
            if one.interval and other.interval:
                pairs += [(one.interval.low, other.interval.low), (one.interval.high, other.interval.high)]
        apart = max(apart, *(abs(a - b) / unit for a, b in pairs))
        same += [d.told_apart for d in said.differences] == [d.told_apart for d in rows]
    return [
        Figure(
            "three sites' sums and all rows in one place: values, standard errors, intervals equal to 1e-9 "
            "standard errors, and the same pairs told apart",
            f"{apart:.1e} at most, the same pairs in {same} of {TESTS} tests of 3,000 to 12,000 people",
            apart < 1e-9 and same == TESTS,
        )
    ]
