"""Words that help: what was probably meant, and a user's value fit to print."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """`; did you mean 'x'?`, or `.` where nothing is near. `cutoff`: how alike it must be, from 0 to 1."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=cutoff)
    return f"; did you mean {near[0]!r}?" if near else "."


def listing(names: Iterable[str], limit: int = 30) -> str:
    """Names for a sentence, printable, not too many."""
    shown = [show(name) for name in names]
    more = f" and {len(shown) - limit} more" if len(shown) > limit else ""
    return ", ".join(shown[:limit]) + more if shown else "nothing"


def show(value: object, limit: int = 80) -> str:
    """A value from the log, on one line, without control characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    return text if len(text) <= limit else text[: limit - 3] + "..."
