"""How often delivery showed each channel when it could, and how often nothing: can anything be compared?"""

from models.results import NightResult, Overlap
from reports import drawn, numbers
from reports.scales import Scale, axis_x
from reports.svg import NARROW, Chart, Drawing, Layout, chart


def compared(result: NightResult) -> tuple[Overlap, ...]:
    """Channels that could be shown at all; showing nothing is what they are compared with."""
    return tuple(o for o in result.overlap if o.action != result.actions[0] and o.eligible_rows)


def shown(result: NightResult) -> tuple[Overlap, ...]:
    """Those that are drawn, and stand in the table below."""
    every = compared(result)
    names = drawn.most_important(result, [o.action for o in every])
    return tuple(o for o in every if o.action in names)


def finding(rows: tuple[Overlap, ...], word: str) -> str:
    least = min(rows, key=lambda o: (o.mean_none_probability, o.action))
    return (
        f"Least to compare with: {least.action}; when it could be {word}, nothing was {word} in "
        f"{numbers.percent(least.mean_none_probability)} of decisions"
    )


def overlap(result: NightResult) -> Chart | None:
    """None where no channel could ever be shown."""
    every, word = compared(result), result.vocabulary
    if not every:
        return None
    rows = shown(result)
    reading = (
        f"Filled: how often delivery chose this {word.action} when it could. Ring: how often it "
        f"{word.showed} nothing "
        "instead. "
        f"A ring near 0 means that nearly {word.everybody} {word.saw} {word.a_treatment}, and "
        f"{word.nobody} is left to compare with."
    ) + drawn.left_out(result, [o.action for o in every])

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step, top = (48, 34) if narrow else (30, 34)
        left, right = (8, layout.width - 16) if narrow else (230, layout.width - 190)
        bottom = top + step * len(rows)
        d = Drawing(layout.width, bottom + 48)
        scale = Scale(0, 1, left, right)
        axis_x(
            d,
            scale,
            top,
            bottom,
            f"share of decisions in which it could be {word.shown}",
            most=4,
            percent=True,
        )
        start = left if narrow else left - 6
        d.circle(start, 12, 4.5, "dot accent")
        d.text(start + 12, 16, word.shown, "quiet")
        d.circle(start + 80, 12, 7, "hollow")
        d.text(start + 94, 16, f"nothing {word.shown}", "quiet")
        for i, row in enumerate(rows):
            text = f"{numbers.percent(row.mean_probability)} · {numbers.percent(row.mean_none_probability)}"
            y = top + step * i + (34 if narrow else step / 2)
            if narrow:
                d.rect(0, y - 30, layout.width, 18, "paper")
                d.text(0, y - 16, row.action, "strong", within=220)
                d.text(layout.width, y - 16, text, "", anchor="end")
            else:
                d.text(0, y + 4.5, row.action, "strong", within=left - 20)
                d.text(layout.width, y + 4.5, text, "", anchor="end")
            d.line(left, y, right, y, "rule")
            d.circle(
                scale.held(row.mean_none_probability),
                y,
                7,
                "hollow",
                f"nothing {numbers.percent(row.mean_none_probability)}",
            )
            d.circle(
                scale.held(row.mean_probability),
                y,
                4.5,
                "dot accent",
                f"{word.shown} {numbers.percent(row.mean_probability)}",
            )
        return d

    return chart("overlap", finding(every, word.shown), reading, draw)
