"""Off-policy evaluation: what a policy would have earned and cost, from the log of another one.

Read in this order: `estimators` (`steps`, `weights`, `importance_sampling`, `fitted_q` with
`regression_cells` and `shrinkage`, `marginal_weights` with `surprises` and `remembering_weights`, `targets`,
`doubly_robust`, `support` with `pareto_tail`, `fast_doubly_robust`), `intervals` (`bootstrap_t` with
`gamma_interval`, `simultaneous`, `confidence_sequence`), `headline`, `uplift`, `picked_uplift`, `guardrails`,
`checks` (`witness`, `placebo`, `effect_on_the_past`, `stratified`, `selection`, `sensitivity`,
`support_gate`), `evidence`, `policy_table`; `arrays` for plain arrays, `pooled` for rows that lie
at several sites. `reference` holds what the scoreboard
compares with.
"""

from models.evaluation.arrays.evaluate import evaluate
from models.evaluation.arrays.results import OffPolicyEvaluation
from models.evaluation.checks.effect_on_the_past import (
    EFFECT_ON_THE_PAST,
    check_effect_on_the_past,
    followers_in_log,
)
from models.evaluation.checks.placebo import check_logged_policy
from models.evaluation.checks.selection import lower_bounds
from models.evaluation.checks.stratified import check_plain_comparison, stratified_effects
from models.evaluation.checks.support_gate import SupportGate
from models.evaluation.checks.witness import check_witness, disagreement
from models.evaluation.checks.worth_and_ads import check_worth_and_ads
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fast_doubly_robust import Acts, QuickLook
from models.evaluation.estimators.importance_sampling import self_normalised_per_decision
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import Support
from models.evaluation.estimators.targets import Target, TargetByFold, own
from models.evaluation.estimators.weights import Weights
from models.evaluation.evidence import MAX_LEVEL, TIGHTEST_AT, with_picked
from models.evaluation.guardrails import guardrail_bounds, guardrails_of
from models.evaluation.intervals.bootstrap_t import (
    BootstrapT,
    joint_covariance,
    normal_interval,
    standard_errors,
)
from models.evaluation.intervals.confidence_sequence import sequence_level
from models.evaluation.intervals.gamma_interval import Gross, Tails, guard_reach
from models.evaluation.intervals.simultaneous import PlanClass, plan_class
from models.evaluation.picked_uplift import Believed, Gain, Picked, detectable, picked_uplift
from models.evaluation.policy_money import PolicyMoney
from models.evaluation.policy_table import HEADLINE, Asked, PolicyTable, Reporting, evaluate_policies
from models.evaluation.pooled.site_journeys import Telling, site_journeys
from models.evaluation.pooled.site_uplift import OutcomeOfSites, PolicyOfSites, uplift_of_sites
from models.evaluation.promise import promise
from models.evaluation.uplift import uplift
from models.results import Gate

__all__ = [
    "EFFECT_ON_THE_PAST",
    "HEADLINE",
    "MAX_LEVEL",
    "TIGHTEST_AT",
    "Acts",
    "Asked",
    "Believed",
    "BootstrapT",
    "DoublyRobust",
    "Gain",
    "Gate",
    "Gross",
    "OffPolicyEvaluation",
    "OutcomeOfSites",
    "Picked",
    "PlanClass",
    "PolicyMoney",
    "PolicyOfSites",
    "PolicyTable",
    "PolicyValue",
    "QuickLook",
    "Reporting",
    "Support",
    "SupportGate",
    "Tails",
    "Target",
    "TargetByFold",
    "Telling",
    "Weights",
    "check_effect_on_the_past",
    "check_logged_policy",
    "check_plain_comparison",
    "check_witness",
    "check_worth_and_ads",
    "detectable",
    "disagreement",
    "evaluate",
    "evaluate_policies",
    "followers_in_log",
    "guard_reach",
    "guardrail_bounds",
    "guardrails_of",
    "joint_covariance",
    "lower_bounds",
    "normal_interval",
    "own",
    "picked_uplift",
    "plan_class",
    "promise",
    "self_normalised_per_decision",
    "sequence_level",
    "site_journeys",
    "standard_errors",
    "stratified_effects",
    "uplift",
    "uplift_of_sites",
    "with_picked",
]
