"""What an algorithm says of itself: how it learns, acts, is kept, is explained and is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import ActionValues
from models.agents.saved_ensemble import SavedEnsemble
from models.mdp import Transitions
from models.settings import DecisionSettings, LearningSettings
from models.training import Experience, Learner

Floats = NDArray[np.float64]
Own = TypeVar("Own", bound=LearningSettings)


@dataclass(frozen=True)
class Lesson:
    """What the entities outside one fold have to teach on one night."""

    transitions: Transitions
    train_rows: NDArray[np.bool_]  # (n,) of these entities
    behaviour: Floats  # (n, A) mu of every row
    experience: Experience
    """Of the training rows, standardised, with n-step returns."""
    settings: LearningSettings
    decision: DecisionSettings

    @property
    def n_steps(self) -> int:
        """Epochs over which logged margins are summed before a value stands in for the rest."""
        return steps_of_returns(self.settings, self.decision)


def steps_of_returns(settings: LearningSettings, decision: DecisionSettings) -> int:
    """The study's own number of epochs; 1 where a decision has no next one."""
    return 1 if decision.single_step else settings.n_steps


@dataclass(frozen=True)
class SeedNetworks:
    """Learns by gradient steps: a network per seed, trained on from last night's where the contract is equal.

    The network is `models.training.masked_q`; what it learns by is the algorithm's own.
    """

    learner: Callable[[LearningSettings], Learner]


@dataclass(frozen=True)
class InOneGo:
    """Learns afresh every night, without seeds. LogError from `fit`: the log holds nothing to learn from."""

    fit: Callable[[Lesson], SavedEnsemble]


class ActionEffects(Protocol):
    """What every action brings beyond doing nothing, and how sure that is."""

    def advantages(self, features: NDArray[np.float32], price: float) -> tuple[Floats, Floats]:
        """(n, A - 1) currency units at a price of a unit of spend, and their standard errors, from raw
        features (n, d); eligible or not."""
        ...

    def estimates(self, features: NDArray[np.float32], price: float) -> Floats:
        """The first of the two alone, for a tenth of the work."""
        ...


@dataclass(frozen=True)
class Algorithm:
    """One way to learn who is shown what. Everything that is special to it stands in its own file."""

    name: str
    """In settings, file names and columns."""
    noun: str
    """In a sentence: no `noun` was trained."""
    label: str
    """Of its plan in the report."""
    text: str
    """What it is, in one sentence for analysts; `{treatments}` and the like are words of the study."""
    learns: SeedNetworks | InOneGo
    acts: Callable[[SavedEnsemble], ActionValues]
    """What it learned, ready to act. StudyError where the file holds something else."""
    kind: str
    """Of its policy file: algorithms that are read alike share one."""
    fault: Callable[[SavedEnsemble], str]
    """Why a file of this kind cannot act, to stand in brackets; empty where nothing is wrong."""
    looks_ahead: bool = True
    """Does it value what comes after the next decision?"""
    effects: Callable[[SavedEnsemble], ActionEffects] | None = None
    """How it is explained beyond its choices; None where it values plans, and no single action."""


def own(settings: LearningSettings, kind: type[Own]) -> Own:
    """The settings with an algorithm's own keys. TypeError where they were read without them."""
    if not isinstance(settings, kind):
        raise TypeError(f"these settings lack the keys of {kind.__name__}")
    return settings
