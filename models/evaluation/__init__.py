"""Off-policy evaluation: what a policy would have earned and cost, from the log of another one.

Read in this order: `steps` and `weights` (how much more often the target does what was done),
`importance_sampling`, `fitted_q` (with `slots` and `shrinkage`), `doubly_robust`, `intervals`, `support`,
`uplift`, `placebo`, `witness`, `evaluate`.
"""

from models.evaluation.doubly_robust import DoublyRobust, PolicyValue
from models.evaluation.evaluate import evaluate_policies
from models.evaluation.intervals import BootstrapT
from models.evaluation.placebo import check_effect_on_the_past, check_logged_policy
from models.evaluation.uplift import uplift, uplift_contributions, uplift_covariance
from models.evaluation.witness import check_witness, disagreement

__all__ = [
    "BootstrapT",
    "DoublyRobust",
    "PolicyValue",
    "check_effect_on_the_past",
    "check_logged_policy",
    "check_witness",
    "disagreement",
    "evaluate_policies",
    "uplift",
    "uplift_contributions",
    "uplift_covariance",
]
