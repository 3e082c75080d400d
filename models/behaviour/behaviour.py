"""The behaviour policy mu(a|s): what today's delivery does, from logged propensities or estimated.

Estimated probabilities are cross-fitted by entity (no row's probability comes from a model that saw its
entity), calibrated on held-out entities, and run over the eligible actions only. Where delivery changed its
rules, each regime has a model of its own; what days, eligible sets and kinds of people do beyond it is added
by `delivery_cells`, as far as held-out entities ask for it. Nothing is floored: the smallest probability of a
logged action is a figure of the night's health.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.behaviour.behaviour_notes import change_note, model_notes
from models.behaviour.calibration import calibration_errors, calibration_table, calibration_within
from models.behaviour.delivery_fit import Choices, DeliveryFit, fit_beyond_softmax
from models.behaviour.propensities import logged_probabilities
from models.behaviour.regimes import Regimes, find_regimes
from models.behaviour.sample_ratio import SampleRatio, refuse_contradiction, sample_ratio
from models.mdp import Transitions, fold_of, uniform_of
from models.numerics import (
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
    one_blas_thread,
)
from models.policies import Floats
from models.results import CalibrationBin, Overlap

MAX_FITTED_ROWS = 600_000
"""Rows with a choice beyond this are sampled by a hash of entity and step: 500 coefficients need no more."""
PREDICTED_ROWS = 1 << 17
"""Rows whose features are gathered at a time."""
MAX_COMPARED_ROWS = 40_000
"""Rows on which straight and bent utilities are compared."""
BENT_Z = 4.0
"""Squared terms stay when they raise the held-out likelihood by so many standard errors."""
SMALL_PROBABILITY = 1e-6
HELD_OUT = 5
"""One in five training entities finds the temperature; the model is then refitted on all of them."""
HELD_OUT_SALT = 0x5EED_0004
MIN_REGIME_ROWS = 2_000
"""Rows with a choice that a regime needs for a model of its own; with fewer it shares the whole log's."""


@dataclass(frozen=True)
class BehaviourClone:
    """Today's delivery as a policy of its own: the masked softmax regression, fitted on every entity and on
    the newest logging regime, which is the one that policies replace tomorrow."""

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
    """Rows with a choice, up to ten bins per action by predicted probability; without those of which the log
    tells the probability of what was done alone."""
    calibration_error: tuple[tuple[str, float, float], ...]
    """(action, mean |predicted - observed| over its bins, the same expected from noise alone)."""
    calibration_within: tuple[tuple[str, float, float], ...]
    """The same within eligible sets and weeks, which know nothing of the prediction."""
    overlap: tuple[Overlap, ...]
    model: BehaviourClone
    choice_rows: int
    """Rows with two or more eligible actions."""
    smallest_logged_probability: float
    """Of the logged action, over rows with a choice; 1 if there is no such row."""
    rows_below_small: int
    """Rows whose logged action has a probability below 1e-6: a weight there would explode."""
    notes: tuple[str, ...] = ()
    regimes: Regimes = field(default_factory=Regimes)
    """Stretches of days under one rule of delivery each."""
    fit: DeliveryFit | None = None
    """What the model holds beyond a softmax of the state, and how much better it predicts; None: logged."""
    sample_ratio: SampleRatio | None = None
    """What was done against the logged probabilities, where they are farthest apart; None: none logged."""


def fit_behaviour_policy(
    transitions: Transitions, *, folds: int, seed: int, min_probability: float = 0.01, min_entities: int = 1
) -> Behaviour:
    """The behaviour policy of every row, immature rows included: their actions are known.

    folds: of entities, for cross-fitting. seed: of the assignment to folds (the fit itself draws nothing).
    min_probability: below it an eligible action counts as unsupported in the overlap table. min_entities: no
    row of the calibration table is about fewer.
    Assumes that within a logging regime (`regimes`, found here) what delivery reacts to is in the features
    and the eligible set. Logged propensities stay as they are, whatever the regimes.
    Raises LogError for a propensity outside (0, 1], and for propensities that contradict each other or what
    was done.
    """
    t = transitions
    choice = t.eligible.sum(axis=1) >= 2  # (n,)
    draw = uniform_of(t.entity ^ (t.step.astype(np.int64) << 40), seed + 1)  # (n,)
    fitted = choice & (draw < MAX_FITTED_ROWS / max(int(choice.sum()), 1))
    compared = choice & (draw < MAX_COMPARED_ROWS / max(int(choice.sum()), 1))
    fold = fold_of(t.entity, folds, salt=seed)
    squares = _bent(t, compared)
    rows = np.flatnonzero(choice)
    bases, clone = _cross_fit(t, fitted, rows, fold, folds, squares)
    estimated = t.eligible / t.eligible.sum(axis=1, keepdims=True)
    estimated[rows] = bases[fold[rows], np.arange(len(rows))]
    regimes = find_regimes(t, estimated, fitted)
    notes = []
    for r in range(len(regimes) if len(regimes) > 1 else 0):
        mine = choice & (regimes.regime_of(t.day) == r)
        own = int(mine.sum()) >= MIN_REGIME_ROWS
        if own:
            bases[:, mine[rows]], model = _cross_fit(
                t, fitted & mine, np.flatnonzero(mine), fold, folds, squares
            )
            clone = model if r == len(regimes) - 1 else clone
        if r:
            notes.append(change_note(regimes, r, own))
    choices = Choices(
        features=t.features,
        rows=rows,
        eligible=t.eligible[rows],
        action=t.action[rows],
        day=t.day[rows],
        entity=t.entity[rows],
        fold=fold[rows],
        fitted=fitted[rows],
        actions=t.actions,
    )
    estimated[rows], fit = fit_beyond_softmax(choices, bases)
    del bases, choices
    told = logged_probabilities(t, estimated, choice)
    source, probabilities = told.source, told.probabilities
    ratio = sample_ratio(t, probabilities, told.whole, told.own)
    refuse_contradiction(ratio, told.column)
    if source != "logged":
        notes += model_notes(squares, fit, fitted, choice)
    notes.extend(told.notes)

    # a prediction built around the action's own probability holds the action, and would prove nothing
    asked = choice & ~told.own
    table = calibration_table(
        probabilities[asked], t.eligible[asked], t.action[asked], t.actions,
        entity=t.entity[asked], min_entities=min_entities,
    )  # fmt: skip
    logged = probabilities[np.arange(t.n_rows), t.action][choice]
    return Behaviour(
        probabilities=probabilities,
        source=source,
        calibration=table,
        calibration_error=calibration_errors(table),
        calibration_within=calibration_within(
            probabilities[asked], t.eligible[asked], t.action[asked], _set_and_week(t, asked), t.actions
        ),
        overlap=overlap_table(probabilities[choice], t.eligible[choice], t.actions, min_probability),
        model=clone,
        choice_rows=int(choice.sum()),
        smallest_logged_probability=float(logged.min()) if len(logged) else 1.0,
        rows_below_small=int((logged < SMALL_PROBABILITY).sum()),
        notes=tuple(notes),
        regimes=regimes,
        fit=None if source == "logged" else fit,
        sample_ratio=ratio,
    )


def _set_and_week(t: Transitions, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(m,) a number for each eligible set and week of some rows (n,)."""
    codes = (t.eligible[rows].astype(np.int64) << np.arange(t.eligible.shape[1])).sum(axis=1)
    return (t.day[rows].astype(np.int64) // 7 << t.eligible.shape[1]) + codes


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
    rows: NDArray[np.int64],
    fold: NDArray[np.int64],
    folds: int,
    squares: bool,
) -> tuple[Floats, BehaviourClone]:
    """Probabilities (F, m, A) of some rows (m,), by the fold whose entities the model did not see; and the
    clone, fitted on everyone."""
    bases = np.empty((folds, len(rows), t.eligible.shape[1]))

    def fit_fold(f: int) -> SoftmaxRegression:
        model = _fit_calibrated(t, fitted & (fold != f), squares)
        for start in range(0, len(rows), PREDICTED_ROWS):
            some = rows[start : start + PREDICTED_ROWS]
            bases[f, start : start + len(some)] = model.probabilities(t.features[some], t.eligible[some])
        return model

    # folds share no result, so that threads change nothing but the time
    with one_blas_thread(), ThreadPoolExecutor(min(folds, os.cpu_count() or 1)) as pool:
        model = list(pool.map(fit_fold, range(folds)))[-1]
    # The clone may start where a fold's model stands: it promises nobody to be held out.
    return bases, BehaviourClone(_fit_calibrated(t, fitted, squares, start=model))


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
