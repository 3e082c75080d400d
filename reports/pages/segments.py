"""Page 8: where a channel earns most, and how many ads are enough."""

from models.results import NightResult
from reports import numbers, words
from reports.charts.exposures import by_channel, exposures
from reports.charts.heat import channels, heat, segments
from reports.pages.page import Page, Part, empty, estimated, ordered, rate, rates
from reports.sentences.pictures import beside_budgets, cap_text
from reports.tables import Column, Table, figure, text_column


def _slopes(result: NightResult) -> Table:
    by_key = {(s.channel, s.segment): s for s in result.pictures.segment_slopes}
    rows = []
    for channel in channels(result):
        for segment in segments(result):
            s = by_key.get((channel, segment))
            known = s is not None and s.estimate is not None and s.low is not None and s.high is not None
            if s is not None and s.few:
                rows.append([channel, segment, figure(None, f"too few {result.vocabulary.people}"), ""])
            elif s is None or not known:
                rows.append([channel, segment, figure(None, numbers.NOT_KNOWN), ""])
            else:
                rows.append([channel, segment, rate(s.estimate), rates(s.low, s.high)])
    one = f"One more {result.currency} earns"
    noun = result.vocabulary.action
    columns = (
        text_column(words.capital(noun)),
        text_column("Segment"),
        Column(one, "margin"),
        Column("Interval"),
    )
    return Table(f"By {noun} and segment", columns, rows)


def _exposures(result: NightResult) -> Table:
    money, word = f"{result.currency} of margin", result.vocabulary
    columns = (
        text_column(words.capital(word.action)),
        Column(words.capital(word.treatment), "in seven days"),
        Column("Earns", money),
        Column("Interval", money),
        Column("Costs", result.currency),
    )
    rows = []
    for channel, values in by_channel(result).items():
        for e in values:
            last = "+" if e is values[-1] and len(values) > 1 else ""
            cost = figure(numbers.money(e.cost, per="entity"), numbers.amount(e.cost))
            cells = estimated(e.estimate, e.low, e.high, signed=True, most=4)
            rows.append([channel, f"{e.n}{last}", *cells, cost])
    return Table(f"What the n-th {word.treatment} earns", columns, rows)


def _caps(result: NightResult) -> Table | None:
    if not result.pictures.frequency_caps:
        return None
    by_name = {c.channel: c for c in result.pictures.frequency_caps}
    rows = [
        [
            name,
            figure(None, "no cap")
            if by_name[name].cap is None
            else figure(by_name[name].cap, str(by_name[name].cap)),
            cap_text(by_name[name], result.vocabulary, result.currency),
        ]
        for name in ordered(list(by_name), result.actions)
    ]
    word = result.vocabulary
    columns = (
        text_column(words.capital(word.action)),
        Column(f"Most {word.treatments}", f"per {word.person} in seven days"),
        text_column("Why"),
    )
    return Table("Suggested frequency caps", columns, rows)


def segments_page(result: NightResult) -> Page:
    """Heat map and frequency; one of the two alone leaves a sentence for the other."""
    word = result.vocabulary
    if result.tier == "B":
        return empty(
            f"{words.capital(word.delivery)}-only logs cannot say for {word.to_which_ones}, or from which "
            f"{word.treatment} on, {word.an_action} pays: logged opportunities would."
        )
    if not (
        result.pictures.segment_slopes or result.pictures.exposure_values or result.pictures.frequency_caps
    ):
        return empty(
            f"Neither segments nor repeated {word.treatments} could be told apart: a segment column in the "
            f"users table, and {word.people} {word.who} {word.see} several {word.treatments} a week, "
            "would fill "
            "this page."
        )
    if result.pictures.segment_slopes:
        by_segment = Part("By segment", chart=heat(result), twin=_slopes(result))
    else:
        by_segment = Part(
            "By segment", empty="The study has no segments: a segment column in the users table adds them."
        )
    caps = _caps(result)
    if result.pictures.exposure_values:
        again = Part(
            f"One {word.treatment} more",
            chart=exposures(result),
            twin=_exposures(result),
            table=caps,
            note=beside_budgets(word, result.pictures.exposure_days),
        )
    else:
        why = f"The logs hold too few repeated {word.treatments} to say what one more of them earns."
        again = Part(f"One {word.treatment} more", empty="" if caps else why, table=caps)
    return Page((by_segment, again))
