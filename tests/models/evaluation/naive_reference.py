"""The estimators once more, written as loops straight from their definitions: slow, and independent."""

import numpy as np

from models.mdp.journeys import Journeys


def naive_weights(journeys: Journeys, target: np.ndarray, behaviour: np.ndarray) -> list[list[float]]:
    """Per journey, the running products w_0, w_1, ... of its decisions."""
    out: list[list[float]] = [[] for _ in range(journeys.n_journeys)]
    for i in range(len(journeys.action)):
        so_far = out[journeys.journey[i]]
        a = journeys.action[i]
        so_far.append((so_far[-1] if so_far else 1.0) * target[i, a] / behaviour[i, a])
    return out


def naive_per_decision(
    journeys: Journeys, values: np.ndarray, weights: list[list[float]], *, self_normalised: bool
) -> float:
    """(SN)PDIS of values (n,), summed over journeys."""
    rewards: list[list[float]] = [[] for _ in range(journeys.n_journeys)]
    for i, value in enumerate(values):
        rewards[journeys.journey[i]].append(float(value))
    total = 0.0
    for t in range(max(len(r) for r in rewards)):
        numerator = sum(w[t] * r[t] for w, r in zip(weights, rewards, strict=True) if t < len(r))
        denominator = sum(w[min(t, len(w) - 1)] for w in weights)
        total += numerator / denominator * len(weights) if self_normalised else numerator
    return total


def naive_doubly_robust(
    journeys: Journeys,
    values: np.ndarray,
    v: np.ndarray,
    q: np.ndarray,
    weights: list[list[float]],
    discount: np.ndarray,
    *,
    self_normalised: bool,
) -> float:
    """(SN)DR in its classical form, sum_t g_t [w_t (r_t - q_t) + w_{t-1} v_t], every term at its own step."""
    n_journeys = len(weights)
    rows: list[list[int]] = [[] for _ in range(n_journeys)]
    for i in range(len(values)):
        rows[journeys.journey[i]].append(i)
    total = 0.0
    for t in range(max(len(r) for r in rows)):
        now = sum(w[min(t, len(w) - 1)] for w in weights) / n_journeys if self_normalised else 1.0
        before = 1.0
        if t > 0 and self_normalised:
            before = sum(w[min(t - 1, len(w) - 1)] for w in weights) / n_journeys
        for w, mine in zip(weights, rows, strict=True):
            if t < len(mine):
                i = mine[t]
                previous = 1.0 if t == 0 else w[t - 1]
                total += discount[i] * (w[t] / now * (values[i] - q[i]) + previous / before * v[i])
    return total
