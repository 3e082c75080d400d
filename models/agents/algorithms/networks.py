"""What algorithms that train a network per seed have in common: they are kept, checked and asked alike."""

from models.agents.policy import Ensemble, QNetwork
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import Shapes, fault_of_weights

Q_ENSEMBLE = "q-ensemble"
"""Kind of their policy files."""


def ensemble_of(saved: SavedEnsemble) -> Ensemble:
    """The ensemble of networks ready to act."""
    networks = tuple(QNetwork(weights, saved.max_price) for _, weights in sorted(saved.weights.items()))
    return Ensemble(saved.algorithm, networks, saved.normalisation, saved.value_unit, saved.max_price)


def fault_of_networks(saved: SavedEnsemble) -> str:
    """Why these networks cannot act, or an empty string."""
    if not saved.hidden_units:
        return "it has no hidden layer"
    d, a = len(saved.features), len(saved.actions)
    return fault_of_weights(saved.weights, network_shapes(d, a, saved.hidden_units))


def network_shapes(features: int, actions: int, hidden_units: tuple[int, ...]) -> Shapes:
    """Tensor -> shape of one Q-network (`models.training.masked_q`), d features and A actions."""
    sees = features + actions + 1  # state, mask, price; the linear values have an intercept for the price
    shapes: Shapes = {}
    for layer, units in enumerate(hidden_units):
        before = hidden_units[layer - 1] if layer else sees
        shapes[f"_encoder._layers.{2 * layer}.weight"] = (units, before)
        shapes[f"_encoder._layers.{2 * layer}.bias"] = (units,)
    for head, width in (("state_value", 2), ("advantage", 2 * (actions - 1))):
        shapes[f"{head}.weight"], shapes[f"{head}.bias"] = (width, hidden_units[-1]), (width,)
    return shapes | {"margin_value": (sees,), "cost_value": (sees,), "action_cost": (actions - 1,)}
