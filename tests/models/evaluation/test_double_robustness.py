"""Double robustness as a property: with one nuisance exact the other may be anything; half wrong twice is a
quarter wrong. Exact nuisances come from dynamic programming, errors are far from linear in the features."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fitted_q import QValues
from models.evaluation.estimators.weights import summed
from models.mdp.journeys import Journeys
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

Floats = NDArray[np.float64]
STEPS = 5
WORLD = tabular_world(STEPS, buy=0.3)
MU, PI = masked(np.array([3.0, 1.0, 1.0]), WORLD), masked(np.array([1.0, 2.0, 0.7]), WORLD)
OUTCOMES = WORLD.mean.shape[-1]


def exact_values() -> list[tuple[Floats, Floats]]:
    """V (S, o) and Q (S, A, o) under PI with 1, 2, ... days left."""
    v, found = np.zeros((len(WORLD.start), OUTCOMES)), []
    for _ in range(STEPS):
        q = WORLD.mean + (1 - WORLD.leave)[..., None] * (WORLD.move @ v)
        v = np.einsum("sa,sao->so", PI, q)
        found.append((v, q))
    return found


def exact_rho() -> Floats:
    """(T, S) how much more often PI than MU is met in a state t decisions after entry."""
    reached = [np.stack([WORLD.start, WORLD.start])]
    for _ in range(STEPS - 1):
        pair = []
        for policy, now in zip((PI, MU), reached[-1], strict=True):
            stays = now[:, None] * policy * (1 - WORLD.leave)  # (S, A)
            pair.append(np.einsum("sa,sat->t", stays, WORLD.move))
        reached.append(np.stack(pair))
    density = np.array(reached)
    return np.divide(density[:, 0], density[:, 1], out=np.ones_like(density[:, 0]), where=density[:, 1] > 0)


@pytest.fixture(scope="module")
def log() -> tuple[Journeys, DoublyRobust, QValues, Floats, Floats, Floats]:
    """A log of 20,000 journeys with exact Q and rho of PI, and errors of both that no feature explains."""
    journeys = WORLD.draw(MU, 20_000, np.random.default_rng(4))
    s = states_of(journeys)
    assert journeys.days_left is not None
    left = journeys.days_left - 1
    values = exact_values()
    v = np.array([x for x, _ in values])[left, s]  # (n, o)
    q = np.array([x for _, x in values])[left, s, journeys.action]
    rho = exact_rho()[journeys.t, s]
    bend = np.cos(3.0 * s + 2.0 * journeys.t)  # of Q
    odd = 0.6 * bend  # of rho, wrong where Q is: the worst case
    return journeys, DoublyRobust(journeys, MU[s], folds=2, ridge=1.0), QValues(v, q), rho, bend, odd


def estimate(log: tuple, q_error: float, rho_error: float) -> float:
    """The headline's margin with Q and rho off by some multiple of their errors."""
    journeys, dr, exact, rho, bend, odd = log
    bent = q_error * bend[:, None] * np.abs(exact.q).mean()
    # wrong in V as in Q: what corrects both is the next day's reward
    fitted = QValues(exact.v + bent, exact.q + bent)
    off = rho * np.where(journeys.t > 0, 1.0 + rho_error * odd, 1.0)
    ratios = dr.ratios(PI[states_of(journeys)])
    weights = summed(ratios, off * ratios, dr.steps)
    return float(journeys.scale * dr.corrected(fitted, weights)[:, 0].sum())


def test_with_q_exact_the_weights_may_be_anything(log: tuple) -> None:
    """Within 4 standard errors of the truth (a false alarm in 15,000), although rho is off by half."""
    truth, exact = WORLD.value(PI)[0], estimate(log, 0.0, 0.0)
    noise = abs(exact - truth)
    assert noise < 0.05 * truth
    assert estimate(log, 0.0, 1.0) == pytest.approx(truth, rel=0.06)


def test_with_the_weights_exact_q_may_be_anything(log: tuple) -> None:
    assert estimate(log, 2.0, 0.0) == pytest.approx(WORLD.value(PI)[0], rel=0.06)


def test_both_wrong_is_a_bias_and_half_as_wrong_a_quarter_of_it(log: tuple) -> None:
    """Differences on the same log, so that its luck cancels but for a few per cent of the bias."""
    none = estimate(log, 0.0, 0.0)

    def interaction(share: float) -> float:
        both = estimate(log, 2.0 * share, share)
        return both - estimate(log, 2.0 * share, 0.0) - estimate(log, 0.0, share) + none

    whole, half = interaction(1.0), interaction(0.5)
    assert abs(whole) > 0.05 * none  # it matters, or the test could not fail
    assert half == pytest.approx(whole / 4, rel=0.25)
