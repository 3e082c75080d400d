"""An agent as several: for the entities of each fold what the others taught, in force the mean of them.

Networks overfit the entities they learnt from, so that these cannot say what they are worth. Judged are
therefore the folds' own, each by entities it never saw (`of_fold`); put in force is the mean of what all of
them believe. Assumption: the mean, which learnt from everybody, is worth at least what its parts are, each of
which learnt from fewer. Wrong where the parts disagree so far that their mean shows what none of them would.

What an evaluation fits for a fold it fits for that fold's agent (`TargetByFold`). A search by looks on a
sample takes the folds' decisions as those of one policy, which costs a product of two errors and half the
time. The mean tends to be worth more than its parts: of a DQN of a simulated shop 7,540 a week where the two
folds' own were worth 7,780 and 5,790. A promise, which is of the parts, is too low by that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.algorithms import ActionEffects
from models.agents.graph import Asked, Graph, Node, values_in_graph
from models.agents.policy import ActionValues
from models.mdp import Features

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FoldedValues:
    """Action values by fold; as such they are the mean of all folds'."""

    folds: tuple[ActionValues, ...]

    @property
    def algorithm(self) -> str:
        return self.folds[0].algorithm

    def action_values(self, features: Features, eligible: NDArray[np.bool_], price: float) -> Floats:
        """(n, A) currency units, -inf where not eligible."""
        found = self.folds[0].action_values(features, eligible, price)
        for values in self.folds[1:]:
            found = found + values.action_values(features, eligible, price)
        return found / len(self.folds)

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph. StudyError where a part cannot be written so."""
        found = [values_in_graph(values, self.algorithm, graph, asked, price) for values in self.folds]
        return graph.op("Div", graph.op("Sum", *found), graph.array(len(found), np.float64))

    def of_fold(self, fold: int) -> ActionValues:
        """What the entities outside a fold taught."""
        return self.folds[fold]


@dataclass(frozen=True)
class FoldedEffects:
    """What every action brings, by fold: the mean of what the folds say."""

    folds: tuple[ActionEffects, ...]

    def advantages(self, features: NDArray[np.float32], price: float) -> tuple[Floats, Floats]:
        """(n, A - 1) and standard errors: of two folds exact, since no entity taught both."""
        both = [effects.advantages(features, price) for effects in self.folds]
        squares = np.sum([error**2 for _, error in both], axis=0)
        return np.mean([estimate for estimate, _ in both], axis=0), np.sqrt(squares) / len(both)

    def estimates(self, features: NDArray[np.float32], price: float) -> Floats:
        """(n, A - 1) alone."""
        found: Floats = np.mean([effects.estimates(features, price) for effects in self.folds], axis=0)
        return found

    def of_fold(self, fold: int) -> ActionEffects:
        """What the entities outside a fold taught."""
        return self.folds[fold]
