"""The table of estimates: units, order, refusals, intervals, uplift."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.support import gate_beyond, outcome_refusals, weights_support
from models.evaluation.intervals.bootstrap_t import BootstrapT, normal_interval, standard_errors
from models.evaluation.policy_table import Reporting, evaluate_policies
from models.evaluation.uplift import uplift
from models.results import FewDiffer, FewShowIt, ModelAlone, SameForAll, Uplift
from models.settings import EvaluationSettings
from sql.errors import StudyError
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(3, buy=0.3)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
MORE = masked(np.array([2.0, 1.2, 1.0]), WORLD)
SETTINGS = EvaluationSettings()


def log(entities: int = 600, seed: int = 0):
    journeys = WORLD.draw(MU, entities, np.random.default_rng(seed), 1)
    s = states_of(journeys)
    return journeys, MORE[s], MU[s]


EUROS = Reporting("EUR", 7, "user")


def rows_of(targets, journeys, behaviour, settings=SETTINGS, told=EUROS):
    least = settings.min_behaviour_probability
    dr = DoublyRobust(
        journeys, behaviour, folds=settings.folds, ridge=settings.ridge, min_behaviour_probability=least
    )
    return evaluate_policies(dr, targets, settings, told, seed=1).estimates


def test_every_policy_outcome_and_estimator_has_one_row_in_order():
    journeys, target, behaviour = log()
    rows = rows_of({"more": target}, journeys, behaviour)
    keys = [(r.policy, r.outcome, r.estimator) for r in rows]
    assert keys == sorted(set(keys))
    estimators = {"DRL", "FQE", "SNDR", "SNPDIS", "DR", "PDIS", "TIS"}
    assert {r.estimator for r in rows if r.policy == "more"} == estimators
    assert {r.estimator for r in rows if r.policy == "logged"} == estimators | {"logged mean"}
    assert {r.outcome for r in rows} == {"margin", "cost:search", "cost:social", "cost", "profit"}
    by_key = dict(zip(keys, rows, strict=True))
    mean = by_key["logged", "margin", "logged mean"]
    assert mean.unit == "EUR per 7 days"
    assert mean.estimate == pytest.approx(journeys.scale * journeys.outcomes[:, 0].sum())
    assert by_key["logged", "margin", "SNPDIS"].estimate == pytest.approx(mean.estimate, rel=1e-12)
    assert mean.low < mean.estimate < mean.high
    headline = by_key["more", "margin", "DRL"]
    assert headline.credible and headline.reason is None and headline.low < headline.estimate < headline.high
    model = by_key["more", "margin", "FQE"]
    assert model.credible and model.low is None and model.high is None and model.reason == ModelAlone()


def test_units_of_counts_and_of_averages():
    journeys, target, behaviour = log()
    names = ("clicks", *journeys.outcome_names[1:])
    counts = replace(journeys, outcome_names=names, outcome_units=("count", *journeys.outcome_units[1:]))
    rows = rows_of({"more": target}, counts, behaviour, EvaluationSettings(per="entity"))
    assert {r.unit for r in rows if r.outcome == "clicks"} == {"clicks per user"}
    assert {r.unit for r in rows if r.outcome == "cost"} == {"EUR per user"}


def test_an_outcome_is_told_in_what_the_study_counts_it_in():
    journeys, target, behaviour = log()
    names = ("clicks", *journeys.outcome_names[1:])
    counts = replace(journeys, outcome_names=names, outcome_units=("count", *journeys.outcome_units[1:]))
    told = Reporting("EUR", 7, "user", {"clicks": "taps"})
    rows = rows_of({"more": target}, counts, behaviour, told=told)
    assert {r.unit for r in rows if r.outcome == "clicks"} == {"taps per 7 days"}
    assert {r.unit for r in rows if r.outcome == "cost"} == {"EUR per 7 days"}


def test_reruns_are_identical_and_the_order_of_policies_does_not_matter():
    journeys, target, behaviour = log(200)
    other = behaviour.copy()
    first = rows_of({"a": target, "b": other}, journeys, behaviour)
    second = rows_of({"b": other, "a": target}, journeys, behaviour)
    assert first == second


def test_a_policy_far_from_the_log_is_refused_with_its_reason():
    journeys, _, behaviour = log(200)
    s = states_of(journeys)
    always = masked(np.array([1e-9, 1.0, 1e-9]), WORLD)[s]
    rows = [r for r in rows_of({"always": always}, journeys, behaviour) if r.policy == "always"]
    assert {r.credible for r in rows} == {False}
    assert {(r.estimate, r.low, r.high) for r in rows} == {(None, None, None)}
    assert rows[0].reason.kind == "effective sample size"
    rare = masked(np.array([1.0, 1.0, 0.002]), WORLD)  # delivery hardly ever takes social
    journeys = WORLD.draw(rare, 400, np.random.default_rng(4))
    s = states_of(journeys)
    rows = [r for r in rows_of({"more": MORE[s]}, journeys, rare[s]) if r.policy == "more"]
    gate = rows[0].reason
    assert (gate.kind, gate.mostly, gate.rare, gate.limit) == ("unsupported actions", "social", 0.01, 0.05)


def test_a_heavy_journey_is_refused():
    journeys, target, behaviour = log(100)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    weights = dr.weights(target)
    weights.largest[0] = 0.5 * weights.total[0]
    support = weights_support(weights, np.zeros(len(journeys.actions)))
    gate = gate_beyond(support, journeys.actions, SETTINGS)
    assert (gate.kind, gate.figure, gate.limit) == ("largest weight", 0.5, 0.1)


def test_an_outcome_hardly_seen_is_refused_and_takes_profit_with_it():
    journeys, target, behaviour = log(300)
    poor = replace(journeys, outcomes=journeys.outcomes.copy())
    poor.outcomes[:, 0] = 0.0
    poor.outcomes[:3, 0] = 50.0
    poor.outcomes[:, 4] = poor.outcomes[:, 0] - poor.outcomes[:, 3]
    rows = rows_of({"more": target}, poor, behaviour)
    refused = {r.outcome for r in rows if not r.credible}
    assert refused == {"margin", "profit"}
    reason = next(r.reason for r in rows if r.outcome == "profit")
    assert (reason.outcome, reason.needed) == ("margin", 5) and reason.entities < 5
    assert outcome_refusals(journeys, np.zeros((40, 5)))["margin"] == FewShowIt("margin", 0, 5)


def test_target_for_an_ineligible_action_is_an_error():
    journeys, target, behaviour = log(50)
    with pytest.raises(StudyError, match="Policy 'mine', decision"):
        rows_of({"mine": np.full_like(target, 1 / 3)}, journeys, behaviour)


def test_uplift_is_paired_and_tells_the_sign():
    journeys, _, behaviour = log(3000)
    s = states_of(journeys)
    best = MU.copy()
    gain = WORLD.mean[:, :, 0] - 10.0 * ~WORLD.eligible
    best[np.arange(3), gain.argmax(axis=1)] += 0.3  # towards the best immediate margin
    best /= best.sum(axis=1, keepdims=True)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    found = uplift(dr, best[s], "margin", SETTINGS, seed=1)
    assert isinstance(found, Uplift)
    truth = WORLD.value(best)[0] - WORLD.value(MU)[0]
    error = journeys.scale * standard_errors((dr.contributions(best[s]) - dr.logged)[:, [0]])[0]
    assert abs(found.estimate - truth) < 4 * error  # a false alarm in 15,000
    assert found.low < found.estimate < found.high and found.probability_better > 0.9
    level = journeys.scale * standard_errors(dr.contributions(best[s])[:, [0]])[0]
    assert error < level
    same = uplift(dr, behaviour, "margin", SETTINGS, seed=1)
    assert same == FewDiffer("margin")


def test_a_spread_of_zero_is_unknown():
    constant = np.ones((50, 1))
    assert np.isnan(standard_errors(constant)[0])
    assert normal_interval(constant[:, 0], scale=1.0, level=0.95) is None
    assert BootstrapT(np.arange(50), seed=1).intervals(constant, scale=1.0, level=0.95) == [None]
    assert BootstrapT(np.arange(5), seed=1).intervals(np.random.rand(5, 1), scale=1.0, level=0.95) == [None]


def test_bootstrap_t_leans_towards_the_unseen_heavy_purchase():
    """On skewed totals the upper arm is the longer one; on symmetric ones it is the normal interval."""
    rng = np.random.default_rng(3)
    bootstrap = BootstrapT(np.arange(4000), seed=1)
    normal = rng.normal(5, 1, size=4000)
    even = bootstrap.intervals(normal[:, None], scale=2.0, level=0.95)[0]
    usual = normal_interval(normal, scale=2.0, level=0.95)
    assert even.low == pytest.approx(usual.low, rel=1e-3) and even.high == pytest.approx(usual.high, rel=1e-3)
    skewed = np.where(rng.random(4000) < 0.02, rng.lognormal(3, 1, 4000), 0.0)
    lean = bootstrap.intervals(skewed[:, None], scale=1.0, level=0.95)[0]
    assert lean.high - lean.estimate > 1.2 * (lean.estimate - lean.low)


def test_groups_follow_the_key_not_the_order():
    keys = np.random.default_rng(0).choice(10**6, 3000, replace=False)
    values = np.random.default_rng(1).gamma(1, size=(3000, 1))
    here = BootstrapT(keys, seed=1).intervals(values, scale=1.0, level=0.9)[0]
    back = BootstrapT(keys[::-1], seed=1).intervals(values[::-1], scale=1.0, level=0.9)[0]
    assert (here.low, here.high) == pytest.approx((back.low, back.high), rel=1e-12)


def test_an_outcome_that_is_the_same_for_everybody_is_told_as_that():
    """Every user brings exactly one: no spread, and yet not a few users carry the whole."""
    journeys, target, behaviour = log()
    first = np.unique(journeys.cluster, return_index=True)[1]
    outcomes = np.zeros_like(journeys.outcomes)
    outcomes[first, 0] = 1.0
    rows = rows_of({"more": target}, replace(journeys, outcomes=outcomes), behaviour)
    plain = next(r for r in rows if (r.outcome, r.estimator) == ("margin", "logged mean"))
    assert not plain.credible and plain.estimate is None
    assert plain.reason == SameForAll("margin")
