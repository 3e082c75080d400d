"""Frozen results: everything the reports show. Money in currency units; totals per budget period
unless a field says otherwise. None means "not known", and is never written as 0."""

from dataclasses import dataclass, field
from typing import Literal

from models.results.health import HealthCheck
from models.results.interval import Interval
from models.results.learned import AgentTraining, Explanation
from models.results.levels import LevelsResult
from models.results.log import CalibrationBin, DaysOut, Overlap, TableFate
from models.results.pages import PersonalFrontier, Pictures
from models.results.refusals import Refusal
from models.results.regions import RegionsResult
from models.results.shared import SharedAggregates
from models.results.split import SplitDecision
from models.results.trials import CountedTests, TrialResult
from models.results.vocabulary import Vocabulary

NO_PICTURES = Pictures()


@dataclass(frozen=True)
class PolicyEstimate:
    """One row of evaluation.csv: one policy, one outcome, one estimator, by everybody."""

    policy: str
    outcome: str
    """`profit`, `margin`, `cost`, `cost:<channel>`, `clicks`, `purchases`."""
    unit: str
    """E.g. `EUR per 7 days`, `clicks per 7 days`, `USD per user`."""
    estimator: str
    """`DRL` (headline), `SNDR`, `SNPDIS`, `FQE`, `DR`, `PDIS`, `TIS`, `logged mean`."""
    estimate: float | None
    low: float | None
    high: float | None
    level: float
    ess: float
    max_weight: float
    """Largest per-decision cumulative weight before self-normalisation."""
    users: int
    credible: bool
    reason: Refusal | None
    """Why it is not credible, or has no interval; None where nothing is missing."""


@dataclass(frozen=True)
class PolicyEvidence:
    """What speaks for one policy against today's delivery."""

    policy: str
    outcome: str
    """`profit`, or `margin` where there is no profit."""
    unit: str
    uplift: Interval | None
    """Policy minus today's delivery; None: not credible, see `reason`."""
    low_among_all: float | None = None
    """Lower bound that holds for whichever policy is picked after seeing all of them."""
    low_every_night: float | None = None
    """Lower bound that holds for every night together, however often one looks."""
    disagreement: float | None = None
    """Headline minus the witness that contradicts it most, in standard errors of the difference."""
    disputed_by: str = ""
    """That witness, where the difference is more than noise and large enough to matter."""
    hidden_cause: float | None = None
    """How many times as likely something hidden must make decisions for the sign to turn; None: not asked, or
    it would not turn."""
    hidden_cause_text: str = ""
    verdict: str = "unclear"
    """`better`, `perhaps better` (but not once all candidates are counted), `worse`, `unclear`, `unchecked`
    (one of the first three by the headline, and no witness could contradict it), `disputed` or
    `no evidence`."""
    reason: Refusal | None = None
    """Why there is no evidence."""
    hidden_cause_doubt: float | None = None
    """As `hidden_cause` for the confidence bound: from this strength on the sign is no longer beyond doubt; 1
    where it never was."""
    disagreement_limit: float | None = None
    """From which size of `disagreement` on it is more than noise, as that witness is asked."""
    checked: bool = True
    """Could any witness have contradicted the headline?"""


@dataclass(frozen=True)
class PolicyNote:
    """What a policy is, in one sentence for analysts."""

    policy: str
    label: str
    text: str


@dataclass(frozen=True)
class FrontierPoint:
    """The best credible split at one total budget."""

    price: float
    """Shadow price: margin one more unit of budget must earn."""
    budget: float
    spend: float
    spend_by_channel: dict[str, float]
    value: float
    """Margin per period."""
    low: float
    high: float


@dataclass(frozen=True)
class NightResult:
    """Everything a report needs, and nothing it would have to compute."""

    study: str
    as_of: str
    currency: str
    time_zone: str
    vocabulary: Vocabulary
    """The study's words for what it decides and for whom."""
    tier: str
    tier_reason: str
    logged_from: str
    logged_to: str
    users: int
    decisions: int
    horizon_days: int
    tail_days: int
    per: str
    """`period` or `entity`."""
    actions: tuple[str, ...]
    split: SplitDecision
    evaluation: tuple[PolicyEstimate, ...]
    policies: tuple[PolicyNote, ...]
    frontier: tuple[FrontierPoint, ...]
    calibration: tuple[CalibrationBin, ...]
    overlap: tuple[Overlap, ...]
    health: tuple[HealthCheck, ...]
    explanation: Explanation | None
    training: tuple[AgentTraining, ...]
    tables: tuple[TableFate, ...]
    notes: tuple[str, ...]
    immature_share: float
    """Of decisions, left out as too young: their outcomes may not have been reported yet."""
    code_version: str
    segments_unused: Literal["", "alike", "fewer than two"] = ""
    """Why budgets are of whole channels though the study asks for them by segment; empty where they are not,
    or it does not ask."""
    excluded: tuple[DaysOut, ...] = ()
    """Days of the log that are left out."""
    excluded_share: float = 0.0
    """Of decisions, left out for them."""
    evidence: tuple[PolicyEvidence, ...] = ()
    """Each compared policy against today's delivery, best first."""
    settings: dict[str, str] = field(default_factory=dict)
    """The study's effective settings, flattened: `split.period_days` -> `7`."""
    claimed_margins: dict[str, float | None] = field(default_factory=dict)
    """Channel -> margin of the sales that its platform would claim, per unit of spend; None: not known."""
    users_compared: int | None = None
    """By so many, drawn by lot, `evaluation` compares policies; None: by all."""
    users_judged: int | None = None
    """Who judge: those whose decisions came early enough for outcomes to be counted; None: not known."""
    users_in_log: int | None = None
    """Where the log was too long for all of them: `users` are a sample of so many."""
    personal: PersonalFrontier | None = None
    """None on a night that judged nothing, and without agents."""
    pictures: Pictures = NO_PICTURES
    trial: TrialResult | None = None
    """The answer to "which one"; None where the question is how to split a budget."""
    levels: LevelsResult | None = None
    """The answer to "how much"; None where levels are not asked for."""
    tests: CountedTests | None = None
    """The answers of several tests; None where one was asked, or none."""
    regions: RegionsResult | None = None
    """The answer of a test by region; None where no such test was asked."""
    shared: SharedAggregates | None = None
    """Figures with noise that may be handed on; None where the study asks for none."""

    @property
    def entity(self) -> str:
        """What an entity is called: `user`, `household`, `SKU`."""
        return self.vocabulary.entity
