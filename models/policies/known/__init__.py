"""The registry of policies that analysts know: one file each, and one line here.

How to add a policy:

1. Write `models/policies/known/<name>.py` and in it a frozen `KnownPolicy`: its name, its label and sentence
   in the report, and how it is made from today's `Situation`. A rule that deals budgets is a `budget_rule`.
2. Add it to `KNOWN_POLICIES`, in the order in which plans are evaluated.
3. Test it as `tests/models/policies/test_known.py` does: `propose` takes the registry as an argument.

Evaluation, the report and the names that a study may not give to its own policies follow from the registry.
"""

from models.policies.known.always import ALWAYS
from models.policies.known.clone import CLONE
from models.policies.known.equal_split import EQUAL_SPLIT
from models.policies.known.greedy_roas import GREEDY_ROAS
from models.policies.known.known_policy import KnownPolicy, Situation, budget_rule
from models.policies.known.last_click import LAST_CLICK
from models.policies.known.last_touch import LAST_TOUCH
from models.policies.known.logged import LOGGED
from models.policies.known.uniform import UNIFORM
from models.policies.policy import Policy

KNOWN_POLICIES = (LOGGED, UNIFORM, EQUAL_SPLIT, LAST_CLICK, LAST_TOUCH, GREEDY_ROAS, ALWAYS, CLONE)


def propose(situation: Situation, known: tuple[KnownPolicy, ...] = KNOWN_POLICIES) -> tuple[Policy, ...]:
    """Every known policy that applies, in the registry's order."""
    return tuple(policy for one in known for policy in one.make(situation))


__all__ = ["KNOWN_POLICIES", "KnownPolicy", "Situation", "budget_rule", "propose"]
