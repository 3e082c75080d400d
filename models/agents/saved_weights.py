"""Are a saved policy's tensors those of its contract? A file with a right signature may hold nonsense."""

from collections.abc import Mapping

import torch

Shapes = dict[str, tuple[int, ...]]


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
