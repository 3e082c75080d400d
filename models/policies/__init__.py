"""What a policy is, and those that an analyst knows: rules, scaled budgets, tables of decisions."""

from models.policies.budgets import AttributedRevenue, attributed_revenue
from models.policies.decision_table import DecisionTable
from models.policies.known import KNOWN_POLICIES, KnownPolicy, Situation, propose
from models.policies.policy import (
    NO_FEATURES,
    ByFold,
    Floats,
    Policy,
    of_fold,
    probabilities_by_fold,
    probabilities_in,
)
from models.policies.rule_policy import Bools, Condition, Features, Rule, RulePolicy
from models.policies.rules import (
    Logged,
    ScaledDelivery,
    SegmentedDelivery,
    segment_of,
)

__all__ = [
    "KNOWN_POLICIES",
    "NO_FEATURES",
    "AttributedRevenue",
    "Bools",
    "ByFold",
    "Condition",
    "DecisionTable",
    "Features",
    "Floats",
    "KnownPolicy",
    "Logged",
    "Policy",
    "Rule",
    "RulePolicy",
    "ScaledDelivery",
    "SegmentedDelivery",
    "Situation",
    "attributed_revenue",
    "of_fold",
    "probabilities_by_fold",
    "probabilities_in",
    "propose",
    "segment_of",
]
