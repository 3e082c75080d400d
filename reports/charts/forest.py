"""Every plan by every way of estimating it: do the witnesses agree?"""

from models.results import NightResult, PolicyEstimate
from reports import estimates, evidence, numbers, words
from reports.charts.whiskers import Whisker, draw_bar, shown_range
from reports.scales import Scale, axis_x, round_scale
from reports.svg import NARROW, Chart, Drawing, Layout, chart

Groups = list[tuple[str, list[PolicyEstimate]]]


def grouped(rows: list[PolicyEstimate]) -> Groups:
    """Rows by policy, both in the order they come."""
    policies = list(dict.fromkeys(e.policy for e in rows))
    return [(p, [e for e in rows if e.policy == p]) for p in policies]


def drawn(rows: list[PolicyEstimate]) -> list[Whisker]:
    """What the axis must show: estimates that can be relied on, or all where none can."""
    known = [(e, whisker(e)) for e in rows]
    return [w for e, w in known if w and e.credible] or [w for _, w in known if w]


def whisker(e: PolicyEstimate) -> Whisker | None:
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
    """On how many plans the ways of estimating agree, and on which they part."""
    known = evidence.standing(result)
    if not known:
        relied = sum(e.credible for e in rows)
        return f"{relied} of {len(rows)} estimates have enough evidence"
    parted = [e for e in known if e.verdict == evidence.DISPUTED]
    alone = [e for e in known if not e.checked and e not in parted]
    many = len(known) > 1
    whole = f"the {len(known)} plans that have a figure" if many else "the one plan that has a figure"
    agreed = len(evidence.agreeing(known))
    if agreed == len(known):
        return f"The ways of estimating agree on {'all of ' if many else ''}{whole}"
    text = f"The ways of estimating agree on {agreed or 'none'} of {whole}"
    if parted:
        text += f"; they part on {evidence.names(result, parted)}"
    return f"{text}; only one speaks of {evidence.names(result, alone)}" if alone else text


def _mark(d: Drawing, e: PolicyEstimate, scale: Scale, y: float, text: str) -> None:
    tone = "unsure" if not e.credible else "accent" if e.estimator == words.HEADLINE_ESTIMATOR else "plain"
    bar = whisker(e)
    if bar is None:
        return
    low, middle, high = bar
    if low < high:
        draw_bar(d, scale, low, high, y, tone if e.credible else f"{tone} dashed", text)
    if scale.low <= middle <= scale.high:
        d.circle(scale(middle), y, 5, f"dot {tone}" if e.credible else "hollow", text)


def _told_once(own: list[PolicyEstimate]) -> list[PolicyEstimate]:
    """A plan without a single estimate takes one line, not one per estimator."""
    return own if any(whisker(e) for e in own) else own[:1]


def forest(result: NightResult) -> Chart | None:
    """None where no policy has an estimate of profit or margin."""
    rows = estimates.compared_ways(estimates.of_outcome(result, estimates.goal(result)))
    whiskers = drawn(rows)
    if not whiskers:
        return None
    groups = [(policy, _told_once(own)) for policy, own in grouped(rows)]
    today = estimates.headline(rows, words.TODAY)
    reading = (
        f"Each line is one estimate of {rows[0].outcome} with its {numbers.percent(rows[0].level)} interval. "
        "Different ways err in different ways: trust a plan whose lines agree. What has too little evidence "
        "is hollow and dashed, or left out; “Can I trust this?” says why."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step, head, gap, top = (36, 22, 12, 34) if narrow else (22, 0, 12, 34)
        left, right = (4, layout.width - 4) if narrow else (300, layout.width - 190)
        height = sum(head + step * len(own) + gap for _, own in groups)
        d = Drawing(layout.width, top + height + 48)
        scale = round_scale(shown_range(whiskers), left, right, most=4 if narrow else 6)
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
                alone = len(own) == 1 and whisker(e) is None
                text = "no figure" if alone else value_text(result, e, estimates.headline(own, policy))
                way = "" if alone else e.estimator
                quiet = "" if e.credible else "quiet"
                if narrow:
                    d.rect(0, y + 1, layout.width, 17, "paper")
                    d.text(0, y + 14, way, "quiet", within=90)
                    d.text(layout.width, y + 14, text, quiet, anchor="end", within=245)
                    _mark(d, e, scale, y + 26, text)
                else:
                    d.text(left - 14, y + step * 0.5 + 4.5, way, "quiet", anchor="end", within=96)
                    _mark(d, e, scale, y + step * 0.5, text)
                    d.text(layout.width, y + step * 0.5 + 4.5, text, quiet, anchor="end", within=180)
                y += step
            y += gap
        return d

    return chart("forest", finding(result, rows), reading, draw)
