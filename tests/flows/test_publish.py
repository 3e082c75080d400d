"""What publishing leaves behind: a manifest to check, a link, a ledger that reruns do not change."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.publishing.ledger import ledger_rows, update_ledger
from flows.publishing.manifest import code_version, describe, sha256
from flows.publishing.publish import publish, published_dates, recover
from flows.study import Study
from sql.errors import StudyError
from sql.events import Events, InputFile, TableCount

ROW = {
    "segment": None,
    "current": 50.0,
    "expected_spend": 51.0,
    "expected_spend_low": 49.0,
    "expected_spend_high": 53.0,
}
UPLIFT = {
    "outcome": "profit",
    "estimate": 9.0,
    "low": 1.0,
    "high": 17.0,
    "level": 0.95,
    "probability_better": 0.98,
}


def split(as_of: str, recommended: float = 60.0, uplift: Any = UPLIFT) -> dict[str, Any]:
    rows = [ROW | {"channel": "video", "recommended": 100 - recommended}]
    rows.append(ROW | {"channel": "search", "recommended": recommended})
    budget = {"period_days": 7, "current": 100.0, "recommended": 100.0}
    budget |= {"expected_spend": 98.0, "expected_spend_low": 90.0, "expected_spend_high": 100.0}
    night = {"as_of": as_of, "currency": "EUR", "tier": "A", "verdict": "MOVE", "budget": budget}
    return night | {"uplift": uplift, "rows": rows}


def publish_night(root: Path, as_of: str, recommended: float = 60.0, **timings: Any) -> Path:
    staging = root / ".staging"
    (staging / "policies").mkdir(parents=True)
    (staging / "split.json").write_text(json.dumps(split(as_of, recommended)))
    (staging / "policies" / "dqn.json").write_text("{}")
    try:
        return publish(staging, root, date.fromisoformat(as_of), {"study": "shop"}, timings)
    finally:
        leftover = root / ".staging"
        if leftover.exists():  # the replaced report, as open_night would clear it
            (leftover / "policies" / "dqn.json").unlink()
            (leftover / "policies").rmdir()
            for path in leftover.iterdir():
                path.unlink()
            leftover.rmdir()


def test_a_report_is_published_with_a_manifest_of_every_file(tmp_path: Path) -> None:
    folder = publish_night(tmp_path, "2026-11-20", seconds=3.5)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert folder == tmp_path / "2026-11-20"
    assert [file["name"] for file in manifest["files"]] == ["policies/dqn.json", "split.json"]
    for file in manifest["files"]:
        assert sha256(folder / file["name"]) == file["sha256"]
        assert (folder / file["name"]).stat().st_size == file["bytes"]
    assert manifest["timings"] == {"seconds": 3.5}


def test_timings_are_not_part_of_the_digest_and_content_is(tmp_path: Path) -> None:
    digests = []
    for recommended, seconds in ((60.0, 1.0), (60.0, 2.0), (70.0, 2.0)):
        folder = publish_night(tmp_path, "2026-11-20", recommended, seconds=seconds)
        digests.append(json.loads((folder / "manifest.json").read_text())["digest"])
    assert digests[0] == digests[1] != digests[2]


def test_latest_is_a_relative_link_to_the_newest_date(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    for as_of in ("2026-11-19", "2026-11-21", "2026-11-20"):  # the last one is a backfill
        publish_night(root, as_of)
    assert (root / "latest").readlink() == Path("2026-11-21")
    root.rename(tmp_path / "moved")
    assert (tmp_path / "moved" / "latest" / "split.json").exists()


def test_a_night_dated_ahead_of_the_clock_does_not_hold_latest(tmp_path: Path) -> None:
    publish_night(tmp_path, "2099-01-01", began="2026-11-19T02:00:00+00:00")
    assert (tmp_path / "latest").readlink() == Path("2099-01-01")  # there is no other
    publish_night(tmp_path, "2026-11-19", began="2026-11-19T03:00:00+00:00")
    assert (tmp_path / "latest").readlink() == Path("2026-11-19")
    publish_night(tmp_path, "2026-11-21", began="2026-11-20T23:30:00+00:00")  # tomorrow has begun in Auckland
    assert (tmp_path / "latest").readlink() == Path("2026-11-21")


def test_nights_of_a_simulated_future_have_their_latest(tmp_path: Path) -> None:
    for as_of in ("2031-05-01", "2031-05-03", "2031-05-02"):
        publish_night(tmp_path, as_of, began="2026-11-19T03:00:00+00:00")
    assert (tmp_path / "latest").readlink() == Path("2031-05-03")


def test_a_folder_that_is_no_date_is_no_night(tmp_path: Path) -> None:
    folder = publish_night(tmp_path, "2026-11-20")
    for name in ("2026-13-45", "2026-02-30", "9999-99-99"):
        shutil.copytree(folder, tmp_path / name)
    recover(tmp_path)
    assert (tmp_path / "latest").readlink() == Path("2026-11-20")
    assert published_dates(tmp_path) == ["2026-11-20"]


def test_something_else_in_the_place_of_a_date_or_of_latest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20").write_text("mine")
    with pytest.raises(StudyError, match="is not a folder of ours; move it away"):
        publish_night(tmp_path, "2026-11-20")
    assert (tmp_path / "2026-11-20").read_text() == "mine"
    (tmp_path / "latest").mkdir()
    with pytest.raises(StudyError, match="is not the link it should be"):
        publish_night(tmp_path, "2026-11-21")


def test_a_second_try_of_the_same_run_does_not_swap_the_old_report_back(tmp_path: Path) -> None:
    publish_night(tmp_path, "2026-11-20", 60.0, run="a")
    folder = publish_night(tmp_path, "2026-11-20", 70.0, run="b")
    staging = tmp_path / ".staging"
    staging.mkdir()
    (staging / "old").touch()  # what an exchange leaves there
    assert publish(staging, tmp_path, date(2026, 11, 20), {}, {"run": "b"}) == folder
    assert json.loads((folder / "split.json").read_text())["rows"][1]["recommended"] == 70.0


def test_a_ledger_row_says_what_a_night_promised() -> None:
    night, *others = ledger_rows(split("2026-11-20")).filter(pl.col("channel") == "search").to_dicts()
    assert not others
    assert night == {
        "as_of": date(2026, 11, 20), "verdict": "MOVE", "tier": "A", "currency": "EUR", "period_days": 7,
        "budget_current": 100.0, "budget_recommended": 100.0,
        "budget_spend": 98.0, "budget_spend_low": 90.0, "budget_spend_high": 100.0,
        "outcome": "profit", "uplift": 9.0, "uplift_low": 1.0, "uplift_high": 17.0, "level": 0.95,
        "probability_better": 0.98, "channel": "search", "segment": None,
        "current": 50.0, "recommended": 60.0,
        "expected_spend": 51.0, "expected_spend_low": 49.0, "expected_spend_high": 53.0,
    }  # fmt: skip


def test_a_night_without_evidence_has_a_row_too() -> None:
    rows = ledger_rows(split("2026-11-20", uplift=None) | {"rows": [], "verdict": "NO_EVIDENCE"})
    assert rows.select("verdict", "channel", "uplift").rows() == [("NO_EVIDENCE", None, None)]


def test_the_ledger_grows_by_date_and_a_rerun_gives_the_same_bytes(tmp_path: Path) -> None:
    for as_of in ("2026-11-20", "2026-11-18", "2026-11-19"):
        publish_night(tmp_path, as_of)
    whole = (tmp_path / "ledger.parquet").read_bytes()
    assert pl.read_parquet(tmp_path / "ledger.parquet").select("as_of", "channel").rows() == [
        (date(2026, 11, day), channel) for day in (18, 19, 20) for channel in ("search", "video")
    ]
    publish_night(tmp_path, "2026-11-19", 70.0)
    assert (tmp_path / "ledger.parquet").read_bytes() != whole
    publish_night(tmp_path, "2026-11-19")
    assert (tmp_path / "ledger.parquet").read_bytes() == whole


def test_a_date_that_is_run_again_as_a_test_promises_no_split_any_more(tmp_path: Path) -> None:
    test = {"question": "which one", "budget": None, "rows": [], "uplift": None}
    for as_of in ("2026-11-19", "2026-11-20"):
        publish_night(tmp_path, as_of)
    for as_of, left in (("2026-11-20", [date(2026, 11, 19)]), ("2026-11-19", [])):
        (tmp_path / as_of / "split.json").write_text(json.dumps(split(as_of) | test))
        update_ledger(tmp_path, ["2026-11-19", "2026-11-20"])
        assert pl.read_parquet(tmp_path / "ledger.parquet")["as_of"].unique().to_list() == left


def test_clearing_old_dates_away_keeps_their_promises(tmp_path: Path) -> None:
    folder = publish_night(tmp_path, "2026-11-18")
    folder.rename(tmp_path / "cleared")
    publish_night(tmp_path, "2026-11-19")
    assert pl.read_parquet(tmp_path / "ledger.parquet")["as_of"].unique().to_list() == [
        date(2026, 11, 18),
        date(2026, 11, 19),
    ]


def test_a_lost_ledger_is_made_anew_and_a_broken_one_is_told(tmp_path: Path) -> None:
    publish_night(tmp_path, "2026-11-18")
    whole = (tmp_path / "ledger.parquet").read_bytes()
    (tmp_path / "ledger.parquet").unlink()
    recover(tmp_path)
    assert (tmp_path / "ledger.parquet").read_bytes() == whole
    (tmp_path / "ledger.parquet").write_bytes(b"PAR1 not any more")
    with pytest.raises(StudyError, match="is not a ledger allot can read"):
        recover(tmp_path)


def test_the_manifest_describes_inputs_counts_settings_and_code(tmp_path: Path) -> None:
    events = Events(
        folder=tmp_path, tier="A", tier_reason="", actions=("none", "search"), context_columns=(),
        user_features=(), segments=("all",), first_day=1, last_day=2, delay_days=0, excluded_days=(),
        counts=(TableCount("clicks", 10, 6, 1, {"ts: missing": 2}, 1), TableCount("a", 0, 0, 0, {}, 0)),
        inputs=(InputFile("b.csv", "22", 5), InputFile("a.csv", "11", 4)),
    )  # fmt: skip
    described = describe(Study(name="shop", seed=9), date(2026, 11, 20), events)
    assert [file["name"] for file in described["inputs"]] == ["a.csv", "b.csv"]
    assert described["rows"]["clicks"] == {
        "rows_in": 10, "good": 6, "duplicate": 1, "not_yet_known": 1, "quarantined": {"ts: missing": 2}
    }  # fmt: skip
    assert described["seeds"] == {"study": 9, "agents": [1, 2, 3]}
    assert described["settings"]["name"] == "shop"
    assert described["code"]["version"] == code_version()
