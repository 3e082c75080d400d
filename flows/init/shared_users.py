"""Whom a log is about, where no word tells: the id that what was shown and what followed share."""

from collections import defaultdict
from dataclasses import replace

from flows.init.events import tables_by_name
from flows.init.exports import CAMPAIGNS, PLACES
from flows.init.look import Column, Seen, is_nearly_all
from flows.init.roles import IDS, USERS, are_many, is_few, named
from flows.init.table_words import WORDS
from flows.init.trial import WHICH

SHOWN = {"impressions", "opportunities", "arms"}
FOLLOWED = {"purchases", "users", "visits", "outcomes"}
"""Tables that know users: those of what was done to them, and of who they are and what they did."""
OTHERS = {
    *CAMPAIGNS,
    *PLACES,
    *(word for words in IDS.values() for word in words),
    *(word for words in WORDS.values() if words is not USERS for word in words),
} - {*USERS}
"""Words that say a column to be something else."""

Places = list[tuple[Seen, Column]]


def with_shared_users(seen: list[Seen]) -> list[Seen]:
    """The files, with the id that they share and that no word tells taken for the user's.

    It joins files of two tables that know users, one of them of what followed, and has many values. Of
    several such ids the one that joins most is taken, and none of two that join alike. Where each of the
    files has a user by name, that is believed.
    """
    by_word = defaultdict[str, Places](list)
    for one in seen:
        for column in one.columns.values():
            if _can_be_user(column):
                by_word[column.word].append((one, column))
    joining = {word: places for word, places in by_word.items() if _joins(places)}
    repeated = {one.path for places in joining.values() for one, column in places if not _is_key(column)}
    reach = {
        word: (len(_kinds(places)), len(places))
        for word, places in joining.items()
        if not _numbers_rows(places, repeated)
    }
    furthest = [word for word in reach if reach[word] == max(reach.values())]
    if len(furthest) != 1 or furthest[0] in USERS:
        return seen
    places = joining[furthest[0]]
    if all(named(one, USERS, lambda c: c.given > 0) for one, _ in places):
        return seen
    shared = {one.path: replace(column, shared_by=len(places)) for one, column in places}
    return [
        replace(one, columns={**one.columns, shared[one.path].name: shared[one.path]})
        if one.path in shared
        else one
        for one in seen
    ]


def _can_be_user(column: Column) -> bool:
    """Text or whole numbers, under no word for something else."""
    is_id = not column.time and not column.currency and (column.is_whole or not column.is_number)
    return is_id and column.given > 0 and column.word not in OTHERS


def _is_key(column: Column) -> bool:
    """Whether nearly every row has its own."""
    return is_nearly_all(column.distinct, column.given)


def _kinds(places: Places) -> set[str]:
    """Tables that know users and that these files are by name; a file whose name says nothing and that has
    a column of arms or channels is of what was done."""
    kinds = set[str]()
    for one, column in places:
        by_name = tables_by_name(one)
        kinds |= {*by_name} & (SHOWN | FOLLOWED)
        if not by_name and [c for c in named(one, WHICH, is_few) if c is not column]:
            kinds.add("impressions")
    return kinds


def _joins(places: Places) -> bool:
    """Whether it tells who did what in two tables, by values that each file shares with another. The table
    of users has a row for each."""
    kinds = _kinds(places)
    if len(kinds) < 2 or not kinds & FOLLOWED or not any(are_many(column) for _, column in places):
        return False
    if any("users" in tables_by_name(one) and not _is_key(column) for one, column in places):
        return False
    values = [{*one.rows[column.name].drop_nulls().to_list()} for one, column in places]
    return all(any(own & other for m, other in enumerate(values) if m != n) for n, own in enumerate(values))


def _numbers_rows(places: Places, repeated: set[str]) -> bool:
    """Whether it is a key of events: in a file in which another such id repeats."""
    events = [(one, column) for one, column in places if "users" not in tables_by_name(one)]
    return any(_is_key(column) and one.path in repeated for one, column in events)
