"""Each action for everybody: the plans of a test with one decision per entity."""

from models.policies.known.known_policy import KnownPolicy, Situation
from models.policies.policy import Policy
from models.policies.rules import Always


def make(situation: Situation) -> tuple[Policy, ...]:
    """One policy per action, `always <action>`, which says itself what it is."""
    if not situation.single_step:
        return ()
    return tuple(
        Always(k, f"always {action}", f"{action} for everybody who can have it.")
        for k, action in enumerate(situation.actions)
        if k > 0 or situation.idle
    )


ALWAYS = KnownPolicy(name="always ACTION", label="", text="", make=make)
