"""What of a study says which question it asks."""

from dataclasses import dataclass

from models.settings import DecisionSettings, SplitSettings


@dataclass(frozen=True)
class Asked:
    """What of a study says which question it asks."""

    decision: DecisionSettings
    split: SplitSettings
    level: float = 0.95
    """Of its intervals."""
    guardrails: tuple[str, ...] = ()
    """Outcomes that may not get worse."""
    goals: tuple[str, ...] = ()
    """Outcomes that are worth something."""
