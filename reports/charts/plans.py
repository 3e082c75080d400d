"""Each plan against today's delivery: what it would bring, how surely, and the verdict as a word."""

from collections.abc import Sequence

from models.results import NightResult, PolicyEvidence
from reports import estimates, evidence, numbers, words
from reports.charts.whiskers import Whisker, draw_bar, shown_range
from reports.scales import Scale, axis_x, round_scale
from reports.svg import NARROW, Chart, Drawing, Layout, chart

TONES = {"better": "up", "worse": "down"}
"""Verdict -> signed colour; all others are grey: what they say is open."""


def uplift_text(result: NightResult, e: PolicyEvidence) -> str:
    """`+18,200 (6,000 to 30,400)`, or why there is nothing."""
    if e.uplift is None:
        return "no figure"
    u = e.uplift
    text = numbers.interval(u.estimate, u.low, u.high, signed=True, most=words.most_decimals(result))
    known = estimates.finite(u.low) and estimates.finite(u.high)
    return text.full if known else f"{text.estimate} (no interval)"


def finding(result: NightResult) -> str:
    """The best that can be said: who is better beyond doubt, or that nobody is."""
    rows, known = evidence.compared(result), evidence.standing(result)
    if result.tier == "B":
        return words.said(
            result.vocabulary,
            "How the plans differ where {treatments} were {shown}; none of it says what the "
            "{treatments} caused",
        )
    better = [e for e in known if e.verdict == "better"]
    every = words.counted(len(rows), "plan")
    if better:
        names = evidence.names(result, better)
        verb = "is" if len(better) == 1 else "are"
        counted = f", even counting that {every} were compared" if len(rows) > 1 else ""
        return f"{names} {verb} better than today’s delivery beyond doubt{counted}"
    hopeful = next((e for e in known if e.verdict == "perhaps better"), None)
    if hopeful is not None:
        return (
            f"{evidence.names(result, [hopeful])} is better than today’s delivery taken by itself, but not "
            f"beyond doubt as the best of all {every} that were compared"
        )
    worse = sum(e.verdict == "worse" for e in known)
    tail = f"; {worse} {'is' if worse == 1 else 'are'} worse" if worse else ""
    return f"None of {every} is better than today’s delivery beyond doubt{tail}"


def _levels(result: NightResult, known: Sequence[PolicyEvidence]) -> str:
    """`95 % interval (that of “Recommended split” 90 %: ...)`: a picked plan has a level of its own."""
    level = evidence.level_of_most(known)
    said = f"{numbers.percent(level)} interval"
    for e in known:
        if estimates.is_recommended(e.policy) and e.uplift is not None and e.uplift.level != level:
            plan, own = estimates.label(result, e.policy), numbers.percent(e.uplift.level)
            said += f" (that of “{plan}” {own}, whose low end counts every split that could have been picked)"
    return said


def plans(result: NightResult) -> Chart | None:
    """None where no plan has a figure."""
    rows, known = evidence.compared(result), evidence.standing(result)
    whiskers = [w for w in map(_whisker, known) if w is not None]
    if not whiskers:
        return None
    outcome = known[0].outcome
    reading = (
        f"The dot is our best guess of the extra {outcome}, the bar its {_levels(result, known)}; "
        "the thin line reaches down to the bound that counts how many plans were compared, and the plan with "
        f"the highest such bound comes first. {'' if result.tier == 'B' else 'Blue: better. Orange: worse. '}"
        "Grey: open. Dashed: the ways of estimating disagree. Hatched: too little evidence for a figure; the "
        "sentences below say why."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step, top = (58, 34) if narrow else (30, 34)
        left, right = (4, layout.width - 4) if narrow else (230, layout.width - 335)
        d = Drawing(layout.width, top + step * len(rows) + 48)
        scale = round_scale(shown_range(whiskers), left, right, most=4 if narrow else 6, zero=True)
        against = "" if narrow else " against today’s delivery"
        title = f"extra {outcome}{against}, {words.unit(result, known[0].unit)}"
        axis_x(d, scale, top - 4, top + step * len(rows), title, most=4 if narrow else 6)
        d.text(min(max(scale(0.0), left + 30), right - 30), top - 14, "today", "", anchor="middle")
        for i, e in enumerate(rows):
            y = top + step * i
            if narrow:
                _narrow_row(d, result, e, scale, y)
            else:
                _wide_row(d, result, e, scale, y + step / 2)
        return d

    return chart("plans", finding(result), reading, draw)


def _whisker(e: PolicyEvidence) -> Whisker | None:
    if e.uplift is None or not estimates.finite(e.uplift.estimate):
        return None
    u = e.uplift
    if estimates.finite(u.low) and estimates.finite(u.high):
        return (u.low, u.estimate, u.high)
    return (u.estimate, u.estimate, u.estimate)


def _wide_row(d: Drawing, result: NightResult, e: PolicyEvidence, scale: Scale, y: float) -> None:
    verdict = evidence.verdict_word(result, e)
    strong = "strong" if estimates.is_recommended(e.policy) else ""
    d.text(0, y + 4.5, estimates.label(result, e.policy), strong, within=214)
    _mark(d, result, e, scale, y)
    d.text(d.width - 110, y + 4.5, uplift_text(result, e), "quiet", anchor="end", within=205)
    d.text(d.width - 98, y + 4.5, verdict, TONES.get(verdict, "quiet"), within=98)


def _narrow_row(d: Drawing, result: NightResult, e: PolicyEvidence, scale: Scale, y: float) -> None:
    """Name, then verdict and figure, then the bar."""
    verdict = evidence.verdict_word(result, e)
    d.rect(0, y, d.width, 37, "paper")
    d.text(0, y + 14, estimates.label(result, e.policy), "strong", within=d.width)
    d.text(0, y + 31, verdict, TONES.get(verdict, "quiet"), within=110)
    d.text(d.width, y + 31, uplift_text(result, e), "quiet", anchor="end", within=225)
    _mark(d, result, e, scale, y + 46)


def _mark(d: Drawing, result: NightResult, e: PolicyEvidence, scale: Scale, y: float) -> None:
    bar = _whisker(e)
    if bar is None:
        d.hatch(scale.start, y - 5, scale.end - scale.start, 10)
        return
    low, middle, high = bar
    tone, tip = TONES.get(evidence.verdict_word(result, e), "unsure"), uplift_text(result, e)
    doubtful = e.verdict in (evidence.DISPUTED, evidence.NO_EVIDENCE)
    if estimates.finite(e.low_among_all) and e.low_among_all < low:
        d.line(scale.held(e.low_among_all), y, scale.held(low), y, f"whisker thin {tone}", tip)
    if low < high:
        draw_bar(d, scale, low, high, y, f"{tone} dashed" if doubtful else tone, tip)
    d.circle(scale(middle), y, 5, "hollow unsure" if doubtful else f"dot {tone}", tip)
