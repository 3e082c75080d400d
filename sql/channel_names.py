"""Names of channels that are probably one name, or none."""

import duckdb

from sql.database import model_text, rows
from sql.events import Finding
from sql.hints import did_you_mean, listing, show

NO_NAMES = frozenset(
    {
        "(not set)",
        "not set",
        "(not provided)",
        "(none)",
        "n/a",
        "#n/a",
        "<na>",
        "nan",
        "nat",
        "null",
        "(null)",
    }
    | {"nil", "undefined", "\\n", "-", "?"}
)
"""What exports write where there is no value, in small letters."""


def name_finding(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Names that differ in case or blanks only, within or across tables, and words for a missing value."""
    names = _named(connection)
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(_folded(name), []).append(name)
    several = [same for same in spellings.values() if len(same) > 1]
    missing = [name for name in names if _folded(name) in NO_NAMES]
    sentences = [
        f"{listing(map(repr, same))} differ in capitals or blanks only and count as {len(same)} channels: "
        "did you mean one? Write one name."
        for same in several
    ]
    if missing:
        sentences.append(
            f"{listing(map(repr, missing))} {'is' if len(missing) == 1 else 'are'} what exports write for a "
            "missing value and would be given a budget as a channel: write the channel, or leave them out."
        )
    text = " ".join(sentences) or "Every name is written in one way."
    odd = len(several) + len(missing)
    return Finding("channel names", odd > 0, float(odd), "names", "0", text)


def never_delivered(connection: duckdb.DuckDBPyConnection, actions: tuple[str, ...]) -> tuple[str, ...]:
    """A note on each channel that some table names and no ad was ever delivered on."""
    others = [channel for channel in _named(connection) if channel not in actions]
    return tuple(
        f"The channel {show(name)} was never delivered and is no action{_probably(name, actions[1:])}"
        for name in others
    )


def _probably(name: str, delivered: tuple[str, ...]) -> str:
    """`; did you mean 'search'?`, or a full stop where no delivered channel is nearly the same."""
    same = [known for known in delivered if _folded(known) == _folded(name)]
    return did_you_mean(name, same or delivered, cutoff=0.0 if same else 0.8)


def _named(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """In byte order."""
    return [channel for (channel,) in rows(connection, model_text("figures/channel_names"))]


def _folded(name: str) -> str:
    """Without case, and with every run of blanks as one."""
    return " ".join(name.casefold().split())
