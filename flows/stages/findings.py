"""What a night has found so far, bundled for the stages that need all of it."""

from dataclasses import dataclass

from flows.stages.judging import Evaluation, Judge
from flows.stages.personal import Personal
from flows.stages.promise import Promise
from models.agents import AgentPolicy, Agents, Distilled
from models.behaviour import Behaviour
from models.mdp import Folds, Transitions
from models.results import (
    CountedTests,
    FrontierPoint,
    LevelsResult,
    OneStepAnswer,
    RegionsResult,
    SplitDecision,
    TrialResult,
)
from models.spending import SpendForecast
from sql.events import Events


@dataclass(frozen=True)
class Logged:
    """What every night knows of its log, whether or not it can judge anything."""

    events: Events
    transitions: Transitions
    folds: Folds
    behaviour: Behaviour
    ahead: SpendForecast | None = None
    """What policies will spend in the next period; None where none follows the log's."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the state."""


@dataclass(frozen=True)
class Decided:
    """The verdict with its budgets, and the best split at other budgets; empty where nothing was judged."""

    split: SplitDecision
    frontier: tuple[FrontierPoint, ...] = ()
    trial: TrialResult | None = None
    """The answer to "which one", in the place of a split."""
    levels: LevelsResult | None = None
    """The answer to "how much"."""
    tests: CountedTests | None = None
    """The answers of several tests."""
    regions: RegionsResult | None = None
    """The answer of a test by region."""


@dataclass(frozen=True)
class Judged:
    """What only a night that can judge has."""

    agents: Agents
    best_agent: AgentPolicy | None
    """The one that everybody trusts most."""
    everybody: Judge
    promise: Promise
    """Of the chosen split."""
    evaluation: Evaluation
    personal: Personal | None
    rules: Distilled | None = None
    """The most trusted agent as a tree."""
    one_step: OneStepAnswer | None = None
