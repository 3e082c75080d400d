"""Are a saved policy's tensors those of its contract? A file with a right signature may hold nonsense."""

from collections.abc import Mapping

import torch

Shapes = dict[str, tuple[int, ...]]


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


def advantage_shapes(features: int, actions: int) -> Shapes:
    """Tensor -> shape of an advantage learner (`models.agents.advantage`), with an intercept."""
    wide = features + 1
    return {
        "margin": (actions - 1, wide),
        "cost": (actions - 1, wide),
        "covariance": (3, actions - 1, wide, wide),
        "pessimism": (1,),
    }


def fault_of_weights(weights: Mapping[int, Mapping[str, torch.Tensor]], shapes: Shapes) -> str:
    """What is wrong with the tensors by seed, to stand in brackets; empty where nothing is."""
    if not weights:
        return "it holds no seed"
    for seed, tensors in weights.items():
        for name in sorted(set(shapes) | set(tensors)):
            if name not in tensors:
                return f"seed {seed} has no tensor {name}"
            if name not in shapes:
                return f"seed {seed} has a tensor that no such policy has"
            found = tensors[name]
            if tuple(found.shape) != shapes[name] or not found.is_floating_point():
                return f"{name} of seed {seed} has the shape {tuple(found.shape)}, not {shapes[name]}"
            if not bool(torch.isfinite(found).all()):
                return f"{name} of seed {seed} holds a number that is not finite"
    return ""
