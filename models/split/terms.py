"""What the split is chosen and confirmed by, beside the delivery that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.results import Hold, Overlap
from models.settings import EvaluationSettings, SplitSettings
from models.spending import SpendForecast
from models.split.steadiness import EarlierNight


@dataclass(frozen=True)
class Terms:
    """What the study asks for."""

    split: SplitSettings
    evaluation: EvaluationSettings
    currency: str = "EUR"
    """Of what is raised, as it is called, and of errors in the study's bounds."""
    seed: int = 0


@dataclass(frozen=True)
class Known:
    """What the log allows to be chosen."""

    tier: str
    overlap: tuple[Overlap, ...]
    held: Mapping[str, Hold] = field(default_factory=dict)
    """Channels to hold for reasons known elsewhere."""
    earlier: EarlierNight | None = None
    """The newest night before this one, whose plan stays while no other can be told to be better."""


@dataclass(frozen=True)
class Budgets:
    """Money per budget period, by channel."""

    current: Mapping[str, float] | None = None
    """Today's budget; None: what the entities spend."""
    spent: Mapping[str, float] | None = None
    """How much of it is spent; None: all."""
    valued: Mapping[str, float] | None = None
    """What the log's average delivery spends on as many as come today, by which plans are valued; None: as
    `spent`."""


@dataclass(frozen=True)
class LoggedFacts:
    """What a verdict's rows and advice tell of the log."""

    overlap: tuple[Overlap, ...] = ()
    days: int | None = None
    """None: not known."""
    attributed_roas: Mapping[str, float | None] = field(default_factory=dict)
    ahead: SpendForecast | None = None
    """What policies will spend in the next period; None: not known, and taken from the log's average."""
