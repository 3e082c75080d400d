"""Which currencies there are, and which have a hundredth: money in cents means nothing in the others."""

import re
from collections.abc import Iterable

from flows.currency_codes import KNOWN

WITHOUT_MINOR_UNIT = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
"""ISO 4217 codes of currencies that are counted in whole units."""
IN_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""ISO 4217 codes of currencies whose minor unit is a thousandth."""
MOST_MEANT = 3
"""Codes that an error names as probably meant."""


def known_currency(code: str) -> str:
    """The code, if it is one. ValueError says what is wrong, and which ones were probably meant."""
    if code in KNOWN:
        return code
    near = " or ".join(map(repr, _near(code.upper())))
    if not re.fullmatch("[A-Z]{3}", code):
        meant = f": did you mean {near}?" if near else ""
        raise ValueError(f"write an ISO 4217 code, three capitals like EUR{meant}")
    raise ValueError(f"no currency of ISO 4217{f'; did you mean {near}?' if near else ', like EUR or USD'}")


def _near(word: str) -> list[str]:
    """Codes that it says in other signs, with its letters in another order, or but for one of them."""
    letters, kinds = sorted(word), list[list[str]]()
    kinds.append([code for code in KNOWN if code == word])
    kinds.append([code for code in KNOWN if sorted(code) == letters])
    kinds.append([code for code in KNOWN if word.startswith(code)])
    kinds.append(
        [
            code
            for code in KNOWN
            if len(word) == 3 and sum(a != b for a, b in zip(code, word, strict=True)) == 1
        ]
    )
    return next((sorted(kind)[:MOST_MEANT] for kind in kinds if kind), [])


def cents_conflict(currency: str, tables_in_cents: Iterable[str]) -> tuple[str, str] | None:
    """(key, what is wrong and what would be right) of the first table in cents of a currency without them."""
    first = min(tables_in_cents, default=None)
    if first is None or currency not in WITHOUT_MINOR_UNIT | IN_THOUSANDTHS:
        return None
    why = (
        f"{currency} has no cents, so every amount would be read as a hundredth of what it is"
        if currency in WITHOUT_MINOR_UNIT
        else f"the smaller unit of {currency} is a thousandth, not a hundredth"
    )
    return (
        f"logs.tables.{first}.money_unit",
        f'cents, but {why}; write money_unit = "currency" and amounts in {currency}.',
    )
