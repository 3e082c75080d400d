"""`[agents]` of a study, and the names it may hold: what must be known of an algorithm before it is loaded.

A study is read, and logs are checked, without torch: what an algorithm may be told stands here, what it does
stands in its file in `models.agents.algorithms`, whose registry says the same names in the same order.
"""

from pydantic import Field

from models.settings import LearningSettings


class CqlSettings(LearningSettings):
    """Keys of `[agents]` that only CQL reads."""

    cql_alpha: float = Field(default=0.05, ge=0)
    """Weight of CQL's conservatism, in currency units of the return."""


class AdvantageSettings(LearningSettings):
    """Keys of `[agents]` that only the advantage learner reads."""

    pessimism: float = Field(default=0.0, ge=0)
    """Standard errors that the advantage learner takes off what it believes of an action in a state. 1 shows
    less and earns more per unit of spend; softened, it stays further below the budget."""


class TabularSettings(LearningSettings):
    """Keys of `[agents]` that only the tabular learner reads."""

    tabular_cells: int = Field(default=16, ge=2, le=1024)
    """Cells that people are sorted into, at most. Where the log holds no more different states, every state
    is its own; of many states few cells do better, since each is counted apart."""
    tabular_prior: float = Field(default=20.0, ge=0)
    """What is counted of an action in a cell is weighed against so many decisions as the cell's mean has
    them. 0 believes every count: right for logs with thousands of decisions in every cell."""


class CausalSettings(LearningSettings):
    """Keys of `[agents]` that only the causal tree reads."""

    causal_leaves: int = Field(default=16, ge=1, le=256)
    """Leaves of its tree at most; held-out entities say how many of 1, 2, 4, ... are worth it."""


class GradientSettings(LearningSettings):
    """Keys of `[agents]` that only the policy gradient reads."""

    gradient_leash: float = Field(default=0.1, gt=0)
    """Currency units that a unit of Kullback-Leibler divergence from today's delivery costs, per decision:
    small is bold. As `softness`, in which the policy then acts."""
    gradient_rounds: int = Field(default=4, ge=1, le=50)
    """How often the policy is evaluated anew on its way; each round takes as long as two evaluations."""


class BcqSettings(LearningSettings):
    """Keys of `[agents]` that only BCQ reads."""

    bcq_flexibility: float = Field(default=0.3, gt=0, lt=1)
    """An action is planned with where it is at least so likely in the log, as a share of the likeliest one's
    probability: near 1 it imitates, near 0 it is DQN."""


class QuantileSettings(LearningSettings):
    """Keys of `[agents]` that only QR-DQN reads."""

    quantiles: int = Field(default=32, ge=2, le=512)
    """Of the return: the rarer purchases are, the more it takes."""


ALGORITHM_NAMES = ("dqn", "cql", "advantage", "tabular", "causal", "gradient", "bcq", "qr_dqn")
"""All that a study may name, in the order in which they are listed."""
DEFAULT_ALGORITHMS = ("dqn", "cql", "advantage")
"""What a study trains that names none."""


class AgentSettings(
    CqlSettings,
    AdvantageSettings,
    TabularSettings,
    CausalSettings,
    GradientSettings,
    BcqSettings,
    QuantileSettings,
):
    """`[agents]` of a study: what all algorithms share, and every algorithm's own keys."""

    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
