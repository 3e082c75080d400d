"""Every plan by every way of estimating it: do the witnesses agree?"""

from models.results import NightResult, PolicyEstimate
from reports import estimates, numbers, words
from reports.scales import Scale, axis_x, round_scale
from reports.svg import NARROW, Chart, Drawing, Layout, chart

Groups = list[tuple[str, list[PolicyEstimate]]]


def grouped(rows: list[PolicyEstimate]) -> Groups:
    """Rows by policy, both in the order they come."""
    policies = list(dict.fromkeys(e.policy for e in rows))
    return [(p, [e for e in rows if e.policy == p]) for p in policies]


def shown_range(rows: list[PolicyEstimate]) -> list[float]:
    """Values that the axis covers: estimates that can be relied on, and intervals unless far wider than most.

    Longer intervals run off the axis with an arrow; their figures stand beside them.
    """
    known = [(e, whisker(e)) for e in rows]
    drawn = [w for e, w in known if w and e.credible] or [w for _, w in known if w]
    halves = sorted(max(high - middle, middle - low) for low, middle, high in drawn if low < high)
    longest = 2.5 * halves[len(halves) // 2] if halves else 0.0
    return [
        v
        for low, middle, high in drawn
        for v in (max(low, middle - longest), middle, min(high, middle + longest))
    ]


def whisker(e: PolicyEstimate) -> tuple[float, float, float] | None:
    """(low, estimate, high); the three are one where the interval is not known. None without an estimate."""
    if not estimates.finite(e.estimate):
        return None
    if estimates.finite(e.low) and estimates.finite(e.high):
        return (e.low, e.estimate, e.high)
    return (e.estimate, e.estimate, e.estimate)


def value_text(result: NightResult, e: PolicyEstimate, leading: PolicyEstimate | None) -> str:
    if not estimates.finite(e.estimate):
        return numbers.NOT_KNOWN
    text = estimates.interval_text(e, leading, words.most_decimals(result))
    known = estimates.finite(e.low) and estimates.finite(e.high)
    return text.full if known else f"{text.estimate} (no interval)"


def finding(result: NightResult, rows: list[PolicyEstimate]) -> str:
    relied = sum(e.credible for e in rows)
    reliable = f"{relied} of {len(rows)} estimates have enough evidence"
    recommended = next((e.policy for e in rows if estimates.is_recommended(e.policy)), None)
    ours = estimates.headline(rows, recommended) if recommended else None
    today = estimates.headline(rows, words.TODAY)
    most = words.most_decimals(result)
    if ours is not None and today is not None and ours.estimate is not None and today.estimate is not None:
        a = numbers.interval(ours.estimate, ours.low, ours.high, most=most).estimate
        b = numbers.interval(today.estimate, today.low, today.high, most=most).estimate
        name = "Recommended" if words.moves(result.split) else "Best split found"
        return f"{name} {a}, today {b} {words.money(result)} {rows[0].outcome}; {reliable}"
    return reliable[:1].upper() + reliable[1:]


def _mark(d: Drawing, e: PolicyEstimate, scale: Scale, y: float, text: str) -> None:
    tone = "unsure" if not e.credible else "accent" if e.estimator == words.HEADLINE_ESTIMATOR else "plain"
    bar = whisker(e)
    if bar is None:
        return
    low, middle, high = bar
    if low < high:
        dashed = "" if e.credible else " dashed"
        d.line(scale.held(low), y, scale.held(high), y, f"whisker {tone}{dashed}", text)
        for value, end, sign in ((low, scale.low, 1), (high, scale.high, -1)):
            x = scale.held(value)
            beyond = value < end if sign == 1 else value > end
            if beyond:
                d.path([(x + 5 * sign, y - 4), (x, y), (x + 5 * sign, y + 4)], f"whisker {tone}")
            else:
                d.line(x, y - 4, x, y + 4, f"whisker {tone}")
    if scale.low <= middle <= scale.high:
        d.circle(scale(middle), y, 5, f"dot {tone}" if e.credible else "hollow", text)


def forest(result: NightResult) -> Chart | None:
    """None where no policy has an estimate of profit or margin."""
    rows = estimates.of_outcome(result, estimates.goal(result))
    if not shown_range(rows):
        return None
    groups = grouped(rows)
    today = estimates.headline(rows, words.TODAY)
    reading = (
        f"Each line is one estimate of {rows[0].outcome} with its {numbers.percent(rows[0].level)} interval. "
        "Different methods err in different ways: trust a plan whose lines agree. What has too little "
        "evidence is hollow and dashed, or left out; the table says why."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step, head, gap, top = (36, 22, 12, 34) if narrow else (22, 0, 12, 34)
        left, right = (4, layout.width - 4) if narrow else (300, layout.width - 190)
        height = sum(head + step * len(own) + gap for _, own in groups)
        d = Drawing(layout.width, top + height + 48)
        scale = round_scale(shown_range(rows), left, right, most=4 if narrow else 6)
        axis_x(
            d,
            scale,
            top - 4,
            top + height,
            f"{rows[0].outcome}, {words.unit(result, rows[0].unit)}",
            most=4 if narrow else 6,
        )
        if today is not None and today.estimate is not None and scale.low <= today.estimate <= scale.high:
            x = scale(today.estimate)
            d.line(x, top - 12, x, top + height, "marker")
            d.text(min(max(x, left + 30), right - 30), top - 18, "today", "", anchor="middle")
        y = float(top)
        for policy, own in groups:
            cls = "strong" if estimates.is_recommended(policy) else ""
            name = estimates.label(result, policy)
            if narrow:
                d.rect(0, y, layout.width, 18, "paper")
                d.text(0, y + 14, name, "strong", within=layout.width)
            else:
                d.text(0, y + step * 0.5 + 4.5, name, cls, within=200)
            y += head
            for e in own:
                text = value_text(result, e, estimates.headline(own, policy))
                quiet = "" if e.credible else "quiet"
                if narrow:
                    d.rect(0, y + 1, layout.width, 17, "paper")
                    d.text(0, y + 14, e.estimator, "quiet", within=90)
                    d.text(layout.width, y + 14, text, quiet, anchor="end", within=245)
                    _mark(d, e, scale, y + 26, text)
                else:
                    d.text(left - 14, y + step * 0.5 + 4.5, e.estimator, "quiet", anchor="end", within=96)
                    _mark(d, e, scale, y + step * 0.5, text)
                    d.text(layout.width, y + step * 0.5 + 4.5, text, quiet, anchor="end", within=180)
                y += step
            y += gap
        return d

    return chart("forest", finding(result, rows), reading, draw)
