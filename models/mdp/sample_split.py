"""Who teaches the agents that decide for whom: entities are dealt to folds by a hash of their key alone.

What decides for the entities of a fold learnt from those of the other folds, so that everybody judges an
agent and nobody one that has seen them. An entity keeps its fold from night to night, whoever else comes or
leaves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sql.errors import StudyError

FOLD_SALT = 0x5EED_0002
AGENT_FOLDS = 2
"""Of the agents. The Q and the weights of an evaluation use the same ones by default: whatever they say of a
fold comes from the others alone. Delivery is learnt by folds of its own, so that of mu no entity is its own
teacher, but entities of either fold may be."""


@dataclass(frozen=True)
class Folds:
    """Which fold each row of a table is in, and how many entities there are."""

    of_row: NDArray[np.int64]  # (n,) 0..AGENT_FOLDS-1
    entities: int

    def teachers(self, fold: int) -> NDArray[np.bool_]:
        """(n,) rows of the entities that teach the agents of a fold: all that are not in it."""
        return self.of_row != fold


def mixed_hash(key: NDArray[np.int64], salt: int) -> NDArray[np.uint64]:
    """splitmix64 (Steele, Lea & Flood 2014) of (n,) keys, applied twice with the salt in between.

    Neighbouring keys and neighbouring salts give unrelated hashes; the same on every machine.
    """
    return _splitmix64(_splitmix64(key.astype(np.int64).view(np.uint64)) ^ np.uint64(salt % 2**64))


def uniform_of(key: NDArray[np.int64], salt: int) -> NDArray[np.float64]:
    """A number in [0, 1) per key (n,), fixed by key and salt."""
    return (mixed_hash(key, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def fold_of(entity: NDArray[np.int64], folds: int, salt: int = FOLD_SALT) -> NDArray[np.int64]:
    """Fold 0..folds-1 of each row (n,) for cross-fitting: all rows of an entity share one fold."""
    if folds < 2:
        raise StudyError(f"Cross-fitting needs at least 2 folds of entities, not {folds}.")
    high = mixed_hash(entity, salt) >> np.uint64(32)
    return ((high * np.uint64(folds)) >> np.uint64(32)).astype(np.int64)


def deal_folds(entity: NDArray[np.int64]) -> Folds:
    """The agents' fold of every row (n,) of a table."""
    return Folds(fold_of(entity, AGENT_FOLDS), len(np.unique(entity)))


def _splitmix64(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One splitmix64 step; uint64 arithmetic wraps around, as it must."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
