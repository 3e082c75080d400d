"""Page 10: can I trust this? Every estimate of every plan, and the checks behind them."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import NightResult, PolicyEstimate
from reports import checks, estimates, numbers, words
from reports.charts.calibration import calibration
from reports.charts.forest import forest, grouped
from reports.charts.overlap import overlap
from reports.svg import Chart
from reports.tables import Column, Table, figure, lines, text_column

METHODS = {
    "SNDR": "the headline: reweights the logs to the plan and corrects what is left with a model; right "
    "if either is.",
    "FQE": "the model alone: learns what follows each choice, and adds it up along the plan.",
    "SNPDIS": "the weights alone: counts each logged history as often as the plan would have made it.",
    "logged mean": "the plain average of what happened, for today’s delivery only; the others must "
    "agree with it there.",
}


@dataclass(frozen=True)
class Finding:
    """A check as a question and what was found."""

    status: str
    question: str
    text: str


@dataclass(frozen=True)
class TrustPage:
    tier: str
    tier_means: str
    tier_allows: str
    tier_reason: str
    forest: Chart | None
    forest_empty: str
    twin: Table | None
    """The chart's figures: the first of the tables of estimates."""
    witnesses: tuple[Finding, ...]
    """Does every plan's estimate agree with its witness?"""
    plans: Table | None
    estimates: tuple[Table, ...]
    """One table per further outcome, without the costs per channel."""
    evidence_note: str
    gaps: tuple[str, ...]
    channel_estimates: tuple[Table, ...]
    methods: tuple[tuple[str, str], ...]
    """Every estimator in one line."""
    overlap: Chart | None
    overlap_table: Table | None
    calibration: Chart | None
    calibration_table: Table | None
    placebos: tuple[Finding, ...]
    immature: str


def _is_money(unit: str, currency: str) -> bool:
    return unit.startswith(currency)


def caption(outcome: str, unit: str) -> str:
    """`Profit, EUR per 7 days`; a count whose unit already names it is not named twice."""
    if outcome.startswith("cost:"):
        return f"Spend on {outcome.removeprefix('cost:')}, {unit}"
    text = unit if unit.startswith(outcome) else f"{outcome}, {unit}"
    return text[:1].upper() + text[1:]


def estimate_table(result: NightResult, outcome: str) -> Table:
    """One row per plan: what every estimator says, how much evidence there is, and why it is not enough."""
    rows = estimates.of_outcome(result, outcome)
    known = {name: i for i, name in enumerate(estimates.ESTIMATOR_ORDER)}
    used = sorted({e.estimator for e in rows}, key=lambda name: (known.get(name, len(known)), name))
    money = _is_money(rows[0].unit, result.currency)
    decimals = words.most_decimals(result) if money else 4 if result.per == "entity" else 1
    return Table(
        caption(outcome, words.unit(result, rows[0].unit)),
        (
            text_column("Plan"),
            *(Column(name, f"with {numbers.percent(rows[0].level)} interval") for name in used),
            Column("Effective sample", words.histories(result)),
            Column("Largest weight"),
            text_column("Enough evidence"),
        ),
        [_plan_cells(result, own, used, decimals) for _, own in grouped(rows)],
    )


def _plan_cells(
    result: NightResult, own: list[PolicyEstimate], used: list[str], decimals: int
) -> list[str | Markup]:
    """The row of one plan; `own` are its estimates of one outcome."""
    by = {e.estimator: e for e in own}
    leading = by.get(words.HEADLINE_ESTIMATOR, own[0])
    lacking = [e for e in own if not e.credible]
    reasons = dict.fromkeys(e.reason or "no reason was given" for e in lacking)
    which = "" if len(lacking) == len(own) else f"{words.listed([e.estimator for e in lacking])}: "
    return [
        estimates.label(result, leading.policy),
        *(_estimate_cell(by.get(name), leading, decimals) for name in used),
        figure(numbers.exact(leading.ess), numbers.count(leading.ess)),
        figure(numbers.exact(leading.max_weight), numbers.amount(leading.max_weight)),
        lines("no", *(which + checks.said_plainly(result, r) for r in reasons)) if lacking else "yes",
    ]


def _estimate_cell(e: PolicyEstimate | None, leading: PolicyEstimate, decimals: int) -> str | Markup:
    if e is None:
        return ""
    if not estimates.finite(e.estimate):
        return figure(None, numbers.NOT_KNOWN)
    text = estimates.interval_text(e, leading, decimals)
    shown = figure(numbers.exact(e.estimate), text.estimate)
    if not (estimates.finite(e.low) and estimates.finite(e.high)):
        return lines(shown, "no interval")
    ends = [figure(numbers.exact(v), t) for v, t in ((e.low, text.low), (e.high, text.high))]
    return lines(shown, Markup("{} to {}").format(*ends))


def _gaps(result: NightResult) -> tuple[str, ...]:
    """Why some estimates have no interval: one sentence per estimator and reason."""
    found = dict.fromkeys(
        (e.estimator, e.reason) for e in result.evaluation if e.credible and e.reason and e.low is None
    )
    return tuple(f"{name}: {checks.said_plainly(result, reason)}." for name, reason in found)


def _evidence_note(result: NightResult) -> str:
    """What a history is, and how many there are."""
    one = words.counted(1, result.entity).replace("1", "one", 1)
    over = "" if words.single_step(result) else f" over {words.days(result.horizon_days)}"
    reporting = words.counted(result.users_report, result.entity)
    if words.single_step(result):
        counted = f"All figures here come from the {reporting} that chose nothing."
    else:
        counted = (
            f"All figures here come from the {reporting} that chose nothing; each counts once for every "
            f"{words.days(result.horizon_days)} of the logs, which is why there are more histories than "
            f"{words.plural(result.entity)}."
        )
    return (
        f"A history is {one}{over}. “Effective sample” is how many full histories of evidence are left "
        f"once the logs are reweighted to a plan; “largest weight” is the most that a single "
        f"history counts. {counted}"
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
    return Table(
        "How often delivery chose each channel when it could",
        (
            text_column("Channel"),
            Column("Decisions in which it could be shown"),
            Column("Shown"),
            Column("Nothing shown"),
            Column("Where it is hardly ever shown", "share of decisions"),
        ),
        [
            [
                o.action,
                figure(o.eligible_rows, numbers.count(o.eligible_rows)),
                figure(numbers.share(o.mean_probability), numbers.percent(o.mean_probability)),
                figure(numbers.share(o.mean_none_probability), numbers.percent(o.mean_none_probability)),
                figure(numbers.share(o.unsupported_share), numbers.percent(o.unsupported_share)),
            ]
            for o in result.overlap
            if o.action != "none"
        ],
    )


def _calibration_table(result: NightResult) -> Table:
    return Table(
        "Predicted against observed shares",
        (text_column("Channel"), Column("Decisions"), Column("Predicted"), Column("Observed")),
        [
            [
                b.action,
                figure(b.rows, numbers.count(b.rows)),
                figure(numbers.share(b.predicted), numbers.percent(b.predicted)),
                figure(numbers.share(b.observed), numbers.percent(b.observed)),
            ]
            for b in result.calibration
        ],
    )


def _forest_empty(result: NightResult) -> str:
    if not result.evaluation:
        return "No plan could be evaluated on these logs, so there is nothing to compare."
    return (
        "No plan has an estimate of profit or margin, so there is nothing to draw; the tables below say why."
    )


def _findings(result: NightResult, kind: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(c.status, checks.question(result, c), checks.found_text(result, c))
        for c in result.health
        if kind in c.name.lower()
    )


def trust_page(result: NightResult) -> TrustPage:
    means, allows = words.TIERS[result.tier]
    drawn, shares = forest(result), overlap(result)
    whole = [o for o in estimates.outcomes(result) if not o.startswith("cost:")]
    tables = tuple(estimate_table(result, o) for o in whole)
    used = {e.estimator for e in result.evaluation}
    return TrustPage(
        tier=result.tier,
        tier_means=means,
        tier_allows=allows,
        tier_reason=result.tier_reason,
        forest=drawn,
        forest_empty="" if drawn else _forest_empty(result),
        plans=_plans(result),
        twin=tables[0] if tables else None,
        witnesses=_findings(result, "witness"),
        estimates=tables[1:],
        evidence_note=_evidence_note(result),
        gaps=_gaps(result),
        channel_estimates=tuple(
            estimate_table(result, o) for o in estimates.outcomes(result) if o not in whole
        ),
        methods=tuple((name, text) for name, text in METHODS.items() if name in used),
        overlap=shares,
        overlap_table=_overlap_table(result) if shares else None,
        calibration=calibration(result) if result.calibration else None,
        calibration_table=_calibration_table(result) if result.calibration else None,
        placebos=_findings(result, "placebo"),
        immature="No decision had to be left out because its purchases may not have been reported yet."
        if result.immature_share == 0
        else (
            f"{numbers.percent(result.immature_share)} of the decisions were left out because purchases that "
            "follow them may not have been reported yet."
        ),
    )
