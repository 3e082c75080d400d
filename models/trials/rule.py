"""What a rule of a few lines would earn beyond the best single arm.

Entities are dealt into folds. Of each fold, the tree is chosen by the others alone, scores included, and the
fold says what it earns beyond the best arm: nobody reports on a tree they chose. The arm is that of the
largest value among all entities, which flatters the arm a little and never the rule. The tree that is shown
is everybody's; the figure is what trees found like it earn, a little less if anything.
"""

import numpy as np

from models.evaluation import BootstrapT
from models.mdp import fold_of
from models.numerics import is_flag
from models.results import YES_NO, TreeNode, TrialRule
from models.trials.arm_scores import DoublyRobustScores, RowScores
from models.trials.policy_tree import PolicyTree, fit_policy_tree
from models.trials.trial_log import Floats, TrialLog

FOLDS = 5
RULE_SALT = 0x5EED_0071
"""Not the folds of the adjustment, which deals within those that choose."""
MIN_PER_ARM = 200
"""With fewer entities for an arm no rule is looked for."""
BY_ARM = DoublyRobustScores()


def find_rule(log: TrialLog, *, level: float, seed: int, scores: RowScores = BY_ARM) -> TrialRule | None:
    """The rule and its gain; None without covariates or with too few entities.

    scores: how rows speak of arms. Without a question in the tree, the best single arm is the rule.
    """
    varies = np.ptp(log.covariates, axis=0) > 0 if log.n else np.zeros(0, bool)
    if not varies.any() or log.entities_of_arms.min() < MIN_PER_ARM:
        return None
    fold = fold_of(log.entity, FOLDS, RULE_SALT)
    everybody = scores.own(log)
    best = int(everybody.sum(axis=0).argmax())
    gain = np.zeros(log.n)
    for k in range(FOLDS):
        mine = fold == k
        if not mine.any():
            continue
        choosing, reporting = log.of(~mine), log.of(mine)
        tree = fit_policy_tree(scores.own(choosing), choosing.covariates)
        judged = scores.taught(reporting, choosing)
        at = np.arange(reporting.n)
        gain[mine] = judged[at, tree.arms(reporting.covariates)] - judged[:, best]
    per_entity = np.bincount(log.cluster, gain).astype(np.float64)[:, None]
    found = BootstrapT(log.keys, seed=seed).intervals(per_entity, scale=1 / log.n, level=level)[0]
    tree = fit_policy_tree(everybody, log.covariates)
    return TrialRule(_shown(log, tree, log.covariates), float(gain.sum() / log.n), found)


def _shown(log: TrialLog, tree: PolicyTree, covariates: Floats) -> TreeNode:
    """The tree as the report draws it, with the rows of each node."""
    arms = tree.arms(covariates)
    counts = np.bincount(arms, minlength=len(log.arms))
    most = int(counts.argmax())
    share = float(counts[most] / max(len(arms), 1))
    if tree.covariate is None or tree.low is None or tree.high is None:
        return TreeNode(len(arms), log.arms[most], share)
    low = covariates[:, tree.covariate] <= tree.threshold
    yes_no = is_flag(log.covariates[:, tree.covariate])
    return TreeNode(
        rows=len(arms),
        action=log.arms[most],
        share=share,
        feature=log.names[tree.covariate],
        threshold=tree.threshold,
        unit=YES_NO if yes_no else "",
        low=_shown(log, tree.low, covariates[low]),
        high=_shown(log, tree.high, covariates[~low]),
        text=log.names[tree.covariate],
    )
