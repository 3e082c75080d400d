"""Rules of an analyst as a policy: in order, the first that holds says what to show."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policies.policy import Floats

Features = NDArray[np.float32]
Bools = NDArray[np.bool_]
Condition = Callable[[Features, Bools], Bools]
"""Features (n, d) in raw units and eligible actions (n, A) -> whether it holds (n,)."""


@dataclass(frozen=True)
class Rule:
    """Where `when` holds, show an action in a share of the decisions."""

    when: Condition
    show: int
    """The action."""
    share: float = 1.0
    """In (0, 1]; the rest follows today's delivery."""
    text: str = ""


@dataclass(frozen=True)
class RuleFate:
    """What became of one rule."""

    rule: Rule
    decides: float
    """Share of all decisions where it is the first that holds."""
    impossible: float
    """Share of those where its action was not eligible, so that today's delivery stays."""


@dataclass(frozen=True)
class RulePolicy:
    """pi(a|s) = (1 - share) mu(a|s) + share 1[a = show] of the first rule that holds, where its action is
    eligible; mu elsewhere."""

    rules: tuple[Rule, ...]
    name: str
    text: str = ""

    def probabilities(self, features: Features, eligible: Bools, behaviour: Floats) -> Floats:
        """(n, A) from raw features (n, d), eligible actions (n, A) and mu (n, A)."""
        pi = behaviour.copy()
        first = self.first_to_hold(features, eligible)
        for number, rule in enumerate(self.rules):
            rows = np.flatnonzero((first == number) & eligible[:, rule.show])
            pi[rows] *= 1.0 - rule.share
            pi[rows, rule.show] += rule.share
        return pi

    def first_to_hold(self, features: Features, eligible: Bools) -> NDArray[np.int64]:
        """(n,) number of the first rule that holds; as many as there are rules where none does."""
        first = np.full(len(features), len(self.rules))
        for number in range(len(self.rules) - 1, -1, -1):
            first[self.rules[number].when(features, eligible)] = number
        return first

    def fates(self, features: Features, eligible: Bools) -> tuple[RuleFate, ...]:
        """How often each rule decides, and how often in vain."""
        first = self.first_to_hold(features, eligible)
        found = []
        for number, rule in enumerate(self.rules):
            mine = first == number
            possible = eligible[mine, rule.show]
            in_vain = float(1.0 - possible.mean()) if len(possible) else 0.0
            found.append(RuleFate(rule, float(mine.mean()) if len(mine) else 0.0, in_vain))
        return tuple(found)
