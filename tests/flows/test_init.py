"""`allot init`: what a study says after a look at the files, and what it asks."""

import errno
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.cli import main
from flows.init.init import init_study
from flows.init.known import study_of_source
from flows.init.lines import quoted
from flows.study import Study, read_study
from sql.errors import StudyError
from sql.events import Events
from sql.source_layouts import known_layouts
from tests.flows.raw_files import write_exports, write_hillstrom, write_shop, write_trial, write_wide_media
from tests.sql.public_layouts import write_criteo, write_ipinyou, write_lines, write_open_bandit
from tests.sql.tiny_logs import column, count, day, real_data, stage

AS_OF = date(2026, 11, 20)


def written(*paths: Path) -> tuple[str, Study]:
    """The study that is written beside the files' folder, as text and as read."""
    path = init_study(paths, paths[0].parent / "my.toml", force=True)
    return path.read_text(), read_study(path)


def staged(study: Study, work: Path | None = None) -> Events:
    settings = study.logs.model_dump(exclude={"folder", "min_cell_users", "threads"})
    return stage(study.log_folder, single_step=study.decision.single_step, as_of=AS_OF, work=work, **settings)


def asked(text: str) -> list[str]:
    return [line for line in text.splitlines() if "ASK: " in line]


def test_exports_become_totals_with_a_part_per_platform(tmp_path: Path) -> None:
    """The unit is told by name (Google) or by size (Reddit); a second cut of the same spend is left out."""
    text, study = written(write_exports(tmp_path / "logs"))
    meta, google, reddit = study.logs.tables["totals"].parts
    assert study.currency == "USD" and not asked(text)
    assert [part.constants["channel"] for part in (meta, google, reddit)] == ["facebook", "google", "reddit"]
    assert google.columns["spend"] == "cost_micros" and google.columns["revenue"] == "conversions_value"
    assert google.money_units == reddit.money_units == {"spend": "micros"} and not meta.money_units
    assert google.joined["campaign_id"] == ("id", "device")
    assert reddit.joined["campaign_id"] == ("campaign_id", "date")
    assert "reddit_ads_campaign_country_report.csv: the spend of reddit by place, again; left out." in text
    assert "google_ads_campaign_history.csv: nothing in it is a decision" in text
    events = staged(study)
    assert count(events, "totals").good == count(events, "totals").rows_in == 30 * (2 + 1 + 2)
    raw = pl.read_csv(tmp_path / "logs" / "google_ads_campaign_stats.csv")
    totals = pl.read_parquet(events.folder / "totals.parquet").filter(action=events.actions.index("google"))
    assert totals["cost_micros"].sum() == raw["cost_micros"].sum()
    assert totals["revenue_micros"].sum() == round(raw["conversions_value"].sum() * 100) * 10_000


def test_a_wide_table_has_a_part_per_channel_and_one_for_the_sales(tmp_path: Path) -> None:
    _, study = written(write_wide_media(tmp_path / "logs"))
    parts = study.logs.tables["totals"].parts
    assert [(part.constants["channel"], part.columns.get("spend")) for part in parts] == [
        ("tv", "tv_S"),
        ("facebook", "facebook_S"),
        ("none", None),
    ]
    events = staged(study)
    assert events.tier == "C" and events.actions == ("none", "facebook", "tv")
    assert set(column(events, "totals", "cost_micros")) == {0, 22_358_300_000, 7_607_100_000}


def test_a_wide_table_without_revenue_asks_for_it(tmp_path: Path) -> None:
    text, _ = written(write_wide_media(tmp_path / "logs", revenue="conversions"))
    assert ["columns.revenue" in line for line in asked(text)] == [True]


def test_a_test_in_one_file_is_a_decision_per_row(tmp_path: Path) -> None:
    """Whether arms were drawn is asked; with the answer, every row is a decision of known odds."""
    text, study = written(write_trial(tmp_path / "logs"))
    (question,) = asked(text)
    assert "constants.propensity = ?" in question and "0 50.0%, 1 50.0%" in question and '"0.5"' in question
    assert study.decision.single_step and study.logs.user_features == ("AGE",)
    answered = tmp_path / "my.toml"
    answered.write_text(text.replace(question, 'constants.propensity = "0.5"'))
    events = staged(read_study(answered))
    assert events.tier == "A+" and events.actions == ("none", "treated")
    assert count(events, "impressions").good == 120 and count(events, "purchases").good == 50


def test_a_shop_s_own_names_are_found(tmp_path: Path) -> None:
    """Times with a zone and in seconds, cents by their name, a tab-separated file."""
    text, study = written(write_shop(tmp_path / "logs"))
    shown, bought = study.logs.tables["impressions"], study.logs.tables["purchases"]
    assert shown.columns == {
        "impression_id": "event_id", "ts": "event_time", "user_id": "customer_id", "channel": "network",
        "cost": "cost_cents",
    }  # fmt: skip
    assert shown.money_units == {"cost": "cents"} and not bought.money_units
    assert bought.columns["revenue"] == "order_value" and bought.columns["ts"] == "created_at"
    assert "numbers: seconds since 1970" in text and '# context = ["age"]' in text and not asked(text)
    events = staged(study)
    assert (count(events, "impressions").good, count(events, "purchases").good) == (60, 15)
    assert min(column(events, "exposures", "cost_micros")) == 250_000


def test_what_is_missing_is_asked_and_check_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", "a key long enough for tests")
    write_lines(
        tmp_path / "logs" / "impressions.csv", [["ts", "user_id", "cost"], ["2026-01-05", "u1", "0.1"]]
    )
    text, _ = written(tmp_path / "logs")
    assert [line.split(" = ")[0] for line in asked(text)] == [
        "# columns.impression_id",
        "# columns.channel",
        "# path",
    ]
    assert main(["check", str(tmp_path / "my.toml"), "--as-of", "2026-02-01"]) == 2
    told = capfd.readouterr().err
    assert "my.toml, line " in told and "`columns.impression_id` wants an answer: which column of" in told
    run = ["--as-of", "2026-02-01", "--out", str(tmp_path / "out")]
    days = ["--from", "2026-02-01", "--to", "2026-02-02", *run[2:]]
    for command in (["run", *run], ["backfill", *days], ["evaluate", "--policy", "less.csv", *run[:2]]):
        assert main([command[0], str(tmp_path / "my.toml"), *command[1:]]) == 2
        assert capfd.readouterr().err == told
    text = text.replace("# columns.impression_id = ?", "columns.impression_id = '#row'")
    (tmp_path / "my.toml").write_text(text.replace("# columns.channel = ?", "constants.channel = 'tv'"))
    assert main(["check", str(tmp_path / "my.toml"), "--as-of", "2026-02-01"]) == 2
    assert "`path` wants an answer: which file holds what was bought?\n" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("write", "source", "questions"),
    [
        (write_criteo, "criteo_attribution", ["largest_campaigns"]),
        (write_open_bandit, "open_bandit", []),
        (write_ipinyou, "ipinyou", ["click_value", "conversion_value"]),
        (write_hillstrom, "hillstrom", ["mailing_cost"]),
    ],
)
def test_a_known_layout_is_known_by_its_columns(
    tmp_path: Path, write: Callable[[Path], Path], source: str, questions: list[str]
) -> None:
    """Its shipped study, with every assumption asked for anew; a file that is none of its tables is named."""
    write_lines(write(tmp_path / "logs") / "notes.csv", [["a", "b"], ["x", "y"]])
    text, study = written(tmp_path / "logs")
    assert f"# notes.csv: no table of {source}; not read.\n" in text
    assert (study.logs.source, study.logs.source_numbers, study.name) == (source, {}, "logs")
    assert study.log_folder.resolve() == (tmp_path / "logs").resolve()
    assert [line.split()[1] for line in asked(text)] == [f"source_numbers.{name}" for name in questions]


def test_every_known_layout_has_a_study_to_start_from() -> None:
    for layout in known_layouts():
        text = study_of_source(layout, "mine", "logs")
        assert tomllib.loads(text)["logs"]["source"] == layout.name
        assert len(asked(text)) == len(layout.numbers)


def test_counts_and_regions_are_known_by_their_columns(tmp_path: Path) -> None:
    counts = [["variant", "visitors", "conversions"], ["A", 1000, 40], ["B", 990, 61]]
    geo = [
        ["market", "date", "sales", "treated"],
        ["north", "2026-01-05", 12.5, 1],
        ["east", "2026-01-05", 7.5, 0],
    ]
    _, study = written(write_lines(tmp_path / "counted" / "ab.csv", counts))
    assert study.logs.tables["counts"].columns == {
        "arm": "variant",
        "n": "visitors",
        "successes": "conversions",
    }
    assert column(staged(study), "counts", "n") == [1000, 990]
    _, study = written(write_lines(tmp_path / "regions" / "holdout.csv", geo))
    assert study.logs.tables["geo"].columns == {"region": "market", "day": "date", "outcome": "sales"}
    assert column(staged(study), "geo", "treated") == [False, True]


def test_a_file_without_a_header_is_asked_about(tmp_path: Path) -> None:
    write_lines(tmp_path / "logs" / "replay.tsv", [[0, 80, "0.000062", 14], [0, 50, "0.000049", 14]], "\t")
    text, _ = written(tmp_path / "logs")
    assert "replay.tsv has no header line: write one, or name its 4 columns in order" in text and asked(text)


def test_a_folder_of_parts_is_one_table_and_its_folders_hold_values(tmp_path: Path) -> None:
    for n in (5, 6):
        rows = [["impression_id", "user_id", "channel", "cost"], [f"i{n}", "u1", "tv", "0.5"]]
        write_lines(tmp_path / "logs" / "impressions" / f"day=2026-01-0{n}" / "part-0.csv", rows)
    order = '{"order_id": 1, "user_id": "u1", "ts": "2026-01-06", "revenue": 3}'
    write_lines(tmp_path / "logs" / "purchases.jsonl", [[order]])
    _, study = written(tmp_path / "logs")
    shown = study.logs.tables["impressions"]
    assert (shown.path, shown.columns) == (("impressions",), {"ts": "day"})
    assert column(staged(study), "exposures", "day") == [day("2026-01-05"), day("2026-01-06")]


def test_the_same_files_give_the_same_study(tmp_path: Path) -> None:
    """Forty channels as frequent as each other: which of them a comment names is no matter of chance."""
    rows = [[f"i{n}", f"2026-01-{1 + n % 28:02d}", f"u{n}", f"channel {n % 40}", "0.5"] for n in range(400)]
    names = ["rows", "ts", "user_id", "network", "cost"]
    write_lines(tmp_path / "logs" / "impressions.csv", [names, *rows])
    texts = {written(tmp_path / "logs")[0] for _ in range(4)}
    (text,) = texts
    assert "40 values: channel 0, channel 1, channel 10, channel 11, ..." in text


def test_a_study_is_never_replaced_unasked(tmp_path: Path) -> None:
    write_shop(tmp_path / "logs")
    target = tmp_path / "my.toml"
    target.write_text("mine")
    with pytest.raises(StudyError, match="exists; name another file with --out, or say --force"):
        init_study((tmp_path / "logs",), target, force=False)
    assert target.read_text() == "mine"
    with pytest.raises(StudyError, match="There is no file or folder"):
        init_study((tmp_path / "nowhere",), target, force=True)


HOSTILE = ('x"\\ = [y]', '"b\n[split]\ntotal = 9"', "a\x1b[2J\u2028[split]", "\x01\x7f\U0001fae9\U000e0001")
"""Quotes, a line end inside a value, other control characters, letters beyond U+FFFF that do not print."""


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_and_values_stay_what_they_are(tmp_path: Path, hostile: str) -> None:
    """What a header or a row says ends in a string or a comment of the study, never as a line of its own."""
    own = hostile.strip('"')
    rows = [
        ["ts", "user_id", "network", "cost", "impression_id", hostile],
        ["2026-01-05", "u", hostile, 1, "i", 2],
    ]
    write_lines(tmp_path / "logs" / "impressions.tsv", rows, "\t")
    orders = [["purchase_id", "user_id", "ts", hostile], ["p", "u", "2026-01-05", hostile]]
    write_lines(tmp_path / "logs" / "purchases.tsv", orders, "\t")
    text, study = written(tmp_path / "logs")
    assert set(tomllib.loads(text)) == {"name", "currency", "time_zone", "logs", "decision"}
    assert set(study.logs.tables) == {"impressions", "purchases"} and study.split.total is None
    assert tomllib.loads(f"a = {quoted(own)}")["a"] == own
    assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_arms_of_a_test_stay_arms(tmp_path: Path, hostile: str) -> None:
    rows = [[f"u{n}", (hostile, "none")[n % 2], int(n % 3 == 0)] for n in range(12)]
    write_lines(tmp_path / "logs" / "trial.tsv", [["user_id", "arm", "converted"], *rows], "\t")
    text, study = written(tmp_path / "logs")
    assert study.decision.single_step and study.split.total is None
    assert len(asked(text)) == 1 and all(c.isprintable() or c == "\n" for c in text)


def test_a_study_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --force too: a full disk leaves the study that was there, and nothing beside it."""
    write_shop(tmp_path / "logs")
    target = tmp_path / "my.toml"
    target.write_text("mine")

    def full_disk(path: Path, text: str, **_: Any) -> int:
        with path.open("w") as file:
            file.write(text[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="No space"):
        init_study((tmp_path / "logs",), target, force=True)
    assert target.read_text() == "mine" and {p.name for p in tmp_path.iterdir()} == {"logs", "my.toml"}


REAL: dict[str, dict[str, Any]] = {
    "hillstrom/hillstrom.csv": {"source": "hillstrom"},
    "complete_journey": {"source": "complete_journey"},
    "open_bandit_men/random": {"source": "open_bandit"},
    "information_uplift/train.parquet": {"tables": ["impressions", "purchases", "users"]},
    "ad_platform_exports": {"tables": ["totals"], "parts": 11},
    "meridian/geo_media.csv": {"tables": ["totals"], "parts": 4},
    "meridian/national_media.csv": {"tables": ["totals"], "parts": 4},
    "robyn/dt_simulated_weekly.csv": {"tables": ["totals"], "parts": 6},
    "ipinyou/replay_1458.test.tsv": {"tables": []},
}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.skipif(real_data("robyn") is None, reason="the real logs are not here")
def test_every_real_table_is_understood_or_asked_about(tmp_path: Path, name: str) -> None:
    path = real_data(name.split("/")[0]).joinpath(*name.split("/")[1:])  # type: ignore[union-attr]
    study_path = init_study((path,), tmp_path / "real.toml", force=False)
    study, expected = read_study(study_path), REAL[name]
    assert study.logs.source == expected.get("source", "contract")
    assert sorted(study.logs.tables) == expected.get("tables", [])
    if "parts" in expected:
        assert len(study.logs.tables["totals"].parts) == expected["parts"]
        counted = count(staged(study, tmp_path / "work"), "totals")
        assert counted.good == counted.rows_in > 0
    if not expected.get("tables") and study.logs.source != "open_bandit":
        assert asked(study_path.read_text())
