"""An agent as it is kept: tensors by fold, and the contract under which they may act."""

from dataclasses import dataclass

import torch

from models.mdp import Feature
from models.training import Normalisation


@dataclass(frozen=True)
class SavedEnsemble:
    """What an algorithm learned outside one fold, with the contract it may be used under."""

    algorithm: str
    features: tuple[Feature, ...]
    actions: tuple[str, ...]
    normalisation: Normalisation
    value_unit: float
    max_price: float
    hidden_units: tuple[int, ...]
    weights: dict[int, dict[str, torch.Tensor]]
    """Tensors by seed; those of an algorithm that draws nothing are at 0."""

    def mismatch(self, features: tuple[Feature, ...], actions: tuple[str, ...]) -> str:
        """Why this ensemble may not act on such a table, or an empty string."""
        if self.actions != actions:
            return f"its actions are {', '.join(self.actions)}, the log's are {', '.join(actions)}"
        mine, theirs = [f.name for f in self.features], [f.name for f in features]
        if mine != theirs:
            odd = sorted(set(mine) ^ set(theirs)) or ["their order"]
            return f"its state and the log's differ in {', '.join(odd[:3])}"
        if [f.version for f in self.features] != [f.version for f in features]:
            return "another network reads the order of events"
        return ""


@dataclass(frozen=True)
class SavedAgent:
    """What an algorithm learned for each fold from the others: one contract, other tensors."""

    folds: tuple[SavedEnsemble, ...]

    @property
    def algorithm(self) -> str:
        return self.folds[0].algorithm

    def mismatch(self, features: tuple[Feature, ...], actions: tuple[str, ...]) -> str:
        """Why it may not act on such a table, or an empty string."""
        return self.folds[0].mismatch(features, actions)
