"""QR-DQN: Q-learning of the whole distribution of returns, by quantiles (Dabney et al. 2018).

It acts by the mean, like any other network. Wrong where purchases are so rare that quantiles do not hear of
them (`models.training.quantile_q`): it is here to be compared, and no default.
"""

from models.agent_settings import QuantileSettings
from models.agents.algorithms.algorithm import Algorithm, SeedNetworks, own
from models.agents.algorithms.networks import ensemble_of, network_shapes
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import fault_of_weights
from models.settings import LearningSettings
from models.training import Learner, QuantileQ


def learner_of(settings: LearningSettings) -> Learner:
    """With as many quantiles as the study wants."""
    return QuantileQ(own(settings, QuantileSettings).quantiles)


def fault(saved: SavedEnsemble) -> str:
    """Why these networks cannot act, or an empty string: as any others, with the spread they were trained
    with."""
    if not saved.hidden_units:
        return "it has no hidden layer"
    d, a = len(saved.features), len(saved.actions)
    first = next(iter(saved.weights.values()), {})
    outputs = len(first["spread.bias"]) if "spread.bias" in first else 0
    spread = {"spread.weight": (outputs, saved.hidden_units[-1]), "spread.bias": (outputs,)}
    return fault_of_weights(saved.weights, network_shapes(d, a, saved.hidden_units) | spread)


QR_DQN = Algorithm(
    name="qr_dqn",
    noun="QR-DQN",
    label="QR-DQN, personalised",
    text="A network that learns how returns spread, and not their mean alone; it acts by the mean.",
    learns=SeedNetworks(learner_of),
    acts=ensemble_of,
    kind="quantile-ensemble",
    fault=fault,
)
