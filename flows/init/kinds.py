"""What each file is: its contents come first, its name only where they leave it open."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flows.init.events import Table, panel_of_regions, table_by_name, table_of, tables_by_name
from flows.init.exports import SPENDS, Part, export_part
from flows.init.look import Column, Seen
from flows.init.odd_values import odd_values
from flows.init.roles import CHANNELS, LEVELS, MARGINS, REVENUES, SUCCESSES, USERS, is_few, named
from flows.init.sales import is_daily_sales, sales_part
from flows.init.table_words import STEMS
from flows.init.trial import WHICH, Trial, sends_of, trial_of
from flows.init.wide import wide_parts

MOST_NAMED = 20
ROLES: tuple[tuple[str, list[str], Callable[[Column], bool]], ...] = (
    ("the customer", USERS, lambda c: c.given > 0),
    ("what was done (an arm or a channel)", [*WHICH, *LEVELS], is_few),
    ("what came of it (an amount, or 0 and 1)", [*REVENUES, *MARGINS, *SUCCESSES], lambda c: c.is_number),
    ("spend", SPENDS, lambda c: c.is_number),
)
"""Part, the names that a column goes by that plays it, and whether its values can."""


@dataclass
class Found:
    """Files by what they are, each in the order of their names, and notes on those that are nothing."""

    tables: list[Table] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    """Of daily totals."""
    trials: list[Trial] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sort_files(seen: list[Seen]) -> Found:
    """Every file under one of these; a file of sales per day and one of a test need the others to be told."""
    found, sales, drawn = Found(), list[Seen](), list[tuple[Seen, Trial]]()
    for one in seen:
        if whole := table_of(one):
            found.tables.append(whole)
        elif wide := wide_parts(one):
            found.parts += wide
        elif regions := panel_of_regions(one):
            found.tables.append(regions)
        elif part := export_part(one):
            found.parts.append(part)
        elif trial := trial_of(one):
            drawn.append((one, trial))
        elif sends := sends_of(one):
            found.tables.append(sends)
        elif is_daily_sales(one):
            sales.append(one)
        elif named := table_by_name(one):
            found.tables.append(named)
        else:
            found.notes.append(_nothing(one))
    for one in sales:
        _take_sales(found, one)
    for one, trial in drawn:
        _take_trial(found, one, trial)
    return found


def _take_trial(found: Found, one: Seen, trial: Trial) -> None:
    """Ads by channel, by their file's name, are no test where another file holds what was bought."""
    by_name = table_by_name(one) if any(table.name == "purchases" for table in found.tables) else None
    if by_name and by_name.name == "impressions" and trial.arm.word in CHANNELS:
        found.tables.append(by_name)
    else:
        found.trials.append(trial)


def _take_sales(found: Found, one: Seen) -> None:
    """Sales per day stand beside spend per day; without any they are of no use."""
    is_spent = found.parts or any(table.name == "totals" for table in found.tables)
    part = sales_part(one, found.parts) if is_spent else None
    if part:
        found.parts.append(part)
    elif is_spent:
        several = "sales of no platform whose spend is told alone, and several rows of one day"
        found.notes.append(f"{one.path}: {several}. Left out.")
    else:
        found.notes.append(f"{one.path}: sales per day; they need spend per day beside them. Left out.")


def _nothing(one: Seen) -> str:
    odd = odd_values(one)
    if odd:
        return f"{one.path}: not read. {' '.join(odd)} {_missed(one)}"
    unnamed = "" if tables_by_name(one) else f" Its name says no table ({', '.join(list(STEMS)[:5])}, ...)."
    return f"{one.path}: nothing in it is a decision, an outcome or spend; not read. {_missed(one)}{unnamed}"


def _missed(one: Seen) -> str:
    """Its columns, and the parts that none of them was taken for."""
    columns = [c.name for c in one.columns.values()]
    names = ", ".join(columns[:MOST_NAMED]) + (", ..." if len(columns) > MOST_NAMED else "")
    missed = [role for role, words, fits in ROLES if not named(one, words, fits)]
    if not any(c.time for c in one.columns.values()):
        missed.append("the time")
    return f"Its columns: {names}." + (f" No column was taken for {'; '.join(missed)}." if missed else "")
