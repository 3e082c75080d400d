"""The behaviour policy mu(a|s): what today's delivery does, from logged propensities or estimated.

Estimated probabilities are cross-fitted by entity (no row's probability comes from a model that saw its
entity), calibrated on held-out entities, and run over the eligible actions only. Where delivery changed its
rules, each regime has a model of its own; what days, eligible sets and kinds of people do beyond it is added
by `delivery_cells`, and what these miss by trees (`boosted`), as far as held-out entities ask for it. Nothing
is floored: the smallest probability of a logged action is a figure of the night's health.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.behaviour.behaviour_notes import change_note, model_notes
from models.behaviour.calibration import calibration_errors, calibration_table, calibration_within
from models.behaviour.cross_fit import Learning, cross_fit, is_bent
from models.behaviour.delivery_fit import Choices, DeliveryFit, fit_beyond_softmax
from models.behaviour.groupings import situations
from models.behaviour.propensities import logged_probabilities
from models.behaviour.regimes import Regimes, find_regimes
from models.behaviour.sample_ratio import SampleRatio, refuse_contradiction, sample_ratio
from models.mdp import Transitions, fold_of, uniform_of
from models.numerics import SoftmaxRegression
from models.policies import Floats
from models.results import CalibrationBin, Overlap

MAX_FITTED_ROWS = 600_000
"""Rows with a choice beyond this are sampled by a hash of entity and step: 500 coefficients need no more."""
MAX_COMPARED_ROWS = 40_000
"""Rows on which straight and bent utilities are compared."""
SMALL_PROBABILITY = 1e-6
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
    """The same within eligible sets and weeks, which know nothing of the prediction,"""
    calibration_within_situations: tuple[tuple[str, float, float], ...]
    """and among rows of one standing of all channels; empty where an epoch is one choice."""
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
    squares = is_bent(Learning.of(t, compared, fold))
    rows = np.flatnonzero(choice)
    smooth, clone = cross_fit(t, fitted, rows, fold, folds, squares)
    estimated = t.eligible / t.eligible.sum(axis=1, keepdims=True)
    estimated[rows] = smooth.held_out(fold[rows])
    regimes = find_regimes(t, estimated, fitted)
    notes = []
    for r in range(len(regimes) if len(regimes) > 1 else 0):
        mine = choice & (regimes.regime_of(t.day) == r)
        own = int(mine.sum()) >= MIN_REGIME_ROWS
        if own:
            of_regime, model = cross_fit(t, fitted & mine, np.flatnonzero(mine), fold, folds, squares)
            smooth = smooth.with_regime(mine[rows], of_regime)
            clone = model if r == len(regimes) - 1 else clone
        if r:
            notes.append(change_note(regimes, r, own))
    if smooth.of_rows.any():
        estimated[rows] = smooth.held_out(fold[rows])
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
        standing=None if t.standing is None else t.standing[rows],
    )
    estimated[rows], fit = fit_beyond_softmax(choices, estimated[rows], smooth.without)
    del choices
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
        calibration_within_situations=()
        if t.standing is None
        else calibration_within(
            probabilities[asked],
            t.eligible[asked],
            t.action[asked],
            situations(t.eligible[asked], t.standing[asked]),
            t.actions,
        ),
        overlap=overlap_table(probabilities[choice], t.eligible[choice], t.actions, min_probability),
        model=BehaviourClone(clone),
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
