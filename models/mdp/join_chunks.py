"""Tables of chunks of entities as one, without holding it twice."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.mdp.logged_propensities import LoggedTransitions, join_logged
from models.mdp.rows import joined_columns
from models.mdp.transition_table import NextDecisions, Transitions

ALIKE = ("actions", "segments", "feature_spec", "outcome_spec")
"""What all chunks of a log have in common."""
COLUMNS = (
    "features", "entity", "day", "step", "action", "eligible", "outcomes",
    "elapsed_days", "end", "mature", "segment",
)  # fmt: skip
UPCOMING = ("entity", "features", "eligible", "segment")


def join_chunks(chunks: list[LoggedTransitions], others: Sequence[LoggedTransitions]) -> Transitions:
    """Chunks of ascending entities as one table; of the others the next decisions alone.

    `chunks` is emptied, so that each part is let go of as soon as it is copied.
    """
    if len(chunks) == 1 and not others:
        return chunks[0]
    alike: dict[str, Any] = {name: getattr(chunks[0], name) for name in ALIKE}
    propensity, delivery = join_logged(chunks)
    untold = max(c.untold for c in chunks)
    merged = join_upcoming([c.next_decisions for c in (*chunks, *others) if c.next_decisions is not None])
    wanted = COLUMNS if chunks[0].standing is None else (*COLUMNS, "standing")
    joined: dict[str, Any] = joined_columns(chunks, wanted)
    return LoggedTransitions(
        **alike,
        **joined,
        propensity=propensity,
        delivery=delivery,
        untold=untold,
        next_decisions=merged,
    )


def join_upcoming(parts: Sequence[NextDecisions]) -> NextDecisions:
    """By ascending entity."""
    whole = [np.concatenate([getattr(part, name) for part in parts]) for name in UPCOMING]
    order = np.argsort(whole[0])
    return NextDecisions(*(column.take(order, axis=0) for column in whole))
