"""Every figure a reader sees goes through here, so that text, table and JSON say the same thing.

Two steps: `money`, `ratio`, `share` and `exact` fix the value that is written to files; the text
functions round that value for reading. Text uses a true minus sign and a comma between thousands.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
NBSP = "\u00a0"
NOT_KNOWN = "not known"


def exact(value: float | None, decimals: int = 6) -> float | None:
    """The value that files hold: finite, rounded, never a negative zero. None stays None."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), decimals) + 0.0


def money(value: float | None, *, per: str = "period") -> float | None:
    """Currency units to the cent; averages per entity are small and keep four decimals."""
    return exact(value, 4 if per == "entity" else 2)


def ratio(value: float | None) -> float | None:
    """Multipliers, iROAS, ROAS, prices: four decimals."""
    return exact(value, 4)


def share(value: float | None) -> float | None:
    """Shares and probabilities: four decimals."""
    return exact(value, 4)


def grouped(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """`-12387.4` -> `−12,387`. Negative decimals round to tens, hundreds, ..."""
    # Halves go away from zero, as people round: Python's own rounding would turn 8,250.5 into 8,250.
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):,.{max(decimals, 0)}f}"
    if rounded < 0:
        return MINUS + digits
    return ("+" if signed and rounded > 0 else "") + digits


def decimals_that_matter(values: Iterable[float | None], *, most: int = 2) -> int:
    """Decimals that leave three significant digits of the largest value: 12,387 -> -2, 3.274 -> 2. What
    rounds up to a power of ten is one: 0.09996 -> 3, as of 0.1."""
    largest = max((abs(v) for v in values if v is not None and math.isfinite(v)), default=0.0)
    if largest == 0:
        return 0
    return min(2 - math.floor(math.log10(float(f"{largest:.3g}"))), most)


@dataclass(frozen=True)
class IntervalText:
    """An estimate and its interval, rounded to the same step."""

    estimate: str
    low: str
    high: str

    @property
    def between(self) -> str:
        return f"between {self.low} and {self.high}"

    @property
    def full(self) -> str:
        return f"{self.estimate} ({self.low} to {self.high})"


def interval(
    estimate: float, low: float | None, high: float | None, *, signed: bool = False, most: int = 2
) -> IntervalText:
    """Text of an estimate; all three numbers share the step that the largest of them deserves."""
    decimals = decimals_that_matter((estimate, low, high), most=most)

    def text(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return NOT_KNOWN
        return grouped(value, decimals, signed=signed)

    return IntervalText(text(estimate), text(low), text(high))


def amount(value: float | None, *, signed: bool = False) -> str:
    """Money that stands alone, rounded to what matters: three significant digits."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return grouped(value, decimals_that_matter((value,), most=4 if abs(value) < 1 else 2), signed=signed)


def budget(value: float | None, *, signed: bool = False) -> str:
    """Budgets and spend: whole units from 100 on, cents below, what matters below one."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    if abs(value) >= 100 or value == round(value):
        return grouped(value, 0, signed=signed)
    return grouped(value, 2 if abs(value) >= 1 else decimals_that_matter((value,), most=4), signed=signed)


def budgets(low: float, high: float) -> tuple[str, str]:
    """The two ends of a range of budgets, both on the step that the larger one has as a `budget`."""
    ends = (low, high)
    largest = max(map(abs, ends))
    if not math.isfinite(largest):
        return budget(low), budget(high)
    if largest >= 100 or all(v == round(v) for v in ends):
        decimals = 0
    else:
        decimals = 2 if largest >= 1 else decimals_that_matter(ends, most=4)
    return grouped(low, decimals), grouped(high, decimals)


def to_type_in(value: float) -> str:
    """A budget that is typed into a platform: to the cent, four decimals below one, none without need."""
    decimals = 2 if abs(value) >= 1 else 4
    return grouped(value, 0 if round(value, decimals) == round(value) else decimals)


def per_unit(value: float | None, *, signed: bool = False) -> str:
    """Euros per euro: two decimals."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return grouped(value, 2 if abs(value) < 100 else 0, signed=signed)


def ends(low: float | None, high: float | None) -> str:
    """The ends of an interval per unit: `−0.29 to 2.51`; `at least −2.58` where there is no upper bound."""
    if high == math.inf:
        return f"at least {per_unit(low)}"
    if low == -math.inf:
        return f"at most {per_unit(high)}"
    return f"{per_unit(low)} to {per_unit(high)}"


def times(value: float | None) -> str:
    """A multiple of today's: `×0.65`."""
    return NOT_KNOWN if value is None or not math.isfinite(value) else f"×{value:.2f}"


def percent(value: float | None, *, signed: bool = False) -> str:
    """A share as a percentage, one decimal below ten per cent."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    points = value * 100
    whole = abs(points) >= 9.95 or abs(points - round(points)) < 1e-9
    return grouped(points, 0 if whole else 1, signed=signed) + NBSP + "%"


def probability(value: float | None) -> str:
    """A probability that never claims certainty."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    if value > 0.99:
        return f"more than 99{NBSP}%"
    if value < 0.01:
        return f"less than 1{NBSP}%"
    return grouped(value * 100) + NBSP + "%"


def count(value: float | None) -> str:
    """A count, or an effective count, without decimals."""
    return NOT_KNOWN if value is None or not math.isfinite(value) else grouped(value)


def plain(value: float | None) -> str:
    """A figure of unknown kind (a health check's): up to four significant digits, never in powers of ten."""
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    if value == round(value):
        return grouped(value)
    decimals = min(max(3 - math.floor(math.log10(abs(value))), 0), 6)
    whole, _, fraction = grouped(value, decimals).partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
