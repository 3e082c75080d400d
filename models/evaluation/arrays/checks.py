"""Plain arrays from anywhere, checked: every complaint names the array, the row and what would be right."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.evaluation.estimators.weights import TOLERANCE

Floats = NDArray[np.float64]
FLOAT32_TOLERANCE = 1e-4
"""Sums of single-precision probabilities may be off by this much; they are then divided by their sum."""


def numbers(name: str, values: ArrayLike, shape: tuple[int, ...], dimensions: str) -> Floats:
    """A finite float64 array of a shape; `dimensions` says it in letters, like `(n, A)`."""
    found = np.asarray(values)
    if found.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds {found.dtype}; it must hold numbers.")
    if found.shape != shape:
        raise ValueError(f"{name} has shape {found.shape}; it must be {dimensions} = {shape}.")
    floats = found.astype(np.float64)
    bad = np.argwhere(~np.isfinite(floats))
    if len(bad):
        where = _place(bad[0])
        raise ValueError(f"{name}, {where}: {floats[tuple(bad[0])]} is no value; it must be a finite number.")
    return floats


def whole_numbers(name: str, values: ArrayLike, n: int) -> NDArray[np.int64]:
    """Integers (n,); floats that are whole are taken as well."""
    floats = numbers(name, values, (n,), "(n,)")
    odd = np.flatnonzero(floats != np.floor(floats))
    if len(odd):
        raise ValueError(f"{name}, row {odd[0]}: {floats[odd[0]]:g} is not whole; it must be an integer.")
    return floats.astype(np.int64)


def flags(name: str, values: ArrayLike, shape: tuple[int, ...], dimensions: str) -> NDArray[np.bool_]:
    """True and False, or 1 and 0."""
    floats = numbers(name, values, shape, dimensions)
    odd = np.argwhere((floats != 0) & (floats != 1))
    if len(odd):
        value = floats[tuple(odd[0])]
        raise ValueError(f"{name}, {_place(odd[0])}: {value:g} is no flag; it must be True or False.")
    return floats.astype(bool)


def identities(name: str, values: ArrayLike, n: int | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number (n,) of each row's identity, 0.. in ascending order, and a key (G,) int64 per identity.

    Whole numbers are their own keys, texts are hashed: neither depends on the order or number of rows.
    """
    found = np.asarray(values)
    if found.ndim != 1 or (n is not None and len(found) != n):
        raise ValueError(
            f"{name} has shape {found.shape}; it must be (n,){'' if n is None else f' = ({n},)'}."
        )
    if not len(found):
        raise ValueError(f"{name} is empty; at least one decision is needed.")
    if found.dtype.kind in "iuf":
        whole = found if found.dtype.kind in "iu" else whole_numbers(name, found, len(found))
        distinct, index = np.unique(whole, return_inverse=True)
        return index, distinct.astype(np.int64)
    texts = found.tolist()
    odd = [row for row, text in enumerate(texts) if not isinstance(text, str)]
    if odd:
        raise ValueError(
            f"{name}, row {odd[0]}: {texts[odd[0]]!r} is no name; use whole numbers or texts throughout."
        )
    distinct_texts, index = np.unique(np.asarray(texts), return_inverse=True)
    return index, np.array([_key_of(text) for text in distinct_texts.tolist()], np.int64)


def probabilities(name: str, values: ArrayLike, eligible: NDArray[np.bool_]) -> Floats:
    """A distribution over the eligible actions (n, A) in every row."""
    found = numbers(name, values, eligible.shape, "(n, A)")
    if found.size and found.min() < 0:
        row, action = np.argwhere(found < 0)[0]
        raise ValueError(
            f"{name}, row {row}: probability {found[row, action]:.3g} for action {action}; "
            "it must be 0 or more."
        )
    single = np.asarray(values).dtype.kind == "f" and np.asarray(values).dtype.itemsize < 8
    total = found.sum(axis=1)
    off = np.flatnonzero(np.abs(total - 1.0) > (FLOAT32_TOLERANCE if single else TOLERANCE))
    if len(off):
        raise ValueError(
            f"{name}, row {off[0]}: the probabilities sum to {total[off[0]]:.6g}; they must sum to 1."
        )
    outside = np.argwhere((found > 0) & ~eligible)
    if len(outside):
        row, action = outside[0]
        raise ValueError(
            f"{name}, row {row}: probability {found[row, action]:.3g} for action {action}, "
            "which was not eligible there; it must be 0."
        )
    return found / total[:, None] if single else found


def check_steps(
    journey: NDArray[np.int64], step: NDArray[np.int64], rows: NDArray[np.int64], name: Any
) -> None:
    """Steps must be 0, 1, 2, ... in each journey; all (n,), sorted by (journey, step).

    rows (n,): the caller's row of each; name: identities of the rows as the caller wrote them.
    """
    first = np.r_[True, np.diff(journey) != 0]
    expected = np.where(first, 0, np.r_[0, step[:-1] + 1])
    wrong = np.flatnonzero(step != expected)
    if not len(wrong):
        return
    i = int(wrong[0])
    who, row = np.asarray(name)[rows[i]], rows[i]
    if not first[i] and step[i] == step[i - 1]:
        text = f"step {step[i]} stands there twice (rows {rows[i - 1]} and {row}); keep one."
    elif first[i]:
        text = f"it begins with step {step[i]} (row {row}); the first step of a journey must be 0."
    else:
        gap = f"step {step[i]} follows step {step[i - 1]} (row {row})"
        text = f"{gap}; steps must count 0, 1, 2, ... without gaps."
    raise ValueError(f"step, journey {who}: {text}")


def _key_of(text: str) -> int:
    """The first 8 bytes of BLAKE2b: the same on every machine, unlike Python's own hash."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _place(index: NDArray[np.int64]) -> str:
    return f"row {index[0]}" if len(index) == 1 else f"row {index[0]}, column {index[1]}"
