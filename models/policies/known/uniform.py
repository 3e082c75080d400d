"""Chance: what nobody steers."""

from models.policies.known.known_policy import KnownPolicy
from models.policies.rules import UniformEligible

UNIFORM = KnownPolicy(
    name="uniform",
    label="Random among the possible",
    text="Uniformly random among the {actions} that were possible.",
    make=lambda _: (UniformEligible(),),
)
