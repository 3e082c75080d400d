"""What a table of counts calls what it counts: conversions are no purchases."""

import re

from models.results import singular
from sql.settings import LogTable, TableName


def words_of_counts(tables: dict[TableName, LogTable]) -> dict[str, str]:
    """Words of the vocabulary that follow from the column which counts successes, where it has a plural for a
    name: `conversions`, `new_orders`. Empty where there are purchases besides."""
    counts = tables.get("counts")
    if counts is None or "purchases" in tables:
        return {}
    column = next((files.columns["successes"] for files in counts.files if "successes" in files.columns), "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z_]{0,38}[a-rt-z]s", column):
        return {}
    successes = column.replace("_", " ").lower()
    return {"success": singular(successes), "successes": successes}
