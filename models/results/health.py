"""What a check found."""

from dataclasses import dataclass

from models.results.findings import Finding
from models.results.history_findings import OfHistory


@dataclass(frozen=True)
class HealthCheck:
    """One line of health.json."""

    kind: str
    """What is asked: `money`, `witness`, `effective sample size`, ..."""
    status: str
    """`ok`, `warn` or `stop`."""
    figure: float | None
    unit: str
    limit: str
    found: Finding | OfHistory | str
    """What was found; a sentence where staging says it, which knows no reports."""
    subject: str = ""
    """The policy, channel or test that it is asked about; empty: of the night as a whole."""
    outcome: str = ""
    """Where it is asked once per outcome."""

    @property
    def name(self) -> str:
        """Unique in a night: `witness: recommended split`."""
        asked = f"{self.kind}: {self.subject}" if self.subject else self.kind
        return f"{asked}, {self.outcome}" if self.outcome else asked
