"""The order of an entity's events as state: a gated recurrent unit reads them one after the other.

    r = sigmoid(W_r x + b_r + U_r h + c_r)
    z = sigmoid(W_z x + b_z + U_z h + c_z)
    n = tanh(W_n x + b_n + r (U_n h + c_n))
    h <- (1 - z) n + z h                                                        (Cho et al. 2014)

x is a day on which something happened: what was shown and clicked by channel, visits, purchases that became
known, and the time since the last such day. Logs tell visits, clicks and purchases by the day, so that what
one day holds is read at once; the order is that of days. h runs along the whole past, and forgets by itself:
one pass along the events, nothing to set, and no window to be cut anew at every decision. A decision reads h
as it was after the last event before its epoch, like every other feature, and how long ago that was.

Weights are frozen: `models.encoder` has them taught. The replay of a log and the simulated worlds run the
same class, so that a policy meets in force what it was taught on.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.mdp.state import EpochEvents
from models.mdp.transition_table import Feature
from models.results import SEQUENCE

Floats = NDArray[np.float32]
ORDER = "order"
"""Group of the features made here."""
OTHER_INPUTS = 5
"""Of a day, beside what was shown and clicked by channel."""
FADES_IN_DAYS = 10.0


@dataclass(frozen=True)
class SequenceEncoder:
    """A frozen recurrent unit of u numbers over days of i inputs, K channels."""

    actions: tuple[str, ...]
    """Whose channels it reads, `none` first."""
    teachers: float
    """Share of the entities that were set aside to teach it,"""
    within_days: int
    """and how far ahead they had it look."""
    to_input: Floats  # (3u, i) W of r, z, n
    to_hidden: Floats  # (3u, u) U
    input_bias: Floats  # (3u,) b
    hidden_bias: Floats  # (3u,) c

    @property
    def units(self) -> int:
        return self.to_hidden.shape[1]

    @cached_property
    def version(self) -> str:
        """Tells it from any other one."""
        content = b"".join(a.tobytes() for a in (self.to_input, self.to_hidden, self.input_bias))
        return hashlib.sha256(content + self.hidden_bias.tobytes()).hexdigest()[:12]

    def step(self, days: Floats, hidden: Floats) -> Floats:
        """h (m, u) after one more event each; days (m, i) as of `event_days`, hidden (m, u)."""
        u = self.units
        read = _times(days, self.to_input) + self.input_bias
        kept = _times(hidden, self.to_hidden) + self.hidden_bias
        reset = _sigmoid(read[:, :u] + kept[:, :u])
        stay = _sigmoid(read[:, u : 2 * u] + kept[:, u : 2 * u])
        new = np.tanh(read[:, 2 * u :] + reset * kept[:, 2 * u :])
        return (1 - stay) * new + stay * hidden


def inputs_of(channels: int) -> int:
    """Inputs of a day, i."""
    return 2 * channels + OTHER_INPUTS


def sequence_features(encoder: SequenceEncoder) -> tuple[Feature, ...]:
    """The features in order: one per unit, and the time since."""
    last = "the order of the last events"
    read = tuple(
        Feature(
            f"{SEQUENCE}_{i}",
            "number",
            f"{last}, number {i} of the {encoder.units} that a network makes of them",
            ORDER,
            f"{last}, number {i} of {encoder.units}",
            encoder.version,
        )
        for i in range(1, encoder.units + 1)
    )
    since = f"exp(-days since the last event / {FADES_IN_DAYS:g}), 0 if none"
    return (*read, Feature(f"{SEQUENCE}_recency", "share", since, ORDER, "how long ago the last event was"))


def event_days(events: EpochEvents, since: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The entities (m,) to whom something happened on a day, and what it was (m, i), counts and amounts as
    logarithms. since (n,): days since each one's event before, infinite where there was none."""
    purchases, margin = events.known_purchases, events.known_margin
    some = events.exposures.any(axis=1) | events.clicks.any(axis=1) | (events.visits > 0)
    who = np.flatnonzero(some | (purchases != 0) | (margin != 0))
    gap = np.where(np.isfinite(since[who]), since[who], 0.0)
    columns = [
        np.log1p(events.exposures[who]),
        np.log1p(events.clicks[who]),
        np.log1p(events.visits[who])[:, None],
        np.log1p(np.maximum(purchases[who], 0))[:, None],
        (np.sign(margin[who]) * np.log1p(np.abs(margin[who])))[:, None],
        np.log1p(gap)[:, None],
        np.isinf(since[who])[:, None],  # the first event of all
    ]
    return who, np.concatenate(columns, axis=1, dtype=np.float32)


class SequenceState:
    """Running h of n entities; `features` before `advance`, day by day."""

    def __init__(self, encoder: SequenceEncoder, n: int) -> None:
        self._encoder = encoder
        self._hidden = np.zeros((n, encoder.units), np.float32)
        self._since = np.full(n, np.inf, np.float32)  # days

    def features(self, rows: NDArray[np.int64]) -> Floats:
        """(m, u + 1) of the entities `rows` (m,)."""
        recency = np.exp(-self._since[rows] / np.float32(FADES_IN_DAYS))
        return np.concatenate([self._hidden[rows], recency[:, None]], axis=1, dtype=np.float32)

    def advance(self, events: EpochEvents) -> None:
        """Let one day pass."""
        who, days = event_days(events, self._since)
        self._hidden[who] = self._encoder.step(days, self._hidden[who])
        self._since[who] = 0
        self._since += 1


def _times(x: Floats, weights: Floats) -> Floats:
    """(m, o) of x (m, k) and weights (o, k), one column after the other: a row's bits do not depend on which
    rows stand beside it, nor on threads."""
    found = np.zeros((len(x), len(weights)), np.float32)
    for k in range(x.shape[1]):
        found += x[:, k, None] * weights[None, :, k]
    return found


def _sigmoid(x: Floats) -> Floats:
    return np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * x))
