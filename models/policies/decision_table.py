"""A policy written down decision by decision: who, when, and with which probabilities."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp import Transitions
from models.policies.policy import Floats

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class DecisionTable:
    """m entries with probabilities over A actions. A key that is None stands for all: without `day` an entry
    speaks for every decision of its entity, without `substep` for every decision of that day."""

    name: str
    entity: NDArray[np.int64]  # (m,) pseudonymous key
    day: NDArray[np.int32] | None  # (m,) first day of the epoch, days since 1970-01-01
    substep: NDArray[np.int32] | None  # (m,) decisions of the entity earlier in the epoch
    probabilities: Floats  # (m, A) rows sum to 1

    def entries(self, transitions: Transitions, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """(r,) the entry that speaks for each of the given rows of the transition table; -1 is none."""
        keys: dict[str, tuple[NDArray, NDArray]] = {"entity": (self.entity, transitions.entity[rows])}
        if self.day is not None:
            keys["day"] = (self.day, transitions.day[rows])
        if self.substep is not None:
            keys["substep"] = (self.substep, substeps(transitions)[rows])
        mine = pl.DataFrame({name: pair[0] for name, pair in keys.items()})
        theirs = pl.DataFrame({name: pair[1] for name, pair in keys.items()})
        entry = np.arange(len(self.entity), dtype=np.int64)
        joined = theirs.join(
            mine.with_columns(pl.Series("entry", entry)), on=list(keys), how="left", maintain_order="left"
        )
        return joined["entry"].fill_null(-1).to_numpy()

    def target(self, entries: NDArray[np.int64], eligible: Bools, behaviour: Floats) -> Floats:
        """(r, A) the policy: mu where no entry speaks. What an entry gives to actions that were not eligible
        goes to today's delivery there."""
        wanted = np.where(eligible, self.probabilities[entries], 0.0)
        left = np.maximum(1.0 - wanted.sum(axis=1, keepdims=True), 0.0)
        return np.where((entries >= 0)[:, None], wanted + left * behaviour, behaviour)

    def impossible(self, entries: NDArray[np.int64], eligible: Bools) -> float:
        """Mean probability that entries give to actions which were not eligible, over the rows they name."""
        named = entries >= 0
        lost = np.where(eligible[named], 0.0, self.probabilities[entries[named]]).sum(axis=1)
        return float(lost.mean()) if len(lost) else 0.0


def substeps(transitions: Transitions) -> NDArray[np.int32]:
    """(n,) how many decisions of the entity came before in the same epoch."""
    n = transitions.n_rows
    new = np.r_[True, (np.diff(transitions.entity) != 0) | (np.diff(transitions.day) != 0)][:n]
    began = np.maximum.accumulate(np.where(new, np.arange(n), 0))
    return (np.arange(n) - began).astype(np.int32)
