"""Which currencies have a hundredth: money in cents means nothing in the others."""

from collections.abc import Iterable

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
