"""Tables of the log contract under other names: ads shown, clicks, purchases, counts, regions, ..."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from flows.init.after_draw import comes_after
from flows.init.costs import is_cost
from flows.init.further_lines import further_lines
from flows.init.lines import Line, quoted
from flows.init.look import Column, Seen, is_nearly_all
from flows.init.odd_values import odd_values
from flows.init.roles import (
    ARMS,
    PROPENSITIES,
    are_many,
    is_few,
    is_probability,
    is_time,
    money_unit,
    named,
    tells_of_single_ones,
)
from flows.init.table_words import CONTROLS, PLACES_OF_A_TEST, STEMS, WORDS
from sql.contract import CONTRACT

FLAGS = {"true", "t", "yes", "y", "1", "1.0", "false", "f", "no", "n", "0", "0.0"}
NOBODYS = ("totals", "budgets", "experiments", "counts", "geo")
"""Tables that tell no single entity: what has ids of people or orders is none of them."""
ARMS_OF_A_LOG = {"treated", "random", "usual", "holdout"}
"""What arms of the table `arms` are called; a file of other ones is a test of its own."""
MORE_THAN_WRITTEN = 2
"""Required columns that a file may lack and still be, by its name, the table: they are asked for. Of one that
has as many, more may be."""
MOST_NAMED = 4
"""Columns that a question names."""
GUESSED = "the one column whose values could be it: CHECK"
PEOPLE = ("user_id", "entity_id")
NEVER_GUESSED = (*PEOPLE, "treated")
"""What values alone never tell: people have many rows, and a test its days."""


def is_flag(column: Column) -> bool:
    """True and false, as the log's reader takes them."""
    return column.given > 0 and {value.lower() for value in column.top} <= FLAGS


def are_many_words(column: Column) -> bool:
    """Text of many values, as ids of people are."""
    return not column.time and not column.is_number and are_many(column)


def is_amount(column: Column) -> bool:
    """Numbers alone."""
    return column.is_number


FITS = {
    "ts": is_time, "entry_ts": is_time, "returned_ts": is_time, "day": is_time, "date": is_time,
    "knowledge_ts": lambda c: is_time(c) and c.distinct > 1, "channel": is_few, "arm": is_few,
    "cost": is_amount, "revenue": is_amount, "margin": is_amount, "propensity": is_probability,
    "n": lambda c: c.is_whole, "successes": lambda c: c.is_whole, "sum": is_amount,
    "sum_of_squares": is_amount, "outcome": is_amount,
    "treated": is_flag,
}  # fmt: skip
MONEY = ("cost", "revenue", "margin", "spend")


@dataclass(frozen=True)
class Table:
    """One file, or folder of files, as a table of the contract."""

    name: str
    path: str
    n_rows: int
    lines: tuple[Line, ...]
    """Of its section, without `path`."""
    columns: dict[str, Column]
    """Contract column -> the file's own."""
    unread: tuple[str, ...]
    """Columns of the file that nothing reads;"""
    no_state: tuple[str, ...] = ()
    """of decisions and entities these can be no state: what comes after it, its time, its chance, an id."""
    is_test: bool = False
    """Impressions that are a test: one decision per entity, drawn at random."""
    guessed: tuple[str, ...] = ()
    """Contract columns that no name tells, and values do."""
    after: tuple[str, ...] = ()
    """Of a test: commented lines on the columns that come after the draw."""

    @property
    def lacks(self) -> list[str]:
        """Contract columns that no name tells: asked for, or guessed."""
        return [*(line.key.partition(".")[2] for line in self.lines if not line.value), *self.guessed]

    def is_like(self, other: "Table") -> bool:
        """Whether both files are read alike: the same columns under the same names, in the same units."""
        ours, theirs = ({(line.key, line.value) for line in one.lines} for one in (self, other))
        return ours == theirs and self.columns.keys() == other.columns.keys()

    def as_test_of_its_own(self) -> "Table":
        """Counts of one of several tests: where no column says which, the file's name does."""
        if "test" in self.columns:
            return self
        name = Line("constants.test", quoted(self.path.partition(".")[0]), "several files: each is a test")
        return replace(self, lines=(*self.lines, name))


def table_of(seen: Seen) -> Table | None:
    """The contract's table of which a file has every column: that of its name, or else of its contents."""
    tables = [*tables_by_name(seen), "counts", "geo", "impressions", "purchases", "opportunities", "arms"]
    whole = (table for table in tables if _can_be(table, seen) and not _missing(table, _columns(table, seen)))
    return next((_table(table, seen) for table in whole), None)


def table_by_name(seen: Seen) -> Table | None:
    """The table that a file's name says, where it lacks a column or two; they are asked for."""
    for table in tables_by_name(seen):
        lacks = len(_missing(table, _columns(table, seen)))
        has = len(CONTRACT[table].required) - lacks
        if _can_be(table, seen) and (lacks <= MORE_THAN_WRITTEN or has >= MORE_THAN_WRITTEN):
            return _table(table, seen)
    return None


def panel_of_regions(seen: Seen) -> Table | None:
    """Outcomes of regions, a row per region and day, that do not say which were treated when; this is asked.
    None where rows are of spend: the totals of a platform, by place."""
    found = _columns("geo", seen)
    if not _can_be("geo", seen) or _missing("geo", found) != ["treated"]:
        return None
    rows = seen.rows.select(found["region"].name, found["day"].name)
    is_spend = "spend" in found and not named(seen, [*ARMS, *PLACES_OF_A_TEST], is_few)
    return None if is_spend or rows.is_duplicated().any() else _table("geo", seen)


def tables_by_name(seen: Seen) -> list[str]:
    return says_table(seen.stem)


def says_table(name: str) -> list[str]:
    """Tables that the name of a file or folder may say."""
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return [
        table
        for table, stems in STEMS.items()
        if word in stems or any(word.startswith(f"{s}_") or word.endswith(f"_{s}") for s in stems)
    ]


def _can_be(table: str, seen: Seen) -> bool:
    if table == "arms":
        arm = _columns("arms", seen).get("arm")
        return arm is not None and {value.lower() for value in arm.top} <= ARMS_OF_A_LOG
    return table not in NOBODYS or not tells_of_single_ones(seen)


def _columns(table: str, seen: Seen) -> dict[str, Column]:
    """Contract column -> the file's own: its own name if it is there, else the best word that fits."""
    contract, found = CONTRACT[table], dict[str, Column]()
    for name in contract.required + contract.optional:
        fits = FITS.get(name, lambda c: c.given > 0)
        free = [c for c in named(seen, [name, *WORDS.get(name, [])], fits) if c not in found.values()]
        if free:
            found[name] = free[0]
    if table == "counts" and "arm" not in found and (arm := _arm_by_values(seen)):
        found["arm"] = arm
    if table == "geo" and _says_where_alone(seen, found):
        del found["treated"]
    return found


def _arm_by_values(seen: Seen) -> Column | None:
    """A column of arms by another name: one of its values is what the arm of today is called."""
    few = (c for c in seen.columns.values() if is_few(c) and c.distinct > 1)
    return next((c for c in few if {value.lower() for value in c.top} & CONTROLS), None)


def _says_where_alone(seen: Seen, found: dict[str, Column]) -> bool:
    """Whether what would be `treated` is a word for the test's regions that never changes within one."""
    if "region" not in found or "treated" not in found or found["treated"].word not in PLACES_OF_A_TEST:
        return False
    region, treated = found["region"].name, found["treated"].name
    return not (seen.rows.group_by(region).n_unique()[treated] > 1).any()


def _missing(table: str, found: Collection[str]) -> list[str]:
    """What the table needs to say anything, and has no column for."""
    needed = [*CONTRACT[table].required]
    if table == "geo":
        needed.append("treated")
    if table == "counts" and not {"sum", "sum_of_squares"} <= {*found}:
        needed.append("successes")
    return [name for name in needed if name not in found]


def _table(table: str, seen: Seen) -> Table:
    found = _columns(table, seen)
    guessed = _guessed(table, seen, found)
    found |= guessed
    lines = [
        Line(f"columns.{name}", quoted(column.name), GUESSED if name in guessed else _why(name, column))
        for name, column in found.items()
        if column.name != name
    ]
    lines += [Line(f"columns.{name}", "", _question(name, seen, found)) for name in _missing(table, found)]
    for name in MONEY:
        if name in found:
            unit, why = money_unit(found[name], 0.0)
            if unit != "currency":
                lines.append(Line(f"money_units.{name}", quoted(unit), why))
    if table == "purchases" and (paid := found.get("revenue")):
        lines += further_lines(seen, paid, found.get("purchase_id"))
    left = left_over(table, seen, found)
    return Table(table, seen.path, seen.n_rows, tuple(lines), found, *left, guessed=tuple(guessed))


def _guessed(table: str, seen: Seen, found: dict[str, Column]) -> dict[str, Column]:
    """What no name tells and one column alone could be by its values: a question would name its answer."""
    guessed = dict[str, Column]()
    for name in _missing(table, found):
        could = _could_be(name, seen, found | guessed) if name not in NEVER_GUESSED else []
        if FITS.get(name) is is_few:  # words before numbers, which may be costs
            could = [c for c in could if not c.is_number] or could
        if len(could) == 1:
            guessed[name] = could[0]
    return guessed


def left_over(table: str, seen: Seen, found: dict[str, Column]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns that nothing reads, and those of decisions and entities that can be no state."""
    own = {column.name for column in found.values()}
    others = [c for c in seen.columns.values() if c.name not in own and c.given]
    follows = [c for c in others if c.time or c.word in PROPENSITIES or _is_id(c)]
    if table == "impressions":
        follows = [c for c in others if c in follows or comes_after(c) or is_cost(c)]
    if table not in ("impressions", "users"):
        follows = []
    return tuple(c.name for c in others if c not in follows), tuple(c.name for c in follows)


def _question(name: str, seen: Seen, found: dict[str, Column]) -> str:
    path, groups = seen.path, named(seen, [*ARMS, *PLACES_OF_A_TEST], is_few)
    if name == "treated":
        which = f"; {groups[0].name} says where, and not when" if groups else ""
        return (
            f"which column of {path} is true, for each treated region, on the days with treatment alone? "
            f"Write one where there is none{which}"
        )
    ids = " `#row` numbers the rows." if name.endswith("_id") and name != "user_id" else ""
    free = ' Where ads cost nothing: `constants.cost = "0"`.' if name == "cost" else ""
    odd = f" {' '.join(odd_values(seen))}".rstrip(" .") if FITS.get(name) in (is_time, is_amount) else ""
    return f"which column of {path} is {name}?{_candidates(name, seen, found)}{ids}{free}{odd}"


def _candidates(name: str, seen: Seen, found: dict[str, Column]) -> str:
    could = [c.name for c in _could_be(name, seen, found)]
    return f" By its values: {', '.join(could[:MOST_NAMED])}." if could else ""


def _could_be(name: str, seen: Seen, found: dict[str, Column]) -> list[Column]:
    """Columns that are nothing else and whose values could be it."""
    fits = FITS.get(name, lambda c: name.endswith("_id") and _is_id(c))
    if name in PEOPLE:
        fits = are_many_words
    free = [c for c in seen.columns.values() if c.given and c not in found.values()]
    return [c for c in free if fits(c) and not (fits is is_few and _is_id(c))]


def _is_id(column: Column) -> bool:
    """Text of which nearly every row has its own."""
    return not column.time and not column.is_number and is_nearly_all(column.distinct, column.given)


def _why(name: str, column: Column) -> str:
    if column.shared_by:
        return f"an id that {column.shared_by} files share: CHECK"
    if name == "knowledge_ts":
        return "when a row was known, by its name: CHECK; a night reads rows that were known before it"
    if column.time in ("day", "time"):
        return f"its values are {column.time}s" + (" with a zone" if column.has_zone else "")
    if column.time and FITS.get(name) is is_time:
        return f"numbers: {column.time} since 1970"
    if name in ("channel", "arm"):
        few = ", ".join(column.top[:4])
        return f"{column.distinct} values: {few}{', ...' if column.distinct > 4 else ''}"
    if name == "propensity":
        return f"from {column.low:g} to {column.high:g}"
    return "by its name"
