"""BCQ: batch-constrained Q-learning (Fujimoto et al. 2019), which plans with what the log holds alone.

In training the next action is the best of those that an imitator of the log finds likely enough, so that no
value is built on what nobody tried. In force the leash to today's delivery does the imitator's work,
pi ~ mu exp(Q / softness), as for every agent: the imitator is not kept. Wrong where what is rare in the log
is what pays: then it never learns so.
"""

from models.agent_settings import BcqSettings
from models.agents.algorithms.algorithm import Algorithm, SeedNetworks, own
from models.agents.algorithms.networks import Q_ENSEMBLE, ensemble_of, fault_of_networks
from models.settings import LearningSettings
from models.training import BatchConstrainedQ, Learner


def learner_of(settings: LearningSettings) -> Learner:
    """As close to the log as the study wants it."""
    return BatchConstrainedQ(own(settings, BcqSettings).bcq_flexibility)


BCQ = Algorithm(
    name="bcq",
    noun="BCQ",
    label="BCQ, personalised",
    text="A network that plans ahead with those {treatments} alone that delivery does {show} in such "
    "a state.",
    learns=SeedNetworks(learner_of),
    acts=ensemble_of,
    kind=Q_ENSEMBLE,
    fault=fault_of_networks,
)
