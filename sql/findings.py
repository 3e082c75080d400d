"""What staging finds about a log whose rows are each fine: a kind of fault no single row shows."""

import duckdb

from sql.buyers import buyers_known
from sql.channel_names import name_finding
from sql.currencies import currencies_named
from sql.events import Finding
from sql.raw_tables import RawTables
from sql.refused_ads import ads_in_refused_rows
from sql.refused_money import money_in_refused_rows
from sql.small_money import money_below_a_micro


def look_for_findings(
    connection: duckdb.DuckDBPyConnection, raw: RawTables, currency: str
) -> tuple[Finding, ...]:
    """Every finding, in the order of a report. Raises LogError where nothing can be learnt from the log."""
    return (
        buyers_known(connection),
        money_in_refused_rows(connection),
        ads_in_refused_rows(connection),
        money_below_a_micro(connection),
        name_finding(connection),
        *currencies_named(connection, raw, currency),
    )
