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
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLIP = 8.0
"""Standardised features end here: one extreme row must not steer everybody's probabilities."""
CHUNK = 16_384
"""Rows per matrix product: fits the cache, and fixes the order of summation."""
INTERCEPT_RIDGE = 0.1
"""Of the ridge: small, yet an action that was eligible and never taken keeps a probability above 0."""
MAX_ITERATIONS = 200


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


def one_blas_thread() -> threadpool_limits:
    """Fastest for products this narrow, and the same bits whatever the machine's or study's setting."""
    return threadpool_limits(1, user_api="blas")


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
    and must stem from rows this fit may see. L-BFGS, preconditioned by the Cholesky factor of the terms'
    second moments, so that collinear counts (1, 7, 30 days) do not slow it down. The same inputs give the
    same bits: it runs on one BLAS thread.
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
    mean, scale = standardisation(features)
    blocks = [
        _Block.of(terms(features[rows], mean, scale, squares=squares), eligible[rows], action[rows])
        for rows in (slice(k, k + CHUNK) for k in range(0, len(features), CHUNK))
    ]
    n, p, a = len(features), blocks[0].z.shape[0], eligible.shape[1]
    penalty = np.append(np.full(p, ridge), INTERCEPT_RIDGE * ridge)  # (p + 1,)
    curvature = _second_moments(blocks) * (1.0 / a) + np.diag(penalty)
    root = cholesky(curvature, lower=True)  # curvature = root root'

    def natural(flat: Floats) -> Floats:
        """Weights and intercepts (p + 1, A) from preconditioned coordinates."""
        return solve_triangular(root, flat.reshape(p + 1, a), trans="T", lower=True)

    def loss(flat: Floats) -> tuple[float, Floats]:
        theta = natural(flat)
        value, gradient = _negative_log_likelihood(theta, blocks)
        value += 0.5 * float((penalty[:, None] * theta * theta).sum())
        gradient += penalty[:, None] * theta
        return value / n, (solve_triangular(root, gradient, lower=True) / n).ravel()

    initial = np.zeros((p + 1, a))
    if start is not None and start.squares == squares:
        initial = root.T @ _in_new_coordinates(start, mean, scale)
    found = minimize(
        loss,
        initial.ravel(),
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
    a = eligible.shape[1]
    rows = np.arange(len(action))
    free = np.append(float(temperature is None), np.ones(a))  # (1 + A,)
    start = np.append(1.0 if temperature is None else temperature, np.zeros(a))

    def loss(flat: Floats) -> tuple[float, Floats]:
        scaled = np.where(eligible, flat[0] * utilities + flat[1:], -np.inf)
        top = scaled.max(axis=1, keepdims=True)
        residual = np.exp(scaled - top)
        total = residual.sum(axis=1, keepdims=True)
        value = float((top[:, 0] + np.log(total[:, 0]) - scaled[rows, action]).sum())
        residual /= total
        residual[rows, action] -= 1.0
        pull = flat - np.append(1.0, np.zeros(a))
        gradient = np.append((residual * utilities).sum(), residual.sum(axis=0)) + ridge * pull
        return value + 0.5 * ridge * float(pull @ pull), free * gradient

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


def _negative_log_likelihood(theta: Floats, blocks: list[_Block]) -> tuple[float, Floats]:
    """Minus the log-likelihood and its gradient (p + 1, A): z (p - onehot), summed over rows."""
    value, gradient = 0.0, np.zeros_like(theta)
    weights, intercepts = np.ascontiguousarray(theta[:-1].T), theta[-1][:, None]
    for block in blocks:
        u = weights @ block.z  # (A, rows)
        u += intercepts
        u += block.barrier
        u -= u.max(axis=0)
        logged = u[block.taken]
        np.exp(u, out=u)
        total = u.sum(axis=0)
        value += float((np.log(total) - logged).sum())
        u /= total
        u[block.taken] -= 1.0
        gradient[:-1] += (u @ block.z.T).T
        gradient[-1] += u.sum(axis=1)
    return value, gradient


def _second_moments(blocks: list[_Block]) -> Floats:
    """Sum of outer products of (terms, 1): (p + 1, p + 1)."""
    p = blocks[0].z.shape[0]
    moments = np.zeros((p + 1, p + 1))
    for block in blocks:
        moments[:p, :p] += block.z @ block.z.T
        moments[:p, p] += block.z.sum(axis=1)
        moments[p, p] += block.z.shape[1]
    moments[p, :p] = moments[:p, p]
    return moments


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
