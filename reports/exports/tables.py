"""evaluation.csv, evaluation.parquet, evidence.csv, frontier.csv and health.json."""

import io

import polars as pl

from models.results import NightResult
from reports import numbers
from reports.charts.frontier import Point, personal_points
from reports.evidence import verdict_word
from reports.exports.cells import Cell, csv_text
from reports.exports.plan_names import as_told
from reports.exports.split import json_text
from reports.pages.frontier import channels
from reports.pages.lineage import overall
from reports.sentences import refusals
from reports.sentences.health import check_text

EVALUATION_SCHEMA = {
    "policy": pl.String,
    "outcome": pl.String,
    "unit": pl.String,
    "estimator": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "ess": pl.Float64,
    "max_weight": pl.Float64,
    "users": pl.Int64,
    "credible": pl.Boolean,
    "reason": pl.String,
}
EVIDENCE_COLUMNS = (
    "policy",
    "outcome",
    "unit",
    "uplift",
    "uplift_low",
    "uplift_high",
    "level",
    "low_among_all",
    "low_every_night",
    "disagreement",
    "disagreement_limit",
    "disputed_by",
    "hidden_cause",
    "hidden_cause_doubt",
    "verdict",
    "reason",
)
HEALTH_SCHEMA = 1


def evaluation_rows(result: NightResult) -> list[tuple[Cell, ...]]:
    """Rows in the schema's order, sorted by their unique key (policy, outcome, estimator)."""
    ordered = sorted(as_told(result).evaluation, key=lambda e: (e.policy, e.outcome, e.estimator))
    return [
        (
            e.policy,
            e.outcome,
            e.unit,
            e.estimator,
            numbers.exact(e.estimate),
            numbers.exact(e.low),
            numbers.exact(e.high),
            e.level,
            numbers.exact(e.ess),
            numbers.exact(e.max_weight),
            e.users,
            e.credible,
            refusals.recorded(e.reason, result.entity),
        )
        for e in ordered
    ]


def evaluation_csv(result: NightResult) -> bytes:
    return csv_text(tuple(EVALUATION_SCHEMA), evaluation_rows(result)).encode()


def evaluation_parquet(result: NightResult) -> bytes:
    frame = pl.DataFrame(evaluation_rows(result), schema=EVALUATION_SCHEMA, orient="row")
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


def evidence_csv(result: NightResult) -> bytes:
    """Each compared policy against today's delivery, sorted by its unique key (policy, outcome)."""
    rows = []
    for e in sorted(as_told(result).evidence, key=lambda e: (e.policy, e.outcome)):
        u = e.uplift
        figures = (None,) * 4 if u is None else (*map(numbers.exact, (u.estimate, u.low, u.high)), u.level)
        witness = (e.disagreement, e.disagreement_limit)
        bounds = map(numbers.exact, (e.low_among_all, e.low_every_night, *witness))
        causes = map(numbers.exact, (e.hidden_cause, e.hidden_cause_doubt))
        reason = refusals.recorded(e.reason, result.entity)
        rows.append(
            [
                e.policy,
                e.outcome,
                e.unit,
                *figures,
                *bounds,
                e.disputed_by,
                *causes,
                verdict_word(result, e),
                reason,
            ]
        )
    return csv_text(EVIDENCE_COLUMNS, rows).encode()


def frontier_csv(result: NightResult) -> bytes:
    """First the splits, by ascending price, then personalised delivery, by ascending budget."""
    names = channels(result)
    rows: list[list[Cell]] = []
    for p in sorted(result.frontier, key=lambda p: (p.price, p.budget)):
        rows.append(["split", numbers.ratio(p.price), *_plan(p, names), None, None, None, None])
    for q in personal_points(result):
        bounds = (q.spend_low, q.spend_high, q.corrected_low, q.corrected_high)
        rows.append(["personalised", None, *_plan(q, names), *map(numbers.money, bounds)])
    spends = (f"spend:{c}" for c in names)
    columns = (
        "delivery",
        "price",
        "budget",
        "spend",
        *spends,
        "value",
        "low",
        "high",
        "spend_low",
        "spend_high",
        "corrected_low",
        "corrected_high",
    )
    return csv_text(columns, rows).encode()


def _plan(p: Point, names: list[str]) -> list[Cell]:
    values = (p.budget, p.spend, *(p.spend_by_channel.get(c) for c in names), p.value, p.low, p.high)
    return [numbers.money(v) for v in values]


def health_json(result: NightResult) -> bytes:
    """Data and model checks for monitoring, sorted by name, with the worst status on top."""
    told = [(c, check_text(c, result.vocabulary, result.currency)) for c in as_told(result).health]
    checks = [
        {
            "name": c.name,
            "status": c.status,
            "figure": numbers.exact(c.figure),
            "unit": c.unit,
            "limit": c.limit,
            "text": said,
        }
        for c, said in sorted(told, key=lambda t: (t[0].name, t[1]))
    ]
    content = {
        "schema": HEALTH_SCHEMA,
        "study": result.study,
        "as_of": result.as_of,
        "overall": overall(result.health),
        "checks": checks,
    }
    return json_text(content).encode()
