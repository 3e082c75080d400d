"""The value of the n-th exposure: known effects that tire, and the cap that follows."""

from dataclasses import replace

import numpy as np
import pytest

from models.agents.advantage import AdvantageModel
from models.agents.advantage_fit import Residuals
from models.agents.caps import exposure_residuals, exposure_values, suggested_cap
from models.agents.folds import FoldedEffects
from models.mdp.transition_table import Feature, Transitions
from models.results import ExposureValue
from models.training.experience import Normalisation
from tests.models.agents.tables import table


def tiring_world() -> tuple[Transitions, np.ndarray]:
    """Exposure n earns 2 - n and is shown mostly to those who buy for 5 anyway, with its behaviour (n, 2)."""
    rng = np.random.default_rng(11)
    n = 60_000
    before, rich = rng.integers(0, 4, n), rng.random(n) < 0.5
    shows = np.where(rich, 0.7, 0.3)
    action = (rng.random(n) < shows).astype(int)
    margin = 5.0 * rich + action * (1.0 - before) + rng.normal(size=n)
    world = table(
        actions=("none", "ad"),
        features=before[:, None].astype(float),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=margin,
        cost=np.full(n, 0.5),
        length=2,
    )
    world = replace(world, feature_spec=(Feature("shown_ad_7d", "count", ""),))
    return world, np.column_stack([1 - shows, shows])


def believing_in_nothing(features: int = 1) -> AdvantageModel:
    zeros, square = np.zeros((1, features + 1)), np.zeros((3, 1, features + 1, features + 1))
    return AdvantageModel(Normalisation(np.zeros(features), np.ones(features)), zeros, zeros, square, 1)


NOTHING = believing_in_nothing()
IGNORANT = FoldedEffects((NOTHING, NOTHING))
"""A learner that believes in nothing."""


def test_the_value_falls_as_it_was_made_to() -> None:
    """A learner that believes in nothing is corrected. Four estimates within 0.2: beyond four standard
    errors."""
    world, mu = tiring_world()
    # the value of a state is not known to the learner: it is guessed at 2.5 for all
    margin = world.outcome("margin") * 1e-6
    outcome = np.column_stack([margin - 2.5, np.zeros(world.n_rows)])
    taken = (world.action - mu[:, 1])[:, None]
    found = Residuals(np.arange(world.n_rows), world.entity, taken, outcome, np.array([0.5]))
    (curve,) = exposure_values(world, mu, found, IGNORANT)
    assert [v.n for v in curve.values] == [1, 2, 3, 4]
    assert [v.estimate for v in curve.values] == pytest.approx([1, 0, -1, -2], abs=0.2)
    assert all(v.low < v.estimate < v.high and v.cost == pytest.approx(0.5) for v in curve.values)
    assert curve.cap.cap == 1 and curve.cap.beyond.n == 2


def test_other_entities_than_those_that_trained_say_what_one_more_ad_earns() -> None:
    """From the table to the curve; each entity is asked of what its own fold did not teach: where that
    believes in 7 for the first fold alone, the residuals of that one take it back. Five standard errors."""
    world, mu = tiring_world()
    found = exposure_residuals(world, mu, epochs=1)
    assert found is not None
    for model in (IGNORANT, FoldedEffects((replace(NOTHING, margin=np.array([[0.0, 7.0]])), NOTHING))):
        (curve,) = exposure_values(world, mu, found, model)
        assert [v.estimate for v in curve.values] == pytest.approx([1, 0, -1, -2], abs=0.25)
        assert curve.cap.cap == 1 and curve.cap.beyond.cost == pytest.approx(0.5)
    cut = replace(world, mature=np.zeros(world.n_rows, bool))
    assert exposure_residuals(cut, mu, epochs=1) is None


def idle_world(seed: int = 5, people: int = 3000) -> tuple[Transitions, np.ndarray]:
    """The ad does nothing and follows visits; these come of a keenness that nobody logs, as purchases do."""
    rng, days = np.random.default_rng(seed), 20
    keen = np.repeat(rng.gamma(2.0, 0.5, people), days)
    visits = rng.poisson(keen)
    shows = np.where(visits > 0, 0.6, 0.3)
    action = (rng.random(people * days) < shows).astype(int)
    summed = np.cumsum(np.pad(action.reshape(people, days), ((0, 0), (8, 0))), axis=1)
    before = (summed[:, 7:-1] - summed[:, :-8]).ravel()  # of the seven days before
    world = table(
        actions=("none", "ad"),
        features=np.column_stack([before, visits]).astype(float),
        eligible=np.ones((people * days, 2), bool),
        action=action,
        margin=10.0 * (rng.random(people * days) < 0.1 * keen),
        length=days,
    )
    world = replace(world, feature_spec=tuple(Feature(n, "count", "") for n in ("shown_ad_7d", "visits")))
    return world, np.column_stack([1 - shows, shows])


def test_an_ad_is_not_credited_with_what_it_tells_of_people() -> None:
    """Whoever was shown ads buys more, and keeps buying more: a value of where the ad leads to would call
    that earned. Three standard errors."""
    world, mu = idle_world()
    found = exposure_residuals(world, mu, epochs=5)
    assert found is not None
    nothing = believing_in_nothing(2)
    (curve,) = exposure_values(world, mu, found, FoldedEffects((nothing, nothing)))
    for v in curve.values:
        assert abs(v.estimate) < 3 * (v.high - v.low) / (2 * 1.96)
    assert len(curve.values) >= 4 and curve.cap.cap is None


def test_the_intervals_hold_where_ads_do_nothing() -> None:
    """Those of 95 % in sixty logs: at least 91 %, three standard errors of their share below it."""
    nothing = believing_in_nothing(2)
    held = []
    for seed in range(60):
        world, mu = idle_world(seed, people=1500)
        found = exposure_residuals(world, mu, epochs=5)
        assert found is not None
        (curve,) = exposure_values(world, mu, found, FoldedEffects((nothing, nothing)))
        held += [v.low <= 0 <= v.high for v in curve.values]
    assert len(held) > 300 and np.mean(held) > 0.91


def test_what_comes_later_counts_as_long_as_it_is_asked_for() -> None:
    """An ad earns 1 on its day and on each of the two after it. Five standard errors."""
    rng = np.random.default_rng(6)
    people, days = 6000, 8
    action = (rng.random((people, days)) < 0.5).astype(int)
    later = np.pad(action, ((0, 0), (2, 0)))
    world = table(
        actions=("none", "ad"),
        features=np.zeros((people * days, 1)),
        eligible=np.ones((people * days, 2), bool),
        action=action.ravel(),
        margin=(later[:, 2:] + later[:, 1:-1] + later[:, :-2]).ravel().astype(float),
        length=days,
    )
    world = replace(world, feature_spec=(Feature("shown_ad_7d", "count", ""),))
    mu = np.full((people * days, 2), 0.5)
    for epochs, earns in ((1, 1.0), (2, 2.0), (3, 3.0)):
        found = exposure_residuals(world, mu, epochs=epochs)
        assert found is not None
        (curve,) = exposure_values(world, mu, found, IGNORANT)
        # ads of the last days have no later day left: 7 / 8 of all have one, 6 / 8 two
        assert curve.values[0].estimate == pytest.approx(earns - (0, 1 / 8, 3 / 8)[epochs - 1], abs=0.1)


def test_no_value_is_that_of_a_few_people() -> None:
    """Third and later ads go to forty people only, thousands of them: they are counted with the second."""
    world, mu = tiring_world()
    often = world.features[:, 0] >= 2
    entity = np.where(often, world.entity % 40, 100 + world.entity)
    order = np.argsort(entity, kind="stable")
    margin = world.outcome("margin")[order] * 1e-6
    outcome = np.column_stack([margin - 2.5, np.zeros(world.n_rows)])
    taken = (world.action - mu[:, 1])[order, None]
    found = Residuals(order, entity[order], taken, outcome, np.array([0.5]))
    for least, told in ((40, [1, 2, 3, 4]), (41, [1, 2])):
        (curve,) = exposure_values(world, mu, found, IGNORANT, min_entities=least)
        assert [v.n for v in curve.values] == told


def value(n: int, estimate: float, reach: float = 0.1, cost: float = 0.5) -> ExposureValue:
    return ExposureValue("ad", n, estimate, estimate - reach, estimate + reach, cost)


def test_one_bad_value_among_many_is_chance() -> None:
    """At most 0.45 is below the cost of 0.5 for one value, but 0.52 where all of forty are to hold."""
    values = (value(1, 1.0), value(2, 0.35), value(3, 0.3, reach=0.3))
    assert suggested_cap(values).cap == 1
    assert suggested_cap(values, looked=40).cap is None
    assert suggested_cap((value(1, 1.0), value(2, 0.2)), looked=40).cap == 1


@pytest.mark.parametrize(
    ("values", "cap"),
    [
        ((value(1, 1.0), value(2, 0.3), value(3, 0.1)), 1),
        ((value(1, 0.1), value(2, 0.0)), None),  # not even the first pays: that is the split's to say
        ((value(1, 1.0), value(2, 0.45)), None),  # below its cost, but not beyond doubt
        ((value(1, 1.0), value(2, 0.3), value(3, 0.9)), None),  # a dip that the next one takes back
        ((value(1, 1.0), value(2, 0.45), value(3, 0.3)), 2),
    ],
)
def test_a_cap_needs_evidence_that_lasts(values: tuple, cap: int | None) -> None:
    assert suggested_cap(values).cap == cap


def test_where_not_even_the_first_pays_no_cap_switches_the_channel_off() -> None:
    found = suggested_cap((value(1, 0.1), value(2, 0.0)))
    assert found.cap is None and found.beyond is not None and found.beyond.n == 1
