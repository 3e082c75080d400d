"""The files beside the report: the schema, the guard against formulas, the same bytes twice."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import samples
from night_files import rows_of, written

from flows.publishing.split_file import asks_for_a_split
from models.results import Changed, HeldBack, StepLimit
from reports.exports.cells import guarded
from reports.exports.tables import EVALUATION_SCHEMA
from reports.glossary import GLOSSARY
from reports.pages.budgets import budgets_page
from reports.pages.verdict import verdict_page
from reports.write import FILES, write_reports

ROW_KEYS = [
    "channel",
    "segment",
    "current",
    "recommended",
    "low",
    "high",
    "min_allowed",
    "max_allowed",
    "multiplier",
    "marginal_iroas",
    "marginal_iroas_low",
    "marginal_iroas_high",
    "expected_spend",
    "expected_spend_low",
    "expected_spend_high",
    "attributed_roas",
    "reason",
]


@pytest.mark.parametrize("name", samples.ALL)
def test_every_night_writes_every_file_with_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    first = written(samples.ALL[name](), tmp_path / "a")
    assert list(first) == sorted(FILES)
    assert first == written(samples.ALL[name](), tmp_path / "b" / "deeper")


@pytest.mark.parametrize("name", samples.ALL)
def test_split_json_has_the_schema_with_its_order_of_keys(name: str, tmp_path: Path) -> None:
    split = json.loads(written(samples.ALL[name](), tmp_path)["split.json"])
    assert list(split) == [
        "schema",
        "study",
        "as_of",
        "currency",
        "tier",
        "question",
        "verdict",
        "why",
        "changed",
        "budget",
        "uplift",
        "considered",
        "cut",
        "limited_by",
        "rows",
    ]
    assert split["schema"] == 1 and asks_for_a_split(split)
    assert list(split["budget"]) == [
        "period_days",
        "current",
        "recommended",
        "expected_spend",
        "expected_spend_low",
        "expected_spend_high",
    ]
    if split["uplift"] is not None:
        assert list(split["uplift"]) == ["outcome", "estimate", "low", "high", "level", "probability_better"]
    for row in split["rows"]:
        assert list(row) == ROW_KEYS
        if split["verdict"] in ("KEEP", "NO_EVIDENCE"):
            assert row["recommended"] == row["current"]


def test_split_json_holds_cents(tmp_path: Path) -> None:
    split = json.loads(written(samples.move(), tmp_path)["split.json"])
    assert split["rows"][0]["current"] == 14012.37
    assert split["rows"][0]["expected_spend"] == 12549.6
    assert split["rows"][0]["multiplier"] == 0.8992
    assert [split["budget"][key] for key in list(split["budget"])[3:]] == [28_790.12, 27_401.0, 28_900.0]
    assert split["uplift"] == {
        "outcome": "profit",
        "estimate": 11977.31,
        "low": 3021.9,
        "high": 21340.07,
        "level": 0.95,
        "probability_better": 0.9821,
    }


def test_a_plan_that_was_considered_and_not_advised_is_told(tmp_path: Path) -> None:
    split = json.loads(written(samples.keep(), tmp_path)["split.json"])
    assert split["uplift"] is None and split["considered"] == {
        "uplift": {
            "outcome": "profit", "estimate": 902.0, "low": -1410.0, "high": 3214.0, "level": 0.95,
            "probability_better": 0.78,
        },
        "plan": [
            {"channel": "search", "segment": None, "budget": 10_123.5},
            {"channel": "retargeting", "segment": None, "budget": 3_000.0},
        ],
    }  # fmt: skip
    table = budgets_page(samples.keep()).table
    assert table is not None and "Considered" in [column.head for column in table.columns]
    assert "10,124" in str(table.rows[0]) and "×0.75 of today’s" in str(table.rows[1])
    moved = budgets_page(samples.move()).table
    assert moved is not None and "Considered" not in [column.head for column in moved.columns]
    assert json.loads(written(samples.move(), tmp_path / "b")["split.json"])["considered"] is None


def test_what_changed_since_last_night_is_told_beside_the_verdict(tmp_path: Path) -> None:
    first, night = samples.keep(), samples.keep()
    told = "As in the report of 2026-11-19, today's split stays."
    night = replace(night, split=replace(night.split, changed=Changed("2026-11-19", "keeps")))
    files, before = written(night, tmp_path / "a"), written(first, tmp_path / "b")
    assert json.loads(files["split.json"])["changed"] == told
    assert json.loads(before["split.json"])["changed"] == ""
    about = openpyxl.load_workbook(io.BytesIO(files["split.xlsx"]))["answer"]
    assert ("What changed since last night", told) in [(a.value, b.value) for a, b in about.iter_rows()]


def test_what_limited_the_step_is_told_on_the_first_page_and_in_the_json(tmp_path: Path) -> None:
    night = samples.move_partly()
    told = (
        "Only 60 % of the step that looked best is taken: nearly everyone who could see push is shown an ad, "
        "so the logs hardly show what a deeper cut does."
    )
    limit = StepLimit("tail shape", 0.85, 0.7, 0.6, (("push", 310.0), ("search", 990.0)), ("push",))
    night = replace(night, split=replace(night.split, held_back=HeldBack((), (), None), limited_by=limit))
    files = written(night, tmp_path)
    assert json.loads(files["split.json"])["limited_by"] == {
        "gate": "tail shape",
        "figure": 0.85,
        "limit": 0.7,
        "kept": 0.6,
        "wanted": {"push": 310.0, "search": 990.0},
    }
    assert told.replace(" %", "\u00a0%") in verdict_page(night).why.replace(" %", "\u00a0%")
    assert json.loads(written(samples.move(), tmp_path / "b")["split.json"])["limited_by"] is None


def test_json_keeps_hostile_names_exact_and_csv_guards_them(tmp_path: Path) -> None:
    files = written(samples.move_partly(), tmp_path)
    names = [row["channel"] for row in json.loads(files["split.json"])["rows"]]
    assert samples.FORMULA in names
    assert samples.SCRIPT in names
    in_csv = [row["channel"] for row in rows_of(files["split.csv"])]
    assert f"'{samples.FORMULA}" in in_csv
    assert samples.SCRIPT in in_csv  # harmless in a spreadsheet
    assert [name.removeprefix("'") for name in in_csv] == names


@pytest.mark.parametrize("name", samples.ALL)
def test_no_text_cell_of_any_csv_could_run(name: str, tmp_path: Path) -> None:
    for file, content in written(samples.ALL[name](), tmp_path).items():
        if not file.endswith(".csv"):
            continue
        for line in csv.reader(io.StringIO(content.decode())):
            for cell in line:
                assert not cell.startswith(tuple("=+@\t\r")), (file, cell)
                assert not cell.startswith("-") or float(cell) < 0


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "  =", "\uff1d", "\u2212"])
def test_text_that_a_spreadsheet_may_run_gets_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


def test_other_text_is_left_alone() -> None:
    assert guarded("search = brand - generic") == "search = brand - generic"
    assert guarded("") == ""
    assert guarded("%") == "%"  # a unit, which joins have to match


def test_evaluation_is_sorted_by_its_key_and_equal_in_csv_and_parquet(tmp_path: Path) -> None:
    night = samples.move()
    shuffled = replace(night, evaluation=night.evaluation[::-1])
    files = written(shuffled, tmp_path)
    assert files == written(night, tmp_path / "again")
    frame = pl.read_parquet(io.BytesIO(files["evaluation.parquet"]))
    assert frame.schema == pl.Schema(EVALUATION_SCHEMA)
    keys = frame.select("policy", "outcome", "estimator").rows()
    assert keys == sorted(set(keys))
    assert len(keys) == len(night.evaluation)
    for in_csv, row in zip(rows_of(files["evaluation.csv"]), frame.iter_rows(named=True), strict=True):
        assert in_csv["estimate"] == ("" if row["estimate"] is None else str(row["estimate"]))
        assert in_csv["credible"] == str(row["credible"]).lower()
    unknown = frame.filter(pl.col("policy") == "uniform")
    assert unknown["estimate"].null_count() == len(unknown)
    assert (unknown["reason"].str.len_chars() > 0).all()


def test_evidence_has_every_plan_and_leaves_what_is_not_known_empty(tmp_path: Path) -> None:
    night = samples.move()
    rows = {r["policy"]: r for r in rows_of(written(night, tmp_path)["evidence.csv"])}
    assert list(rows) == sorted(e.policy for e in night.evidence)
    assert rows["recommended split"]["uplift"] == "11977.0"
    assert rows["recommended split"]["level"] == "0.95"
    assert rows["dqn"]["disputed_by"] == "DRL with a memory"
    unknown = rows["uniform"]
    assert {unknown[c] for c in ("uplift", "uplift_low", "level", "low_among_all", "hidden_cause")} == {""}
    assert unknown["verdict"] == "no evidence"
    assert unknown["reason"].startswith("no credible estimate")


def test_health_names_the_worst_status(tmp_path: Path) -> None:
    night = samples.move()
    health = json.loads(written(night, tmp_path)["health.json"])
    assert list(health) == ["schema", "study", "as_of", "overall", "checks"]
    assert health["overall"] == "warn"
    assert [check["name"] for check in health["checks"]] == sorted(check.name for check in night.health)
    assert list(health["checks"][0]) == ["name", "status", "figure", "unit", "limit", "text"]
    stop = replace(night.health[0], kind="money", status="stop")
    worse = json.loads(written(replace(night, health=(*night.health, stop)), tmp_path)["health.json"])
    assert worse["overall"] == "stop"


def test_every_column_of_every_file_is_in_the_glossary(tmp_path: Path) -> None:
    files = written(samples.move(), tmp_path)
    columns = {c for name in files if name.endswith(".csv") for c in rows_of(files[name])[0]}
    columns |= set(json.loads(files["health.json"])["checks"][0])
    explained = {name for term in GLOSSARY for name in term.names}
    assert {"spend:<channel>" if c.startswith("spend:") else c for c in columns} <= explained


def test_a_result_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    move, keep = samples.move(), samples.keep()
    moving = replace(keep, split=replace(keep.split, rows=move.split.rows))
    with pytest.raises(
        ValueError, match="verdict KEEP keeps today's split, but the budget of 'search' moves"
    ):
        write_reports(moving, tmp_path)
    with pytest.raises(ValueError, match="impression-only logs allow no channel split"):
        write_reports(replace(move, tier="B"), tmp_path)
    with pytest.raises(ValueError, match="must be given once"):
        write_reports(replace(move, evaluation=move.evaluation * 2), tmp_path)
    with pytest.raises(ValueError, match=r"parts add up to 6,\d+\.\d\d, but the uplift is 11,977.31"):
        write_reports(samples.pictured(move, channel_uplifts=move.pictures.channel_uplifts[:1]), tmp_path)
    with pytest.raises(ValueError, match=r"evidence .* must be given once"):
        write_reports(replace(move, evidence=move.evidence * 2), tmp_path)
    with pytest.raises(ValueError, match="verdict 'GO' is none of MOVE"):
        write_reports(replace(move, split=replace(move.split, verdict="GO")), tmp_path)
    assert list(tmp_path.iterdir()) == []
