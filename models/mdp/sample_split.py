"""Who trains, who chooses, who reports: entities are assigned by a hash of their key and by nothing else.

An entity therefore keeps its part from night to night, whoever else comes or leaves, and the headline
number never comes from entities that chose the policy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sql.errors import StudyError

PART_SALT = 0x5EED_0001
FOLD_SALT = 0x5EED_0002
"""Parts and folds must be independent draws, hence two salts."""


@dataclass(frozen=True)
class Users:
    """Row masks of the three parts, and how many entities each has. Every row is in exactly one part."""

    train: NDArray[np.bool_]  # (n,)
    choose: NDArray[np.bool_]  # (n,)
    report: NDArray[np.bool_]  # (n,)
    n_train: int
    n_choose: int
    n_report: int


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


def split_users(entity: NDArray[np.int64], *, train_share: float, choose_share: float) -> Users:
    """Split rows (n,) by entity into train, choose and report.

    Shares are of entities and hold in expectation; the rest of the entities report.
    Raises StudyError when the shares leave nobody to report.
    """
    if not (train_share > 0 and choose_share > 0 and train_share + choose_share < 1):
        raise StudyError(
            f"evaluation.train_share = {train_share:g} and evaluation.choose_share = {choose_share:g} must "
            "be positive and sum to less than 1: the rest of the entities report."
        )
    distinct, row = np.unique(entity, return_inverse=True)
    draw = uniform_of(distinct, PART_SALT)  # (entities,)
    part = (draw >= train_share).astype(np.int8) + (draw >= train_share + choose_share)
    counts = np.bincount(part, minlength=3)
    by_row = part[row]
    return Users(
        train=by_row == 0,
        choose=by_row == 1,
        report=by_row == 2,
        n_train=int(counts[0]),
        n_choose=int(counts[1]),
        n_report=int(counts[2]),
    )


def _splitmix64(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One splitmix64 step; uint64 arithmetic wraps around, as it must."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
