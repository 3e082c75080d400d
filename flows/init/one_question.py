"""A study asks one question: which of the files belong to it, and why the others are left out."""

from dataclasses import dataclass, replace

from flows.init.events import Table
from flows.init.exports import NOBODY, Part, left_out
from flows.init.kinds import Found
from flows.init.sales import without_claims, without_question
from flows.init.trial import Trial

TESTS = ("counts", "geo")
BESIDE_TOTALS = ("totals", "purchases", "visits", "budgets", "experiments")
"""Tables that daily totals can make use of where no impressions are logged."""
OF_A_LOG = ("clicks", "opportunities", "purchases", "users", "visits")
"""Tables beside which a test in one file is doubtful: they may be of its people."""
OWN_STUDY = "a test of its own: `allot init` with this file alone writes its study"
OF_ARMS = "people by arm; beside impressions they are the table `arms`, of treated, random, usual and holdout"


@dataclass(frozen=True)
class Chosen:
    """What the study is made of: a test in one file, or tables and parts of the totals."""

    trial: Trial | None
    tables: tuple[Table, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def choose(found: Found) -> Chosen:
    """Who was shown what goes before spend per day, that before a test in one file, and that before counts.
    Every file that is not taken is named in a note."""
    names = {table.name for table in found.tables}
    is_tested = bool(found.trials) and not found.parts and not names & {"impressions", "totals"}
    trial = replace(found.trials[0], beside=_beside(found)) if is_tested else None
    why = _why_not(names, found, trial)
    tables, again = _readable([table for table in found.tables if table.name not in why])
    parts, by_place = left_out(found.parts)
    notes = [*found.notes, *again, *by_place]
    for table in found.tables:
        if table.name in why:
            what = "" if table.name in TESTS else f"{table.name}; "
            notes.append(_left(table.path, what + why[table.name]))
    notes += [
        _left(other.path, OWN_STUDY) for other in found.trials if trial is None or other.path != trial.path
    ]
    return Chosen(trial, tuple(tables), tuple(_sold_once(parts, tables)), tuple(notes))


def _beside(found: Found) -> tuple[str, ...]:
    return tuple(table.path for table in found.tables if table.name in OF_A_LOG)


def _why_not(names: set[str], found: Found, trial: Trial | None) -> dict[str, str]:
    """Contract table -> why the study does without it, of those it does without."""
    tests = dict.fromkeys(TESTS, OWN_STUDY)
    if "impressions" in names:
        return tests
    if found.parts or "totals" in names:
        nobody = "spend per day knows nobody, and no file holds who was shown what"
        return dict.fromkeys(names - {*BESIDE_TOTALS}, nobody) | tests
    if trial:
        return dict.fromkeys(names, f"the test in {trial.path} is read from that file alone") | tests
    if names & {*TESTS}:
        nobody = "the table of a test knows nobody, and no file holds who was shown what"
        asked = next(name for name in TESTS if name in names)
        why = dict.fromkeys(names, nobody) | tests
        return {name: words for name, words in why.items() if name != asked}
    return {}


def _left(path: str, why: str) -> str:
    return f"{path}: {why}. Left out."


def _readable(tables: list[Table]) -> tuple[list[Table], list[str]]:
    """Of each table the files that can be read as one, and notes on the others."""
    kept, notes = list[Table](), list[str]()
    for name in dict.fromkeys(table.name for table in tables):
        files = sorted((t for t in tables if t.name == name), key=lambda t: bool(t.lacks))
        if name == "counts" and len(files) > 1:
            files = [file.as_test_of_its_own() for file in files]
        first, *others = files
        kept.append(first)
        for other in others:
            if other.is_test:
                notes.append(_left(other.path, OF_ARMS))
            elif other.lacks and not other.is_like(first):
                lacks = ", ".join(other.lacks)
                notes.append(_left(other.path, f"another file of {name}, by its name; it lacks {lacks}"))
            elif name == "geo" and not other.is_like(first):
                notes.append(_left(other.path, OWN_STUDY))
            else:
                kept.append(other)
    return kept, notes


def _sold_once(parts: list[Part], tables: list[Table]) -> list[Part]:
    """What platforms claim is a part of all sales, where a file holds these."""
    shop = next((part.path for part in parts if part.channel == NOBODY), "")
    if shop:
        why = f"what it claims is in the sales of {shop} already"
        return [part if part.channel == NOBODY else without_claims(part, why) for part in parts]
    if any(table.name == "purchases" for table in tables):
        return [without_question(part) for part in parts]
    return parts
