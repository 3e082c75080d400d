"""Page 9: what will be spent, by channel and by day; past weeks, for the appendix."""

from models.results import NightResult
from reports import drawn, numbers, words
from reports.charts.bars import Bar, BarWords, bars
from reports.pages.page import Page, Part, between, cash, empty
from reports.svg import Chart
from reports.tables import Column, Table, figure, text_column

WEEKS = 13
"""Most past weeks that are shown."""


def _money(value: float | None, low: float | None = None, high: float | None = None) -> str:
    text = numbers.budget(value)
    return text if low is None else f"{text} ({numbers.budget(low)} to {numbers.budget(high)})"


ALL = 0.99
"""Share of a budget from which on it counts as spent."""


def _channels_finding(result: NightResult) -> str:
    rows = [r for r in result.split.rows if r.expected_spend < ALL * r.recommended]
    ranged = [(r, r.expected_spend_high) for r in rows if r.expected_spend_high is not None]
    short = [r for r, high in ranged if high < ALL * r.recommended]  # the whole range
    if not rows:
        return f"Every {result.vocabulary.action} is expected to spend its budget"
    falls = "is expected to fall short of its budget"
    told, cannot = (short, falls) if short else (rows, "may not spend its whole budget")
    most = max(told, key=lambda r: (r.recommended - r.expected_spend, words.row_name(r)))
    others = f"; {len(rows) - 1} more {'is' if len(rows) == 2 else 'are'} expected to fall short too"
    k = result.split.rows.index(most)
    past = ""
    if result.split.today is not None and result.split.typed_in(k):
        spent = numbers.budget(result.split.today.spent[k])
        past = f", after {spent} of {numbers.budget(most.current)} last time"
    return (
        f"{words.shorten(words.row_name(most), 40)} {cannot}: "
        f"{numbers.budget(most.expected_spend)} of {numbers.budget(most.recommended)} "
        f"{words.budget_money(result)} are expected{past}{others if len(rows) > 1 else ''}"
    )


def _past(result: NightResult) -> dict[str, float]:
    """By row, what the newest period spent; empty where today's budgets are just that."""
    split = result.split
    if split.today is None or not split.any_typed_in:
        return {}
    return dict(zip(map(words.row_name, split.rows), split.today.spent, strict=True))


def _channels(result: NightResult) -> Part:
    rows, unit = result.split.rows, words.budget_money(result)
    typed = "typed in" if words.moves(result.split) else "today’s budget"
    said = BarWords("expected to be spent", "its interval", typed, unit)
    noun = result.vocabulary.action
    reading = words.said(
        result.vocabulary,
        "Each bar is what we expect the {action} to spend, the thin line its interval, the upright mark the "
        "budget. Why a bar ends before its mark is not known: there may be too few {people} to {show} "
        "{treatments} to, or a budget that has just changed, since the forecast goes on as the last "
        "periods did. None passes it, since the platform stops at its budget.",
    )
    named = [words.row_name(r) for r in rows]
    shown = drawn.most_important(result, named)
    spends = [(r, words.spend(r)) for r in rows if words.row_name(r) in shown]
    lines = [
        Bar(
            words.row_name(r), s.expected, s.low, s.high, r.recommended, _money(s.expected, s.low, s.high),
        )
        for r, s in spends
    ]  # fmt: skip
    past = _past(result)
    same = bool(past) and not words.moves(result.split)
    columns = (
        text_column(words.capital(noun)),
        *((Column("Today’s budget", unit), Column("Spent of it", "in the newest period")) if past else ()),
        *(() if same else (Column("Budget", unit),)),
        Column("Expected to be spent", unit),
        Column("Interval", unit),
    )
    cells = [
        [
            words.row_name(r),
            *((cash(r.current), cash(past[words.row_name(r)])) if past else ()),
            *(() if same else (cash(r.recommended),)),
            cash(s.expected),
            between(s.low, s.high),
        ]
        for r, s in spends
    ]
    reading += drawn.left_out(result, named, all_in="split.csv")
    chart = bars("pacing", _channels_finding(result), reading, lines, said)
    return Part(f"By {noun}", chart=chart, twin=Table(f"Expected spend by {noun}", columns, cells))


def _days_finding(result: NightResult) -> str:
    """The days that take most and least, where they stand out beyond chance."""
    days, unit = result.pictures.pacing, result.currency
    most, least = max(days, key=lambda p: p.spend), min(days, key=lambda p: p.spend)
    named = [(d, way) for d, way in ((most, "takes most"), (least, "takes least")) if d.stands_out]
    if not named:
        each = sum(d.spend for d in days) / len(days)
        return f"No day of the week stands out: each takes about {numbers.budget(each)} {unit}"
    return "; ".join(f"{d.label} {way}, {numbers.budget(d.spend)} {unit}" for d, way in named)


def _days(result: NightResult) -> Part:
    days, unit = result.pictures.pacing, result.currency
    level = numbers.percent(days[0].level)
    reading = (
        "Each bar is what the whole split should spend on that day if delivery keeps its weekly rhythm, the "
        f"thin line the range that {level} of such days keep to. A day outside it is worth a look."
    )
    said = BarWords("expected to be spent", f"{level} of such days", "", f"{unit} a day")
    lines = [Bar(p.label, p.spend, p.low, p.high, None, _money(p.spend, p.low, p.high)) for p in days]
    columns = (text_column("Day"), Column("Expected", f"{unit} a day"), Column("Range", f"{unit} a day"))
    cells = [[p.label, cash(p.spend), between(p.low, p.high)] for p in days]
    chart = bars("pacing-days", _days_finding(result), reading, lines, said)
    return Part("By day of the week", chart=chart, twin=Table("Expected spend by day", columns, cells))


def _weeks_finding(result: NightResult) -> str:
    weeks = result.pictures.week_spends[-WEEKS:]
    planned = [(w.spend / w.budget - 1, w) for w in weeks if w.budget]
    if not planned:
        low, high = min(w.spend for w in weeks), max(w.spend for w in weeks)
        every = words.counted(len(weeks), "week")
        spent = f"{numbers.budget(low)} to {numbers.budget(high)} {result.currency} a week"
        return f"{spent} were spent over {every}"
    off, worst = max(planned, key=lambda x: (abs(x[0]), x[1].week_start))
    return (
        f"Spend was furthest from plan in the week of {worst.week_start}: "
        f"{numbers.percent(off, signed=True)} of {numbers.budget(worst.budget)} {result.currency}"
    )


def _weeks_chart(result: NightResult) -> Chart:
    weeks = result.pictures.week_spends[-WEEKS:]
    plans = any(w.budget is not None for w in weeks)
    reading = f"Each bar is what was spent in a week, all {result.vocabulary.actions} together" + (
        ", the upright mark what was planned."
        if plans
        else ". What was planned is not known: a budgets table in the study adds it, where it holds every "
        f"day of a week and every {result.vocabulary.action} that spent."
    )
    said = BarWords("spent", "", "planned" if plans else "", f"{result.currency} a week")
    lines = [
        Bar(
            f"week of {w.week_start}", w.spend, plan=w.budget,
            text=_money(w.spend) + (f" of {numbers.budget(w.budget)}" if w.budget is not None else ""),
        )
        for w in weeks
    ]  # fmt: skip
    return bars("pacing-weeks", _weeks_finding(result), reading, lines, said)


def past_weeks(result: NightResult) -> Part | None:
    """What was spent before tonight; None where no week is on record."""
    if not result.pictures.week_spends:
        return None
    unit = f"{result.currency} a week"
    columns = (text_column("Week of"), Column("Spent", unit), Column("Planned", unit), Column("Off plan"))
    cells = []
    for w in result.pictures.week_spends[-WEEKS:]:
        off = w.spend / w.budget - 1 if w.budget else None
        cells.append(
            [
                w.week_start,
                cash(w.spend),
                cash(w.budget),
                figure(numbers.share(off), numbers.percent(off, signed=True)),
            ]
        )
    return Part("Past weeks", chart=_weeks_chart(result), twin=Table("Spend of past weeks", columns, cells))


def pacing_page(result: NightResult) -> Page:
    parts = []
    if result.split.rows and result.split.verdict != "NO_EVIDENCE":
        parts.append(_channels(result))
    if result.pictures.pacing:
        parts.append(_days(result))
    if not parts:
        return empty(
            "What will be spent cannot be said: it takes logs that hold what "
            f"{result.vocabulary.treatments} cost over some weeks, and a night that can judge a split."
        )
    return Page(tuple(parts))
