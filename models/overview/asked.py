"""What of a study says which question it asks."""

from dataclasses import dataclass

from models.settings import DecisionSettings, OutcomeSettings, SplitSettings


@dataclass(frozen=True)
class Asked:
    """What of a study says which question it asks."""

    decision: DecisionSettings
    split: SplitSettings
    level: float = 0.95
    """Of its intervals."""
    outcomes: tuple[OutcomeSettings, ...] = ()
    """What the study says of what follows decisions."""

    @property
    def guardrails(self) -> tuple[str, ...]:
        """Outcomes that may not get worse."""
        return tuple(one.name for one in self.outcomes if one.role == "guardrail")

    @property
    def goals(self) -> tuple[str, ...]:
        """Outcomes that are worth something."""
        return tuple(one.name for one in self.outcomes if one.role == "goal" and (one.weight or 1) > 0)
