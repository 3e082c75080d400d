"""Page 10: can I trust this? An answer, every plan against today's delivery, and the checks behind them."""

from collections.abc import Set
from dataclasses import dataclass

from models.results import NightResult
from reports import checks, estimates, evidence, hidden_cause, numbers, words
from reports.charts import calibration as calibrated
from reports.charts import overlap as overlapping
from reports.charts.calibration import calibration
from reports.charts.forest import forest
from reports.charts.overlap import overlap
from reports.charts.plans import plans
from reports.evidence import Answer, Doubt
from reports.left_out import left_out
from reports.pages.estimate_tables import estimate_table, evidence_table, gaps, outcomes_table
from reports.picked import picked_text
from reports.svg import Chart
from reports.tables import Column, Table, figure, text_column

METHODS = {
    "DRL": "the headline: a model of what follows each choice, corrected by what really followed, every "
    "decision counted as often as the plan would meet such a state. It believes that the facts about "
    "{entities} hold what the past says about the future.",
    "SNDR": "the same, but every decision counts as often as the plan would have made the whole history "
    "before it: it believes less, and is noisier.",
    "SNPDIS": "the logs alone, without a model: counts each logged history as often as the plan would have "
    "made it.",
    "FQE": "the model alone: learns what follows each choice, and adds it up along the plan.",
    "logged mean": "the plain average of what happened, for today’s delivery only; the others must "
    "agree with it there.",
}
RAW_METHODS = {
    "DR": "SNDR with its weights as they are, not scaled to average one: a few large ones move it more.",
    "PDIS": "SNPDIS with its weights as they are: right on average, and often far off on a single night.",
    "TIS": "each history weighed as a whole, from its first decision to its last: the noisiest of all.",
}


@dataclass(frozen=True)
class Finding:
    """A check as a question and what was found."""

    status: str
    question: str
    text: str


@dataclass(frozen=True)
class TrustPage:
    answer: Answer
    tier: str
    tier_means: str
    tier_allows: str
    tier_reason: str
    uplifts: Chart | None
    """Each plan against today's delivery."""
    uplifts_table: Table | None
    picked: str
    """Why the row of a split that was picked is not like the others."""
    doubts: tuple[Doubt, ...]
    """Plans without a credible figure, or whose estimates disagree."""
    plans: Table | None
    forest: Chart | None
    twin: Table | None
    """The forest's figures: the first of the tables of estimates."""
    raw: Table | None
    """The same outcome by the raw estimators."""
    witnesses: tuple[Finding, ...]
    """Witness checks of plans that were not compared with today's delivery."""
    outcomes: Table | None
    """Further outcomes by the headline; evaluation.csv has the other estimators, and the costs per action."""
    evidence_note: str
    gaps: tuple[str, ...]
    hidden_cause: str
    hidden_cause_of_all: bool
    """Whether it was asked of every plan that has a figure."""
    methods: tuple[tuple[str, str], ...]
    """Every estimator that is compared in one line."""
    raw_methods: tuple[tuple[str, str], ...]
    overlap: Chart | None
    overlap_table: Table | None
    calibration: Chart | None
    calibration_table: Table | None
    placebos: tuple[Finding, ...]
    worth: tuple[Finding, ...]
    """What purchases count for, where that was asked."""
    left_out: str
    """Which decisions are not judged, and why."""


def _evidence_note(result: NightResult) -> str:
    """What a history is, and how many there are."""
    one = words.entities(result, 1).replace("1", "one", 1)
    over = "" if words.single_step(result) else f" over {words.days(result.horizon_days)}"
    who = words.judges(result) if result.users_compared is None else _drawn(result, result.users_compared)
    counted = f"All figures here come from {who}; none of them taught an agent that they judge."
    if not words.single_step(result):
        counted += (
            f" Each counts once for every {words.days(result.horizon_days)} of the logs, which is why there "
            f"are more histories than {result.vocabulary.entities}."
        )
    return (
        f"A history is {one}{over}. “Effective sample” is how many full histories of evidence are left "
        "once the logs are reweighted to a plan: first state by state, as DRL and FQE need it, then in whole "
        "histories, as the others do; “largest weight” is the most that a single one counts. "
        f"{counted}"
    )


def _drawn(result: NightResult, compared: int) -> str:
    return (
        f"{words.entities(result, compared)}, drawn by lot from {words.judges(result)}, as they judge the "
        "split and the personalised plan"
    )


def _plans(result: NightResult) -> Table | None:
    if not result.policies:
        return None
    return Table(
        "The plans that were compared",
        (text_column("Plan"), text_column("What it does")),
        [[estimates.label(result, note.policy), note.text.replace("'", "’")] for note in result.policies],
    )


def _overlap_table(result: NightResult) -> Table:
    word = result.vocabulary
    return Table(
        f"How often delivery chose each {word.action} when it could",
        (
            text_column(words.capital(word.action)),
            Column(f"Decisions in which it could be {word.shown}"),
            Column(words.capital(word.shown)),
            Column(f"Nothing {word.shown}"),
            Column(f"Where it is hardly ever {word.shown}", "share of decisions"),
        ),
        [
            [
                o.action,
                figure(o.eligible_rows, numbers.count(o.eligible_rows)),
                figure(numbers.share(o.mean_probability), numbers.percent(o.mean_probability)),
                figure(numbers.share(o.mean_none_probability), numbers.percent(o.mean_none_probability)),
                figure(numbers.share(o.unsupported_share), numbers.percent(o.unsupported_share)),
            ]
            for o in overlapping.shown(result)
        ],
    )


def _calibration_table(result: NightResult) -> Table:
    return Table(
        "Predicted against observed shares",
        (
            text_column(words.capital(result.vocabulary.action)),
            Column("Decisions"),
            Column("Predicted"),
            Column("Observed"),
        ),
        [
            [
                b.action,
                figure(b.rows, numbers.count(b.rows)),
                figure(numbers.share(b.predicted), numbers.percent(b.predicted)),
                figure(numbers.share(b.observed), numbers.percent(b.observed)),
            ]
            for b in calibrated.shown(result)
        ],
    )


def _findings(result: NightResult, kind: str, without: Set[str] = frozenset()) -> tuple[Finding, ...]:
    return tuple(
        Finding(c.status, checks.question(result, c), checks.found_text(result, c))
        for c in result.health
        if kind in c.name.lower() and c.subject not in without
    )


def _witnesses(result: NightResult) -> tuple[Finding, ...]:
    weighed = {e.policy for e in result.evidence}
    return _findings(result, "witness", without=weighed)


def _methods(result: NightResult, methods: dict[str, str]) -> tuple[tuple[str, str], ...]:
    used = {e.estimator for e in result.evaluation}
    return tuple(
        (name, words.said(result.vocabulary, text)) for name, text in methods.items() if name in used
    )


def trust_page(result: NightResult) -> TrustPage:
    means, allows = words.tier(result)
    levels, uplifts = forest(result), plans(result)
    shares = None if result.tier == "B" else overlap(result)  # there it would only say what was shown
    outcomes = estimates.outcomes(result)
    whole = [o for o in outcomes if not o.startswith("cost:")]
    return TrustPage(
        answer=evidence.answer(result),
        tier=result.tier,
        tier_means=means,
        tier_allows=allows,
        tier_reason=result.tier_reason,
        uplifts=uplifts,
        uplifts_table=evidence_table(result),
        picked=picked_text(result),
        doubts=evidence.doubts(result),
        plans=_plans(result),
        forest=levels,
        twin=estimate_table(result, whole[0]) if whole else None,
        raw=estimate_table(result, whole[0], raw=True) if whole else None,
        witnesses=_witnesses(result),
        outcomes=outcomes_table(result, whole[1:]),
        evidence_note=_evidence_note(result),
        gaps=gaps(result),
        hidden_cause=hidden_cause.text(result),
        hidden_cause_of_all=all(e.hidden_cause_text for e in evidence.standing(result)),
        methods=_methods(result, METHODS),
        raw_methods=_methods(result, RAW_METHODS),
        overlap=shares,
        overlap_table=_overlap_table(result) if shares else None,
        calibration=calibration(result) if result.calibration else None,
        calibration_table=_calibration_table(result) if result.calibration else None,
        placebos=_findings(result, "placebo"),
        worth=_findings(result, "worth of purchases"),
        left_out=left_out(result),
    )
