"""What a policy is, and those that an analyst knows: rules, scaled budgets, tables of decisions."""

from models.policies.decision_table import DecisionTable
from models.policies.policy import Floats, Policy
from models.policies.rule_policy import Bools, Condition, Features, Rule, RulePolicy
from models.policies.rules import (
    Logged,
    ScaledDelivery,
    SegmentedDelivery,
    attributed_revenue,
    rule_policies,
    segment_of,
)

__all__ = [
    "Bools",
    "Condition",
    "DecisionTable",
    "Features",
    "Floats",
    "Logged",
    "Policy",
    "Rule",
    "RulePolicy",
    "ScaledDelivery",
    "SegmentedDelivery",
    "attributed_revenue",
    "rule_policies",
    "segment_of",
]
