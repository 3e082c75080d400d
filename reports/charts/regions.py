"""The treated regions' mean, day by day, beside what it would have been."""

from models.results import RegionsResult
from reports import words
from reports.scales import Scale, axis_y, round_scale
from reports.sentences import regions as said
from reports.svg import Chart, Drawing, Layout, chart


def regions_chart(found: RegionsResult) -> Chart:
    """Two lines from the first day to the last; a vertical one where the treatment begins."""
    reading = (
        "Mean of the treated regions by day, and dashed the control regions, mixed as these moved before "
        f"the vertical line: from {found.log.start_day} on the lines part by what was added."
    )

    def draw(layout: Layout) -> Drawing:
        days, height = found.daily, 260
        d = Drawing(layout.width, height + 30)
        y = round_scale([v for day in days for v in (day.treated, day.expected)], height - 4, 12)
        left, right = 64, layout.width - 8
        x = Scale(0, max(len(days) - 1, 1), left, right)
        axis_y(d, y, left, right)
        start = x(found.log.days_before - 0.5)
        d.line(start, 8, start, height - 4, "zero", f"treatment from {found.log.start_day}")
        d.path([(x(k), y(day.expected)) for k, day in enumerate(days)], "curve plain")
        d.path([(x(k), y(day.treated)) for k, day in enumerate(days)], "curve accent")
        d.text(left, height + 18, days[0].day, "quiet")
        d.text(right, height + 18, days[-1].day, "quiet", anchor="end")
        return d

    treated = words.counted(sum(region.treated for region in found.regions), "treated region")
    finding = f"{treated}: {said.text(found.added, signed=True).full} {said.PER}"
    return chart("regions", finding, reading, draw)
