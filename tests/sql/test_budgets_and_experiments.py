"""What analysts write down beside the logs: budgets that were typed in, and experiments that are over."""

from pathlib import Path
from typing import Any

import pytest
from tiny_logs import Row, click, column, count, digest, impression, purchase, stage, write_log, write_table

SHOWN = [impression(n, "2026-01-01", f"u{n}", channel) for n, channel in enumerate(("search", "tv"))]
EVENTS = {
    "impressions": SHOWN,
    "clicks": [click(0, "2026-01-01")],
    "purchases": [purchase(1, "2026-01-02", "u1")],
}


def budget(date: str = "2026-01-05", channel: str = "search", planned: Any = "100.5") -> Row:
    return {"date": date, "channel": channel, "planned": planned}


def experiment(**change: Any) -> Row:
    test = {"channel": "tv", "unit": "postcode", "start": "2026-01-05", "end": "2026-01-18"}
    return test | {"lift": "1.25", "standard_error": "0.5"} | change


def test_budgets_are_money_per_day_and_channel(tmp_path: Path) -> None:
    rows = [budget(), budget(), budget(channel="tv", planned="0"), budget("2026-02-01")]
    events = stage(write_log(tmp_path / "log", **EVENTS, budgets=rows))
    found = count(events, "budgets")
    assert (found.rows_in, found.good, found.duplicate, found.not_yet_known) == (4, 2, 1, 1)
    assert column(events, "budgets", "action", "planned_micros") == [(1, 100_500_000), (2, 0)]


def test_experiments_are_known_once_they_are_over(tmp_path: Path) -> None:
    rows = [
        experiment(multiplier="1.5"),
        experiment(multiplier="1.5"),
        experiment(unit="user", lift="-2e-1"),
        experiment(unit=None, end="2026-01-31"),
        experiment(end="2026-02-01"),
    ]
    events = stage(write_log(tmp_path / "log", **EVENTS, experiments=rows))
    found = count(events, "experiments")
    assert (found.rows_in, found.good, found.duplicate, found.not_yet_known) == (5, 3, 1, 1)
    assert column(events, "experiments", "unit", "lift", "multiplier") == [
        ("postcode", 1.25, 1.5),
        ("user", -0.2, 0.0),  # without a multiplier it was a holdout
        (None, 1.25, 0.0),
    ]


def test_a_test_may_have_several_cells(tmp_path: Path) -> None:
    """Same dates and unit; one cell is a holdout, the other was given half as much again."""
    holdout = [experiment(multiplier=written) for written in (None, "0", "-0.0")]  # three times the same
    more = [experiment(multiplier="1.5", lift=written) for written in ("0", "-0")]
    rows = [*more, experiment(multiplier="1.5", standard_error="0.6"), *holdout]
    forward, backward = (
        stage(write_log(tmp_path / name, **EVENTS, experiments=order))
        for name, order in (("forward", rows), ("backward", rows[::-1]))
    )
    found = count(forward, "experiments")
    assert (found.rows_in, found.good, found.duplicate, sum(found.quarantined.values())) == (6, 2, 3, 1)
    assert column(forward, "experiments", "unit", "multiplier", "lift", "standard_error") == [
        ("postcode", 0.0, 1.25, 0.5),
        ("postcode", 1.5, 0.0, 0.5),  # of two that say different things the surer one
    ]
    assert digest(forward) == digest(backward)


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("budgets", budget("someday"), "date is not a time"),
        ("budgets", budget("1999-12-31"), "date is before 2000"),
        ("budgets", budget(planned="-1"), "planned is negative"),
        ("budgets", budget(planned="lots"), "planned is not a number"),
        ("budgets", budget(planned=None), "planned is missing"),
        ("budgets", budget(channel=" "), "channel is missing"),
        ("budgets", budget(channel="None"), "a budget for the channel none"),
        ("experiments", experiment(start=None), "start is missing"),
        ("experiments", experiment(end="soon"), "end is not a time"),
        ("experiments", experiment(end="2026-01-04"), "end is before start"),
        ("experiments", experiment(channel="none"), "an experiment on the channel none"),
        ("experiments", experiment(lift="nan"), "lift is not a number"),
        ("experiments", experiment(lift="inf"), "lift is not a number"),
        ("experiments", experiment(lift=None), "lift is missing"),
        ("experiments", experiment(standard_error="0"), "standard_error is not above 0"),
        ("experiments", experiment(multiplier="half"), "multiplier is not a number"),
        ("experiments", experiment(multiplier="-1"), "multiplier is negative"),
        ("experiments", experiment(multiplier="1"), "multiplier is 1, which changes nothing"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(tmp_path: Path, table: str, row: Row, reason: str) -> None:
    good = budget() if table == "budgets" else experiment(unit="user")
    events = stage(write_log(tmp_path / "log", **EVENTS, **{table: [good, row]}))
    found = count(events, table)
    assert (found.rows_in, found.good, found.quarantined) == (2, 1, {reason: 1})


def test_a_channel_that_was_never_delivered_is_told(tmp_path: Path) -> None:
    tables = {"budgets": [budget(channel="radio")], "experiments": [experiment(channel="cinema")]}
    events = stage(write_log(tmp_path / "log", **EVENTS, **tables))
    assert column(events, "budgets", "action") == column(events, "experiments", "action") == []
    for channel in ("radio", "cinema"):
        assert f"The channel {channel} was never delivered and is no action." in events.notes


def test_every_format_and_other_column_names_give_the_same_bytes(tmp_path: Path) -> None:
    hostile = "'; DROP TABLE staging.budgets; --"
    shown = [*SHOWN, impression(7, "2026-01-01", "u7", hostile)]
    tables = {
        "budgets": [budget(), budget(channel=hostile)],
        "experiments": [experiment(), experiment(channel=hostile, unit=hostile)],
    }
    found = [
        digest(stage(write_log(tmp_path / e, e, **EVENTS | {"impressions": shown} | tables)))
        for e in ("csv", "parquet", "jsonl")
    ]
    assert found[0] == found[1] == found[2]
    renamed = [{"day": r["date"], "channel": r["channel"], "cents": "10050"} for r in tables["budgets"]]
    log = write_log(
        tmp_path / "renamed", **EVENTS | {"impressions": shown, "experiments": tables["experiments"]}
    )
    write_table(log / "plan.csv", renamed)
    spec = {"path": "plan.csv", "columns": {"date": "day", "planned": "cents"}, "money_unit": "cents"}
    assert digest(stage(log, tables={"budgets": spec})) == found[0]
