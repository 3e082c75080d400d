"""A test whose rows are persons: what was done, and in the same file or in others what came of it."""

from dataclasses import dataclass

import polars as pl

from flows.init.after_draw import KEPT, PAID, Place, after_draw, amounts_after, comes_after, never_without
from flows.init.costs import cost_lines, is_cost
from flows.init.events import Table, left_over, tables_by_name
from flows.init.levels import are_levels
from flows.init.lines import Line, listed, quoted
from flows.init.look import Column, Seen, is_nearly_all, sizes
from flows.init.roles import (
    ARMS,
    CHANNELS,
    COSTS,
    LEVELS,
    MARGINS,
    MORE_ARMS,
    PROPENSITIES,
    REVENUES,
    SPENT,
    SUCCESSES,
    USERS,
    is_few,
    is_probability,
    named,
)
from sql.settings import ROW_NUMBER

DATED = "2020-01-01"
"""The day of every decision where a file has no clock."""
MOST_FEATURES = 100
ROUNDING = 0.02
"""How far the arms' shares, as they are written, may be from adding up to 1."""
WHICH = [*ARMS, *MORE_ARMS, *CHANNELS]
"""What was done to a person, best word first."""
NOTHING = (
    *("none", "control", "holdout", "no e-mail", "no email", "no mail", "nothing", "untreated", "kontrolle"),
    "kontrollgruppe",
)
"""What arms are called that get nothing, in small letters."""


@dataclass(frozen=True)
class Trial:
    """The lines of its tables, and the columns that could be state."""

    path: str
    tables: tuple[tuple[str, tuple[Line, ...]], ...]
    features: tuple[str, ...]
    after: tuple[str, ...]
    """Commented lines on the columns that come after the draw."""
    notes: tuple[str, ...]
    arm: Column
    beside: tuple[str, ...] = ()
    """Files of a log that lie beside it, and that it does not read."""


def trial_of(seen: Seen) -> Trial | None:
    """How to read a test's wide file; None where it has no column of arms or of outcomes."""
    arms = _arms(seen)
    sold = named(seen, _paid_words(arms), _is_amount)
    margins = named(seen, MARGINS, _is_amount) or amounts_after(seen, KEPT)
    amounts = sold or margins or amounts_after(seen, PAID)
    flags = named(seen, SUCCESSES, lambda c: c.is_flag)
    users = _people(seen)
    if not arms or not (amounts or flags) or (named(seen, USERS, lambda _: True) and not users):
        return None
    arm, goal = arms[0], (amounts or flags)[0]
    propensity = _propensity(seen, arm)
    clock = _clock(seen)
    path = Line("path", quoted(seen.path), f"{seen.n_rows:,} rows")
    who = users[0].name if users else ROW_NUMBER
    user = _user(who)
    decisions = [path, *_decisions(seen, arm, propensity, who, goal)]
    money = [Line("columns.revenue", quoted(goal.name), _goal_why(goal, amounts, flags))]
    if margins:
        why = "CHECK: what is left of that" if sold else "all of it is margin, by its name"
        money.append(Line("columns.margin", quoted(margins[0].name), why))
    bought = [path, user, Line("columns.purchase_id", quoted(who), ""), *money, *_when(clock, "ts")]
    bought.append(
        Line("without", f"{{ {quoted(goal.name)} = {listed(['0', ''])} }}", "rows without one are no success")
    )
    known = [path, user, *_when(clock, "entry_ts")]
    used = {c.name for c in (arm, *amounts, *margins[:1], *flags, *users, propensity, clock) if c}
    others = [c for c in seen.columns.values() if c.name not in used and c.given]
    later = [c for c in others if comes_after(c)]
    features = tuple(c.name for c in others if c not in later and not is_cost(c) and c.distinct > 1)
    after = _after(seen, arm, later, who, "user_features")
    tables = (("impressions", tuple(decisions)), ("purchases", tuple(bought)), ("users", tuple(known)))
    notes = (*_repeated(seen, users), *_notes(clock, arm))
    return Trial(seen.path, tables, features[:MOST_FEATURES], after, notes, arm)


def sends_of(seen: Seen) -> Table | None:
    """A test whose file says who was put into which arm, and when; what came of it stands in other files."""
    arms, users, clock = _arms(seen), _people(seen), _clock(seen)
    outcomes = named(seen, [*_paid_words(arms), *MARGINS, *SUCCESSES], lambda c: c.is_number)
    if not arms or not users or not clock or outcomes or named(seen, COSTS, lambda c: c.is_number):
        return None
    propensity = _propensity(seen, arms[0])
    lines = _decisions(seen, arms[0], propensity, users[0].name, None)
    columns = {"user_id": users[0], "channel": arms[0], "ts": clock}
    if propensity:
        columns["propensity"] = propensity
    unread, no_state = left_over("impressions", seen, columns)
    later = [c for c in seen.columns.values() if c.name in no_state and comes_after(c)]
    return Table(
        "impressions",
        seen.path,
        seen.n_rows,
        tuple(lines),
        columns,
        unread,
        tuple(name for name in no_state if name not in [c.name for c in later]),
        is_test=True,
        after=_after(seen, arms[0], later, users[0].name, "context"),
    )


def _after(seen: Seen, arm: Column, later: list[Column], who: str, state: str) -> tuple[str, ...]:
    """Commented lines on the columns that come after the draw."""
    when, idle = _when(_clock(seen), "ts")[0], _read_as(arm)
    nothing = [value for value, name in idle.items() if name == "none"]
    place = Place(who, when, seen.path, state)
    return tuple(
        line for c in later for line in after_draw(c, place, never_idle=never_without(seen, c, arm, nothing))
    )


def _paid_words(arms: list[Column]) -> list[str]:
    """What people paid goes by. What is spent on a channel is the advertiser's."""
    return REVENUES if not arms or arms[0].word in CHANNELS else [*REVENUES, *SPENT]


def _people(seen: Seen) -> list[Column]:
    """Columns of people of whom nearly each has one row: a night sets aside the few that come again."""
    return named(seen, USERS, lambda c: is_nearly_all(c.distinct, c.given))


def _repeated(seen: Seen, users: list[Column]) -> list[str]:
    again = users[0].given - users[0].distinct if users else 0
    why = "equal rows count once, others are refused and counted"
    return [f"{again:,} rows of {seen.path} repeat a {users[0].name}: {why}."] if again else []


def _propensity(seen: Seen, arm: Column) -> Column | None:
    """The probability with which a row's arm was drawn: by its name, or a number per arm, adding up to 1."""
    told = named(seen, PROPENSITIES, is_probability)
    return next(iter(told or [c for c in seen.columns.values() if _is_share(seen, arm, c)]), None)


def _is_share(seen: Seen, arm: Column, column: Column) -> bool:
    """A number per arm that is no cost; one for all arms is told by its name alone."""
    if column is arm or is_cost(column) or not is_probability(column):
        return False
    if not 1 < column.distinct <= arm.distinct:
        return False
    pairs = seen.rows.select(arm=arm.name, share=column.name).drop_nulls().unique()
    total = float(pairs["share"].cast(pl.Float64, strict=False).sum())
    return len(pairs) == arm.distinct and abs(total - 1) < ROUNDING


def _arms(seen: Seen) -> list[Column]:
    """Columns that may say what was done, best first; amounts alone where a row is a person's draw: beside
    its probability, or in a file whose name does not say what else it is."""
    arms = named(seen, WHICH, _can_be_arm)
    if arms:
        return arms
    is_drawn = named(seen, PROPENSITIES, is_probability)
    by_person = _people(seen) and not tables_by_name(seen)
    return named(seen, LEVELS, _can_be_arm) if is_drawn or by_person else []


def _can_be_arm(column: Column) -> bool:
    return is_few(column) and 2 <= column.distinct <= 20


def _is_amount(column: Column) -> bool:
    return column.is_number and column.distinct > 1 and not column.is_flag


def _clock(seen: Seen) -> Column | None:
    """The first column of times that is not about what came of it."""
    return next((c for c in seen.columns.values() if c.time in ("day", "time") and not comes_after(c)), None)


def _decisions(
    seen: Seen, arm: Column, propensity: Column | None, who: str, goal: Column | None
) -> list[Line]:
    """A row is a decision: the lines of its table, without `path`; `goal` is what the test is about."""
    why = f"from {propensity.low:g} to {propensity.high:g}" if propensity else ""
    if propensity and propensity.word not in PROPENSITIES:
        why += ", one per arm, and these add up to 1: CHECK that the arm was drawn so"
    return [
        _user(who),
        Line("columns.impression_id", quoted(who), "one decision per row"),
        Line("columns.channel", quoted(arm.name), f"{arm.distinct} values: {', '.join(arm.top[:6])}"),
        *_named_arms(arm),
        *_when(_clock(seen), "ts"),
        *cost_lines(seen, goal),
        Line("columns.propensity", quoted(propensity.name), why)
        if propensity
        else Line("constants.propensity", "", _drawn(seen, arm)),
    ]


def _user(who: str) -> Line:
    why = "no column is an id: the row's number" if who == ROW_NUMBER else "each row has its own"
    return Line("columns.user_id", quoted(who), why)


def _read_as(arm: Column) -> dict[str, str]:
    """What the arms are read as: one that means nothing was done is `none`."""
    if arm.is_flag:
        return {value: "treated" if float(value) else "none" for value in arm.top}
    return {value: "none" for value in arm.top if value.lower() in NOTHING}


def _named_arms(arm: Column) -> list[Line]:
    read = _read_as(arm)
    pairs = ", ".join(f"{quoted(value)} = {quoted(name)}" for value, name in read.items())
    return (
        [Line("values.channel", f"{{ {pairs} }}", "CHECK: `none` is the arm that got nothing")]
        if read
        else []
    )


def _drawn(seen: Seen, arm: Column) -> str:
    arms = sizes(seen.rows[arm.name].drop_nulls()).head(6).iter_rows()
    shares = ", ".join(f"{value} {n / arm.given:.1%}" for value, n in arms)
    return (
        f"was the arm drawn at random? Of the rows: {shares}. Write the probability, of equal arms "
        f'"{1 / arm.distinct:.4g}", or name a column that holds it; delete this line where nothing was drawn'
    )


def _when(clock: Column | None, name: str) -> list[Line]:
    if clock:
        return [Line(f"columns.{name}", quoted(clock.name), f"its values are {clock.time}s")]
    return [Line(f"constants.{name}", quoted(DATED), "the file has no clock")]


def _goal_why(goal: Column, amounts: list[Column], flags: list[Column]) -> str:
    others = [c.name for c in (*amounts, *flags) if c is not goal]
    what = "0 and 1: a success is worth 1" if goal in flags else f"amounts up to {goal.high:g}"
    return what + (f"; CHECK: {', '.join(others)} could be meant too" if others else "")


def _notes(clock: Column | None, arm: Column) -> tuple[str, ...]:
    notes = []
    if clock is None:
        notes.append(f"The file has no clock: every row is dated {DATED}.")
    if not _named_arms(arm) and not are_levels(arm):
        notes.append("No arm is called `none`: where one got nothing, say so in `values.channel`.")
    return tuple(notes)
