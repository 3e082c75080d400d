"""Tables of estimates: every plan by every way of estimating it, and every plan against today's delivery."""

from markupsafe import Markup

from models.results import NightResult, PolicyEstimate, PolicyEvidence
from reports import estimates, evidence, hidden_cause, numbers, words
from reports.charts.forest import grouped
from reports.sentences import refusals
from reports.tables import Column, Table, figure, lines, text_column


def caption(outcome: str, unit: str) -> str:
    """`Profit, EUR per 7 days`; a count whose unit already names it is not named twice."""
    if outcome.startswith("cost:"):
        return f"Spend on {outcome.removeprefix('cost:')}, {unit}"
    text = unit if unit.startswith(outcome) else f"{outcome}, {unit}"
    return text[:1].upper() + text[1:]


def evidence_table(result: NightResult) -> Table | None:
    """One row per plan against today's delivery; None where no plan was compared."""
    rows = evidence.compared(result)
    if not rows:
        return None
    level = evidence.level_of_most(rows)
    named = {e.uplift.level for e in rows if e.uplift} - {level}
    hint = f"with {numbers.percent(level)} interval{', if no other is named' if named else ''}"
    return Table(
        f"{caption(f'extra {rows[0].outcome}', words.unit(result, rows[0].unit))}, against today’s delivery",
        (
            text_column("Plan"),
            Column("Extra", hint),
            Column("At least, counting all plans", f"{words.counted(len(rows), 'plan')} compared"),
            Column("At least, on every night", "however often one looks"),
            Column("Effective sample", words.histories(result)),
            text_column("Ways of estimating agree"),
            text_column("Hidden cause that would turn it", "times as likely"),
            text_column("Verdict", "all plans counted"),
        ),
        [_evidence_cells(result, e, level) for e in rows],
    )


def _evidence_cells(result: NightResult, e: PolicyEvidence, level: float) -> list[str | Markup]:
    """level: the one that the heading names."""
    most = words.most_decimals(result)
    by = evidence.measured_by(result, e)
    ess = figure(numbers.exact(by.ess), numbers.count(by.ess)) if by else numbers.NOT_KNOWN
    if e.uplift is None or not estimates.finite(e.uplift.estimate):
        return [
            estimates.label(result, e.policy),
            "no figure",
            "",
            "",
            ess,
            "",
            "",
            evidence.verdict_word(result, e),
        ]
    u = e.uplift
    text = numbers.interval(u.estimate, u.low, u.high, signed=True, most=most)
    step = numbers.decimals_that_matter((u.estimate, u.low, u.high), most=most)

    def bound(value: float | None) -> Markup:
        known = estimates.finite(value)
        return figure(
            numbers.exact(value) if known else None,
            numbers.grouped(value, step, signed=True) if estimates.finite(value) else numbers.NOT_KNOWN,
        )

    ends = [figure(numbers.exact(v), t) for v, t in ((u.low, text.low), (u.high, text.high))]
    own = "" if u.level == level else f" ({numbers.percent(u.level)})"
    return [
        estimates.label(result, e.policy),
        lines(figure(numbers.exact(u.estimate), text.estimate), Markup("{} to {}{}").format(*ends, own)),
        bound(e.low_among_all),
        bound(e.low_every_night),
        ess,
        lines(*evidence.agreement_text(e)),
        hidden_cause.figure(result, e),
        evidence.verdict_word(result, e),
    ]


def estimate_table(result: NightResult, outcome: str, *, raw: bool = False) -> Table | None:
    """One row per plan: what every estimator says, how much evidence there is, and why it is not enough.

    raw: the estimators that are shown for transparency only. None where no plan has any.
    """
    rows = estimates.compared_ways(estimates.of_outcome(result, outcome), raw=raw)
    if not rows:
        return None
    known = {name: i for i, name in enumerate(estimates.ESTIMATOR_ORDER)}
    used = sorted({e.estimator for e in rows}, key=lambda name: (known.get(name, len(known)), name))
    decimals = _decimals(result, rows)
    with_interval = {e.estimator for e in rows if estimates.finite(e.low)}
    hint = f"with {numbers.percent(rows[0].level)} interval"
    return Table(
        caption(words.outcome(result, outcome), words.unit(result, rows[0].unit)),
        (
            text_column("Plan"),
            *(Column(name, hint if name in with_interval else "") for name in used),
            Column("Effective sample", words.histories(result)),
            text_column("Enough evidence"),
        ),
        [
            [
                estimates.label(result, policy),
                *_estimate_cells(own, used, decimals),
                _sample_cell(own),
                _enough(result, own),
            ]
            for policy, own in grouped(rows)
        ],
    )


def outcomes_table(result: NightResult, outcomes: list[str]) -> Table | None:
    """What every plan brings of each further outcome, by the headline; None where there is no such outcome.

    evaluation.csv has the same by every other estimator.
    """
    by = {o: estimates.of_outcome(result, o) for o in outcomes}
    plans = list(dict.fromkeys(e.policy for rows in by.values() for e in rows))
    if not plans:
        return None
    columns = []
    for outcome, rows in by.items():
        unit, name = words.unit(result, rows[0].unit), words.outcome(result, outcome)
        hint = unit.removeprefix(name).strip() or unit
        columns.append(Column(words.capital(name), f"{hint}, with {numbers.percent(rows[0].level)} interval"))
    body: list[list[str | Markup]] = []
    for policy in plans:
        cells = []
        for rows in by.values():
            e = estimates.headline(rows, policy)
            cells.append("" if e is None else _estimate_cell(e, e, _decimals(result, rows)))
        body.append([estimates.label(result, policy), *cells])
    return Table("What each plan brings beside", (text_column("Plan"), *columns), body)


def _decimals(result: NightResult, rows: list[PolicyEstimate]) -> int:
    money = rows[0].unit.startswith(result.currency)
    return words.most_decimals(result) if money else 4 if result.per == "entity" else 1


def gaps(result: NightResult) -> tuple[str, ...]:
    """Why some estimates have no interval: one sentence per estimator and reason."""
    found = dict.fromkeys(
        (e.estimator, e.reason) for e in result.evaluation if e.credible and e.reason and e.low is None
    )
    return tuple(f"{name} has no interval. {refusals.explained(why, result).meaning}" for name, why in found)


def _sample_cell(own: list[PolicyEstimate]) -> Markup:
    """The headline's effective sample, that of whole histories, and the largest weight of either."""
    whole = next((e for e in own if e.estimator in ("SNDR", "SNPDIS", *estimates.RAW_ESTIMATORS)), own[0])
    first = next((e for e in own if e.estimator == words.HEADLINE_ESTIMATOR), whole)
    counted, weights = [figure(numbers.exact(e.ess), numbers.count(e.ess)) for e in (first, whole)], []
    for e in dict.fromkeys((first, whole)):
        weights.append(figure(numbers.exact(e.max_weight), numbers.amount(e.max_weight)))
    by_history = Markup("{} by history").format(counted[1]) if len(weights) > 1 else ""
    return lines(counted[0], by_history, Markup("largest weight {}").format(Markup(", ").join(weights)))


def _enough(result: NightResult, own: list[PolicyEstimate]) -> str | Markup:
    """`yes`, or which estimators have it, which lack it and why."""
    lacking = [e for e in own if not e.credible]
    if not lacking:
        return "yes"
    whys = dict.fromkeys(refusals.explained(e.reason, result).meaning for e in lacking)
    if len(lacking) == len(own):
        return lines("no", *whys)
    has = words.listed([e.estimator for e in own if e.credible])
    which = f"not for {words.listed([e.estimator for e in lacking])}: "
    return lines(f"for {has}", *(which + why for why in whys))


def _estimate_cells(own: list[PolicyEstimate], used: list[str], decimals: int) -> list[str | Markup]:
    by = {e.estimator: e for e in own}
    leading = by.get(words.HEADLINE_ESTIMATOR, own[0])
    return [_estimate_cell(by.get(name), leading, decimals) for name in used]


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
