"""What a policy is: probabilities over the eligible actions, given state and today's delivery."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.mdp import Features
from models.numerics import side_by_side

Floats = NDArray[np.float64]
ASKED_ROWS = 1 << 16
"""Decisions a policy is asked about at a time: bounds the memory beside the answer."""

NO_FEATURES: NDArray[np.float32] = np.zeros((0, 0), np.float32)
"""For a policy that does not look at the state."""


class Policy(Protocol):
    """pi(a|s). Rows sum to 1, ineligible actions have probability 0."""

    @property
    def name(self) -> str: ...

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
    ) -> Floats:
        """(n, A) from raw features (n, d), eligible actions (n, A) and behaviour probabilities (n, A)."""
        ...


@runtime_checkable
class ByFold(Protocol):
    """A policy that learnt from entities: one for those of each fold, and in force the mean of them."""

    def of_fold(self, fold: int) -> Policy:
        """The policy that learnt from the entities of the other folds alone: the one to judge it by."""
        ...


Stretch = tuple[Policy, slice | NDArray[np.int64]]
"""A policy and rows that it is asked about."""
Run = Callable[[Callable[[Any], None], Iterable[Any]], Any]
"""Has a piece of work done for each of several items."""


def of_fold(policy: Policy, fold: int) -> Policy:
    """As the entities of a fold judge it: a policy that learnt from nobody is the same for all."""
    return policy.of_fold(fold) if isinstance(policy, ByFold) else policy


def probabilities_in(
    policy: Policy,
    features: Features | None,
    eligible: NDArray[np.bool_],
    behaviour: Floats,
    fold: NDArray[np.int64] | None = None,
    run: Run = side_by_side,
) -> Floats:
    """(n, A) of a policy, stretch by stretch, as `run` has them done. features (n, d) raw, None for a policy
    that does not look at the state; eligible, behaviour (n, A); fold (n,): each row's, where it is to be
    judged by those who did not teach it; None: the policy as it is in force."""
    found = np.empty(behaviour.shape)

    def ask(stretch: Stretch) -> None:
        asked, part = stretch
        seen = NO_FEATURES if features is None else features[part]
        found[part] = asked.probabilities(seen, eligible[part], behaviour[part])

    run(ask, _stretches(policy, len(behaviour), fold))
    return found


def probabilities_by_fold(
    acting: Sequence[Policy],
    features: Features,
    eligible: NDArray[np.bool_],
    behaviour: Floats,
    run: Run = side_by_side,
) -> NDArray[np.float32]:
    """(F, n, A) of every fold's policy in every row, as `probabilities_in` has those of one: large, so that
    seven digits have to do."""
    found = np.empty((len(acting), *behaviour.shape), np.float32)

    def ask(part: slice) -> None:
        seen, possible, usual = features[part], eligible[part], behaviour[part]
        for of_fold, policy in zip(found, acting, strict=True):
            of_fold[part] = policy.probabilities(seen, possible, usual)

    run(ask, _parts(len(behaviour)))
    return found


def _stretches(policy: Policy, n: int, fold: NDArray[np.int64] | None) -> Iterator[Stretch]:
    """The rows 0..n-1 that one policy is asked about at a time."""
    if fold is None or not isinstance(policy, ByFold):
        yield from ((policy, part) for part in _parts(n))
        return
    for f in np.unique(fold).tolist():
        mine, asked = np.flatnonzero(fold == f), policy.of_fold(f)
        yield from ((asked, mine[part]) for part in _parts(len(mine)))


def _parts(n: int) -> Iterator[slice]:
    return (slice(start, start + ASKED_ROWS) for start in range(0, n, ASKED_ROWS))
