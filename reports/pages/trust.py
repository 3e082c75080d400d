"""Page 10: can I trust this? Every estimate of every plan, and the checks behind them."""

from dataclasses import dataclass

from markupsafe import Markup

from models.results import HealthCheck, NightResult, PolicyEstimate
from reports import estimates, numbers, words
from reports.charts.calibration import calibration
from reports.charts.forest import forest
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
class TrustPage:
    tier: str
    tier_means: str
    tier_allows: str
    tier_reason: str
    forest: Chart | None
    forest_empty: str
    plans: Table | None
    estimates: tuple[Table, ...]
    """One table per outcome, the goal first; without the costs per channel."""
    channel_estimates: tuple[Table, ...]
    methods: tuple[tuple[str, str], ...]
    """Every estimator in one line."""
    overlap: Chart | None
    overlap_table: Table | None
    calibration: Chart | None
    calibration_table: Table | None
    placebos: tuple[HealthCheck, ...]
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
    """All rows of one outcome."""
    rows = estimates.of_outcome(result, outcome)
    money = _is_money(rows[0].unit, result.currency)
    decimals = words.most_decimals(result) if money else 4 if result.per == "entity" else 1
    return Table(
        caption(outcome, rows[0].unit),
        (
            text_column("Plan"),
            text_column("Estimator"),
            Column("Estimate", rows[0].unit),
            Column("Interval", numbers.percent(rows[0].level)),
            Column("Effective sample", words.plural(result.entity)),
            Column("Largest weight"),
            Column(words.plural(result.entity).capitalize()),
            text_column("Can be relied on"),
        ),
        [_estimate_cells(result, e, decimals) for e in rows],
        compact=True,
    )


def _estimate_cells(result: NightResult, e: PolicyEstimate, decimals: int) -> list[str | Markup]:
    def shown(value: float | None, text: str) -> Markup:
        return figure(numbers.exact(value), text)

    interval: str | Markup = numbers.NOT_KNOWN
    estimate: str | Markup = figure(None, numbers.NOT_KNOWN)
    if estimates.finite(e.estimate):
        text = numbers.interval(e.estimate, e.low, e.high, most=decimals)
        estimate = shown(e.estimate, text.estimate)
        if estimates.finite(e.low) and estimates.finite(e.high):
            interval = Markup("{} to {}").format(shown(e.low, text.low), shown(e.high, text.high))
    return [
        estimates.label(result, e.policy),
        e.estimator,
        estimate,
        interval,
        figure(numbers.exact(e.ess), numbers.count(e.ess)),
        figure(numbers.exact(e.max_weight), numbers.amount(e.max_weight)),
        figure(e.users, numbers.count(e.users)),
        lines("yes", e.reason) if e.credible else lines("no", e.reason or "no reason was given"),
    ]


def _plans(result: NightResult) -> Table | None:
    if not result.policies:
        return None
    return Table(
        "The plans that were compared",
        (text_column("Plan"), text_column("What it does")),
        [[estimates.label(result, note.policy), note.text] for note in result.policies],
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


def trust_page(result: NightResult) -> TrustPage:
    means, allows = words.TIERS[result.tier]
    drawn, shares = forest(result), overlap(result)
    whole = [o for o in estimates.outcomes(result) if not o.startswith("cost:")]
    used = {e.estimator for e in result.evaluation}
    return TrustPage(
        tier=result.tier,
        tier_means=means,
        tier_allows=allows,
        tier_reason=result.tier_reason,
        forest=drawn,
        forest_empty="" if drawn else _forest_empty(result),
        plans=_plans(result),
        estimates=tuple(estimate_table(result, o) for o in whole),
        channel_estimates=tuple(
            estimate_table(result, o) for o in estimates.outcomes(result) if o not in whole
        ),
        methods=tuple((name, text) for name, text in METHODS.items() if name in used),
        overlap=shares,
        overlap_table=_overlap_table(result) if shares else None,
        calibration=calibration(result) if result.calibration else None,
        calibration_table=_calibration_table(result) if result.calibration else None,
        placebos=tuple(c for c in result.health if "placebo" in c.name.lower()),
        immature=(
            f"{numbers.percent(result.immature_share)} of the decisions were left out because purchases that "
            "follow them may not have been reported yet."
        ),
    )
