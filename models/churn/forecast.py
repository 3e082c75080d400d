"""How likely is each entity active within so many days, from its state? A logistic regression.

    logit P(active within H days | s) = t (b + w . z(s)) + c

z the standardised features, with their squares where entities left out ask for them, and a ridge of the
size they ask for; t and c set the chances as far apart as they ask for (Platt 1999). Entities are dealt to
folds: the chances that are checked are those of entities that taught none of all this. Assumes that
the days to come are like those of the log, delivery included: it forecasts what happens if all goes on, and
says nothing of what would keep anyone. Wrong where a season, a price or a platform has changed since; the
newest windows count as much as the oldest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.churn.activity_log import ActivityLog, Bools, Floats, Ints
from models.churn.calibration import Calibration, calibrate
from models.mdp import fold_of
from models.numerics import (
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
    masked_softmax,
)

FOLDS = 5
CHURN_SALT = 0x5EED_0074
MIN_ENTITIES = 100
"""Active and not active: with fewer of either nothing is learnt."""
INNER_FOLDS = 3
INNER_SALT = 0x5EED_0075
"""Not the folds of the check, which holds for what these choose."""
FORMS = ((False, 1e5), (False, 1e4), (False, 1e3), (False, 1e2), (True, 1e3), (True, 1e2))
"""(squares, ridge in rows) that are tried; of equal ones the first."""


@dataclass(frozen=True)
class ActivityForecast:
    """Chances of being active within a window."""

    model: SoftmaxRegression
    within_days: int
    calibration: Calibration
    """By entities left out."""

    def chances(self, features: NDArray[np.floating]) -> Floats:
        """(m,) of states (m, d): 1 less these are the chances of churn."""
        return _chances(self.model, features)


def forecast_activity(log: ActivityLog, *, within_days: int, level: float = 0.95) -> ActivityForecast:
    """Learn from all windows of a log that have ended, and check by entities left out.

    Raises ValueError where fewer than MIN_ENTITIES were active in a window, or not active.
    """
    windows = log.windows(within_days)
    for active, what in ((windows.active, "active"), (~windows.active, "not active")):
        if len(np.unique(windows.entity[active])) < MIN_ENTITIES:
            raise ValueError(
                f"a forecast takes {MIN_ENTITIES} entities that were {what} in a window of {within_days} "
                "days, and the log has fewer whose window has ended"
            )
    features, fold = log.features[windows.rows], fold_of(windows.entity, FOLDS, CHURN_SALT)
    chance = np.zeros(len(windows.rows))
    for k in range(FOLDS):
        mine = fold == k
        if mine.any():
            model = _learn(features[~mine], windows.active[~mine], windows.entity[~mine])
            chance[mine] = _chances(model, features[mine])
    return ActivityForecast(
        _learn(features, windows.active, windows.entity),
        within_days,
        calibrate(chance, windows.active, windows.entity, level=level),
    )


def _learn(features: NDArray[np.floating], active: Bools, entity: Ints) -> SoftmaxRegression:
    """The form that foretells best what entities left out did, its chances as far apart as they ask for."""
    fold, taken = fold_of(entity, INNER_FOLDS, INNER_SALT), active.astype(np.int64)
    either = np.ones((len(active), 2), bool)
    best, utilities, form = -np.inf, np.zeros(either.shape), FORMS[0]
    for tried in FORMS:
        told = np.zeros(either.shape)
        for k in range(INNER_FOLDS):
            mine = fold == k
            if mine.any():
                told[mine] = _fit(features[~mine], active[~mine], tried).utilities(features[mine])
        likely = float(log_likelihoods(masked_softmax(told, either), taken).sum())
        if likely > best:
            best, utilities, form = likely, told, tried
    temperature, bias = fit_calibration(utilities, either, taken, ridge=1.0)
    return _fit(features, active, form).calibrated(temperature, bias)


def _fit(features: NDArray[np.floating], active: Bools, form: tuple[bool, float]) -> SoftmaxRegression:
    squares, ridge = form
    either = np.ones((len(active), 2), bool)
    return fit_softmax_regression(features, either, active.astype(np.int64), ridge=ridge, squares=squares)


def _chances(model: SoftmaxRegression, features: NDArray[np.floating]) -> Floats:
    return model.probabilities(features, np.ones((len(features), 2), bool))[:, 1]
