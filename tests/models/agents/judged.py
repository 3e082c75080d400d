"""Agents of the goodwill world, taught by halves, and what everybody says of them: a night in small."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.agents.algorithms import AgentSettings
from models.agents.ensembles import agent_of, train_agents
from models.agents.one_step import one_step_enough
from models.agents.policy import AgentPolicy
from models.agents.trials import Told, Trial, told_of
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fast_doubly_robust import QuickLook
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.mdp import COST, FeatureRows, fold_of
from models.mdp.journeys import Journeys, JourneyTerms, cut_journeys
from models.mdp.sample_split import AGENT_FOLDS, deal_folds
from models.policies.policy import probabilities_in
from models.results import OneStepAnswer
from models.settings import DecisionSettings, EvaluationSettings
from tests.models.agents.goodwill import live, log_of

DECISION = DecisionSettings(horizon_days=7, tail_days=7)
TERMS = JourneyTerms(7, 7, single_step=False, period_days=7, per="entity")
QUICK = {"seeds": (1,), "steps": 300, "hidden_units": (32,)}


@dataclass(frozen=True)
class Judged:
    """One log of the goodwill world and the agents that its entities taught each other."""

    names: tuple[str, ...]
    carry: float
    seed: int
    entities: int = 1_500
    softness: float = 0.2

    @cached_property
    def log(self):
        return log_of(live(self.entities, 28, carry=self.carry, seed=self.seed))

    @cached_property
    def policies(self) -> dict[str, AgentPolicy]:
        """At a price of 1."""
        table, mu = self.log
        settings = AgentSettings(algorithms=self.names, **QUICK)
        agents = train_agents(table, deal_folds(table.entity), settings, DECISION, mu)
        return {
            name: AgentPolicy(agent_of(saved), 1.0, self.softness, name)
            for name, saved in agents.ensembles.items()
        }

    @cached_property
    def look(self) -> QuickLook:
        table, mu = self.log
        journeys = cut_journeys(table, np.ones(table.n_rows, bool), TERMS, total_entities=self.entities)
        settings = EvaluationSettings()
        estimator = DoublyRobust(journeys, journeys.delivery(mu), folds=settings.folds, ridge=settings.ridge)
        return QuickLook(estimator, settings, (journeys.goal, COST))

    @property
    def journeys(self) -> Journeys:
        return self.look.estimator.journeys

    def target(self, policy: AgentPolicy) -> NDArray[np.float64]:
        """(n, A), each row's by what its fold did not teach."""
        journeys, (table, _) = self.journeys, self.log
        fold = fold_of(journeys.cluster_key, AGENT_FOLDS)[journeys.cluster]
        features = FeatureRows(table.features, journeys.rows)
        return probabilities_in(policy, features, journeys.eligible, self.look.estimator.behaviour, fold)

    @cached_property
    def told(self) -> dict[str, Told]:
        """What everybody says of each; without those the log does not support."""
        found = {
            name: told_of(
                self.look,
                self.look.acts(self.target(policy)),
                Trial(1.0, self.softness, 0.0, 0.0, 1.0, np.inf),
            )
            for name, policy in self.policies.items()
        }
        return {name: told for name, told in found.items() if told is not None}

    def one_step(self) -> OneStepAnswer | None:
        """Is the causal tree enough?"""
        journeys = self.journeys
        return one_step_enough(
            self.told, ["causal"], BootstrapT(journeys.cluster_key, seed=1), journeys.scale
        )
