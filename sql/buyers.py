"""Are those who buy known to the ad tables, or are ids written in two ways?"""

import unicodedata
from dataclasses import dataclass

import duckdb

from sql.database import model_text, rows
from sql.errors import LogError
from sql.events import Finding

MAX_MISSING = 0.4
"""More missing buyers than this draw a warning."""
MAX_RESPELLED = 0.01
"""So does a larger share that is missing only for how its ids are written."""
FALSE_ALARM = 1e-6
"""Chance at which a log is refused in which buyers and ad tables share nobody by chance alone."""
NOBODY = "No impression and no opportunity tells of anybody."
WAYS = (
    "the difference between capital and small letters",
    "blanks and invisible characters",
    "the decimals after a whole number",
    "zeros in front",
    "signs such as hyphens",
)
"""What ids may be written without, in the order of the columns of figures/buyers.sql."""


@dataclass(frozen=True)
class Buyers:
    """Distinct ids. The two examples are raw: describe them, never print them."""

    buyers: int
    missing: int
    shown: int
    everyone: int
    alike: int
    """Missing buyers that the ad tables would know if ids were written alike."""
    ways: tuple[int, ...]
    """The same by each of `WAYS` alone."""
    buyer: str | None
    known: str | None


def buyers_known(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Share of buyers in neither impressions nor opportunities.

    Raises LogError where it is all of them and chance does not explain it: if buyers were drawn from everyone
    the log knows, none would be among the `shown` with a chance of (1 - shown / everyone) ^ buyers.
    """
    *counts, buyer, known = rows(connection, model_text("figures/buyers"))[0]
    buyers, missing, shown, everyone, alike, *ways = map(int, counts)
    found = Buyers(buyers, missing, shown, everyone, alike, tuple(ways), buyer, known)
    if missing == buyers > 0 and (1 - shown / everyone) ** buyers < FALSE_ALARM:
        raise LogError(
            f"None of the {buyers} who bought is among the {shown} of impressions and opportunities, so no "
            f"purchase can follow an ad: {_spelling(found)}."
        )
    return _finding(found)


def _finding(found: Buyers) -> Finding:
    share = found.missing / found.buyers if found.buyers else 0.0
    respelled = found.alike > MAX_RESPELLED * found.buyers
    doubtful = found.shown > 0 and (respelled or share > MAX_MISSING)
    text = "Most of those who buy are among those decided about." if found.shown else NOBODY
    if doubtful:
        text = (
            f"{found.missing} of the {found.buyers} who bought ({share:.0%}) are in neither impressions nor "
            f"opportunities: {_spelling(found)}."
        )
    return Finding(
        "buyers in ad tables", doubtful, share, "share of buyers missing", f"<= {MAX_MISSING:g}", text
    )


def _spelling(found: Buyers) -> str:
    """How the two sides write ids and what would make them meet, part of a sentence."""
    if found.buyer is None or found.known is None:
        return "check that these tables cover the same people"
    example = (
        f"purchases write ids like {shape(found.buyer)}, the decisions like {shape(found.known)} (9 stands "
        "for any digit, a and A for any letter)"
    )
    if not found.alike:
        return f"{example}; check that these tables cover the same people under the same ids"
    helps = [way for way, n in zip(WAYS, found.ways, strict=True) if n]
    without = " and ".join(helps[:-1] or helps or WAYS)  # the last way takes off what the others do, too
    return f"{example}; without {without} {found.alike} of them would be: write ids alike in every table"


def shape(user_id: str) -> str:
    """An id with its letters and digits hidden, and by name what cannot be seen."""

    def mask(c: str) -> str:
        kind = unicodedata.category(c)
        if kind == "Nd":
            return "9"
        if kind.startswith("L"):
            return "A" if kind == "Lu" else "a"
        if kind[0] in "ZC" and c != " ":
            return f"<{unicodedata.name(c, 'control character').lower()}>"
        return c

    masked = [mask(c) for c in user_id[:40]]
    return "".join(masked) + ("..." if len(user_id) > 40 else "")
