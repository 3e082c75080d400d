"""Off-policy evaluation: what a policy would have earned and cost, from the log of another one.

Read in this order: `steps` and `weights` (how much more often the target does what was done),
`importance_sampling`, `fitted_q` (with `slots` and `shrinkage`), `marginal_weights` (with `surprises`),
`doubly_robust`, `intervals` (with `gamma_interval`), `headline`, `support` (with `tail`), `quick_look`,
`witness`, `uplift`, `placebo`, `past_effect`, `selection`, `confidence_sequence`, `sensitivity`, `evidence`,
`policy_table`; `arrays` for plain arrays.

Beside the chain, each on its own: `lstd_q`, `neural_fqe`, `more_robust`, `clipping`, `distribution`,
`monte_carlo`, `empirical_likelihood`, `ranking`.
"""

from models.evaluation.array_results import OffPolicyEvaluation
from models.evaluation.arrays import evaluate
from models.evaluation.doubly_robust import DoublyRobust, PolicyValue
from models.evaluation.intervals import BootstrapT
from models.evaluation.past_effect import NAME as EFFECT_ON_THE_PAST
from models.evaluation.past_effect import check_effect_on_the_past, followers_in_log
from models.evaluation.placebo import check_logged_policy
from models.evaluation.policy_table import HEADLINE, PolicyTable, evaluate_policies
from models.evaluation.uplift import uplift, uplift_contributions, uplift_covariance
from models.evaluation.witness import check_witness, disagreement

__all__ = [
    "EFFECT_ON_THE_PAST",
    "HEADLINE",
    "BootstrapT",
    "DoublyRobust",
    "OffPolicyEvaluation",
    "PolicyTable",
    "PolicyValue",
    "check_effect_on_the_past",
    "check_logged_policy",
    "check_witness",
    "disagreement",
    "evaluate",
    "evaluate_policies",
    "followers_in_log",
    "uplift",
    "uplift_contributions",
    "uplift_covariance",
]
