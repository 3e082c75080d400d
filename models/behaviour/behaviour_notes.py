"""What a night says of the model of today's delivery, in sentences."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.behaviour.delivery_fit import DeliveryFit
from models.behaviour.regimes import Regimes


def model_notes(
    squares: bool, fit: DeliveryFit, fitted: NDArray[np.bool_], choice: NDArray[np.bool_]
) -> list[str]:
    """Sentences about the model, where it is what probabilities come from."""
    notes = []
    if squares:
        notes.append("Delivery is modelled with squared terms: straight ones predict held-out users worse.")
    if fit.groupings or fit.boosted:
        notes.append(_beyond_note(fit))
    if fitted.sum() < choice.sum():
        notes.append(
            f"The behaviour model was fitted on {fitted.sum()} sampled rows of {choice.sum()} with a choice."
        )
    return notes


def _beyond_note(fit: DeliveryFit) -> str:
    """A sentence about what was added to the softmax, and what it brought."""
    added = [f"effects of {', '.join(g.name for g in fit.groupings)}"] if fit.groupings else []
    added += ["boosted trees"] if fit.boosted else []
    return (
        f"Delivery is not a softmax of the state alone: with {' and '.join(added)} what was done is "
        f"predicted with a log likelihood of {fit.chosen:.3f} per choice of people the model did not see, "
        f"instead of {fit.softmax:.3f}."
    )


def change_note(regimes: Regimes, r: int, own: bool) -> str:
    """A sentence about the beginning of a regime, r >= 1."""
    change = regimes.changes[r - 1]
    what = f"its use of {change.action}" + (f" by {change.feature}" if change.feature else "")
    model = "modelled on its own" if own else "too short for a model of its own"
    day = date(1970, 1, 1) + timedelta(change.day)
    return f"Delivery changed on {day} ({what}); from there on it is {model}."
