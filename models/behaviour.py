"""The behaviour policy mu(a|s): what today's delivery does, from logged propensities or estimated.

Estimated probabilities are cross-fitted by entity (no row's probability comes from a model that saw its
entity), calibrated on held-out entities, and run over the eligible actions only. Nothing is floored: the
smallest probability of a logged action is a figure of the night's health.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import calibration_errors, calibration_table
from models.policies import Floats
from models.results import CalibrationBin, Overlap
from models.softmax_regression import (
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
)
from models.transition_table import Transitions
from models.users import fold_of, uniform_of
from sql.errors import LogError

MAX_FITTED_ROWS = 600_000
"""Rows with a choice beyond this are sampled by a hash of entity and step: 500 coefficients need no more."""
MAX_COMPARED_ROWS = 40_000
"""Rows on which straight and bent utilities are compared."""
BENT_Z = 4.0
"""Squared terms stay when they raise the held-out likelihood by so many standard errors."""
SMALL_PROBABILITY = 1e-6
HELD_OUT = 5
"""One in five training entities finds the temperature; the model is then refitted on all of them."""
HELD_OUT_SALT = 0x5EED_0004


@dataclass(frozen=True)
class BehaviourClone:
    """Today's delivery as a policy of its own: the masked softmax regression, fitted on every entity."""

    model: SoftmaxRegression
    name: str = "behaviour clone"

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
    ) -> Floats:
        """(n, A) from the model alone; `behaviour` gives nothing but the shape."""
        return self.model.probabilities(features, eligible).reshape(behaviour.shape)


@dataclass(frozen=True)
class Behaviour:
    """mu(a|s) of every row, how it was found, and what speaks for it."""

    probabilities: Floats  # (n, A) 0 where not eligible; rows sum to 1
    source: str
    """`logged` (the logged action's probability is the log's own) or `estimated`."""
    calibration: tuple[CalibrationBin, ...]
    """Rows with a choice, up to ten bins per action by predicted probability."""
    calibration_error: tuple[tuple[str, float, float], ...]
    """(action, mean |predicted - observed| over its bins, the same expected from noise alone)."""
    overlap: tuple[Overlap, ...]
    model: BehaviourClone
    choice_rows: int
    """Rows with two or more eligible actions."""
    smallest_logged_probability: float
    """Of the logged action, over rows with a choice; 1 if there is no such row."""
    rows_below_small: int
    """Rows whose logged action has a probability below 1e-6: a weight there would explode."""
    notes: tuple[str, ...] = ()


def fit_behaviour_policy(
    transitions: Transitions, *, folds: int, seed: int, min_probability: float = 0.01
) -> Behaviour:
    """The behaviour policy of every row, immature rows included: their actions are known.

    folds: of entities, for cross-fitting. seed: of the assignment to folds (the fit itself draws nothing).
    min_probability: below it an eligible action counts as unsupported in the overlap table.
    Assumes one logging regime whose information is in the features and the eligible set.
    Raises LogError for a propensity outside (0, 1].
    """
    t = transitions
    choice = t.eligible.sum(axis=1) >= 2  # (n,)
    draw = uniform_of(t.entity ^ (t.step.astype(np.int64) << 40), seed + 1)  # (n,)
    fitted = choice & (draw < MAX_FITTED_ROWS / max(int(choice.sum()), 1))
    compared = choice & (draw < MAX_COMPARED_ROWS / max(int(choice.sum()), 1))
    fold = fold_of(t.entity, folds, salt=seed)
    squares = _bent(t, compared)
    estimated, clone = _cross_fit(t, fitted, choice, fold, folds, squares)
    notes = []
    if squares:
        notes.append("Delivery is modelled with squared terms: straight ones predict held-out users worse.")
    if fitted.sum() < choice.sum():
        notes.append(
            f"The behaviour model was fitted on {fitted.sum()} sampled rows of {choice.sum()} with a choice."
        )

    propensity = _complete_propensity(t, choice)
    if propensity is None:
        source, probabilities = "estimated", estimated
        if t.propensity is not None:
            notes.append("Some decisions carry no propensity, so delivery's probabilities are estimated.")
    else:
        source, probabilities = "logged", _around_logged(t, propensity, estimated, choice)

    table = calibration_table(probabilities[choice], t.eligible[choice], t.action[choice], t.actions)
    logged = probabilities[np.arange(t.n_rows), t.action][choice]
    return Behaviour(
        probabilities=probabilities,
        source=source,
        calibration=table,
        calibration_error=calibration_errors(table),
        overlap=overlap_table(probabilities[choice], t.eligible[choice], t.actions, min_probability),
        model=clone,
        choice_rows=int(choice.sum()),
        smallest_logged_probability=float(logged.min()) if len(logged) else 1.0,
        rows_below_small=int((logged < SMALL_PROBABILITY).sum()),
        notes=tuple(notes),
    )


def overlap_table(
    probabilities: Floats, eligible: NDArray[np.bool_], actions: tuple[str, ...], min_probability: float
) -> tuple[Overlap, ...]:
    """Per action, over the rows (with a choice) where it was eligible: mean mu of it, mean mu of none beside
    it, and the share of rows where delivery takes it more rarely than `min_probability`."""
    table = []
    for k, name in enumerate(actions):
        p = probabilities[eligible[:, k]]
        rows = len(p)
        table.append(
            Overlap(
                action=name,
                eligible_rows=rows,
                mean_probability=float(p[:, k].mean()) if rows else 0.0,
                mean_none_probability=float(p[:, 0].mean()) if rows else 0.0,
                unsupported_share=float((p[:, k] < min_probability).mean()) if rows else 1.0,
            )
        )
    return tuple(table)


def _bent(t: Transitions, rows: NDArray[np.bool_]) -> bool:
    """Whether squared terms predict held-out entities better, beyond noise.

    One yes or no from all entities: far too little for an entity to leak into its own probabilities.
    """
    held = fold_of(t.entity, HELD_OUT, salt=HELD_OUT_SALT) == 0
    inside, outside = rows & ~held, rows & held
    if inside.sum() < 20 * t.features.shape[1] or outside.sum() < 200:
        return False
    scores = []
    for squares in (False, True):
        model = fit_softmax_regression(
            t.features[inside], t.eligible[inside], t.action[inside], squares=squares
        )
        scores.append(
            log_likelihoods(model.probabilities(t.features[outside], t.eligible[outside]), t.action[outside])
        )
    gain = scores[1] - scores[0]
    return bool(gain.mean() > BENT_Z * gain.std() / np.sqrt(len(gain)))


def _cross_fit(
    t: Transitions,
    fitted: NDArray[np.bool_],
    choice: NDArray[np.bool_],
    fold: NDArray[np.int64],
    folds: int,
    squares: bool,
) -> tuple[Floats, BehaviourClone]:
    """Probabilities (n, A), each row's from a model without its entity; and the clone, fitted on everyone."""
    probabilities = t.eligible / t.eligible.sum(axis=1, keepdims=True)
    model = None
    for f in range(folds):
        model = _fit_calibrated(t, fitted & (fold != f), squares)
        rows = np.flatnonzero(choice & (fold == f))
        if len(rows):
            probabilities[rows] = model.probabilities(t.features[rows], t.eligible[rows])
    # The clone may start where a fold's model stands: it promises nobody to be held out.
    return probabilities, BehaviourClone(_fit_calibrated(t, fitted, squares, start=model))


def _fit_calibrated(
    t: Transitions, rows: NDArray[np.bool_], squares: bool, start: SoftmaxRegression | None = None
) -> SoftmaxRegression:
    """Fit on four fifths of the entities, find the temperature on the rest, refit on all.

    The temperature undoes overfitting; the biases then make the mean probability of every action agree
    with its share once more.
    """
    held = fold_of(t.entity, HELD_OUT, salt=HELD_OUT_SALT) == 0

    def fit(mask: NDArray[np.bool_], from_model: SoftmaxRegression | None) -> SoftmaxRegression:
        return fit_softmax_regression(
            t.features[mask], t.eligible[mask], t.action[mask], squares=squares, start=from_model
        )

    if not rows.any():
        return _uninformed(t, squares)
    outside, inside = rows & held, rows & ~held
    if not outside.any() or not inside.any():
        return fit(rows, start)
    first = fit(inside, start)
    temperature, _ = fit_calibration(
        first.utilities(t.features[outside]), t.eligible[outside], t.action[outside]
    )
    model = fit(rows, first)
    _, bias = fit_calibration(
        model.utilities(t.features[rows]), t.eligible[rows], t.action[rows], temperature=temperature
    )
    return model.calibrated(temperature, bias)


def _uninformed(t: Transitions, squares: bool) -> SoftmaxRegression:
    """No row with a choice to learn from: all eligible actions alike."""
    a, d = t.eligible.shape[1], t.features.shape[1]
    return SoftmaxRegression(
        np.zeros(d), np.ones(d), np.zeros((a, 2 * d if squares else d)), np.zeros(a), squares
    )


def _complete_propensity(t: Transitions, choice: NDArray[np.bool_]) -> Floats | None:
    """Logged propensities (n,), or None where a row with a choice has none."""
    if t.propensity is None or not choice.any() or np.isnan(t.propensity[choice]).any():
        return None
    bad = np.flatnonzero(choice & ~((t.propensity > 0) & (t.propensity <= 1)))
    if len(bad):
        raise LogError(
            f"impressions.propensity: {len(bad)} decisions have a propensity outside (0, 1], the first on "
            f"day {np.datetime64(int(t.day[bad[0]]), 'D')} with {t.propensity[bad[0]]:g}; it must be the "
            "probability with which the logged action was taken."
        )
    return t.propensity


def _around_logged(
    t: Transitions, propensity: Floats, estimated: Floats, choice: NDArray[np.bool_]
) -> Floats:
    """Full distributions (n, A) around the logged action's propensity.

    Where the logged propensity depends on the eligible set and the action alone (a randomised test), the
    log itself gives the whole distribution. Elsewhere the other eligible actions share what is left in
    proportion to the estimated model.
    """
    p = estimated.copy()
    rows = np.flatnonzero(choice)
    others = estimated[rows]
    others[np.arange(len(rows)), t.action[rows]] = 0.0
    left = others.sum(axis=1, keepdims=True)
    # All estimated mass on the logged action: the others are alike for all the model knows.
    alike = t.eligible[rows].astype(np.float64)
    alike[np.arange(len(rows)), t.action[rows]] = 0.0
    alike /= alike.sum(axis=1, keepdims=True)
    others = np.where(left > 0, others / np.where(left > 0, left, 1.0), alike)
    p[rows] = others * (1.0 - propensity[rows, None])
    p[rows, t.action[rows]] = propensity[rows]

    sets, which = np.unique(t.eligible[rows], axis=0, return_inverse=True)
    for s, eligible in enumerate(sets):
        here = rows[which.ravel() == s]
        known = _constant_distribution(eligible, t.action[here], propensity[here])
        if known is not None:
            p[here] = known
    return p


def _constant_distribution(
    eligible: NDArray[np.bool_], action: NDArray[np.integer], propensity: Floats
) -> Floats | None:
    """The distribution (A,) over one eligible set if each action's logged propensity is one number and they
    sum to 1; else None."""
    known = np.zeros(len(eligible))
    for k in np.flatnonzero(eligible):
        values = propensity[action == k]
        if len(values) == 0 or np.ptp(values) > 1e-9:
            return None
        known[k] = values[0]
    return known / known.sum() if abs(known.sum() - 1.0) < 1e-3 else None
