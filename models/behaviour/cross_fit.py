"""The smooth model of delivery, cross-fitted by entity and calibrated on held-out ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.behaviour.smooth_models import SmoothModels
from models.mdp import Transitions, fold_of
from models.numerics import (
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
    side_by_side,
)
from models.policies import Floats

BENT_Z = 4.0
"""Squared terms stay when they raise the held-out likelihood by so many standard errors."""
HELD_OUT = 5
"""One in five training entities finds the temperature; the model is then refitted on all of them."""
HELD_OUT_SALT = 0x5EED_0004


@dataclass(frozen=True)
class Learning:
    """Rows that models learn from, gathered once for all of them."""

    features: NDArray[np.float32]  # (m, d)
    eligible: NDArray[np.bool_]  # (m, A)
    action: NDArray[np.int16]  # (m,)
    fold: NDArray[np.int64]  # (m,) of the entity
    held: NDArray[np.bool_]  # (m,) entities that find the temperature

    @classmethod
    def of(cls, t: Transitions, rows: NDArray[np.bool_], fold: NDArray[np.int64]) -> "Learning":
        held = fold_of(t.entity[rows], HELD_OUT, salt=HELD_OUT_SALT) == 0
        return cls(t.features[rows], t.eligible[rows], t.action[rows], fold[rows], held)

    def where(self, rows: NDArray[np.bool_]) -> "Learning":
        """Those rows (m,) alone; all of them are not copied."""
        if rows.all():
            return self
        return Learning(
            self.features[rows], self.eligible[rows], self.action[rows], self.fold[rows], self.held[rows]
        )

    def fit(self, squares: bool, start: SoftmaxRegression | None = None) -> SoftmaxRegression:
        return fit_softmax_regression(self.features, self.eligible, self.action, squares=squares, start=start)

    def calibration(self, model: SoftmaxRegression, temperature: float | None = None) -> tuple[float, Floats]:
        """Temperature, unless it is given, and biases (A,) of a model on these rows."""
        utilities = model.utilities(self.features)
        return fit_calibration(utilities, self.eligible, self.action, temperature=temperature)


def is_bent(compared: Learning) -> bool:
    """Whether squared terms predict held-out entities better, beyond noise.

    One yes or no from all entities: far too little for an entity to leak into its own probabilities.
    """
    inside, outside = compared.where(~compared.held), compared.where(compared.held)
    if len(inside.action) < 20 * inside.features.shape[1] or len(outside.action) < 200:
        return False

    def score(squares: bool) -> Floats:
        told = inside.fit(squares).probabilities(outside.features, outside.eligible)
        return log_likelihoods(told, outside.action)

    straight, bent = side_by_side(score, (False, True))
    gain = bent - straight
    return bool(gain.mean() > BENT_Z * gain.std() / np.sqrt(len(gain)))


def cross_fit(
    t: Transitions,
    fitted: NDArray[np.bool_],
    rows: NDArray[np.int64],
    fold: NDArray[np.int64],
    folds: int,
    squares: bool,
) -> tuple[SmoothModels, SoftmaxRegression]:
    """A model for each fold of some rows (m,) that did not see its entities; and the clone, fitted on
    everyone."""
    learning = Learning.of(t, fitted, fold)

    def fit_fold(f: int) -> SoftmaxRegression:
        return _fit_calibrated(learning.where(learning.fold != f), squares)

    models = tuple(side_by_side(fit_fold, range(folds)))
    # The clone may start where a fold's model stands: it promises nobody to be held out.
    clone = _fit_calibrated(learning, squares, start=models[-1])
    return SmoothModels(t.features, t.eligible, rows, (models,), np.zeros(len(rows), np.int8)), clone


def _fit_calibrated(
    learning: Learning, squares: bool, start: SoftmaxRegression | None = None
) -> SoftmaxRegression:
    """Fit on four fifths of the entities, find the temperature on the rest, refit on all.

    The temperature undoes overfitting; the biases then make the mean probability of every action agree
    with its share once more.
    """
    held = learning.held
    if not len(held):
        return _uninformed(learning, squares)
    if held.all() or not held.any():
        return learning.fit(squares, start)
    first = learning.where(~held).fit(squares, start)
    temperature, _ = learning.where(held).calibration(first)
    model = learning.fit(squares, first)
    _, bias = learning.calibration(model, temperature)
    return model.calibrated(temperature, bias)


def _uninformed(t: Learning, squares: bool) -> SoftmaxRegression:
    """No row with a choice to learn from: all eligible actions alike."""
    a, d = t.eligible.shape[1], t.features.shape[1]
    return SoftmaxRegression(
        np.zeros(d), np.ones(d), np.zeros((a, 2 * d if squares else d)), np.zeros(a), squares
    )
