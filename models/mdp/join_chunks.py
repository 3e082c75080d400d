"""Tables of chunks of entities as one, without holding it twice."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.mdp.logged_propensities import LoggedTransitions, join_logged
from models.mdp.transition_table import NextDecisions, Transitions

COLUMNS = (
    "entity", "day", "step", "action", "eligible", "outcomes", "elapsed_days", "end", "mature", "segment"
)  # fmt: skip


def join_chunks(chunks: list[LoggedTransitions], others: Sequence[LoggedTransitions]) -> Transitions:
    """Chunks of ascending entities as one table; of the others the next decisions alone. `chunks` is emptied:
    each is let go of as soon as its features are copied."""
    if len(chunks) == 1 and not others:
        return chunks[0]
    arrays: dict[str, Any] = {name: np.concatenate([getattr(c, name) for c in chunks]) for name in COLUMNS}
    propensity, arrays["delivery"] = join_logged(chunks)
    arrays["untold"] = max(c.untold for c in chunks)
    upcoming = [c.next_decisions for c in (*chunks, *others) if c.next_decisions is not None]
    order = np.argsort(np.concatenate([u.entity for u in upcoming]))
    fields = ("entity", "features", "eligible", "segment")
    merged = NextDecisions(*(np.concatenate([getattr(u, f) for u in upcoming])[order] for f in fields))
    first = replace(chunks[0], features=chunks[0].features[:0])
    arrays["features"] = _features(chunks)
    return replace(first, **arrays, propensity=propensity, next_decisions=merged)


def _features(chunks: list[LoggedTransitions]) -> NDArray[np.float32]:
    """(n, d) of all chunks: memory is taken as rows are written, and given back chunk by chunk."""
    n, d = sum(c.n_rows for c in chunks), chunks[0].features.shape[1]
    out = np.empty((n, d), np.float32)
    end = 0
    while chunks:
        features = chunks.pop(0).features
        out[end : end + len(features)] = features
        end += len(features)
        del features
    return out
