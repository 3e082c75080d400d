"""Worlds as the tests of arms that they are, without a night around them."""

import numpy as np
from numpy.typing import NDArray

from models.trials import TrialLog

Floats = NDArray[np.float64]


def trial_of(
    arm: NDArray[np.int64],
    arms: tuple[str, ...],
    earned: Floats,
    cost: Floats,
    facts: dict[str, Floats],
    parts: tuple[str, ...] = (),
) -> TrialLog:
    """Arms drawn with equal shares, `none` the idle one if there is one; everything (n,)."""
    return TrialLog(
        entity=np.arange(len(arm)) * 7919,  # hashes of keys deal folds
        arm=arm.astype(np.int64),
        arms=arms,
        idle=arms.index("none") if "none" in arms else None,
        outcome=earned.astype(np.float64),
        cost=cost.astype(np.float64),
        covariates=np.column_stack([*facts.values()]) if facts else np.zeros((len(arm), 0)),
        names=tuple(facts),
        probability=np.full(len(arm), 1 / len(arms)),
        parts=parts,
    )
