"""A policy that decides by the state: its weights know its own surprises, and what they are worth."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.checks.witness import disagreement
from models.evaluation.estimators.bordered_ridge import Border, Factorised, held_out_loss, ridge_path
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import SIGNED
from models.evaluation.estimators.surprises import courses_of, own_surprises, reads_the_state
from models.evaluation.estimators.weights import action_ratios, summed
from models.evaluation.headline import uplift_interval
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.mdp.journeys import Journeys
from models.policies.rules import ScaledDelivery
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(4, buy=0.3)
MU = masked(np.array([3.0, 2.0, 2.0]), WORLD)
TURNED = MU.copy()
TURNED[1] = [3 / 7, 0.5 / 7, 3.5 / 7]  # social for search where both are possible
TURNED[2] = [4.5 / 5, 0.0, 0.5 / 5]  # and hardly any where search is not


def log(entities: int, seed: int = 3) -> tuple[Journeys, np.ndarray]:
    """A log and its states (n,)."""
    journeys = WORLD.draw(MU, entities, np.random.default_rng(seed))
    return journeys, states_of(journeys)


def test_own_surprises_are_sums_of_what_was_done_beyond_todays_delivery() -> None:
    journeys, s = log(40)
    ratios = action_ratios(journeys, TURNED[s], MU[s])
    found = own_surprises(courses_of(journeys, [1.0])[0], ratios)
    recent, whole = (np.zeros(len(ratios)) for _ in range(2))
    for row in range(len(ratios)):
        own = [
            (ratios[u] - 1.0, 0.5 ** (journeys.days_left[u] - journeys.days_left[row]))
            for u in range(row)
            if journeys.journey[u] == journeys.journey[row]
        ]
        recent[row] = sum(d * kept for d, kept in own)
        whole[row] = sum(d for d, _ in own)
    for column, expected in zip(found, (recent, whole), strict=True):
        np.testing.assert_allclose(column, (expected - expected.mean()) / expected.std(), atol=1e-10)


def test_scaled_delivery_reads_no_state_and_an_agent_does() -> None:
    journeys, s = log(400)
    nothing = np.zeros((len(s), 0), np.float32)
    scaled = ScaledDelivery((1.0, 0.5, 1.4), "scaled").probabilities(nothing, journeys.eligible, MU[s])
    shown = np.flatnonzero(journeys.action > 0)  # everywhere something else was possible

    def reads(ratios: np.ndarray) -> bool:
        return reads_the_state(journeys.action[shown], ratios[shown])

    assert not reads(action_ratios(journeys, scaled, MU[s]))
    assert not reads(np.ones(len(s)))
    assert reads(action_ratios(journeys, TURNED[s], MU[s]))


def test_an_effect_that_comes_late_is_the_policys_where_it_decides_by_the_state() -> None:
    """Social brings 5 two decisions later where search is possible too, and takes 5 where it is not; the
    state forgets. The policy does more of the one and less of the other, so that on average the weights know
    nothing of social: those of the actions' surprises alone are off by more than 4 times the noise of the
    difference from running products, which are unbiased (a false alarm in 15,000); those of the policy's own
    by less than a fifth as much."""
    journeys, s = log(20_000)
    late = np.flatnonzero(journeys.t >= 2)
    brought = np.where(journeys.action[late - 2] == 2, np.where(s[late - 2] == 1, 5.0, -5.0), 0.0)
    outcomes = journeys.outcomes.copy()
    outcomes[late, 0] += brought
    outcomes[late, 4] += brought
    dr = DoublyRobust(replace(journeys, outcomes=outcomes), MU[s], folds=2, ridge=1.0)
    value, ratios = dr.value(TURNED[s]), dr.ratios(TURNED[s])
    recent = dr._weights._recent.fit(ratios)
    of_actions = dr.corrected(dr.model.fit(TURNED[s]), summed(ratios, recent * ratios, dr.steps))
    unbiased = value.self_normalised[:, 0]
    z = disagreement(of_actions[:, 0], unbiased)
    assert z is not None and z < -4
    off = (value.double_reinforcement[:, 0] - unbiased).sum()
    assert abs(off) < 0.2 * abs((of_actions[:, 0] - unbiased).sum())


def test_a_line_below_0_is_cut_off_for_the_headline_and_told_by_the_witness() -> None:
    """The policy of above hardly ever does what delivery does. Weights that are a line in its surprises have
    the mean that they should, 1, as long as what is below 0 counts, and where its moments are kept: by what
    the cut moves, intervals are longer."""
    journeys, s = log(4_000)
    bold = np.where(TURNED > 0.4, 1.0, 0.0) * (MU > 0)
    bold = np.where(bold.sum(axis=1, keepdims=True) > 0, bold, MU)
    bold /= bold.sum(axis=1, keepdims=True)
    dr = DoublyRobust(journeys, MU[s], folds=2, ridge=1.0)
    ratios = dr.ratios(bold[s])
    reached = dr._weights.reached(ratios)
    assert reached.signed and reached.other is not None
    assert reached.headline.min() == 0.0 > reached.other.min()
    mean = [
        (summed(ratios, rho * ratios, dr.steps).total / journeys.n_journeys)[-1]
        for rho in (reached.other, reached.kept, reached.headline)
        if rho is not None
    ]
    assert len(mean) == 3 and all(abs(m - 1.0) < 0.03 for m in mean[:2]) and mean[2] > 1.08
    value, logged = dr.value(bold[s]), dr.logged_value
    uplift = value.uplifts(logged, 0)
    assert SIGNED in uplift.witnesses and uplift.cut > 0 and value.moments_kept is not None
    moved = (value.moments_kept - value.double_reinforcement)[:, 0].sum()
    assert uplift.cut == pytest.approx(abs(moved))  # of today's delivery nothing is cut
    boot = BootstrapT(journeys.cluster_key, seed=1)
    gross = value.uplift_gross.of(0)
    short = uplift_interval(replace(uplift, cut=0.0, witnesses={}), gross, boot, scale=1.0, level=0.9)
    long = uplift_interval(replace(uplift, witnesses={}), gross, boot, scale=1.0, level=0.9)
    assert short is not None and long is not None
    assert short.low - long.low == pytest.approx(uplift.cut) == long.high - short.high


@pytest.mark.parametrize("penalty", [1e-3, 1.0, 100.0])
def test_a_border_is_a_regression_on_all_columns_whose_last_are_free(penalty: float) -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(50), rng.normal(size=(50, 4))])
    further = rng.normal(size=(50, 2)) + x[:, 1:3]
    y = rng.normal(size=50) + x @ rng.normal(size=5) + further @ [1.0, -2.0]
    mean = x[:, 1:].mean(axis=0)
    values, vectors = np.linalg.eigh((x[:, 1:] - mean).T @ (x[:, 1:] - mean))
    factorised = Factorised(50.0, mean, values, vectors)
    border = Border(x.T @ further, further.T @ further, further.T @ y)
    theta, gamma = ridge_path(factorised, x.T @ y, np.array([penalty]), border)
    whole = np.hstack([x, further])
    expected = np.linalg.solve(
        whole.T @ whole + penalty * np.diag([0.0] + [1.0] * 4 + [0.0] * 2), whole.T @ y
    )
    np.testing.assert_allclose(np.r_[theta[:, 0], gamma[:, 0]], expected, rtol=1e-9)
    left = y - whole @ expected
    loss = held_out_loss(x.T @ x, x.T @ y, border, theta, gamma)
    assert loss[0] == pytest.approx(left @ left - y @ y)


def test_a_column_that_the_design_holds_already_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), rng.normal(size=(30, 2))])
    y, same = rng.normal(size=30), np.full((30, 1), 3.0)
    mean = x[:, 1:].mean(axis=0)
    values, vectors = np.linalg.eigh((x[:, 1:] - mean).T @ (x[:, 1:] - mean))
    factorised, grid = Factorised(30.0, mean, values, vectors), np.array([1.0, 10.0])
    theta, gamma = ridge_path(factorised, x.T @ y, grid, Border(x.T @ same, same.T @ same, same.T @ y))
    assert np.all(gamma == 0.0)
    np.testing.assert_allclose(theta, ridge_path(factorised, x.T @ y, grid, None)[0], rtol=1e-12)
