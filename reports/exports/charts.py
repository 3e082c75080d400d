"""charts.csv: the figures of all actions behind pictures that draw only some, and that no other file has."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.results import NightResult
from reports import numbers
from reports.charts import exposures, overlap, response
from reports.exports.cells import Cell, csv_text

COLUMNS = ("chart", "channel", "segment", "at", "estimate", "low", "high", "unit", "in_logs", "decisions")


@dataclass(frozen=True)
class Row:
    """One figure of one action."""

    chart: str
    channel: str
    estimate: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    segment: str | None = None
    at: float | None = None
    """Budget, how-many-th exposure or predicted share."""
    in_logs: bool | None = None
    decisions: int | None = None

    def cells(self) -> list[Cell]:
        middle = [numbers.exact(v) for v in (self.at, self.estimate, self.low, self.high)]
        return [self.chart, self.channel, self.segment, *middle, self.unit, self.in_logs, self.decisions]


def charts_csv(result: NightResult) -> bytes:
    """One row per chart, action and point, in the order of the pages."""
    parts = [_response, _segments, _exposures, _overlap, _calibration]
    if result.tier == "B":
        parts = [_calibration]  # of what an action caused the pages say nothing either
    return csv_text(COLUMNS, [row.cells() for part in parts for row in part(result)]).encode()


def _response(result: NightResult) -> Iterator[Row]:
    """Margin against today's, at other budgets of one channel."""
    unit = f"{result.currency} per {result.split.period_days} days"
    for c in response.in_order(result):
        for budget, margin, low, high in zip(c.budgets, c.margin, c.low, c.high, strict=True):
            within = c.logged_low <= budget <= c.logged_high
            yield Row("margin at other budgets", c.channel, margin, unit, low, high, None, budget, within)


def _segments(result: NightResult) -> Iterator[Row]:
    unit = f"margin per {result.currency}"
    for s in sorted(result.pictures.segment_slopes, key=lambda s: (s.channel, s.segment)):
        shown = (None, None, None) if s.few else (s.estimate, s.low, s.high)
        yield Row("earned per segment", s.channel, shown[0], unit, *shown[1:], s.segment)


def _exposures(result: NightResult) -> Iterator[Row]:
    for values in exposures.every(result).values():
        for e in values:
            yield Row("earned by the n-th", e.channel, e.estimate, result.currency, e.low, e.high, at=e.n)
            if e.cost is not None:
                yield Row("cost of the n-th", e.channel, e.cost, result.currency, at=e.n)


def _overlap(result: NightResult) -> Iterator[Row]:
    shares = {
        "chosen when possible": "mean_probability",
        "nothing chosen instead": "mean_none_probability",
        "hardly ever chosen": "unsupported_share",
    }
    for o in overlap.compared(result):
        for chart, share in shares.items():
            yield Row(chart, o.action, getattr(o, share), "share of decisions", decisions=o.eligible_rows)


def _calibration(result: NightResult) -> Iterator[Row]:
    for b in result.calibration:
        yield Row(
            "predicted and chosen",
            b.action,
            b.observed,
            "share of decisions",
            at=b.predicted,
            decisions=b.rows,
        )
