"""`evaluate`: plain arrays in, the numbers of the estimators out, and one sentence for whatever is wrong."""

from typing import Any

import numpy as np
import pytest

from models.evaluation.arrays.evaluate import evaluate
from models.evaluation.arrays.results import OffPolicyEvaluation
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.policy_table import HEADLINE
from models.mdp.journeys import Journeys, elapsed_discounts
from models.mdp.sample_split import fold_of
from models.results import Uplift
from models.settings import EvaluationSettings
from reports.arrays import evaluation_text
from reports.sentences.refusals import recorded
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(4)
OUTCOMES = ("margin", "cost:search", "cost:social")
PI, MU = masked(np.array([1.0, 2.0, 0.7]), WORLD), masked(np.array([3.0, 1.0, 1.0]), WORLD)


def arrays(journeys: Journeys, **changes: Any) -> dict[str, Any]:
    """The arguments of `evaluate` for a log of the tabular world."""
    s = states_of(journeys)
    found: dict[str, Any] = {
        "journey": journeys.journey,
        "step": journeys.t,
        "action": journeys.action,
        "outcomes": {"margin": journeys.outcomes[:, 0], "cost": journeys.outcomes[:, 3]},
        "target": {"bold": PI[s]},
        "behaviour": MU[s],
        "features": journeys.features,
        "eligible": journeys.eligible,
    }
    return found | changes


def headlines(result: OffPolicyEvaluation) -> dict[str, float | None]:
    return {outcome: result.headline("bold", outcome).estimate for outcome in ("margin", "cost")}


def log(entities: int = 600, per_entity: int = 1) -> Journeys:
    return WORLD.draw(MU, entities, np.random.default_rng(4), per_entity)


@pytest.mark.parametrize("gamma", [1.0, 0.8])
def test_the_numbers_are_those_of_the_estimators(gamma: float):
    """Journeys of 1 to 4 steps; the same features, standardised, whatever unit they came in."""
    journeys = log()
    booked = {name: journeys.outcomes[:, k] for k, name in enumerate(OUTCOMES)}
    raw = 1000 + 7 * journeys.features
    result = evaluate(**arrays(journeys, features=raw, outcomes=booked, discount=gamma))
    settings, s = EvaluationSettings(), states_of(journeys)
    x = (journeys.features - journeys.features.mean(axis=0)) / journeys.features.std(axis=0)
    inner = Journeys(**{**vars(journeys), "features": x, "days_left": None, "cluster_key": np.arange(600)})
    dr = DoublyRobust(
        inner,
        MU[s],
        folds=settings.folds,
        ridge=settings.ridge,
        discount=elapsed_discounts(inner, gamma),
    )
    value = dr.value(PI[s])
    rows = {(row.outcome, row.estimator): row for row in result.estimates if row.policy == "bold"}
    for k, outcome in enumerate(OUTCOMES):
        for estimator, contributions in (
            ("SNPDIS", value.importance),
            ("SNDR", value.self_normalised),
            (HEADLINE, value.double_reinforcement),
        ):
            expected = inner.scale * contributions[:, k].sum()
            assert rows[outcome, estimator].estimate == pytest.approx(expected, rel=1e-9)
        uplift = result.uplifts["bold"][outcome]
        assert isinstance(uplift, Uplift)
        expected = inner.scale * (dr.contributions(PI[s]) - dr.logged)[:, k].sum()
        assert uplift.estimate == pytest.approx(expected, rel=1e-9)
        assert uplift.low < uplift.estimate < uplift.high
        discounted = (gamma**journeys.t * journeys.outcomes[:, k]).sum() / 600
        assert result.logged_means[outcome] == pytest.approx(discounted)
        assert rows[outcome, "SNDR"].unit == f"{outcome} per journey"
    assert result.support["bold"].max_weight == pytest.approx(dr.support(PI[s]).max_weight)
    assert {check.status for check in result.checks} <= {"ok", "warn"}


def test_the_order_of_the_rows_changes_nothing():
    journeys = log(300, per_entity=2)
    plain = arrays(journeys, cluster=journeys.cluster, behaviour=None)
    shuffle = np.random.default_rng(0).permutation(len(journeys.t))

    def shuffled(value: Any) -> Any:
        return {k: v[shuffle] for k, v in value.items()} if isinstance(value, dict) else value[shuffle]

    one = evaluate(**plain)
    other = evaluate(**{key: value if value is None else shuffled(value) for key, value in plain.items()})
    assert one.estimates == other.estimates
    assert one.uplifts == other.uplifts
    assert one.checks == other.checks
    assert one.n_clusters == 300
    np.testing.assert_array_equal(one.behaviour[shuffle], other.behaviour)


def test_texts_identify_journeys_as_well_as_numbers_do():
    journeys = log()
    names = np.array([f"visitor {j}" for j in journeys.journey])
    by_text, by_number = evaluate(**arrays(journeys, journey=names)), evaluate(**arrays(journeys))
    importance = [row.estimate for row in by_number.estimates if row.estimator == "SNPDIS"]
    assert [row.estimate for row in by_text.estimates if row.estimator == "SNPDIS"] == pytest.approx(
        importance
    )


def test_a_bandit_log_gives_the_textbook_formulas():
    """T = 1: SNIPS is sum w r / sum w; DR and SNDR are the model's mean and the weighed residuals."""
    rng = np.random.default_rng(1)
    n, pi, mu = 400, np.array([0.1, 0.6, 0.3]), np.array([0.5, 0.3, 0.2])
    action = rng.choice(3, size=n, p=mu)
    reward = rng.random(n) + action
    result = evaluate(
        journey=np.arange(n),
        step=np.zeros(n, int),
        action=action,
        outcomes={"reward": reward},
        target={"bold": np.tile(pi, (n, 1))},
        behaviour=np.tile(mu, (n, 1)),
        settings=EvaluationSettings(ridge=1e-9),
    )
    rows = {row.estimator: row for row in result.estimates if row.policy == "bold"}
    w = (pi / mu)[action]
    assert rows["SNPDIS"].estimate == pytest.approx((w * reward).sum() / w.sum())
    # without features Q(a) is the mean of a's rewards in the other fold, but for a ridge that is next to 0
    fold, q = fold_of(np.arange(n), 2), np.empty((n, 3))
    for f in (0, 1):
        q[fold == f] = [reward[(fold != f) & (action == a)].mean() for a in range(3)]
    v, residual = q @ pi, reward - q[np.arange(n), action]
    assert rows["FQE"].estimate == pytest.approx(v.mean(), rel=2e-3)
    assert rows["DR"].estimate == pytest.approx((v + w * residual).mean(), rel=1e-4)
    for estimator in ("SNDR", HEADLINE):  # with one step there is no past to marginalise over
        expected = v.mean() + (w * residual).sum() / w.sum()
        assert rows[estimator].estimate == pytest.approx(expected, rel=1e-4)
    assert not [check for check in result.checks if "past" in check.name]


def test_estimated_behaviour_comes_close_to_the_truth():
    """3,000 journeys: of each state a fold's model sees 1,200 rows, which tell a probability to 0.0145, one
    standard error, at the worst; 0.06 is four of them (a false alarm in 1,900 over 8 free probabilities)."""
    journeys = log(3000)
    known, estimated = evaluate(**arrays(journeys)), evaluate(**arrays(journeys, behaviour=None))
    assert np.abs(estimated.behaviour - MU[states_of(journeys)]).max() < 0.06
    np.testing.assert_array_equal(known.behaviour, MU[states_of(journeys)])
    assert [name for name, *_ in estimated.calibration_error] == ["action 0", "action 1", "action 2"]
    for outcome, low, high in (("margin", 0.9, 1.1), ("cost", 0.95, 1.05)):
        ratio = headlines(estimated)[outcome] / headlines(known)[outcome]  # type: ignore[operator]
        assert low < ratio < high


def test_a_timeout_ends_the_window_where_the_log_did():
    """Q is fitted by the steps that are left, which differ then. Rows or journeys carry the flag."""
    journeys = log()
    last = np.r_[np.diff(journeys.journey) != 0, True]
    per_journey = np.random.default_rng(3).random(journeys.n_journeys) < 0.5
    by_row = evaluate(**arrays(journeys, timeout=per_journey[journeys.journey] & last))
    by_journey = evaluate(**arrays(journeys, timeout=per_journey))
    never = evaluate(**arrays(journeys, timeout=np.zeros(journeys.n_journeys, bool)))
    assert by_row.estimates == by_journey.estimates
    assert headlines(never) == headlines(evaluate(**arrays(journeys)))
    assert headlines(by_row) != headlines(never)


def test_cost_and_profit_may_be_logged_without_margin():
    """Two outcomes with the names of derived ones, in their order: still taken as given."""
    journeys = log()
    logged = {"cost": journeys.outcomes[:, 3], "profit": journeys.outcomes[:, 4]}
    result = evaluate(**arrays(journeys, outcomes=logged))
    for name, values in logged.items():
        assert result.logged_means[name] == pytest.approx(values.sum() / 600)


def test_a_policy_without_support_has_reasons_and_no_numbers():
    journeys = log(80)
    wild = np.where(journeys.eligible[:, 1], 1, 2)
    result = evaluate(**arrays(journeys, target={"wild": np.eye(3)[wild]}, action_names=["none", "a", "b"]))
    row = result.headline("wild", "margin")
    assert (row.estimate, row.low, row.credible) == (None, None, False)
    assert result.uplifts["wild"]["margin"] == row.reason
    text = evaluation_text(result)
    assert f"wild, margin, cost: {recorded(row.reason, result.sampled)}." in text
    assert "Means per journey, 80 journeys" in text


def test_the_table_is_for_reading():
    lines = evaluation_text(evaluate(**arrays(log()))).splitlines()
    assert lines[0].split() == [
        *("policy", "outcome", "logged", "estimate", "low", "high", "uplift", "low", "high")
    ]
    assert lines[1].split()[:2] == ["bold", "margin"]
    assert len({len(line) for line in lines[:3]}) == 1


def test_single_precision_probabilities_are_taken_for_what_they_mean():
    journeys = log()
    s = states_of(journeys)
    result = evaluate(**arrays(journeys, target={"bold": PI[s].astype(np.float32)}))
    assert headlines(result)["margin"] == pytest.approx(
        headlines(evaluate(**arrays(journeys)))["margin"], rel=1e-5
    )


SMALL: dict[str, Any] = {
    "journey": np.array([0, 0, 1]),
    "step": np.array([0, 1, 0]),
    "action": np.array([0, 1, 1]),
    "outcomes": {"margin": np.ones(3)},
    "target": {"p": np.full((3, 2), 0.5)},
    "behaviour": np.full((3, 2), 0.5),
}
HALF = np.full((3, 2), 0.5)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"journey": []}, "journey is empty"),
    ({"journey": np.array([0.5, 1, 1])}, "journey, row 0: 0.5 is not whole"),
    ({"journey": np.array(["a", None, "b"], object)}, "journey, row 1: None is no name"),
    ({"cluster": np.array([0, 1, 1])}, "cluster, row 1: journey 0 is in another cluster"),
    ({"step": np.array([0, 2, 0])}, "step, journey 0: step 2 follows step 0 (row 1)"),
    ({"step": np.array([1, 2, 0])}, "step, journey 0: it begins with step 1 (row 0)"),
    ({"step": np.array([0, 0, 0])}, "step, journey 0: step 0 stands there twice (rows 0 and 1)"),
    ({"step": np.array([0, 1])}, "step has shape (2,); it must be (n,) = (3,)"),
    ({"action": np.array([0, 1, 2])}, "action, row 2: 2 is no column of the targets; it must be from 0 to 1"),
    ({"outcomes": {}}, "outcomes is empty"),
    ({"outcomes": {"m": np.array([1, np.nan, 1])}}, "outcome 'm', row 1: nan is no value"),
    ({"outcomes": {"m": np.array(["1", "2", "3"])}}, "outcome 'm' holds <U1; it must hold numbers"),
    ({"target": {}}, "target names no policy"),
    ({"target": {"logged": HALF}}, "target 'logged'"),
    ({"target": {"p": np.ones(3)}}, "target 'p' has shape (3,); it must be (n, A)"),
    ({"target": {"p": HALF, "q": np.ones((3, 3))}}, "target 'q' has shape (3, 3); it must be (n, A)"),
    ({"target": {"p": HALF + 0.1}}, "target 'p', row 0: the probabilities sum to 1.2; they must sum to 1"),
    ({"target": {"p": [[1.5, -0.5]] * 3}}, "target 'p', row 0: probability -0.5 for action 1"),
    ({"eligible": [[1, 1], [1, 1], [0, 1]]}, "target 'p', row 2: probability 0.5 for action 0, which"),
    ({"eligible": [[1, 1], [1, 0], [1, 1]]}, "eligible, row 1: action 1 is not eligible, and was taken"),
    ({"eligible": [[1, 1], [1, 3], [1, 1]]}, "eligible, row 1, column 1: 3 is no flag"),
    ({"behaviour": [[0.5, 0.5], [1, 0], [0.5, 0.5]]}, "behaviour, row 1: action 1 is of probability 0"),
    ({"features": np.ones(3)}, "features has shape (3,); it must be (n, d)"),
    ({"features": [[1], [np.inf], [1]]}, "features, row 1, column 0: inf is no value"),
    ({"timeout": [True]}, "timeout has shape (1,); it must be (n,) = (3,), or one flag per journey, (2,)"),
    ({"timeout": [True, False, False]}, "timeout, row 0: flagged, but the last step of its journey is not"),
    ({"action_names": ["a"]}, "action_names is ['a']; it must hold 2 different names"),
    ({"discount": 0}, "discount is 0; it must be above 0"),
    ({"level": 95}, "level is 95; it must be above 0.5 and below 1"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_wrong_array_is_told_in_one_sentence(changes: dict[str, Any], sentence: str):
    with pytest.raises(ValueError) as caught:
        evaluate(**(SMALL | changes))
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")


def test_constant_features_and_a_tiny_log_are_no_mistake():
    result = evaluate(**(SMALL | {"features": np.ones((3, 2))}))
    assert not result.headline("p", "margin").credible
    assert result.logged_means == {"margin": 1.5}


def test_a_mean_per_journey_knows_that_users_differ_in_how_many_they_have():
    """300 users of one journey or ten, who earn 10 in all: what a journey earns is a ratio of two sums, and
    the interval that of a ratio (Cochran 1977, 2.11). A policy's too, by the estimator's own weights."""
    rng = np.random.default_rng(1)
    size = np.where(rng.random(300) < 0.5, 1, 10)
    user = np.repeat(np.arange(300), size)
    n = len(user)
    earned = 10 / size[user] + 0.5 * rng.standard_normal(n)
    result = evaluate(
        journey=np.arange(n),
        step=np.zeros(n),
        action=(rng.random(n) < 0.5).astype(int),
        outcomes={"margin": earned},
        target={"more": np.tile([0.4, 0.6], (n, 1))},
        behaviour=np.full((n, 2), 0.5),
        cluster=user,
    )
    mean = earned.mean()
    residual = np.bincount(user, earned) - mean * size
    half = 1.96 * np.sqrt((residual**2).sum()) / n
    for policy, estimator in (("logged", "logged mean"), ("more", HEADLINE)):
        (row,) = (r for r in result.estimates if (r.policy, r.estimator) == (policy, estimator))
        assert row.estimate == pytest.approx(mean, abs=0.1)
        assert (row.high - row.low) / 2 == pytest.approx(half, rel=0.15)
