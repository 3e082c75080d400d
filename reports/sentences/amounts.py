"""Numbers and phrases as the first screen prints them: no term of art, money rounded to what matters."""

import math
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
UNITS = {"EUR": "euro", "USD": "dollar", "GBP": "pound", "CHF": "franc"}


def money(amount: float, currency: str) -> str:
    """12387.4 -> `12,400 EUR`: three leading figures, real minus sign."""
    return f"{figure(amount)} {currency}"


def figure(amount: float) -> str:
    """-12387.4 -> `−12,400`, 12.345 -> `12.3`."""
    if amount == 0 or not math.isfinite(amount):
        return "0" if amount == 0 else "unknown"
    digits = 2 - math.floor(math.log10(abs(amount)))
    rounded = round(amount, digits)
    text = f"{abs(rounded):,.{max(digits, 0) if abs(rounded) < 100 else 0}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS if rounded < 0 else ''}{text}"


def interval_words(estimate: float, low: float, high: float, currency: str) -> tuple[str, str]:
    """(1234.5, -77.7, 12387.4) -> `1,200 EUR`, `between −100 EUR and 12,400 EUR`.

    All three share the step that the largest of them deserves, halves away from 0, as the report rounds:
    cents at the finest, and three leading figures where all are below one cent, as gains per entity may be.
    """
    known = [abs(x) for x in (estimate, low, high) if math.isfinite(x)]
    largest = max(known, default=0.0)
    decimals = 0 if largest == 0 else 2 - math.floor(math.log10(largest))
    if largest >= 0.01:
        decimals = min(decimals, 2)
    middle, below, above = (f"{_stepped(x, decimals)} {currency}" for x in (estimate, low, high))
    return middle, f"between {below} and {above}"


def _stepped(amount: float, decimals: int) -> str:
    if not math.isfinite(amount):
        return "unknown"
    rounded = Decimal(repr(float(amount))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{max(decimals, 0)}f}"


def typed(amount: float, currency: str) -> str:
    """A budget as it is typed in: 2610 -> `2,610 EUR`."""
    whole = abs(amount - round(amount)) < 0.005
    return f"{amount:,.0f} {currency}" if whole else f"{amount:,.2f} {currency}"


def whole(amount: float, currency: str) -> str:
    """A sum of budgets, exact to the unit: 1265.3 -> `1,265 EUR`; to the cent below 100."""
    return f"{amount:,.0f} {currency}" if amount >= 100 else typed(round(amount, 2), currency)


def per_unit(currency: str) -> str:
    """`EUR` -> `per euro`."""
    return f"per {UNITS.get(currency, currency)}"


def ratio(value: float) -> str:
    """-1.234 -> `−1.2`."""
    rounded = round(value, 1) or 0.0  # no minus in front of nothing
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):.1f}"
