"""What the log supports: the ratio of `none`, gates as data, and steps that shrink until they pass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.evaluation.estimators.support import Support, gate_beyond
from models.policies.rules import ScaledDelivery
from models.settings import EvaluationSettings, SplitSettings
from models.split.limits import Limits, budget_limits
from models.split.rare_none import rarity
from models.split.shrink import fewer_cuts, kept_share, whole_step

multiplier = st.floats(0.3, 2.0)


@settings(max_examples=200, deadline=None)
@given(st.lists(multiplier, min_size=3, max_size=3), st.integers(0, 2**32 - 1))
def test_the_ratio_of_none_has_no_bound_of_its_own(multipliers: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    mu, m = rng.dirichlet((0.2, 1.0, 1.0, 1.0), 50) + 1e-9, np.array(multipliers)
    mu /= mu.sum(axis=1, keepdims=True)
    everywhere = np.ones(mu.shape, bool)
    rule = ScaledDelivery((1.0, *multipliers), "scaled")
    pi = rule.probabilities(np.zeros((50, 0), np.float32), everywhere, mu)
    ratio = pi / mu
    none = 1 + ((1 - m) * mu[:, 1:] / mu[:, :1]).sum(axis=1)
    assert ratio[:, 0] == pytest.approx(np.maximum(none, 0.0), rel=1e-6, abs=1e-9)
    assert np.all(ratio[:, 1:] <= m * (1 + 1e-9))  # every channel's is m, or less where all is shown
    if m.min() >= 1:
        assert ratio[:, 0].max() <= 1 + 1e-9  # raising is supported
    if m.max() <= 0.8:  # cutting is not
        assert ratio[:, 0].max() >= 1 + 0.2 * (1 / mu[:, 0].min() - 1) * (1 - 1e-9)


@pytest.mark.parametrize(
    ("multipliers", "first", "second"),
    [
        ((1.0, 0.5, 1.5), (0.55, 0.45, 0.0), (0.0, 0.1, 0.9)),
        ((1.0, 1.5, 0.5), (0.0, 1.0, 0.0), (0.0, 0.5, 0.5)),  # more than everybody
        ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.25, 0.75)),  # something must be shown: as it was
    ],
)
def test_scaled_delivery_where_little_is_possible(
    multipliers: tuple[float, ...], first: tuple[float, ...], second: tuple[float, ...]
) -> None:
    mu = np.array([[0.1, 0.9, 0.0], [0.0, 0.25, 0.75]])
    rule = ScaledDelivery(multipliers, "scaled")
    pi = rule.probabilities(np.zeros((2, 0), np.float32), mu > 0, mu)
    np.testing.assert_allclose(pi, [first, second], atol=1e-12)
    np.testing.assert_array_equal(rule.by_action(mu[:, 0] > 0, np.ascontiguousarray(mu.T)), pi.T)


def test_rarity_is_the_variance_that_a_cut_adds_to_a_decisions_weight() -> None:
    mu = np.array([[0.02, 0.98, 0.0], [0.5, 0.2, 0.3]])
    eligible = mu > 0
    found = rarity(mu, eligible)
    for k, m in ((1, 0.7), (2, 0.7)):
        pi = ScaledDelivery(tuple(m if j == k else 1.0 for j in range(3)), "cut").probabilities(
            np.zeros((2, 0), np.float32), eligible, mu
        )
        ratio = np.divide(pi, mu, out=np.ones_like(mu), where=mu > 0)
        variance = (mu * (ratio - 1) ** 2).sum(axis=1).mean()
        own = ((1 - m) ** 2 * mu[:, k]).mean()
        assert variance == pytest.approx((1 - m) ** 2 * found[k - 1] + own)


def support(ess: float, shape: float = 0.0) -> Support:
    return Support(np.array([ess]), ess, 1.0, 0.01, shape, np.zeros(2))


def test_a_gate_is_data() -> None:
    known, actions = EvaluationSettings(), ("none", "ad")
    gate = gate_beyond(support(30.0), actions, known)
    assert gate is not None and (gate.kind, gate.figure, gate.limit) == ("effective sample size", 30.0, 50.0)
    assert gate_beyond(support(60.0), actions, known) is None
    heavy = gate_beyond(support(900.0, 0.85), actions, known)
    assert heavy is not None and (heavy.kind, heavy.figure, heavy.limit) == ("tail shape", 0.85, 0.7)


def limits(total: float | None = None) -> Limits:
    current = {"push": 4000.0, "social": 3000.0, "search": 2000.0}
    return budget_limits(current, SplitSettings(total=total, max_move_share=2.0))


WANTED = np.array([2000.0, 2000.0, 4000.0])  # 1,000 stay unspent


def test_the_whole_step_shrinks_to_the_largest_that_passes() -> None:
    plan = whole_step(WANTED, limits(), lambda p: p[0] >= 3000.0)
    assert plan is not None and 3000.0 <= plan[0] <= 3060.0
    assert kept_share(plan, WANTED, limits()) == pytest.approx(0.5, abs=0.03)
    assert np.all(plan % 10 == 0)
    assert whole_step(WANTED, limits(), lambda p: p[0] >= 3900.0) is None  # a step below a fifth is none


def test_the_rarest_cut_is_given_up_first_and_raises_pay_for_it() -> None:
    rare = np.array([50.0, 1.0, 1.0])
    plan = fewer_cuts(WANTED, limits(), rare, lambda p: p[0] >= 3500.0)
    assert plan is not None and 3500.0 <= plan[0] <= 3560.0 and plan[1] == 2000.0
    # 1,500 of the cut are missing, of which 1,000 were not to be spent
    assert plan.sum() == pytest.approx(9000.0, abs=10) and 3400.0 <= plan[2] <= 3500.0
    other = fewer_cuts(WANTED, limits(), np.array([1.0, 50.0, 1.0]), lambda p: p[0] >= 3500.0)
    assert other is not None and other[1] == 3000.0  # given up for nothing, before push
    assert fewer_cuts(WANTED, limits(), rare, lambda _: False) is None
    raised = np.array([4000.0, 3000.0, 3000.0])
    assert fewer_cuts(raised, limits(10_000.0), rare, lambda _: True) is None  # nothing is cut
