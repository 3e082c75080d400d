"""DQN: double Q-learning (van Hasselt, Guez & Silver 2016) over the eligible actions, at every price."""

from models.agents.algorithms.algorithm import Algorithm, SeedNetworks
from models.agents.algorithms.networks import Q_ENSEMBLE, ensemble_of, fault_of_networks
from models.settings import LearningSettings
from models.training import Learner, double_q


def learner_of(_: LearningSettings) -> Learner:
    """Double Q-learning has no settings of its own."""
    return double_q


DQN = Algorithm(
    name="dqn",
    noun="DQN",
    label="DQN, personalised",
    text="A network trained by double Q-learning; it may be too hopeful about what delivery rarely does.",
    learns=SeedNetworks(learner_of),
    acts=ensemble_of,
    kind=Q_ENSEMBLE,
    fault=fault_of_networks,
)
