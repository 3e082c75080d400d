"""Bad and poor inputs: each ends in one sentence that says what to do, or in a published NO_EVIDENCE report.

What was exported wrongly is an error with its exit code; what is only too young, too small or too one-sided
to judge is a night like any other, whose report says so.
"""

import json
import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from models.worlds import simulate
from tests.flows.short_night import STUDY
from tests.flows.typed import run_here

pytestmark = [  # what numpy or torch would print on stderr
    pytest.mark.filterwarnings("error::RuntimeWarning"),
    pytest.mark.filterwarnings("error::UserWarning"),
]

Tables = dict[str, pl.DataFrame]
Allot = Callable[..., "subprocess.CompletedProcess[str]"]
Arrange = Callable[[Tables], Tables]

NIGHT = "2026-11-20"
LAST_DAY = date(2026, 11, 19)


@pytest.fixture(scope="module")
def good_logs(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A small shop's logs of four weeks, tier A: good before a test spoils them."""
    return simulated(tmp_path_factory.mktemp("good"), "A")


def simulated(folder: Path, tier: str) -> Tables:
    simulate("demo", out=folder, tier=tier, entities=150, days=28, last_day=LAST_DAY)
    return {path.stem: pl.read_parquet(path) for path in folder.iterdir()}


def write_study(folder: Path, tables: Tables, study: str = STUDY, ending: str = "parquet") -> Path:
    """A study file beside its logs; returns the file."""
    (folder / "logs").mkdir(parents=True)
    for name, frame in tables.items():
        path = folder / "logs" / f"{name}.{ending}"
        frame.write_csv(path) if ending == "csv" else frame.write_parquet(path)
    (folder / "shop.toml").write_text(study)
    return folder / "shop.toml"


def one_sentence(stderr: str) -> str:
    """The only line on stderr, which is ours."""
    lines = stderr.splitlines()
    assert len(lines) == 1, stderr
    assert lines[0].startswith("allot: ") and lines[0].endswith((".", "?"))
    return lines[0]


# Errors: the study or the export is wrong, and somebody must mend it.


def without(table: str) -> Arrange:
    return lambda logs: {name: frame for name, frame in logs.items() if name != table}


def without_column(table: str, column: str) -> Arrange:
    return lambda logs: {**logs, table: logs[table].drop(column)}


def truncated_file(folder: Path) -> None:
    (folder / "logs" / "impressions.parquet").write_bytes(b"")


def test_a_wrong_key_in_the_study_stops_before_anything_starts(
    allot: Allot, good_logs: Tables, tmp_path: Path
) -> None:
    study = write_study(tmp_path / "a", good_logs, STUDY.replace("tail_days", "tial_days"))
    ended = allot("run", study, "--as-of", NIGHT)
    assert ended.returncode == 2
    assert "unknown key `decision.tial_days`; did you mean 'tail_days'?" in one_sentence(ended.stderr)


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (without("impressions"), "logs has no impressions: expected impressions.parquet"),
        (without("purchases"), "logs has no purchases: expected purchases.parquet"),
        (without_column("impressions", "channel"), "(impressions) has no column 'channel'. Its columns: "),
        (without_column("purchases", "revenue"), "(purchases) has no column 'revenue'. Its columns: "),
    ],
    ids=["no impressions file", "no purchases file", "no channel", "no revenue"],
)
def test_a_missing_file_or_column_is_named(
    good_logs: Tables, tmp_path: Path, arrange: Arrange, expected: str
) -> None:
    study = write_study(tmp_path / "a", arrange(good_logs))
    ended = run_here("check", study, "--as-of", NIGHT, cwd=tmp_path)
    assert ended.returncode == 4
    assert expected in one_sentence(ended.stderr)


def test_a_file_cut_off_in_transfer_is_named(allot: Allot, good_logs: Tables, tmp_path: Path) -> None:
    study = write_study(tmp_path / "a", good_logs)
    truncated_file(study.parent)
    ended = allot("check", study, "--as-of", NIGHT)
    assert ended.returncode == 4
    assert "impressions.parquet cannot be read as Parquet" in one_sentence(ended.stderr)


@pytest.mark.usefixtures("prefect_server")
def test_an_empty_log_is_an_error_in_one_line_even_from_inside_the_flow(
    allot: Allot, good_logs: Tables, tmp_path: Path
) -> None:
    """Headers and no rows: the export failed. Prefect's own account of the failure must not show."""
    from prefect.settings import PREFECT_API_URL

    study = write_study(tmp_path / "a", {name: t.clear() for name, t in good_logs.items()}, ending="csv")
    server = {"PREFECT_API_URL": PREFECT_API_URL.value()}  # the tests' own, since a fresh one starts slowly
    ended = allot("run", study, "--as-of", NIGHT, "--out", "out", **server)
    assert ended.returncode == 4
    assert "The logs hold no decision before the as-of date" in one_sentence(ended.stderr)
    assert not (tmp_path / "out/shop/latest").exists()


# Nights: nothing is wrong, but little can be said. The report is published and says why.


@pytest.fixture
def run_night(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[[Tables, str], dict]:
    """`allot run` in this process, on the tests' Prefect server; returns the published split.json."""

    def run(tables: Tables, study: str = STUDY) -> dict:
        path = write_study(tmp_path / "a", tables, study)
        exit_code = main(["run", str(path), "--as-of", NIGHT, "--out", str(tmp_path / "out")])
        assert (exit_code, capfd.readouterr().err) == (0, "")
        night = tmp_path / "out/shop/latest"
        split = json.loads((night / "split.json").read_text())
        assert (night / "report.html").stat().st_size > 0
        acted = pl.read_parquet(night / "next_best_action.parquet")
        assert acted.columns[:4] == ["entity", "action", "supported", "evidence"]
        assert acted["evidence"].null_count() == len(acted)  # the report says not to act
        assert all(row["recommended"] == row["current"] for row in split["rows"])
        return split

    return run


def only_of(logs: Tables, impressions: pl.Expr) -> Tables:
    """The log with these impressions alone, and the clicks on them."""
    kept = logs["impressions"].filter(impressions)
    clicks = logs["clicks"].filter(pl.col("impression_id").is_in(kept["impression_id"].implode()))
    return {**logs, "impressions": kept, "clicks": clicks}


def no_purchases(logs: Tables) -> Tables:
    return {**logs, "purchases": logs["purchases"].clear()}


def single_channel(logs: Tables) -> Tables:
    search = pl.col("channel") == "search"
    return {**only_of(logs, search), "opportunities": logs["opportunities"].filter(search)}


def one_paid_channel(logs: Tables) -> Tables:
    paid = pl.when(pl.col("channel") == "search").then("cost").otherwise(0.0)
    return {**logs, "impressions": logs["impressions"].with_columns(cost=paid)}


def no_ad_was_shown(logs: Tables) -> Tables:
    """Opportunities, and only `none` decisions."""
    return only_of(logs, pl.lit(False))


def last_days(logs: Tables, days: int) -> Tables:
    """A log that began so many days before its end; who was there before enters on its first morning."""
    start = datetime.combine(LAST_DAY, datetime.min.time()) - timedelta(days=days - 1)
    entered = pl.max_horizontal("entry_ts", pl.lit(start).cast(pl.Datetime("us")))
    kept = {name: frame.filter(pl.col("ts") >= start) for name, frame in logs.items() if name != "users"}
    shown = kept["impressions"]["impression_id"].implode()
    clicks = kept["clicks"].filter(pl.col("impression_id").is_in(shown))
    return {**kept, "clicks": clicks, "users": logs["users"].with_columns(entry_ts=entered)}


def all_on_the_last_day(logs: Tables) -> Tables:
    """Everybody enters, meets ads and buys on the newest day."""
    morning = datetime.combine(LAST_DAY, datetime.min.time()) + timedelta(hours=8)
    moved = {
        name: frame.with_columns(ts=pl.lit(morning) + pl.duration(seconds=pl.int_range(pl.len()) % 3600 + 1))
        for name, frame in logs.items()
        if name != "users"
    }
    moved["purchases"] = moved["purchases"].with_columns(knowledge_ts="ts")
    return {**moved, "users": logs["users"].with_columns(entry_ts=pl.lit(morning))}


def few_users(logs: Tables, n: int) -> Tables:
    users = logs["users"]["user_id"].head(n)
    mine = pl.col("user_id").is_in(users.implode())
    others = {name: frame.filter(mine) for name, frame in logs.items() if name != "clicks"}
    return {**logs, **others, "clicks": only_of(logs, mine)["clicks"]}


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (no_purchases, "no purchases of the users that can be judged"),
        (single_channel, "All spend goes to one channel (search)"),
        (one_paid_channel, "All spend goes to one channel (search)"),
        (no_ad_was_shown, "Nothing was spent on any channel"),
        (lambda logs: last_days(logs, 10), "need 14 complete days in a row. Log longer"),
        (all_on_the_last_day, "The log covers 1 day, 1 of them"),
        (lambda logs: few_users(logs, 3), "The logs hold 3 users. "),
        (lambda logs: few_users(logs, 18), "of at least 10 that it needs. "),  # no figure is of a few people
    ],
    ids=[
        "no purchases", "single channel", "one paid channel", "only none", "too short", "all new on last day",
        "three users", "eighteen users",
    ],
)  # fmt: skip
def test_a_log_that_cannot_tell_gets_a_report_without_evidence(
    run_night: Callable[..., dict], good_logs: Tables, arrange: Arrange, expected: str
) -> None:
    split = run_night(arrange(good_logs))
    assert split["verdict"] == "NO_EVIDENCE"
    assert expected in split["why"]


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
def test_days_that_the_study_takes_out_are_named_where_too_few_are_left(
    run_night: Callable[..., dict], good_logs: Tables
) -> None:
    out = '\n[[exclude]]\nfirst = 2026-01-01\nlast = 2026-11-12\nwhy = "x"\n'
    why = run_night(good_logs, STUDY + out)["why"]
    assert "The study takes out 316 days with [[exclude]] (2026-01-01 to 2026-11-12)" in why


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
def test_impressions_alone_never_give_a_channel_split(run_night: Callable[..., dict], tmp_path: Path) -> None:
    split = run_night(simulated(tmp_path / "b", "B"))
    assert (split["verdict"], split["tier"]) == ("NO_EVIDENCE", "B")
    assert "only who saw an ad" in split["why"]


@pytest.mark.usefixtures("prefect_server", "pseudonym_key")
def test_a_fold_without_users(run_night: Callable[..., dict], good_logs: Tables) -> None:
    """One user is in one fold, so that the other one is empty."""
    split = run_night(few_users(good_logs, 1), STUDY)
    assert split["verdict"] == "NO_EVIDENCE"
    assert "the smaller one has 0 who can be judged" in split["why"]
