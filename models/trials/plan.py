"""Who is given what, once a test has answered: by its rule, or the one arm for all."""

import numpy as np
from numpy.typing import NDArray

from models.mdp import Transitions
from models.results import Answer, TreeNode, TrialResult
from models.trials.study_log import about_entities
from models.trials.trial_log import Floats, Ints

FOR_ALL = (Answer.ONE, Answer.IDLE)


def arms_for_entities(trial: TrialResult, t: Transitions) -> Ints | None:
    """(m,) index into `t.actions` for each of `t.next_decisions`: by the rule where it earns more than one
    arm for all beyond doubt, else the arm that is the answer. None where the test does not say which."""
    upcoming = t.next_decisions
    if upcoming is None or trial.counted is not None:  # counts know nobody
        return None
    if trial.chooses_by_rule and trial.rule is not None:
        columns = about_entities(t)
        facts = {name: upcoming.features[:, k].astype(np.float64) for k, name in columns}
        told = _by_rule(trial.rule.tree, facts, np.ones(len(upcoming.entity), bool))
        return np.array([t.actions.index(arm) for arm in told.tolist()], np.int64)
    if trial.verdict.kind in FOR_ALL:
        return np.full(len(upcoming.entity), t.actions.index(trial.verdict.arms[0]), np.int64)
    return None


def _by_rule(node: TreeNode, facts: dict[str, Floats], mine: NDArray[np.bool_]) -> NDArray[np.object_]:
    """(m,) the arm of each entity; only those of `mine` (m,) are asked."""
    told = np.full(len(mine), node.action, object)
    if node.feature is None or node.threshold is None or node.low is None or node.high is None:
        return told
    low = facts[node.feature] <= node.threshold
    for child, rows in ((node.low, mine & low), (node.high, mine & ~low)):
        told[rows] = _by_rule(child, facts, rows)[rows]
    return told
