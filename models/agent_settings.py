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


ALGORITHM_NAMES = ("dqn", "cql", "advantage")
"""In the order in which algorithms are trained and listed by default."""


class AgentSettings(CqlSettings, AdvantageSettings):
    """`[agents]` of a study: what all algorithms share, and every algorithm's own keys."""

    algorithms: tuple[str, ...] = ALGORITHM_NAMES
