"""What was learned, and why it does what it does."""

from dataclasses import dataclass
from typing import Literal

YES_NO = "yes/no"
"""Unit of a fact that is 0 or 1."""
SEQUENCE = "sequence"
"""What the numbers that a network made of the order of events are called together."""


@dataclass(frozen=True)
class TreeNode:
    """A node of the small decision tree that imitates the policy."""

    rows: int
    action: str
    """Most frequent recommended action here."""
    share: float
    """Its share."""
    feature: str | None = None
    threshold: float | None = None
    unit: str = ""
    low: "TreeNode | None" = None
    """Branch feature <= threshold."""
    high: "TreeNode | None" = None
    text: str = ""
    """The feature in words; empty at a leaf."""


@dataclass(frozen=True)
class PolicyRules:
    """The agent as a tree that a warehouse can run, on decisions of entities that did not grow it."""

    agent: str
    leaves: int
    fidelity: float
    """Share of decisions in which both do the same."""
    kept: float
    """Share of what the agent believes to gain on today's delivery."""
    drivers: tuple[str, ...]
    """Features that its questions are about, the one that settles most first."""


@dataclass(frozen=True)
class OneStepAnswer:
    """Does a rule that looks no further than the next decision do as well as agents that do?"""

    rule: str
    against: str
    """The one that looks ahead and gains most."""
    verdict: Literal["enough", "look ahead", "unknown"]
    gain: float
    """Profit beyond today's delivery per budget period, currency units: the rule's,"""
    gain_ahead: float
    """and that of the agent it is held against."""
    kept: float
    """Share of the others' gain that a rule has to keep to be enough."""


@dataclass(frozen=True)
class Explanation:
    """Why the policy does what it does."""

    policy: str
    importances: tuple[tuple[str, str, float], ...]
    """(feature, one-line text, share of decisions that change when the feature is permuted), descending."""
    tree: TreeNode | None
    fidelity: float
    """Share of decisions where the tree agrees with the policy."""
    fidelity_of_majority: float
    """The same for always guessing the most frequent action: what fidelity must beat."""
    at_budget: bool = False
    """The plan as it meets the budget, and not at the price at which it is compared with others."""
    rules: PolicyRules | None = None
    """Of the agent at its own price; None where none was made."""
    one_step: OneStepAnswer | None = None
    """None where no agent looks one step ahead alone."""


@dataclass(frozen=True)
class EncoderLesson:
    """What a state encoder was taught by entities set aside for it."""

    teachers: int
    gain: float | None
    """Share of what counts miss about what follows that it foretells to teachers it never saw; None where too
    few could teach it."""
    error: float | None
    """Its standard error."""


@dataclass(frozen=True)
class AgentTraining:
    """What was asked of one network and what was done."""

    algorithm: str
    seed: int
    fold: int
    """Whose entities judge it: it learnt from the others."""
    steps: int
    final_loss: float
    device: str
    warm_started: bool
