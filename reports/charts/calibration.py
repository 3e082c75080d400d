"""Predicted against observed shares of delivery: are the probabilities that weight the logs right?"""

from models.results import CalibrationBin, NightResult
from reports import drawn, numbers
from reports.scales import axis_x, axis_y, round_scale, tick_text
from reports.svg import NARROW, Chart, Drawing, Layout, chart, text_width

LARGE = 0.02
"""A group counts for the title from this share of the largest group's rows on: small ones are noise."""


def finding(bins: tuple[CalibrationBin, ...]) -> str:
    most_rows = max(b.rows for b in bins)
    large = [b for b in bins if b.rows >= LARGE * most_rows]
    worst = max(large, key=lambda b: (abs(b.predicted - b.observed), b.action, b.predicted))
    gap = abs(worst.predicted - worst.observed)
    if gap < 0.01:
        points = numbers.plain(max(round(100 * gap, 1), 0.1))
        return f"Predicted and observed shares agree to within {points} percentage points"
    return (
        f"Largest gap: where {worst.action} was predicted in {numbers.percent(worst.predicted)} of "
        "decisions, "
        f"it was chosen in {numbers.percent(worst.observed)}"
    )


def shown(result: NightResult) -> tuple[CalibrationBin, ...]:
    """Those that are drawn, and stand in the table below."""
    names = drawn.most_important(result, [b.action for b in result.calibration], drawn.PANELS)
    return tuple(b for b in result.calibration if b.action in names)


def calibration(result: NightResult) -> Chart:
    bins = shown(result)
    reading = (
        "Each dot is a group of decisions with similar predictions, larger where there are more of "
        "them; the dashed line "
        "is where prediction and reality are the same. Dots off the line mean that estimates weight the "
        f"wrong {result.vocabulary.people}."
    ) + drawn.left_out(result, [b.action for b in result.calibration], drawn.PANELS)
    most_rows = max(b.rows for b in bins) or 1

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        size = 270 if narrow else 340
        top = 30
        d = Drawing(layout.width, top + size + 48)
        both = [v for b in bins for v in (b.predicted, b.observed)]
        y = round_scale(both, top + size, top, most=4, zero=True)
        label = tick_text(y.ticks(4), percent=True)
        left = max(text_width(label(t)) for t in y.ticks(4)) + 14
        x = round_scale(both, left, left + size, most=4, zero=True)
        axis_y(d, y, left, left + size, most=4, percent=True)
        axis_x(d, x, top, top + size, "predicted share", most=4, percent=True)
        d.text(0, 14, "observed share", "quiet")
        d.line(x(x.low), y(y.low), x(x.high), y(y.high), "marker")
        for b in sorted(bins, key=lambda b: (-b.rows, b.action, b.predicted)):
            tip = (
                f"{b.action}: predicted {numbers.percent(b.predicted)}, observed "
                f"{numbers.percent(b.observed)}"
            )
            radius = 3 + 6 * (b.rows / most_rows) ** 0.5
            d.circle(x(b.predicted), y(b.observed), radius, "bubble", f"{tip}, {numbers.count(b.rows)} rows")
        return d

    return chart("calibration", finding(result.calibration), reading, draw)
