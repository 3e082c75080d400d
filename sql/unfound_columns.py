"""Columns that a study names and no file of the table has: refused, since all that they say would be lost."""

from sql.hints import did_you_mean, show
from sql.raw_text import RawRelation
from sql.select_columns import missing_column
from sql.settings import ROW_NUMBER


def unfound_columns(relation: RawRelation) -> list[str]:
    """A note per optional column that the study names and no row of JSON Lines has: a key may come in later
    rows alone, such as that of a return. LogError where files have headers, which lack nothing by chance.
    """
    groups = relation.groups
    known = [name for group in groups for name in group.expressions]
    notes = []
    for name, own in relation.wanted.named.items():
        if not groups or own in (*known, ROW_NUMBER):
            continue
        if not any(group.is_json for group in groups):
            raise missing_column(groups[0].where(relation.table), name, own, dict.fromkeys(known))
        notes.append(
            f"No row of {relation.table} has the key {show(own)!r}, which the study names for {name}: its "
            f"values count as missing{did_you_mean(own, known)}"
        )
    return notes
