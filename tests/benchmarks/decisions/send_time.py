"""When to send: early birds and night owls, told apart by the hour at which they were last online."""

import numpy as np

from models.results import TreeNode
from models.trials import TrialLog, judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.send_time import HOURS, MARGIN, OWL_SHARE, SEND_TIME, draw_messages, value
from tests.benchmarks.decisions.figure import Figure

DRAWS = 20


def figures() -> list[Figure]:
    shares = np.array([1 - OWL_SHARE, OWL_SHARE])
    for_all, by_kind = shares @ value(), shares @ value().max(axis=1)
    possible, best = float(by_kind - for_all.max()), int(for_all.argmax())
    told, right, chosen, kept, earned = 0, [], 0, 0, []
    for seed in range(DRAWS):
        drawn = draw_messages(Size(SEND_TIME.entities, SEND_TIME.days, 100 + seed, LAST_DAY))
        found = judge_trial(log_of(drawn.user, drawn.slot, drawn.bought_at, drawn.usual_hour), seed=seed)
        chosen += found.verdict.arms[:1] == (str(best),)
        told += found.chooses_by_rule
        if found.rule is None or found.rule.gain is None:
            continue
        slot = _slots(found.rule.tree, drawn.usual_hour)
        gain = float(value()[drawn.owl, slot].mean()) - float(for_all.max())
        earned.append(gain)
        right.append(float((slot == np.where(drawn.owl == 1, len(HOURS) - 1, 0)).mean()))
        kept += found.rule.gain.low <= gain <= found.rule.gain.high
    logs = f"{DRAWS} logs of {SEND_TIME.entities:,} users and {SEND_TIME.days} days"
    return [
        Figure("the best hour for all is found, 95 %", f"{chosen} of {logs}", chosen >= 0.95 * DRAWS),
        Figure(
            "hour by user: a rule is told, with nine tenths of what each kind's own hour earns",
            f"told in {told} of {DRAWS}; {np.mean(earned):.3f} of {possible:.3f} USD per message; "
            f"{np.mean(right):.0%} of users get their own hour",
            told >= 0.95 * DRAWS and float(np.mean(earned)) >= 0.9 * possible,
        ),
        Figure(
            "the interval of the rule's gain covers what it earns, 95 %",
            f"{kept} of {DRAWS}",
            kept >= 0.9 * DRAWS,
        ),
    ]


def log_of(user: np.ndarray, slot: np.ndarray, bought_at: np.ndarray, usual_hour: np.ndarray) -> TrialLog:
    """The world's log as a night reads it."""
    n = len(user)
    return TrialLog(
        entity=user * 7919,
        arm=slot,
        arms=tuple(str(k) for k in range(len(HOURS))),
        idle=None,
        outcome=np.where(np.isnan(bought_at), 0.0, MARGIN),
        cost=np.zeros(n),
        covariates=usual_hour[user][:, None],
        names=("usual_hour",),
        probability=np.full(n, 1 / len(HOURS)),
    )


def _slots(node: TreeNode, hour: np.ndarray) -> np.ndarray:
    """(users,) index of the hour that the rule gives."""
    if node.feature is None or node.low is None or node.high is None or node.threshold is None:
        return np.full(len(hour), int(node.action))
    return np.where(hour <= node.threshold, _slots(node.low, hour), _slots(node.high, hour))
