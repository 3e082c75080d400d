"""Files call the split of a night what its report calls it."""

import csv
import io
import json
from dataclasses import replace

import polars as pl
import pytest
import samples

from models.results import HealthCheck, NightResult, SupportOf
from reports import estimates
from reports.exports.tables import evaluation_csv, evaluation_parquet, evidence_csv, health_json
from reports.html import report_html


def checked(night: NightResult) -> NightResult:
    kinds = ("witness", "effective sample size")
    found = (
        HealthCheck(kind, "ok", 300.0, "journeys", ">= 50", SupportOf(), "recommended split")
        for kind in kinds
    )
    return replace(night, health=(*night.health, *found))


def names(content: bytes) -> list[str]:
    return [row["policy"] for row in csv.DictReader(io.StringIO(content.decode()))]


@pytest.mark.parametrize(
    ("night", "called", "never"),
    [
        (samples.move(), "recommended split", "best split found"),
        (samples.keep(), "best split found", "recommended split"),
    ],
)
def test_the_files_have_the_reports_name_of_the_split(night: NightResult, called: str, never: str) -> None:
    night = checked(night)
    for content in (evidence_csv(night), evaluation_csv(night)):
        assert called in names(content) and never not in names(content)
        assert names(content) == sorted(names(content))
    frame = pl.read_parquet(io.BytesIO(evaluation_parquet(night)))
    assert frame["policy"].to_list() == names(evaluation_csv(night))
    health = health_json(night).decode()
    checks = [check["name"] for check in json.loads(health)["checks"]]
    assert checks == sorted(checks)
    assert {f"witness: {called}", f"effective sample size: {called}"} <= set(checks)
    assert never not in health
    assert f">{called.capitalize()}<" in report_html(night).decode()
    assert estimates.label(night, "recommended split").lower() == called
