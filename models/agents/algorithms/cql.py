"""CQL: conservative Q-learning (Kumar et al. 2020), which distrusts what delivery rarely does."""

from models.agent_settings import CqlSettings
from models.agents.algorithms.algorithm import Algorithm, SeedNetworks, own
from models.agents.algorithms.networks import Q_ENSEMBLE, ensemble_of, fault_of_networks
from models.settings import LearningSettings
from models.training import ConservativeQ, Learner


def learner_of(settings: LearningSettings) -> Learner:
    """As conservative as the study wants it."""
    return ConservativeQ(own(settings, CqlSettings).cql_alpha)


CQL = Algorithm(
    name="cql",
    noun="CQL",
    label="CQL, personalised",
    text="The same with conservative Q-learning, which distrusts what delivery rarely does.",
    learns=SeedNetworks(learner_of),
    acts=ensemble_of,
    kind=Q_ENSEMBLE,
    fault=fault_of_networks,
)
