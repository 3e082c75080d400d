"""The Q-function of every agent: dueling, masked, price-conditioned, with a squared loss.

    Q(s, a, price) = V(s, price) + A(s, a, price),  A(s, none, price) = 0
    V(s, price)    = margin_value(s) + v_margin - price x (cost_value(s) + v_cost)
    A(s, a, price) = a_margin - price x (action_cost(a) + a_cost)

The four small letters are outputs of one perceptron of (s, mask, price), zero at the start: training starts
from today's delivery valued linearly and every action at its mean cost. Writing the price into the formula
lets one network answer every price.

What it is trained towards is the Bellman target of double Q-learning (van Hasselt, Guez & Silver 2016),

    r + gamma^elapsed Q'(s', argmax_a Q(s', a)),   Q' the older copy, the maximum over possible actions alone:

d3rlpy's `DoubleDQNImpl.compute_target` takes the argmax by `compute_expected_q` below and asks for its value
by `compute_target`; r, the margin less the price of the cost, is made in `models.training.replay`.

d3rlpy has no masks and its mean Q-function hard-codes a Huber loss, which turns rare large margins into
medians. Both are mended here, in the one place every maximum, double-Q argmax and CQL logsumexp goes
through: an action that was not possible has the value IMPOSSIBLE.
"""

import dataclasses
from typing import Protocol

import torch
from d3rlpy.models.encoders import EncoderFactory, VectorEncoderFactory
from d3rlpy.models.q_functions import QFunctionFactory
from d3rlpy.models.torch.encoders import Encoder
from d3rlpy.models.torch.q_functions.base import (
    DiscreteQFunction,
    DiscreteQFunctionForwarder,
    QFunctionOutput,
)
from torch import Tensor, nn
from torch.nn.functional import linear

IMPOSSIBLE = -1e4
"""Value of an action that was not possible, in value units (purchases); finite so that 0 x IMPOSSIBLE is 0,
and no larger, since BCQ takes it off the others, of which 32 bits then keep three decimals."""


class PricedHeads(Protocol):
    """The heads and starting values of the formula above, in training and in acting alike."""

    max_price: float
    state_value: nn.Linear
    advantage: nn.Linear
    margin_value: Tensor
    cost_value: Tensor
    action_cost: Tensor


def priced_values(network: PricedHeads, hidden: Tensor, x: Tensor) -> Tensor:
    """Q (B, A) by the formula above, from hidden units (B, h) and observations (B, d + A + 1)."""
    price = network.max_price * x[:, -1:]
    usual = torch.stack([network.margin_value, network.cost_value])  # intercept last, where x has the price
    values = network.state_value(hidden) + linear(x[:, :-1], usual[:, :-1], usual[:, -1])
    margin, cost = values.chunk(2, dim=1)
    q = margin - price * cost + priced_advantages(network, hidden, price)
    possible = x[:, -1 - q.shape[1] : -1] > 0.5
    return q.masked_fill(~possible, IMPOSSIBLE)


def priced_advantages(network: PricedHeads, hidden: Tensor, price: Tensor) -> Tensor:
    """A (B, A) over `none`, possible or not, from hidden units (B, h) and prices (B, 1)."""
    margins, costs = network.advantage(hidden).chunk(2, dim=1)
    return torch.cat([torch.zeros_like(price), margins - price * (network.action_cost + costs)], dim=1)


def advantage_head(network: PricedHeads, price: float) -> tuple[Tensor, Tensor]:
    """The same of all actions but `none` at one price, as a layer: weights (A - 1, h) and biases (A - 1,)."""
    margins, costs = network.advantage.weight.chunk(2)
    margin, cost = network.advantage.bias.chunk(2)
    return margins - price * costs, margin - price * (network.action_cost + cost)


class MaskedDuelingQ(DiscreteQFunction):
    """Q (B, A) from observations (B, d + A + 1): state, mask, price as a share of the highest."""

    def __init__(self, encoder: Encoder, hidden_size: int, action_size: int, max_price: float) -> None:
        super().__init__()
        self._encoder = encoder
        self.action_size = action_size
        self.max_price = max_price
        self.state_value = nn.Linear(hidden_size, 2)  # margin, cost
        self.advantage = nn.Linear(hidden_size, 2 * (action_size - 1))  # margins, then costs
        for head in (self.state_value, self.advantage):  # start at today's delivery, indifferent
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
        self.margin_value: Tensor = nn.Buffer(torch.zeros(0))
        self.cost_value: Tensor = nn.Buffer(torch.zeros(0))
        self.action_cost: Tensor = nn.Buffer(torch.zeros(action_size - 1))

    def start_from(self, margin_value: Tensor, cost_value: Tensor, action_cost: Tensor) -> None:
        """Set the linear values (d + A + 1,) of today's delivery, intercept last, and mean costs (A - 1,)."""
        self.margin_value = nn.Buffer(margin_value.clone())
        self.cost_value = nn.Buffer(cost_value.clone())
        self.action_cost = nn.Buffer(action_cost.clone())

    def forward(self, x: Tensor) -> QFunctionOutput:
        q = priced_values(self, self._encoder(x), x)
        return QFunctionOutput(q_value=q, quantiles=None, taus=None)

    @property
    def encoder(self) -> Encoder:
        return self._encoder


class SquaredErrorForwarder(DiscreteQFunctionForwarder):
    """Temporal-difference error under a squared loss: the mean is what is estimated.

    CQL asks for the values of a batch twice, for this error and for its conservatism: the second question is
    answered by the first one's pass, through which both losses then go back at once.
    """

    def __init__(self, q_func: MaskedDuelingQ) -> None:
        self._q_func = q_func
        self._told: tuple[Tensor, Tensor] | None = None  # observations of an error, and their Q

    def compute_expected_q(self, x: Tensor) -> Tensor:
        if self._told is not None and torch.is_grad_enabled():
            (observations, q), self._told = self._told, None
            if observations is x:
                return q
        return self._q_func(x).q_value

    def compute_error(
        self,
        observations: Tensor,
        actions: Tensor,
        rewards: Tensor,
        target: Tensor,
        terminals: Tensor,
        gamma: float | Tensor = 0.99,
        reduction: str = "mean",
    ) -> Tensor:
        q = self._q_func(observations).q_value
        self._told = (observations, q) if q.requires_grad else None
        value = q.gather(1, actions.view(-1, 1))
        error = (rewards + gamma * target * (1 - terminals) - value) ** 2
        return error.mean() if reduction == "mean" else error

    def compute_target(self, x: Tensor, action: Tensor | None = None) -> Tensor:
        q = self._q_func(x).q_value
        return q if action is None else q.gather(1, action.view(-1, 1))

    def set_q_func(self, q_func: DiscreteQFunction) -> None:
        self._q_func, self._told = q_func, None


@dataclasses.dataclass()
class MaskedDuelingQFactory(QFunctionFactory):
    """d3rlpy's hook for a Q-function of our own."""

    max_price: float = 1.0

    def create_discrete(
        self, encoder: Encoder, hidden_size: int, action_size: int
    ) -> tuple[MaskedDuelingQ, SquaredErrorForwarder]:
        q_func = MaskedDuelingQ(encoder, hidden_size, action_size, self.max_price)
        return q_func, SquaredErrorForwarder(q_func)

    @staticmethod
    def get_type() -> str:
        return "masked_dueling"


def encoder_factory(hidden_units: tuple[int, ...]) -> EncoderFactory:
    """A plain perceptron."""
    return VectorEncoderFactory(hidden_units=list(hidden_units))
