"""From plain arrays in any order to journeys: sorted, numbered, standardised, or refused in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.evaluation.arrays.checks import (
    check_steps,
    flags,
    identities,
    numbers,
    probabilities,
    whole_numbers,
)
from models.mdp import TIMEOUT, Feature, Journeys, Transitions
from models.numerics import one_blas_thread, standardisation

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DERIVED = ("cost", "profit")
"""Journeys that end in these two outcomes have them computed from the others; here both are logged."""


@dataclass(frozen=True)
class ArrayLog:
    """Checked arrays, n rows sorted by (cluster, journey, step); `journeys.rows` is the caller's row."""

    journeys: Journeys
    behaviour: Floats | None  # (n, A)
    targets: dict[str, Floats]  # name -> (n, A)


def array_log(
    *,
    journey: ArrayLike,
    step: ArrayLike,
    action: ArrayLike,
    outcomes: Mapping[str, ArrayLike],
    target: Mapping[str, ArrayLike],
    behaviour: ArrayLike | None,
    features: ArrayLike | None,
    eligible: ArrayLike | None,
    cluster: ArrayLike | None,
    timeout: ArrayLike | None,
    action_names: Sequence[str] | None,
) -> ArrayLog:
    """The arguments of `evaluate`, as journeys whose values are means per journey. Raises ValueError."""
    index, ids = identities("journey", journey, None)
    n = len(index)
    group, keys = (index, ids) if cluster is None else identities("cluster", cluster, n)
    _check_nested(index, group, journey)
    n_actions = _count_actions(target)
    taken = _taken(action, n, n_actions)
    possible = np.ones((n, n_actions), bool)
    if eligible is not None:
        possible = flags("eligible", eligible, (n, n_actions), "(n, A)")
        _check_taken("eligible", possible, taken, "not eligible, and was taken; it must be eligible there")
    targets = {name: probabilities(f"target {name!r}", pi, possible) for name, pi in target.items()}
    mu = None if behaviour is None else probabilities("behaviour", behaviour, possible)
    if mu is not None:
        _check_taken("behaviour", mu > 0, taken, "of probability 0, and was taken; it must be above 0")
    booked = {
        name: numbers(f"outcome {name!r}", values, (n,), "(n,)") for name, values in _named(outcomes).items()
    }
    steps = whole_numbers("step", step, n)

    order = np.lexsort((steps, index, group))
    first = np.r_[True, np.diff(index[order]) != 0]
    number, t = np.cumsum(first) - 1, steps[order]
    check_steps(number, t, order, journey)
    journeys = Journeys(
        rows=order,
        journey=number,
        t=t.astype(np.int32),
        cluster=group[order],
        action=taken[order].astype(np.int16),
        eligible=possible[order],
        features=_standardised(features, order),
        outcomes=np.column_stack([values[order] for values in booked.values()]),
        n_clusters=len(keys),
        n_journeys=len(ids),
        cluster_key=keys,
        scale=1.0 / len(ids),
        means=True,
        outcome_names=tuple(booked),
        outcome_units=("count",) * len(booked),
        actions=_action_names(action_names, n_actions),
        days_left=None if timeout is None else _steps_left(timeout, index, number, t, order),
    )
    sorted_targets = {name: pi[order] for name, pi in targets.items()}
    return ArrayLog(journeys, None if mu is None else mu[order], sorted_targets)


def as_transitions(journeys: Journeys) -> Transitions:
    """What the behaviour model reads of a transition table; the rest is empty."""
    n, d = journeys.features.shape
    nothing = np.zeros(n, np.int32)
    return Transitions(
        entity=journeys.cluster_key[journeys.cluster],
        day=nothing,
        step=np.arange(n, dtype=np.int32),
        action=journeys.action,
        eligible=journeys.eligible,
        features=journeys.features[:].astype(np.float32),
        outcomes=np.zeros((n, 0), np.int64),
        elapsed_days=np.ones(n, np.float32),
        end=np.full(n, TIMEOUT, np.uint8),
        mature=np.ones(n, bool),
        propensity=None,
        segment=nothing.astype(np.int16),
        actions=journeys.actions,
        segments=("",),
        feature_spec=tuple(Feature(f"feature {k}", "standardised", "") for k in range(d)),
        outcome_spec=(),
    )


def _check_nested(index: NDArray[np.int64], group: NDArray[np.int64], journey: ArrayLike) -> None:
    """A journey belongs to one cluster. index, group (n,): numbers of each row's journey and cluster."""
    one = np.empty(index.max() + 1, np.int64)
    one[index[::-1]] = group[::-1]  # the first row's
    torn = np.flatnonzero(one[index] != group)
    if len(torn):
        raise ValueError(
            f"cluster, row {torn[0]}: journey {np.asarray(journey)[torn[0]]} is in another cluster before; "
            "all rows of a journey must be in one."
        )


def _count_actions(target: Mapping[str, ArrayLike]) -> int:
    if not target:
        raise ValueError("target names no policy; give at least one, name -> probabilities (n, A).")
    if "logged" in target:
        raise ValueError(
            "target 'logged': today's delivery is always evaluated under this name; use another."
        )
    name, values = next(iter(target.items()))
    shape = np.shape(values)
    if len(shape) != 2 or not shape[1]:
        raise ValueError(f"target {name!r} has shape {shape}; it must be (n, A), one column per action.")
    return int(shape[1])


def _taken(action: ArrayLike, n: int, n_actions: int) -> NDArray[np.int64]:
    taken = whole_numbers("action", action, n)
    out = np.flatnonzero((taken < 0) | (taken >= n_actions))
    if len(out):
        raise ValueError(
            f"action, row {out[0]}: {taken[out[0]]} is no column of the targets; "
            f"it must be from 0 to {n_actions - 1}."
        )
    return taken


def _check_taken(name: str, allowed: Bools, taken: NDArray[np.int64], what: str) -> None:
    wrong = np.flatnonzero(~allowed[np.arange(len(taken)), taken])
    if len(wrong):
        raise ValueError(f"{name}, row {wrong[0]}: action {taken[wrong[0]]} is {what}.")


def _action_names(names: Sequence[str] | None, n_actions: int) -> tuple[str, ...]:
    if names is None:
        return tuple(f"action {k}" for k in range(n_actions))
    if len(names) != n_actions or len(set(names)) < n_actions:
        raise ValueError(f"action_names is {list(names)}; it must hold {n_actions} different names.")
    return tuple(names)


def _named(outcomes: Mapping[str, ArrayLike]) -> dict[str, ArrayLike]:
    """The outcomes, in an order in which none is taken for a derived one."""
    if not outcomes:
        raise ValueError("outcomes is empty; give at least one, name -> values (n,).")
    names = list(outcomes)
    if tuple(names[-2:]) == DERIVED:
        names[-2:] = DERIVED[::-1]
    return {name: outcomes[name] for name in names}


def _standardised(features: ArrayLike | None, order: NDArray[np.int64]) -> Floats:
    """(n, d) with mean 0 and standard deviation 1, a constant one 0; sorted, so that sums have one order."""
    n = len(order)
    if features is None:
        return np.zeros((n, 0))
    shape = np.shape(features)
    if len(shape) != 2:
        raise ValueError(f"features has shape {shape}; it must be (n, d), one column per feature.")
    raw = numbers("features", features, (n, shape[1]), "(n, d)")[order]
    with one_blas_thread():
        mean, scale = standardisation(raw)
    return (raw - mean) / scale


def _steps_left(
    timeout: ArrayLike,
    index: NDArray[np.int64],
    number: NDArray[np.int64],
    t: NDArray[np.int64],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """(n,) steps to the end of the journey's window: its own length after a timeout, else the longest one.

    timeout (n,) or (J,); index (n,): the caller's rows' journeys; number, t, order (n,): sorted.
    """
    lengths = np.bincount(number)  # (J,) sorted by (cluster, journey)
    last = np.cumsum(lengths) - 1
    if np.shape(timeout) == (len(index),):
        row_flags = flags("timeout", timeout, (len(index),), "(n,)")[order]
        cut = row_flags[last]
        early = np.flatnonzero(row_flags & ~cut[number])
        if len(early):
            raise ValueError(
                f"timeout, row {order[early[0]]}: flagged, but the last step of its journey is not; "
                "a log ends at a journey's last step."
            )
    elif np.shape(timeout) == (len(lengths),):
        cut = flags("timeout", timeout, (len(lengths),), "(J,)")[index[order][last]]
    else:
        raise ValueError(
            f"timeout has shape {np.shape(timeout)}; it must be (n,) = ({len(index)},), "
            f"or one flag per journey, ({len(lengths)},)."
        )
    window = np.where(cut, lengths, lengths.max())
    return (window[number] - t).astype(np.int32)
