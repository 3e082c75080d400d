"""Masked softmax regression (conditional logit over the eligible actions), fitted in closed-form gradients.

    p(k | s) = exp(u_k) / sum over eligible j of exp(u_j),   u_k = b_k + w_k . z(s),   k eligible

Assumption: given the features, utilities are linear in the standardised features (and their squares, if
asked for), and an action that is not eligible leaves the others' odds alone. Wrong where delivery has
thresholds or interactions that the features do not spell out; its calibration table shows it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from models.numerics.one_thread import one_blas_thread

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLIP = 8.0
"""Standardised features end here: one extreme row must not steer everybody's probabilities."""
CHUNK = 16_384
"""Rows per matrix product: fits the cache, and fixes the order of summation."""
INTERCEPT_RIDGE = 0.1
"""Of the ridge: small, yet an action that was eligible and never taken keeps a probability above 0."""
MAX_ITERATIONS = 200
SAMPLED_ROWS = 1 << 15
"""With twice as many rows or more, the search begins on about so many of them."""
CURVED_ROWS = 1 << 13
"""About so many rows tell how curved the likelihood is: enough to search by, and the search ends on all."""
BOUND_SHARE = 0.1
"""Of a bound on the curvature, for directions in which those rows say little."""


@dataclass(frozen=True)
class SoftmaxRegression:
    """A fitted model; all arrays float64. d features, p = d terms (2 d with squares), A actions."""

    mean: Floats  # (d,) of the fitted rows, raw units
    scale: Floats  # (d,) standard deviation, 1 where a feature is constant
    weights: Floats  # (A, p)
    intercepts: Floats  # (A,)
    squares: bool

    def utilities(self, features: NDArray[np.floating]) -> Floats:
        """u (n, A) from raw features (n, d)."""
        out = np.empty((len(features), len(self.intercepts)))
        with one_blas_thread():
            for start in range(0, len(features), CHUNK):
                rows = slice(start, start + CHUNK)
                z = terms(features[rows], self.mean, self.scale, squares=self.squares)
                out[rows] = z @ self.weights.T + self.intercepts
        return out

    def probabilities(self, features: NDArray[np.floating], eligible: Bools) -> Floats:
        """p (n, A): 0 where not eligible, rows sum to 1, exactly 1 where one action alone is eligible."""
        return masked_softmax(self.utilities(features), eligible)

    def calibrated(self, temperature: float, bias: Floats) -> "SoftmaxRegression":
        """The same model with utilities `temperature * u + bias`; bias (A,)."""
        return replace(
            self, weights=temperature * self.weights, intercepts=temperature * self.intercepts + bias
        )


def terms(features: NDArray[np.floating], mean: Floats, scale: Floats, *, squares: bool) -> Floats:
    """z (n, p): standardised, winsorised at +-CLIP; with squares, their centred squares beside them."""
    z = features.astype(np.float64)
    z -= mean
    z /= scale
    np.clip(z, -CLIP, CLIP, out=z)
    return np.hstack([z, z * z - 1.0]) if squares else z


def masked_softmax(utilities: Floats, eligible: Bools) -> Floats:
    """Softmax (n, A) over the eligible actions of each row; every row has at least one."""
    masked = np.where(eligible, utilities, -np.inf)
    masked -= masked.max(axis=1, keepdims=True)
    np.exp(masked, out=masked)
    masked /= masked.sum(axis=1, keepdims=True)
    return masked


def fit_softmax_regression(
    features: NDArray[np.floating],
    eligible: Bools,
    action: NDArray[np.integer],
    *,
    ridge: float = 1.0,
    squares: bool = False,
    start: SoftmaxRegression | None = None,
) -> SoftmaxRegression:
    """Maximum likelihood with a ridge penalty `ridge / 2 * |w|^2`, in units of rows.

    features (n, d) raw, eligible (n, A), action (n,) eligible where logged. `start` warm-starts the search
    and must stem from rows this fit may see; without one the search starts from a fit on some of the rows.
    L-BFGS, preconditioned by the curvature at the start, so that collinear counts (1, 7, 30 days) do not slow
    it down: a handful of passes over the rows is all. The same inputs give the same bits: it runs on one BLAS
    thread.
    """
    with one_blas_thread():
        return _fit(features, eligible, action, ridge, squares, start)


def _fit(
    features: NDArray[np.floating],
    eligible: Bools,
    action: NDArray[np.integer],
    ridge: float,
    squares: bool,
    start: SoftmaxRegression | None,
) -> SoftmaxRegression:
    n, a = len(features), eligible.shape[1]
    every = n // SAMPLED_ROWS
    if start is None and every >= 2:
        start = _fit(features[::every], eligible[::every], action[::every], ridge, squares, None)
    mean, scale = standardisation(features)
    blocks = _blocks(features, eligible, action, mean, scale, squares)
    p = blocks[0].z.shape[0]
    penalty = np.append(np.full(p, ridge), INTERCEPT_RIDGE * ridge)  # (p + 1,)
    theta = np.zeros((p + 1, a))
    if start is not None and start.squares == squares:
        theta = _in_new_coordinates(start, mean, scale)
    every = max(n // CURVED_ROWS, 1)
    some = _blocks(features[::every], eligible[::every], action[::every], mean, scale, squares)
    curvature = every * _curvature(theta, some) + np.diag(np.repeat(penalty, a))
    root = cholesky(curvature, lower=True)  # curvature = root root'

    def natural(flat: Floats) -> Floats:
        """Weights and intercepts (p + 1, A) from preconditioned coordinates."""
        return solve_triangular(root, flat, trans="T", lower=True).reshape(p + 1, a)

    def loss(flat: Floats) -> tuple[float, Floats]:
        theta = natural(flat)
        value, gradient = _negative_log_likelihood(theta, blocks)
        value += 0.5 * float((penalty[:, None] * theta * theta).sum())
        gradient += penalty[:, None] * theta
        return value / n, solve_triangular(root, gradient.ravel(), lower=True) / n

    found = minimize(
        loss,
        root.T @ theta.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-9 / np.sqrt(n)},
    )
    theta = natural(found.x)
    return SoftmaxRegression(mean, scale, theta[:-1].T.copy(), theta[-1].copy(), squares)


def fit_calibration(
    utilities: Floats,
    eligible: Bools,
    action: NDArray[np.integer],
    *,
    temperature: float | None = None,
    ridge: float = 10.0,
) -> tuple[float, Floats]:
    """Temperature and bias (A,) that maximise the likelihood of the rows under `temperature * u + bias`.

    A temperature that is given stays. A ridge of `ridge` rows pulls towards 1 and 0, so a few rows change
    little.
    """
    n, a = eligible.shape
    free = np.append(float(temperature is None), np.ones(a))  # (1 + A,)
    start = np.append(1.0 if temperature is None else temperature, np.zeros(a))
    blocks = [
        _Block.of(utilities[rows], eligible[rows], action[rows])
        for rows in (slice(k, k + CHUNK) for k in range(0, n, CHUNK))
    ]

    def loss(flat: Floats) -> tuple[float, Floats]:
        pull = flat - np.append(1.0, np.zeros(a))
        value, gradient = 0.5 * ridge * float(pull @ pull), ridge * pull
        for block in blocks:
            u = flat[0] * block.z  # (A, rows)
            u += flat[1:, None]
            value += block.to_residuals(u)
            if temperature is None:
                gradient[0] += np.einsum("kn,kn->", u, block.z, optimize=False)
            gradient[1:] += u.sum(axis=1)
        return value, free * gradient

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100})
    return max(float(found.x[0]), 0.0), found.x[1:]


def log_likelihoods(probabilities: Floats, action: NDArray[np.integer]) -> Floats:
    """Log probability (n,) of the logged actions, in nats; -inf where one was held impossible."""
    with np.errstate(divide="ignore"):
        return np.log(probabilities[np.arange(len(action)), action])


def standardisation(features: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Mean and standard deviation (d,) in float64, chunk by chunk; a constant feature gets scale 1."""
    n, d = features.shape
    total, square = np.zeros(d), np.zeros(d)
    for start in range(0, n, CHUNK):
        total += features[start : start + CHUNK].sum(axis=0, dtype=np.float64)
    mean = total / max(n, 1)
    for start in range(0, n, CHUNK):
        centred = features[start : start + CHUNK].astype(np.float64) - mean
        square += (centred * centred).sum(axis=0)
    scale = np.sqrt(square / max(n, 1))
    return mean, np.where(scale > 1e-9 * (1.0 + np.abs(mean)), scale, 1.0)


@dataclass(frozen=True)
class _Block:
    """Some rows, laid out for the likelihood: rows run along the last axis, which is several times faster."""

    z: Floats  # (p, rows)
    barrier: Floats  # (A, rows) 0 where eligible, else -inf
    taken: tuple[NDArray[np.integer], NDArray[np.integer]]

    @classmethod
    def of(cls, z: Floats, eligible: Bools, action: NDArray[np.integer]) -> "_Block":
        barrier = np.where(eligible.T, 0.0, -np.inf)
        return cls(np.ascontiguousarray(z.T), barrier, (action, np.arange(len(action))))

    def to_residuals(self, u: Floats) -> float:
        """Turn utilities (A, rows) into p - onehot, in place; minus the log-likelihood of the rows."""
        u += self.barrier
        u -= u.max(axis=0)
        logged = u[self.taken]
        np.exp(u, out=u)
        total = u.sum(axis=0)
        u /= total
        u[self.taken] -= 1.0
        return float((np.log(total) - logged).sum())


def _negative_log_likelihood(theta: Floats, blocks: list[_Block]) -> tuple[float, Floats]:
    """Minus the log-likelihood and its gradient (p + 1, A): z (p - onehot), summed over rows."""
    value, gradient = 0.0, np.zeros_like(theta)
    weights, intercepts = np.ascontiguousarray(theta[:-1].T), theta[-1][:, None]
    for block in blocks:
        u = weights @ block.z  # (A, rows)
        u += intercepts
        value += block.to_residuals(u)
        gradient[:-1] += (u @ block.z.T).T
        gradient[-1] += u.sum(axis=1)
    return value, gradient


def _blocks(
    features: NDArray[np.floating],
    eligible: Bools,
    action: NDArray[np.integer],
    mean: Floats,
    scale: Floats,
    squares: bool,
) -> list[_Block]:
    return [
        _Block.of(terms(features[rows], mean, scale, squares=squares), eligible[rows], action[rows])
        for rows in (slice(k, k + CHUNK) for k in range(0, len(features), CHUNK))
    ]


def _curvature(theta: Floats, blocks: list[_Block]) -> Floats:
    """Second derivative of minus the log-likelihood ((p + 1) A, (p + 1) A), in the order of theta.ravel():
    z z' x (diag(p) - p p'), summed over rows; and a share of its bound at uniform chances (Bohning 1992)."""
    p, a = theta.shape
    out = np.zeros((p, a, p, a))
    bound = np.zeros((p, p))
    for block in blocks:
        z = np.vstack([block.z, np.ones(block.z.shape[1])])
        u = theta.T @ z + block.barrier
        u -= u.max(axis=0)
        np.exp(u, out=u)
        u /= u.sum(axis=0)
        bound += z @ z.T
        for k in range(a):
            for j in range(k + 1):
                part = (z * (u[k] * (float(j == k) - u[j]))) @ z.T
                out[:, k, :, j] += part
                if j < k:
                    out[:, j, :, k] += part
    for k in range(a):
        out[:, k, :, k] += BOUND_SHARE / a * bound
    return out.reshape(p * a, p * a)


def _in_new_coordinates(model: SoftmaxRegression, mean: Floats, scale: Floats) -> Floats:
    """Parameters (p + 1, A) of `model` for another standardisation; squares move along approximately."""
    d = len(mean)
    ratio = scale / model.scale
    shift = (mean - model.mean) / model.scale
    weights = model.weights.copy()
    intercepts = model.intercepts + model.weights[:, :d] @ shift
    weights[:, :d] *= ratio
    if model.squares:
        weights[:, d:] *= ratio * ratio
    return np.vstack([weights.T, intercepts])
