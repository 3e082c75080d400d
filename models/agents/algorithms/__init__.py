"""The registry of algorithms: one file each, and one line here.

How to add an algorithm:

1. Write `models/agents/algorithms/<name>.py` and in it a frozen `Algorithm`: its name, label and sentence,
   how it learns (`SeedNetworks` with a learner of d3rlpy from `models/training/learners.py`, or `InOneGo`
   with a function that solves it), how it acts on what was saved, and what is wrong with a file that cannot
   act. (A file that imports d3rlpy itself imports `models.training` before, which keeps d3rlpy's noise away.)
   Training keeps the Q-network alone: what needs more to act, such as BCQ's imitator, says how it is kept.
   What acts may write itself as a graph too (`in_graph`, `models.agents.graph`), for `allot export`.
2. Add it to `ALGORITHMS`, and its name to `models.agent_settings`, where a study is read without torch: in
   the order in which algorithms are listed. A study that names none trains `DEFAULT_ALGORITHMS`.
   What only it needs to be told is a subclass of `LearningSettings` there, whose keys are then read from
   `[agents]` of the study.
3. Test it as `tests/models/agents/test_algorithms.py` does: functions that look an algorithm up take the
   registry as an argument, so that a test passes `(*ALGORITHMS, MINE)`.

The study's names, saved files, pricing, evaluation and the report follow from the registry.
"""

from models.agent_settings import AgentSettings
from models.agents.algorithms.advantage import ADVANTAGE
from models.agents.algorithms.algorithm import (
    ActionEffects,
    Algorithm,
    InOneGo,
    Lesson,
    SeedNetworks,
    own,
    steps_of_returns,
)
from models.agents.algorithms.bcq import BCQ
from models.agents.algorithms.causal import CAUSAL
from models.agents.algorithms.cql import CQL
from models.agents.algorithms.dqn import DQN
from models.agents.algorithms.gradient import GRADIENT
from models.agents.algorithms.networks import Q_ENSEMBLE, ensemble_of, fault_of_networks
from models.agents.algorithms.qr_dqn import QR_DQN
from models.agents.algorithms.tabular import TABULAR

ALGORITHMS = (DQN, CQL, ADVANTAGE, TABULAR, CAUSAL, GRADIENT, BCQ, QR_DQN)


def algorithm_named(name: str, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> Algorithm:
    """The algorithm of that name. ValueError if there is none."""
    for algorithm in algorithms:
        if algorithm.name == name:
            return algorithm
    known = ", ".join(a.name for a in algorithms)
    raise ValueError(f"no algorithm is called {name}; there are {known}")


__all__ = [
    "ALGORITHMS",
    "Q_ENSEMBLE",
    "ActionEffects",
    "AgentSettings",
    "Algorithm",
    "InOneGo",
    "Lesson",
    "SeedNetworks",
    "algorithm_named",
    "ensemble_of",
    "fault_of_networks",
    "own",
    "steps_of_returns",
]
