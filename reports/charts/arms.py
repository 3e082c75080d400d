"""Every arm's value as a line with its interval, best on top."""

from models.results import Answer, TrialResult
from reports import numbers
from reports.charts.whiskers import draw_bar, shown_range
from reports.scales import axis_x, round_scale
from reports.sentences.trials import AnswerWords
from reports.svg import NARROW, Chart, Drawing, Layout, chart

MOST_ARMS = 12
"""More are a list that nobody reads: the best of them are shown, the others are in the files."""


def arms_chart(trial: TrialResult, said: AnswerWords) -> Chart | None:
    """None where no arm has an interval."""
    arms = [a for a in trial.best_arms(MOST_ARMS) if a.value is not None]
    if not arms:
        return None
    costs = "its cost taken off, " if said.net else ""
    whiskers = [(a.value.low, a.estimate, a.value.high) for a in arms if a.value is not None]
    reading = (
        f"Each line is what one {said.word.action} is worth, {costs}with the "
        f"{numbers.percent(trial.level)} interval of its own. Lines that overlap may still be told apart: a "
        "difference is known better than its two ends."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step, top = (44 if narrow else 30), 34
        left, right = (4, layout.width - 4) if narrow else (190, layout.width - 190)
        height = step * len(arms)
        d = Drawing(layout.width, top + height + 48)
        scale = round_scale(shown_range(whiskers), left, right, most=4 if narrow else 6)
        axis_x(d, scale, top - 4, top + height, f"value, {said.per}", most=4 if narrow else 6)
        for i, (arm, (low, middle, high)) in enumerate(zip(arms, whiskers, strict=True)):
            y = top + step * i
            text = said.interval(middle, arm.value)
            cls = "strong" if arm.arm in trial.verdict.arms else ""
            line = y + (32 if narrow else step * 0.5)
            if narrow:
                d.rect(0, y + 1, layout.width, 18, "paper")
                d.text(0, y + 15, said.name(arm.arm), cls, within=180)
                d.text(layout.width, y + 15, text.full, cls, anchor="end", within=180)
            else:
                d.text(0, line + 4.5, said.name(arm.arm), cls, within=180)
                d.text(layout.width, line + 4.5, text.full, cls, anchor="end", within=185)
            tone = "accent" if cls else "plain"
            draw_bar(d, scale, low, high, line, tone, text.full)
            d.circle(scale(middle), line, 5, f"dot {tone}", text.full)
        return d

    return chart("arms", finding(trial, said), reading, draw)


def finding(trial: TrialResult, said: AnswerWords) -> str:
    """What the differences leave beyond doubt: which one is best, or only what it is better than."""
    verdict, arms = trial.verdict, said.names(trial.verdict.arms)
    if not arms:
        better = tuple(arm for arm in verdict.barred if _beats_idle(trial, arm))
        if better:
            unkept = "and not known to keep to the guardrails"
            return f"Better than {said.nothing} beyond doubt, {unkept}: {said.names(better)}"
        return "None stands out beyond doubt"
    if verdict.kind in (Answer.ONE, Answer.IDLE) and not verdict.undecided:
        return f"Best beyond doubt: {arms}"
    return (
        f"Better than {said.nothing} beyond doubt: {arms}"
        if trial.idle
        else f"The best is one of these beyond doubt: {arms}"
    )


def _beats_idle(trial: TrialResult, arm: str) -> bool:
    found = trial.against_idle(arm)
    return found is not None and found.told_apart and found.estimate > 0
