"""The same Q with a distribution around it: quantiles of the return, for QR-DQN (Dabney et al. 2018).

    theta_k(s, a, price) = Q(s, a, price) + spread_k(s, a),  mean over k of spread_k = 0

Q is `masked_q`'s, mask and price included, so that what acts is read alike; the spread serves training alone.
The loss is quantile regression with a Huber kink of 1, whose mean quantile is the mean return only where
quantiles are many enough: of a purchase in fifty decisions 32 quantiles hardly hear.
"""

import dataclasses

import torch
from d3rlpy.models.q_functions import QFunctionFactory
from d3rlpy.models.torch.encoders import Encoder
from d3rlpy.models.torch.q_functions.base import QFunctionOutput
from d3rlpy.models.torch.q_functions.qr_q_function import DiscreteQRQFunctionForwarder
from torch import Tensor, nn

from models.training.masked_q import MaskedDuelingQ, priced_values


class MaskedQuantileQ(MaskedDuelingQ):
    """Quantiles (B, A, K) around Q (B, A), from observations (B, d + A + 1)."""

    def __init__(
        self, encoder: Encoder, hidden_size: int, action_size: int, max_price: float, quantiles: int
    ) -> None:
        super().__init__(encoder, hidden_size, action_size, max_price)
        self.quantiles = quantiles
        self.spread = nn.Linear(hidden_size, action_size * quantiles)
        nn.init.zeros_(self.spread.weight)
        nn.init.zeros_(self.spread.bias)

    def forward(self, x: Tensor) -> QFunctionOutput:
        hidden = self._encoder(x)
        q = priced_values(self, hidden, x)
        spread = self.spread(hidden).view(-1, self.action_size, self.quantiles)
        spread = spread - spread.mean(dim=2, keepdim=True)
        middles = (torch.arange(self.quantiles, device=x.device, dtype=x.dtype) + 0.5) / self.quantiles
        return QFunctionOutput(q_value=q, quantiles=q.unsqueeze(2) + spread, taus=middles.view(1, -1))


@dataclasses.dataclass()
class MaskedQuantileFactory(QFunctionFactory):
    """d3rlpy's hook for it."""

    max_price: float = 1.0
    quantiles: int = 32

    def create_discrete(
        self, encoder: Encoder, hidden_size: int, action_size: int
    ) -> tuple[MaskedQuantileQ, DiscreteQRQFunctionForwarder]:
        q_func = MaskedQuantileQ(encoder, hidden_size, action_size, self.max_price, self.quantiles)
        return q_func, DiscreteQRQFunctionForwarder(q_func, self.quantiles)

    @staticmethod
    def get_type() -> str:
        return "masked_quantile"
