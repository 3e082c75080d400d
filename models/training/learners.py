"""What a network learns by. Losses are d3rlpy's, over the Q of `masked_q`, which says what they aim at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from d3rlpy.algos import DiscreteBCQConfig, DiscreteCQLConfig, DoubleDQNConfig, DQNConfig
from d3rlpy.base import LearnableConfig

from models.training.quantile_q import MaskedQuantileFactory


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


@dataclass(frozen=True)
class BatchConstrainedQ:
    """Double Q-learning whose next action must be one that an imitator of the log finds likely (Fujimoto et
    al. 2019): at least `flexibility` times as likely as the likeliest."""

    flexibility: float

    def __call__(self, common: Mapping[str, Any], value_unit: float) -> LearnableConfig:  # noqa: ARG002
        return DiscreteBCQConfig(action_flexibility=self.flexibility, share_encoder=False, **common)


@dataclass(frozen=True)
class QuantileQ:
    """Q-learning of the return's distribution by so many quantiles (Dabney et al. 2018)."""

    quantiles: int

    def __call__(self, common: Mapping[str, Any], value_unit: float) -> LearnableConfig:  # noqa: ARG002
        priced = common["q_func_factory"].max_price
        factory = MaskedQuantileFactory(max_price=priced, quantiles=self.quantiles)
        return DQNConfig(**{**common, "q_func_factory": factory})
