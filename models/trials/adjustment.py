"""What an entity would bring under each arm, by a linear regression per arm (Lin 2013).

Ridge regressions on standardised covariates, their penalty chosen by the errors they make on rows left out,
one by one (Allen's PRESS, in closed form). The largest penalty is infinite: where covariates foretell
nothing, an arm's prediction is its mean, and adjusting costs nothing.
"""

import numpy as np

from models.mdp import fold_of
from models.numerics import one_blas_thread
from models.trials.trial_log import Floats, TrialLog

PENALTIES = (np.inf, 1.0, 0.1, 0.01, 1e-3)
"""In shares of the rows: the variance of a standardised covariate is 1."""
FOLDS = 5


def cross_fitted_predictions(log: TrialLog) -> Floats:
    """(n, A) outcome minus cost that a row would bring under each arm, learned from other folds' entities."""
    fold = fold_of(log.entity, FOLDS)
    found = np.zeros((log.n, len(log.arms)))
    for k in range(FOLDS):
        mine = fold == k
        if mine.any() and not mine.all():
            found[mine] = predict_arms(log.of(~mine), log.covariates[mine])
    return found


def predict_arms(log: TrialLog, at: Floats) -> Floats:
    """(m, A) the same at covariates `at` (m, d), learned from all rows of a test; 0 for an arm it lacks."""
    centre, spread = log.covariates.mean(axis=0), log.covariates.std(axis=0)
    scale = np.where(spread > 0, spread, np.inf)  # a constant covariate tells nothing
    x, there = (log.covariates - centre) / scale, (at - centre) / scale
    y = log.outcome - log.cost
    found = np.zeros((len(at), len(log.arms)))
    for arm in range(len(log.arms)):
        rows = log.arm == arm
        if rows.any():
            found[:, arm] = _ridge(x[rows], y[rows], there)
    return found


def _ridge(x: Floats, y: Floats, at: Floats) -> Floats:
    """(m,) predictions at (m, d) of the ridge of (n, d) on (n,) that errs least on rows left out."""
    n, mean_x, mean_y = len(y), x.mean(axis=0), float(y.mean())
    if n <= x.shape[1] + 2 or not x.shape[1]:
        return np.full(len(at), mean_y)
    with one_blas_thread():
        values, vectors = np.linalg.eigh((x - mean_x).T @ (x - mean_x))
        values = np.maximum(values, 0.0)
        z = (x - mean_x) @ vectors  # (n, d) uncorrelated
        by_y = z.T @ (y - mean_y)
        best, least = np.zeros(len(values)), np.inf
        for penalty in PENALTIES:
            shrunk = 1.0 / (values + penalty * n)
            leverage = 1.0 / n + (z**2) @ shrunk
            error = float(((((y - mean_y) - z @ (shrunk * by_y)) / (1.0 - leverage)) ** 2).sum())
            if error < least:
                best, least = shrunk * by_y, error
        return mean_y + ((at - mean_x) @ vectors) @ best
