"""A page of charts and tables, or the sentence that stands in their place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports import numbers
from reports.svg import Chart
from reports.tables import Table, figure


@dataclass(frozen=True)
class Part:
    """One chart with its table, or a table on its own, or why there is neither."""

    heading: str = ""
    text: str | Markup = ""
    chart: Chart | None = None
    twin: Table | None = None
    """Folded under the chart."""
    table: Table | None = None
    """Open."""
    empty: str = ""
    note: str = ""
    """Quieter, below."""


@dataclass(frozen=True)
class Page:
    """`lead` and parts; without parts, `empty` says why and what would fill the page."""

    parts: tuple[Part, ...] = ()
    lead: str = ""
    empty: str = ""


def empty(why: str) -> Page:
    return Page(empty=why)


def ordered(names: Sequence[str], actions: Sequence[str]) -> list[str]:
    """Channels once each, in the order of the study's actions, unknown ones last by name."""
    known = {name: i for i, name in enumerate(actions)}
    return sorted(set(names), key=lambda c: (known.get(c, len(known)), c))


def cash(value: float | None, *, signed: bool = False) -> Markup:
    return figure(numbers.money(value), numbers.budget(value, signed=signed))


def rate(value: float | None) -> Markup:
    return figure(numbers.ratio(value), numbers.per_unit(value))


def rates(low: float | None, high: float | None) -> Markup:
    """The ends of an interval per unit, as `numbers.ends` has them."""
    if high == math.inf:
        return Markup("at least {}; no upper bound can be told").format(rate(low))
    if low == -math.inf:
        return Markup("at most {}; no lower bound can be told").format(rate(high))
    return Markup("{} to {}").format(rate(low), rate(high))


def estimated(
    estimate: float, low: float, high: float, *, signed: bool = False, most: int = 2
) -> tuple[Markup, Markup]:
    """Two cells, the estimate and its interval, rounded alike, with the exact money behind them."""
    text = numbers.interval(estimate, low, high, signed=signed, most=most)
    exact = [numbers.money(v, per="entity" if most > 2 else "period") for v in (estimate, low, high)]
    a, b, c = (figure(v, t) for v, t in zip(exact, (text.estimate, text.low, text.high), strict=True))
    return a, Markup("{} to {}").format(b, c)


def between(low: float | None, high: float | None) -> Markup:
    """Both ends rounded alike: `96 to 386`, `0.50 to 2.25`."""
    if low is None or high is None:
        return figure(None, numbers.NOT_KNOWN)
    a, b = (figure(numbers.money(v), t) for v, t in zip((low, high), numbers.budgets(low, high), strict=True))
    return Markup("{} to {}").format(a, b)
