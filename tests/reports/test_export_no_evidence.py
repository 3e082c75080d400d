"""Files of nights that could judge nothing, or claim nothing of what they judge."""

import csv
import io
import json
from dataclasses import replace

import samples

from models.results import NightResult
from reports.exports.split import split_csv, split_json
from reports.exports.tables import evidence_csv
from reports.exports.workbook import split_xlsx
from reports.html import report_html


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def without_forecast(night: NightResult) -> NightResult:
    rows = tuple(replace(r, expected_spend_low=None, expected_spend_high=None) for r in night.split.rows)
    return replace(night, split=replace(night.split, rows=rows, spend=None))


def test_what_was_not_forecast_has_no_range() -> None:
    night = without_forecast(samples.no_evidence())
    rows = rows_of(split_csv(night))
    assert all(row["expected_spend"] for row in rows)
    assert {row[f"expected_spend_{end}"] for row in rows for end in ("low", "high")} == {""}
    budget = json.loads(split_json(night))["budget"]
    assert budget["expected_spend"] == sum(float(row["expected_spend"]) for row in rows)
    assert budget["expected_spend_low"] is None and budget["expected_spend_high"] is None
    assert report_html(night) and split_xlsx(night)


def test_a_night_without_rows_expects_no_spend() -> None:
    assert json.loads(split_json(samples.empty()))["budget"]["expected_spend"] is None


def test_on_logs_of_shown_ads_alone_the_file_claims_no_more_than_the_report() -> None:
    rows = rows_of(evidence_csv(samples.no_evidence()))
    assert {row["verdict"] for row in rows} <= {"no claim", "disputed", "no evidence"}
    assert "no claim" in {row["verdict"] for row in rows}
    assert "no claim" not in {row["verdict"] for row in rows_of(evidence_csv(samples.move()))}
