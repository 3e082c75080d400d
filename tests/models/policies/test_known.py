"""A policy of one's own takes one file: here it is, proposed beside the known ones and evaluated."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from models.evaluation import Reporting, evaluate_policies
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.mdp import JourneyTerms, cut_journeys
from models.policies.budgets import AttributedRevenue
from models.policies.known import KNOWN_POLICIES, KnownPolicy, Situation, budget_rule, propose
from models.policies.policy import Floats
from models.settings import EvaluationSettings, SplitSettings
from tests.models.agents.tables import table

TODAY = Situation(
    actions=("none", "search", "social"),
    current=np.array([0.0, 100.0, 300.0]),
    revenue=AttributedRevenue(np.array([0.0, 900.0, 100.0]), np.zeros(3)),
    settings=SplitSettings(),
    single_step=False,
)


@dataclass(frozen=True)
class Restful:
    """Today's delivery, with a part of it turned into nothing."""

    name: str = "restful"
    part: float = 0.2

    def probabilities(
        self,
        features: NDArray[np.float32],  # noqa: ARG002
        eligible: NDArray[np.bool_],
        behaviour: Floats,
    ) -> Floats:
        pi = (1 - self.part) * behaviour
        pi[:, 0] += self.part
        return np.where(eligible[:, :1], pi, behaviour)


RESTFUL = KnownPolicy("restful", "A fifth less", "Shows a fifth less of everything.", lambda _: (Restful(),))
HALVES = budget_rule("halves", "Halves", "Half of the range of each.", lambda b, _: (b.low + b.high) / 2)


def test_a_new_policy_is_proposed_after_the_known_ones() -> None:
    known = [policy.name for policy in propose(TODAY)]
    assert known == ["logged", "uniform", "equal split", "last-click", "last-touch", "greedy ROAS"]
    more = propose(TODAY, (*KNOWN_POLICIES, RESTFUL, HALVES))
    assert [policy.name for policy in more] == [*known, "restful", "halves"]
    assert more[-1].multipliers == (1.0, 1.25, 1.25)  # between half and twice of today's


def test_a_rule_of_budgets_does_not_apply_where_nothing_is_spent() -> None:
    nothing = Situation(TODAY.actions, np.zeros(3), TODAY.revenue, TODAY.settings, single_step=False)
    assert propose(nothing, (HALVES,)) == ()


def test_a_new_policy_is_evaluated() -> None:
    """Everybody brings 1 on average; an ad costs 1 and earns nothing, so that a fifth less saves 0.1."""
    rng = np.random.default_rng(2)
    n = 3_000
    action = rng.integers(0, 2, n)
    world = table(
        actions=("none", "ad"),
        features=np.ones((n, 1)),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=rng.integers(0, 3, n),
        cost=np.ones(n),
    )
    journeys = cut_journeys(
        world,
        np.ones(n, bool),
        JourneyTerms(horizon_days=1, tail_days=0, single_step=True, period_days=1, per="entity"),
        total_entities=n,
    )
    mu = np.full((n, 2), 0.5)
    (policy,) = propose(TODAY, (RESTFUL,))
    target = policy.probabilities(world.features, world.eligible, mu)
    settings = EvaluationSettings()
    dr = DoublyRobust(journeys, mu, folds=settings.folds, ridge=settings.ridge)
    found = evaluate_policies(dr, {policy.name: target}, settings, Reporting("EUR", 1, "user"), seed=1)
    profit = {e.policy: e.estimate for e in found.estimates if (e.outcome, e.estimator) == ("profit", "DRL")}
    assert profit == {"logged": pytest.approx(0.5, abs=0.05), "restful": pytest.approx(0.6, abs=0.05)}
