"""From the table of counts to the answers of its tests."""

from dataclasses import dataclass, replace

import polars as pl

from models.results import CountedRows, CountedTests, TrialResult
from models.trials.counts import ArmCounts, false_discoveries, judge_counts, successes
from models.trials.days import iso_day
from models.trials.trial_log import IDLE
from sql.errors import LogError
from sql.events import Events


@dataclass(frozen=True)
class Counting:
    """How a study wants its counts judged."""

    idle: str = IDLE
    """What the arm that does nothing is called; empty: every arm does something."""
    level: float = 0.95
    matters: float | None = None
    """The difference per entity that matters."""


def judge_counted_tests(events: Events, how: Counting) -> CountedTests:
    """Every test of the table `counts`, and which of them found something beyond what so many find by chance.

    Those found are at most 1 - level false ones on average (`false_discoveries`). Raises LogError where no
    test can be judged.
    """
    table = pl.read_parquet(events.folder / "counts.parquet")
    names = sorted({name or "" for name in table["test"].to_list()})
    judged, unjudged = [], []
    for name in names:
        rows = table.filter(pl.col("test").fill_null("") == name)
        try:
            judged.append(_judge(name, rows, events.excluded_days, how))
        except LogError as error:
            unjudged.append((name, str(error)))
    if not judged:
        name, sentence = unjudged[0]
        raise LogError(f"No test can be judged. Of `{name}`: {sentence}" if name else sentence)
    found = false_discoveries([rows.p_value for _, rows in judged], 1 - how.level)
    tests = tuple(
        replace(trial, counted=replace(rows, found=one))
        for (trial, rows), one in zip(judged, found, strict=True)
    )
    return CountedTests(tests, tuple(unjudged), how.level)


def _judge(
    name: str, table: pl.DataFrame, excluded: tuple[int, ...], how: Counting
) -> tuple[TrialResult, CountedRows]:
    """One test; whether it found something is not known before all are."""
    if 0 < table["day"].null_count() < len(table):
        raise LogError(
            "Some rows of the counts tell a day and others none, so that entities may be counted twice; tell "
            "it in all rows of a test or in none."
        )
    out = pl.col("day").fill_null(-1).is_in(list(excluded))
    rows = table.filter(~out)
    if rows.is_empty():
        raise LogError("Every day of the counts is one that the study leaves out.")
    days = rows["day"].drop_nulls().to_list()
    sums = not rows["sum"].null_count()
    if not sums and rows["successes"].null_count():
        raise LogError(
            "Some rows of the counts tell successes alone and others sums alone; tell one of them in all."
        )
    called = pl.when(pl.col("arm") == IDLE).then(pl.lit(how.idle or IDLE)).otherwise(pl.col("arm"))
    counts = [
        ArmCounts(r["arm"], r["n"], r["sum"], r["sum_of_squares"], r["day"] or 0)
        if sums
        else successes(r["arm"], r["n"], r["successes"], r["day"] or 0)
        for r in rows.with_columns(arm=called).sort("arm", "day").iter_rows(named=True)
    ]
    counts.sort(key=lambda row: (row.arm != how.idle, row.arm, row.day))
    found = judge_counts(counts, idle=how.idle, level=how.level, matters=how.matters)
    known = CountedRows(
        test=name,
        of="sum" if sums else "successes",
        first_day=iso_day(min(days)) if days else None,
        last_day=iso_day(max(days)) if days else None,
        left_out=found.left_out + int(table.filter(out)["n"].sum()),
        p_value=found.p_value,
        found=False,
    )
    entities = sum(arm.entities for arm in found.comparison.arms)
    idle = how.idle if any(arm.arm == how.idle for arm in found.comparison.arms) else None
    trial = TrialResult(
        verdict=found.verdict,
        idle=idle,
        arms=found.comparison.arms,
        differences=found.comparison.differences,
        checks=(),
        entities=entities,
        decisions=entities,
        level=how.level,
    )
    return trial, known
