"""The posterior over the channels' shapes, their coefficients integrated out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def sample_shapes(gram: Floats, moment: Floats, precision: float, *, seed: int, sweeps: int) -> Ints:
    """(sweeps, K) shapes of all channels, drawn from their joint posterior. S shapes, K channels.

    gram (K, S, K, S) = Z'Z / sigma^2 and moment (K, S) = Z'y / sigma^2 of all candidate columns, baseline
    taken out of both. With coefficients beta ~ N(0, 1 / precision) and errors N(0, sigma^2) the coefficients
    integrate out in closed form; given the other channels' shapes, one channel's S shapes have

        log p(s | rest) = -1/2 log d_s + 1/2 u_s^2 / d_s + constant
        d_s = z_s'z_s + precision - z_s'Z (Z'Z + P)^-1 Z'z_s,   u_s = z_s'y - z_s'Z (Z'Z + P)^-1 Z'y

    so a sweep draws each channel's shape in turn from its exact conditional (griddy Gibbs, Ritter & Tanner
    1992, collapsed as in Liu 1994). The grid over all channels together would have S^K points, and importance
    weights over as many dimensions would rest on a handful of them. All shapes are equally likely a priori.
    Deterministic: the generator is seeded and the products are small and on one thread.
    """
    channels, shapes = moment.shape
    uniform: Floats = np.random.default_rng(seed).random((sweeps, channels))
    at = np.zeros(channels, np.int64)  # straight lines without carry-over
    found = np.empty((sweeps, channels), np.int64)
    index = np.arange(channels)
    for sweep in range(sweeps):
        for k in range(channels):
            rest = index[index != k]
            cross = gram[k][:, rest, at[rest]]  # (S, K - 1)
            inner = gram[rest, at[rest]][:, rest, at[rest]] + precision * np.eye(len(rest))
            solved = np.linalg.solve(inner, np.column_stack([cross.T, moment[rest, at[rest]]]))
            d = np.diagonal(gram[k, :, k, :]) + precision - (cross * solved[:, :shapes].T).sum(axis=1)
            u = moment[k] - (cross * solved[:, shapes]).sum(axis=1)
            log_p = 0.5 * (u**2 / d - np.log(d))
            mass = np.cumsum(np.exp(log_p - log_p.max()))
            at[k] = min(int((mass <= uniform[sweep, k] * mass[-1]).sum()), shapes - 1)
        found[sweep] = at
    return found
