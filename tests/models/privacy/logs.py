"""Logs of a few people, written by hand, and a night they are told about."""

import numpy as np

from models.mdp import Transitions, outcome_spec
from models.privacy import Tonight

ACTIONS = ("none", "search", "video")
KEY = b"a key of thirty-two bytes, secret"
FRIDAY = Tonight("shop", "2026-11-20", KEY, 10)


def log_of(people: dict[int, list[tuple[int, float, float]]]) -> Transitions:
    """Key -> decisions (action, cost, margin), in order; money in currency units."""
    rows = [(key, step, *row) for key, all_of in sorted(people.items()) for step, row in enumerate(all_of)]
    n = len(rows)
    spec = outcome_spec(ACTIONS)
    outcomes = np.zeros((n, len(spec)), np.int64)
    names = [one.name for one in spec]
    for i, (_, _, action, cost, margin) in enumerate(rows):
        outcomes[i, names.index("margin")] = round(margin * 1e6)
        if action:
            outcomes[i, names.index(f"cost:{ACTIONS[action]}")] = round(cost * 1e6)
    return Transitions(
        entity=np.array([row[0] for row in rows], np.int64),
        day=np.zeros(n, np.int32),
        step=np.array([row[1] for row in rows], np.int32),
        action=np.array([row[2] for row in rows], np.int16),
        eligible=np.ones((n, len(ACTIONS)), bool),
        features=np.zeros((n, 0), np.float32),
        outcomes=outcomes,
        elapsed_days=np.ones(n, np.float32),
        end=np.ones(n, np.uint8),
        mature=np.ones(n, bool),
        propensity=None,
        segment=np.zeros(n, np.int16),
        actions=ACTIONS,
        segments=("all",),
        feature_spec=(),
        outcome_spec=spec,
    )
