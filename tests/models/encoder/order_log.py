"""Logs of the worlds of order, the agents that they teach, and what these earn in force: a night in small."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.agents import AgentPolicy, agent_of, train_agents
from models.agents.algorithms import AgentSettings
from models.agents.trials import Told, Trial, told_of
from models.behaviour import fit_behaviour_policy
from models.encoder import Taught, teach_encoder
from models.evaluation import DoublyRobust, QuickLook
from models.mdp import (
    AGENT_FOLDS,
    COST,
    FeatureRows,
    JourneyTerms,
    SequenceEncoder,
    Transitions,
    build_transitions,
    cut_journeys,
    deal_folds,
    fold_of,
)
from models.policies import probabilities_in
from models.settings import DecisionSettings, EvaluationSettings, StateSettings
from models.worlds.journey import Decide
from models.worlds.order import ORDER_WORLDS, OrderWorld
from sql.events import Events
from tests.models.worlds_to_events import events_of

Floats = NDArray[np.float64]
FIRST_DAY = 20_400
DECISION = DecisionSettings(horizon_days=7, tail_days=7, max_per_epoch=1)
TERMS = JourneyTerms(7, 7, single_step=False, period_days=7, per="entity")
IN_FORCE_DAYS, WARM_DAYS = 7, 31
TRUTH_SEED = 7
GRU = StateSettings(encoder="gru")


def log_of(name: str, entities: int, days: int, seed: int, folder: Path) -> Events:
    """Staged events of a fresh draw of a world."""
    return events_of(OrderWorld(ORDER_WORLDS[name], entities, seed, FIRST_DAY), days, folder)


@dataclass(frozen=True)
class OrderLog:
    """One log and what is learnt from it, with or without a state encoder."""

    world: str
    entities: int
    days: int
    seed: int
    algorithm: str = "advantage"
    softness: float = 0.1
    state: StateSettings = GRU

    @cached_property
    def taught(self) -> Taught:
        with tempfile.TemporaryDirectory() as folder:
            return teach_encoder(self._events(folder), DECISION, (), self.state, seed=1)

    def learnt(self, encoder: SequenceEncoder | None) -> "Learnt":
        """The table by this encoder, and the agent that its entities teach each other."""
        with tempfile.TemporaryDirectory() as folder:
            table = build_transitions(self._events(folder), DECISION, encoder=encoder)
        return Learnt(self, table, encoder)

    def _events(self, folder: str) -> Events:
        return log_of(self.world, self.entities, self.days, self.seed, Path(folder))


@dataclass(frozen=True)
class Learnt:
    """A table, its agent at a price of 1, and what everybody in it says of the agent."""

    log: OrderLog
    table: Transitions
    encoder: SequenceEncoder | None

    @cached_property
    def behaviour(self) -> Floats:
        """mu (n, A)."""
        return fit_behaviour_policy(self.table, folds=2, seed=1, min_probability=0.01).probabilities

    @cached_property
    def policy(self) -> AgentPolicy:
        settings = AgentSettings(algorithms=(self.log.algorithm,))
        agents = train_agents(self.table, deal_folds(self.table.entity), settings, DECISION, self.behaviour)
        return AgentPolicy(
            agent_of(agents.ensembles[self.log.algorithm]), 1.0, self.log.softness, self.log.algorithm
        )

    @cached_property
    def told(self) -> Told | None:
        """The uplift per head and week, by those in the table."""
        entities = len(np.unique(self.table.entity))
        journeys = cut_journeys(self.table, np.ones(self.table.n_rows, bool), TERMS, total_entities=entities)
        settings = EvaluationSettings()
        estimator = DoublyRobust(
            journeys, journeys.delivery(self.behaviour), folds=settings.folds, ridge=settings.ridge
        )
        fold = fold_of(journeys.cluster_key, AGENT_FOLDS)[journeys.cluster]
        features = FeatureRows(self.table.features, journeys.rows)
        target = probabilities_in(self.policy, features, journeys.eligible, estimator.behaviour, fold)
        look = QuickLook(estimator, settings, (journeys.goal, COST))
        return told_of(look, look.acts(target), Trial(1.0, self.log.softness, 0.0, 0.0, 1.0, np.inf))

    def earns(self, people: int) -> float:
        """What it truly earns in force, as `gain`."""
        return gain(self.log.world, lambda _: self.policy.probabilities, people, self.encoder)


def gain(
    world: str,
    rule: Callable[[OrderWorld], Decide],
    people: int,
    encoder: SequenceEncoder | None = None,
) -> float:
    """Profit per head that a rule earns beyond today's delivery while it is in force for a week, exact but
    for whom it meets. rule: from a world, whose truth it may look at, to what decides in it."""

    def profit(acts: bool) -> float:
        lived = OrderWorld(ORDER_WORLDS[world], people, TRUTH_SEED, FIRST_DAY, encoder)
        for _ in range(WARM_DAYS):
            lived.step()
        total, decide = 0.0, rule(lived) if acts else None
        for _ in range(IN_FORCE_DAYS):
            outlook = lived.step(decide).outlook
            total += float(outlook.margin.sum() - outlook.cost.sum())
        return total / people

    return profit(acts=True) - profit(acts=False)
