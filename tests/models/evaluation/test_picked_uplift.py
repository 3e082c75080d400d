"""The uplift of a plan that was picked on the entities that judge it, against one that nobody picked."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.intervals.simultaneous import PlanClass, plan_class
from models.evaluation.picked_uplift import Believed, Gain, Picked, picked_uplift
from models.evaluation.uplift import uplift
from models.policies.rules import ScaledDelivery
from models.results import FewDiffer, Uplift
from models.settings import EvaluationSettings
from tests.truth.thin_worlds import ThinWorld

WORLD = ThinWorld(none=0.6)
PART = WORLD.judge(1, 1500)
TARGET = PART.target(ScaledDelivery((1.0, 0.8, 1.2), "a plan"))
VALUE = PART.estimator.value(TARGET, "a plan")


def plans(seed: int = 0, directions: int = 3) -> PlanClass:
    slopes = np.random.default_rng(seed).standard_normal((1500, directions))
    return plan_class(slopes, PART.bootstrap)


NOISE = np.random.default_rng(2).standard_normal(1500)
PROFIT = Gain("profit", {"profit": 1.0})


def asked(picked: Picked, gain: Gain = PROFIT) -> tuple[Uplift, float | None, float]:
    found = picked_uplift(PART.estimator, VALUE, gain, PART.bootstrap, picked)
    assert not isinstance(found, FewDiffer)
    return found.uplift, found.low_every_night, found.detectable


def test_the_bound_pays_for_the_picking_and_the_high_end_does_not() -> None:
    settings = EvaluationSettings(level=0.90)
    fixed = uplift(PART.estimator, TARGET, "profit", settings, seed=0, value=VALUE)
    assert isinstance(fixed, Uplift)
    told, every_night, least = asked(Picked(plans(), 0.95, 0.999))
    assert told.level == 0.9 and told.high == pytest.approx(fixed.high, rel=1e-6)
    assert told.estimate == pytest.approx(fixed.estimate)
    reach, error = told.estimate - told.low, (fixed.estimate - fixed.low) / 1.645
    assert least == pytest.approx(reach + 0.8416 * error, rel=0.02)  # confirmed four times in five
    # three directions: 2.8 standard errors in place of 1.64
    wider = (fixed.estimate - told.low) / (fixed.estimate - fixed.low)
    assert 1.5 < wider < 1.9
    assert every_night is not None and every_night < told.low
    more, _, _ = asked(Picked(plans(directions=8), 0.95, 1.0))
    assert more.low < told.low and more.high == told.high


def test_the_estimate_is_less_what_picking_flatters_and_stays_inside() -> None:
    plain, none, _ = asked(Picked(plans(), 0.95, 1.0))
    less, _, _ = asked(Picked(plans(), 0.95, 1.0, optimism=0.02 * abs(plain.estimate)))
    assert none is None  # too few entities for a bound that holds every night
    assert less.estimate == pytest.approx(plain.estimate - 0.02 * abs(plain.estimate))
    assert (less.low, less.high) == (plain.low, plain.high)
    far, _, _ = asked(Picked(plans(), 0.95, 1.0, optimism=1e9))
    assert far.estimate == plain.low


def test_the_chance_to_be_better_is_that_of_the_bound() -> None:
    told, _, _ = asked(Picked(plans(), 0.95, 1.0))
    assert told.low > 0 and told.probability_better > 0.95
    level = told.probability_better
    if level < 0.999:
        edge, _, _ = asked(Picked(plans(), level, 1.0))
        assert edge.low == pytest.approx(0.0, abs=0.02 * told.estimate)


def test_another_goal_has_the_same_bound_of_its_own_sum() -> None:
    """Margin less spend is profit, to the last digits; at twice the spend it is less of a gain."""
    picked = Picked(plans(), 0.95, 0.999)
    by_name, _, _ = asked(picked)
    by_parts, _, _ = asked(picked, Gain("margin less spend", {"margin": 1.0, "cost": -1.0}))
    assert by_parts.outcome == "margin less spend"
    assert (by_parts.low, by_parts.high) == pytest.approx((by_name.low, by_name.high), rel=1e-9)
    dear, _, _ = asked(picked, Gain("margin beyond 2 per EUR spent", {"margin": 1.0, "cost": -2.0}))
    assert dear.estimate != by_name.estimate and dear.low < dear.estimate < dear.high


def test_a_class_that_nobody_can_tell_gives_no_bound() -> None:
    found = picked_uplift(
        PART.estimator, VALUE, PROFIT, PART.bootstrap, Picked(PlanClass(np.empty(0), 3), 0.95, 1.0)
    )
    assert isinstance(found, FewDiffer)


@pytest.mark.parametrize(("share", "sure"), [(0.6, True), (-0.2, False)])
def test_where_a_witness_contradicts_the_lower_of_the_two_bounds_counts(share: float, sure: bool) -> None:
    """The witness says so much of the uplift, with hardly any noise between the two."""
    k, today = PART.estimator.journeys.outcome_names.index("profit"), PART.estimator.logged_value
    n, ahead = len(today.double_reinforcement), 5e4  # a sure gain, the same by all ways of estimating

    def gaining(level: np.ndarray | None, by: float) -> np.ndarray:
        assert level is not None
        found = level.copy()
        found[:, k] += by / n + 1e-3 * np.random.default_rng(1).standard_normal(n)
        return found

    agreeing = replace(
        VALUE,
        double_reinforcement=gaining(today.double_reinforcement, ahead) + 1e-2 * NOISE[:, None],
        self_normalised=gaining(today.self_normalised, ahead),
        importance=gaining(today.importance, ahead),
        remembering=gaining(today.remembering, ahead),
        as_logged=None,
        moments_kept=None,
    )
    contrary = replace(agreeing, remembering=gaining(today.remembering, share * ahead))
    picked = Picked(plans(), 0.95, 1.0)
    calm, found = (
        picked_uplift(PART.estimator, one, PROFIT, PART.bootstrap, picked) for one in (agreeing, contrary)
    )
    assert isinstance(calm, Believed) and isinstance(found, Believed)
    assert calm.uplift.low > 0 and (found.uplift.low > 0) == sure
    assert found.uplift.low < share * PART.estimator.journeys.scale * ahead
