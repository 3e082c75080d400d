"""evaluation.csv, evaluation.parquet, frontier.csv and health.json."""

import io

import polars as pl

from models.results import NightResult
from reports import numbers
from reports.exports.cells import Cell, csv_text
from reports.exports.split import json_text
from reports.pages.frontier import channels
from reports.pages.lineage import overall

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
HEALTH_SCHEMA = 1


def evaluation_rows(result: NightResult) -> list[tuple[Cell, ...]]:
    """Rows in the schema's order, sorted by their unique key (policy, outcome, estimator)."""
    ordered = sorted(result.evaluation, key=lambda e: (e.policy, e.outcome, e.estimator))
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
            e.reason,
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


def frontier_csv(result: NightResult) -> bytes:
    """One row per price, ascending: price, budget, spend, spend per channel, value, low, high."""
    names = channels(result)
    rows = []
    for p in sorted(result.frontier, key=lambda p: (p.price, p.budget)):
        spend = [numbers.money(p.spend_by_channel.get(c)) for c in names]
        total = [numbers.money(v) for v in (p.budget, p.spend)]
        value = [numbers.money(v) for v in (p.value, p.low, p.high)]
        rows.append([numbers.ratio(p.price), *total, *spend, *value])
    columns = ("price", "budget", "spend", *(f"spend:{c}" for c in names), "value", "low", "high")
    return csv_text(columns, rows).encode()


def health_json(result: NightResult) -> bytes:
    """Data and model checks for monitoring, sorted by name, with the worst status on top."""
    checks = [
        {
            "name": c.name,
            "status": c.status,
            "figure": numbers.exact(c.figure),
            "unit": c.unit,
            "limit": c.limit,
            "text": c.text,
        }
        for c in sorted(result.health, key=lambda c: (c.name, c.text))
    ]
    content = {
        "schema": HEALTH_SCHEMA,
        "study": result.study,
        "as_of": result.as_of,
        "overall": overall(result.health),
        "checks": checks,
    }
    return json_text(content).encode()
