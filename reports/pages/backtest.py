"""Page 11: what the last nights promised, what came, and how the split changed from night to night."""

from models.results import NightResult, PastNight
from reports import decision, drawn, numbers, words
from reports.charts.bars import Bar, BarWords, bars
from reports.charts.nights import budgets_by_night, history, moved, past, promised, promised_text, promises
from reports.pages.page import Page, Part, between, cash, empty, estimated, ordered
from reports.svg import Chart
from reports.tables import Column, Table, figure, text_column

HONEST = (
    "What a move really brought cannot be seen afterwards: that would take the same days once more under the "
    "old budgets. What can be seen is the profit that came and the money that was spent. Profit also follows "
    "the season, prices and everything else that changed, so it neither confirms nor refutes a promise; only "
    "spend can be held against what was expected."
)


TYPED_IN = {True: "yes", False: "no, other budgets", None: "not known"}


def _typed_in(night: PastNight) -> str:
    """Whether what the night recommended was typed in: only then can what came be held against it."""
    if night.promised is None and night.followed is not False:
        return "nothing to type in"
    return TYPED_IN[night.followed]


def _inside(night: PastNight) -> bool | None:
    """Whether the spend that came lies in the range expected; None where either is not known, or where the
    budgets that the range is for were not in force: other ones were typed in, or a move may not have been."""
    if night.realised_spend is None or night.spend_low is None or night.spend_high is None:
        return None
    in_force = night.followed is True or (night.promised is None and night.followed is None)
    return night.spend_low <= night.realised_spend <= night.spend_high if in_force else None


def _within(night: PastNight) -> str:
    """The same, in words."""
    inside = _inside(night)
    if inside is not None:
        return "yes" if inside else "no"
    if night.realised_spend is None:
        return "not over yet"
    if night.spend_low is None or night.spend_high is None:
        return "no range is known"
    return "not known what was typed in" if night.followed is None else "other budgets were typed in"


def _spend_finding(nights: list[PastNight]) -> str:
    judged = [inside for n in nights if (inside := _inside(n)) is not None]
    if judged:
        every = words.counted(len(judged), "night")
        return f"Spend came within the expected range on {sum(judged)} of {every} that can be compared"
    if all(n.realised_spend is None for n in nights):
        return "No period that a night spoke of is over yet, so no spend can be compared"
    return "No spend can be compared: no night over by now has a range and budgets known to be typed in"


def _spend_chart(result: NightResult, nights: list[PastNight]) -> Chart:
    reading = (
        "Each bar is what was spent in the budget period after that night, the thin line the range that was "
        "expected for the budgets it recommended. A night that moved money is only "
        "compared where the budgets table says that its budgets were typed in."
    )
    said = BarWords("was spent", "range expected", "best guess", f"spend, {words.budget_money(result)}")
    lines = [
        Bar(n.as_of, n.realised_spend, n.spend_low, n.spend_high, n.expected_spend,
            f"{numbers.budget(n.realised_spend)} of {numbers.budget(n.expected_spend)}"
            if n.realised_spend is not None else f"{numbers.budget(n.expected_spend)}, not over yet")
        for n in nights
    ]  # fmt: skip
    return bars("came", _spend_finding(nights), reading, lines, said)


def _spend(result: NightResult) -> Part | None:
    nights = [n for n in past(result) if n.expected_spend is not None]
    if not nights:
        return None
    unit = words.budget_money(result)
    columns = (
        text_column("Night"),
        Column("Expected", unit),
        Column("Range", unit),
        Column("Was spent", unit),
        text_column("Within?"),
    )
    cells = [
        [
            n.as_of,
            cash(n.expected_spend),
            between(n.spend_low, n.spend_high),
            cash(n.realised_spend),
            _within(n),
        ]
        for n in nights
    ]
    return Part(
        "What was spent",
        chart=_spend_chart(result, nights),
        twin=Table("Spend after each night", columns, cells),
    )


def _promises(result: NightResult) -> Part:
    unit = words.budget_money(result)
    columns = (
        text_column("Night"),
        text_column("Verdict"),
        Column("Promised", unit),
        Column("Interval", unit),
    )
    cells = []
    for p in promises(result):
        figures = ("nothing", "") if p.bar is None else estimated(p.bar[1], p.bar[0], p.bar[2], signed=True)
        cells.append([p.as_of, words.VERDICTS.get(p.verdict, p.verdict), *figures])
    chart = promised(result)
    if chart is None:
        return Part(
            "What was promised", empty="No night so far promised a gain: every one of them kept the split."
        )
    return Part("What was promised", chart=chart, twin=Table("What each night promised", columns, cells))


def _came(result: NightResult) -> Table:
    """Newest first: what a night said, and what came after it."""
    unit = words.budget_money(result)
    columns = (
        text_column("Night"),
        text_column("Verdict"),
        Column("Promised gain", unit),
        text_column("Typed in?", "by the budgets table"),
        Column("Profit before", unit),
        Column("Profit that came", unit),
    )
    promise = {p.as_of: p for p in promises(result)}
    rows = []
    for n in reversed(past(result)):
        came = cash(n.realised) if n.realised is not None else figure(None, "not over yet")
        rows.append(
            [
                n.as_of,
                words.VERDICTS.get(n.verdict, n.verdict),
                promised_text(promise[n.as_of]),
                _typed_in(n),
                cash(n.before),
                came,
            ]
        )
    return Table("Night by night, newest first", columns, rows, cards=True)


def _history(result: NightResult) -> Part:
    nights = budgets_by_night(result)
    if len(nights) < 2:
        return Part(
            "The split from night to night", empty="So far the budgets of at most one night are known."
        )
    every = {c for row in nights.values() for c in row}
    channels = ordered(sorted(drawn.most_important(result, every, drawn.PANELS)), result.actions)
    unit, recommended = words.budget_money(result), moved(result)
    columns = (text_column("Night"), text_column("These were"), *(Column(c, unit) for c in channels))
    rows = [
        [night, "recommended" if night in recommended else "kept", *(cash(row.get(c)) for c in channels)]
        for night, row in sorted(nights.items())
    ]
    return Part(
        "The split from night to night",
        chart=history(result),
        twin=Table("Budgets by night", columns, rows),
    )


def backtest_page(result: NightResult) -> Page:
    if not result.pictures.past_nights:
        return empty(
            "No earlier night of this study is on record. From the next one on, this page holds what was "
            "promised against what came."
        )
    changed = decision.changed(result)
    parts = [
        Part(
            "Since last night",
            changed or "Nothing is on record that changed since last night.",
        ),
        _promises(result),
        Part("What came", HONEST, table=_came(result)),
        _spend(result),
        _history(result),
    ]
    return Page(tuple(p for p in parts if p is not None))
