"""From raw logs to staged events: read every row, judge it, shape, check, write. See `stage_logs`."""

import shutil
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from sql.causes import cause_of
from sql.channel_names import never_delivered
from sql.contract import CONTRACT
from sql.database import SQL_FOLDER, model_text, open_database, rows, run_model, set_variable
from sql.errors import LogError, StudyError
from sql.events import Events, TableCount
from sql.fates import count_fates, refuse_bad_logs, write_quarantine
from sql.findings import look_for_findings
from sql.hints import listing, show
from sql.inputs import log_files
from sql.marts import MARTS, write_marts
from sql.not_begun import refuse_night_before_log
from sql.pseudonyms import make_pseudonyms
from sql.raw_tables import RawTables, read_raw_tables, salvage_raw_table
from sql.settings import DayRange, LogSettings
from sql.tiers import Evidence, evidence_tier
from sql.unreadable import READING, unreadable

EPOCH = date(1970, 1, 1)
MOST_ACTIONS = 200
MOST_MONEY = 8 * 10**12
"""Currency units that one column of a log may add up to: int64 micros end soon after."""
SHARING_IDS = ("impressions", "opportunities")
"""Tables so large that only rows which share an id are sorted, in a model of their own."""
SHAPES = (
    "staging/minutes", "staging/click_events", "staging/orders", "staging/lost_ads", "staging/chances",
    "marts/exposures", "staging/touches",
)  # fmt: skip
"""Models over judged rows, pseudonyms and actions, in order: what the other marts read."""


def stage_logs(
    settings: LogSettings,
    *,
    folder: Path,
    work: Path,
    as_of: date,
    time_zone: str,
    margin_rate: float | None,
    attribution_days: int,
    delay_quantile: float,
    single_step: bool,
    exclude: tuple[DayRange, ...],
    key: bytes,
    idle: str = "none",
    currency: str = "EUR",
    needs_purchases: bool = True,
) -> Events:
    """Stage the logs in `folder` as they were known before `as_of` 00:00 in the study's time zone.

    Writes the marts of `Events` to `work/events` and refused rows to `work/quarantine`; both are replaced.
    `margin_rate` is margin per revenue where purchases carry none, None where the study sets none: then
    margin is revenue, where no purchase carries any. `attribution_days` and `delay_quantile` as in the
    decision settings; `single_step` says that every logged row is a decision, `idle` what the logs call doing
    nothing, empty where nobody ever does; `currency` is the ISO code that money is read in; `needs_purchases`
    that a log of impressions is nothing without them; `key` is the secret of the pseudonyms. Raises
    StudyError for settings and LogError for logs that cannot be used.
    """
    folder, work = folder.absolute(), work.absolute()
    if not folder.is_dir():
        raise LogError(f"{folder} is not a folder; `logs.folder` (or --logs) names the folder of the logs.")
    for name in ("events", "quarantine", "spill"):
        shutil.rmtree(work / name, ignore_errors=True)
        (work / name).mkdir(mode=0o700, parents=True)  # what is spilled holds user ids in clear
    connection = open_database(
        readable=(folder, folder.resolve()),
        work=work,
        threads=settings.threads,
        memory_limit_gb=settings.reader_gb,
        time_zone=time_zone,
    )
    try:
        connection.execute("SET VARIABLE as_of = CAST(CAST($as_of AS DATE) AS TIMESTAMPTZ)", {"as_of": as_of})
        set_variable(connection, "margin_rate", 1.0 if margin_rate is None else margin_rate)
        set_variable(connection, "margin_rate_is_set", margin_rate is not None)
        set_variable(connection, "attribution_days", attribution_days)
        set_variable(connection, "delay_quantile", delay_quantile)
        set_variable(connection, "idle", idle)
        set_variable(connection, "min_cell_users", settings.min_cell_users)
        set_variable(connection, "single_step", single_step)
        run_model(connection, "staging/macros")
        run_model(connection, "staging/macros_by_type")
        raw = read_raw_tables(connection, settings, folder, needs_purchases=needs_purchases)
        counts = _judge_rows(connection, settings, raw, work, as_of)
        _refuse_boundless_money(connection)
        run_model(connection, "staging/reached")
        make_pseudonyms(connection, key)
        run_model(connection, "staging/actions")
        actions = (idle or "none", *_actions(connection)[1:])
        findings = look_for_findings(connection, raw, currency)
        for model in dict.fromkeys((*SHAPES, *(f"marts/{mart}" for mart in MARTS))):
            run_model(connection, model)
        _run_checks(connection)
        written = write_marts(connection, settings, work / "events")
        tier, tier_reason = evidence_tier(_evidence(connection), single_step=single_step or not idle)
        first_day, last_day = _days(connection, as_of)
        return Events(
            folder=work / "events",
            tier=tier,
            tier_reason=tier_reason,
            actions=actions,
            context_columns=written.context_columns,
            user_features=written.user_features,
            segments=written.segments,
            first_day=first_day,
            last_day=last_day,
            delay_days=_delay_days(connection),
            through_day=(as_of - EPOCH).days - 1,
            excluded_days=_excluded_days(exclude, first_day, last_day),
            counts=counts,
            inputs=raw.inputs,
            notes=raw.notes + written.notes + never_delivered(connection, actions) + _notes(connection),
            findings=findings,
            outcome_names=_outcome_names(connection),
            is_margin_revenue=margin_rate is None and _takes_revenue_for_margin(connection),
        )
    except duckdb.OutOfMemoryException:
        raise LogError(
            f"The logs need more than `logs.memory_limit_gb` = {settings.memory_limit_gb:g}; raise it."
        ) from None
    except READING as error:
        raise unreadable(error, folder, log_files(folder)) from None
    finally:
        connection.close()
        shutil.rmtree(work / "spill", ignore_errors=True)


def _judge_rows(
    connection: duckdb.DuckDBPyConnection, settings: LogSettings, raw: RawTables, work: Path, as_of: date
) -> tuple[TableCount, ...]:
    """Give every row of every contract table its fate; count; refuse a log with too many bad rows, or one
    that is yet to begin."""
    lost_rows = {}
    for table in CONTRACT:
        set_variable(connection, f"{table}_money_unit", raw.money_units.get(table, "currency"))
        lost_rows[table] = _judge_table(connection, raw, table, work / "spill")
    counts = [count_fates(connection, table, n, lost_rows[table]) for table, n in raw.n_rows.items()]
    refuse_night_before_log(connection, counts, as_of)
    for count in counts:
        write_quarantine(connection, count, work / "quarantine")
        place, cause = raw.places[count.table], partial(cause_of, count, counts, raw)
        try:
            refuse_bad_logs(connection, count, settings.max_quarantined_share, place, cause)
        except LogError as error:  # clicks on what an empty file should have held are a fault of that file
            raise LogError(" ".join((str(error), *raw.empty))) from None
    return tuple(counts) + raw.source_counts


def _judge_table(connection: duckdb.DuckDBPyConnection, raw: RawTables, table: str, folder: Path) -> int:
    """Run the table's staging model; where a file breaks it, once more without the broken parts.

    Returns how many rows those hold. Only a log that fails is read part by part: it takes a while.
    """
    try:
        _stage_rows(connection, table)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        lost = salvage_raw_table(connection, table, raw.parts.get(table, ()), folder)
        if not lost:
            raise
        _stage_rows(connection, table)
        return lost
    return 0


def _stage_rows(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Run the table's staging model, and for a large one that of the rows that share an id, where there are
    such: to plan it takes as long as to plan the first."""
    run_model(connection, f"staging/{table}")
    if table in SHARING_IDS:
        if rows(connection, "SELECT 1 FROM staging.shared_ids LIMIT 1"):
            run_model(connection, f"staging/{table}_sharing_ids")
        connection.execute("DROP TABLE staging.shared_ids")


def _refuse_boundless_money(connection: duckdb.DuckDBPyConnection) -> None:
    """LogError where a column of money adds up to more than any log can hold."""
    for table, column, micros in rows(connection, model_text("figures/money_sums")):
        if micros is not None and micros > MOST_MONEY * 10**6:
            raise LogError(
                f"The {column} of all {table} adds up to more than {MOST_MONEY:,}, which cannot be "
                f"money in the log's currency; if it is written in micros or cents, say so in "
                f"`logs.tables.{table}.money_unit`, else mend the export."
            )


def _run_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Every query of sql/checks must return no row. The first line of each says what a row means."""
    for path in sorted((SQL_FOLDER / "checks").glob("*.sql")):
        query = model_text(f"checks/{path.stem}")
        found = rows(connection, query)
        if found:
            meaning = query.splitlines()[0].removeprefix("-- ")
            raise LogError(
                f"The staged log fails its check {path.stem}: {meaning} First of {len(found)} rows: "
                f"{listing(map(str, found[0]))}."
            )


def _actions(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Names in order; refuses a column with so many values that it is no channel."""
    names = tuple(c for (c,) in rows(connection, "SELECT channel FROM staging.actions ORDER BY action"))
    if len(names) > MOST_ACTIONS:
        raise LogError(
            f"channel has {len(names) - 1} different values ({listing(names[1:4])}, ...): more than "
            f"{MOST_ACTIONS - 1} cannot be told apart by evidence; was another column meant?"
        )
    return names


def _outcome_names(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Names in byte order; refuses a column with so many values that it names nothing."""
    names = tuple(n for (n,) in rows(connection, "SELECT DISTINCT name FROM marts.outcomes ORDER BY name"))
    if len(names) > MOST_ACTIONS:
        raise LogError(
            f"outcomes.name has {len(names)} different values ({listing(names[:3])}, ...), more than "
            f"{MOST_ACTIONS}; was another column meant?"
        )
    return names


def _takes_revenue_for_margin(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any good purchase carries no margin: without a rate of the study's, none does then."""
    query = "SELECT coalesce(bool_or(margin_is_filled), FALSE) FROM staging.purchases WHERE fate = 'good'"
    return bool(rows(connection, query)[0][0])


def _evidence(connection: duckdb.DuckDBPyConnection) -> Evidence:
    return Evidence(*rows(connection, model_text("figures/evidence"))[0])


def _days(connection: duckdb.DuckDBPyConnection, as_of: date) -> tuple[int, int]:
    """First and last day with an event; an empty log has none: the day of as_of and the day before."""
    first, last = rows(connection, model_text("figures/event_days"))[0]
    today = (as_of - EPOCH).days
    return (today, today - 1) if first is None else (first, min(last, today - 1))


def _delay_days(connection: duckdb.DuckDBPyConnection) -> int:
    return int(rows(connection, model_text("figures/reporting_delay"))[0][0] or 0)


def _excluded_days(exclude: tuple[DayRange, ...], first_day: int, last_day: int) -> tuple[int, ...]:
    """Days of the log that the study takes out, ascending."""
    days: set[int] = set()
    for span in exclude:
        if span.last < span.first:
            raise StudyError(f"`exclude`: {span.last} lies before first = {span.first}; swap them.")
        low, high = (span.first - EPOCH).days, (span.last - EPOCH).days
        days.update(range(max(low, first_day), min(high, last_day) + 1))
    return tuple(sorted(days))


def _notes(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """What a careful reader should know about the log."""
    remarks = tuple(show(remark, 300) for (remark,) in rows(connection, model_text("figures/remarks")))
    return remarks + tuple(
        f"The times of {table} are dates: of two events on one day the log cannot say which came first."
        for (table,) in rows(connection, model_text("figures/whole_days"))
    )
