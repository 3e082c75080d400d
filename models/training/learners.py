"""What a network learns by. Losses are d3rlpy's, over the Q of `masked_q`, which says what they aim at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from d3rlpy.algos import DiscreteCQLConfig, DoubleDQNConfig
from d3rlpy.base import LearnableConfig


class Learner(Protocol):
    """Makes d3rlpy's configuration of an algorithm over discrete actions."""

    def __call__(self, common: Mapping[str, Any], value_unit: float) -> LearnableConfig:
        """common: the arguments that all networks share (network, optimiser, batch, discount); value_unit:
        currency units that one unit of the network's values stands for."""
        ...


def double_q(common: Mapping[str, Any], value_unit: float) -> LearnableConfig:  # noqa: ARG001
    """Double Q-learning (van Hasselt, Guez & Silver 2016): one network picks the next action, another
    values it."""
    return DoubleDQNConfig(**common)


@dataclass(frozen=True)
class ConservativeQ:
    """Double Q-learning that also lowers the value of every action but the logged one (Kumar et al. 2020)."""

    alpha: float
    """Weight of the conservatism, in currency units of the return."""

    def __call__(self, common: Mapping[str, Any], value_unit: float) -> LearnableConfig:
        return DiscreteCQLConfig(alpha=self.alpha / value_unit, **common)
