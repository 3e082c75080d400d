"""Money too small for micros: it would count as nothing, without a word."""

import duckdb

from sql.database import model_text, rows
from sql.events import Finding


def money_below_a_micro(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Share of the worst money column's amounts that are above 0 and count as 0."""
    found = rows(connection, model_text("figures/small_money"))
    table, column, amounts, too_small = max(
        found, key=lambda row: (row[3] / row[2], row[0], row[1]), default=("", "", 1, 0)
    )
    text = "No amount is too small to be counted."
    if too_small:
        text = (
            f"{too_small} of {amounts} amounts in {column} of {table} are above 0 and below a millionth of "
            "the study's currency unit: they count as 0. Write money in a smaller unit, thousandths for "
            "example, in every table and in the study."
        )
    return Finding(
        "amounts too small", too_small > 0, too_small / amounts, "share of the worst column", "0", text
    )
