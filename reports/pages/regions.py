"""The page of a test by region: what the treatment added, day by day, and against which regions."""

from markupsafe import Markup

from models.results import Interval, NightResult, RegionsResult
from reports import checks, numbers, words
from reports.charts.regions import regions_chart
from reports.glossary_regions import REGIONS_GLOSSARY
from reports.pages.answer import AnswerPage, answer_lineage
from reports.pages.page import Page, Part
from reports.sentences import regions as said
from reports.tables import Column, Table, figure, text_column


def regions_page(result: NightResult) -> AnswerPage:
    """Raises ValueError for a night with another question."""
    found = result.regions
    if found is None:
        raise ValueError("the night asks nothing of regions")
    stops = [c for c in result.health if c.status == "stop"]
    return AnswerPage(
        verdict=result.split.verdict,
        label=words.VERDICTS[result.split.verdict],
        headline=said.headline(found) if not stops else "Nothing is concluded from this test.",
        why=said.why(found, result.currency) if not stops else checks.found_text(result, stops[0]),
        table=_table(result, found),
        note="Outcomes are in the log’s own unit, before any cost.",
        chart=regions_chart(found),
        basis=_basis(found),
        sections=(
            ("page-2", "The regions", _regions(found)),
            ("page-3", "Is the test sound?", Page((Part(text=said.ASSUMED),))),
        ),
        lineage=answer_lineage(result, REGIONS_GLOSSARY, of_entities=False),
    )


def _table(result: NightResult, found: RegionsResult) -> Table:
    level = numbers.percent(found.level)
    columns = (text_column("What was added"), Column("Estimate"), Column(f"{level} interval"))
    rows = [
        _row("By region and day, against a mixture of regions", found.added),
        _row("By region and day, difference in differences", found.difference_in_differences),
        _row("In all", found.total),
    ]
    if found.extra_spend is not None:
        rows.append(_row(f"By {result.currency} of extra spend", found.per_spend))
    return Table("What the treatment added", columns, rows, cards=True)


def _row(name: str, interval: Interval | None) -> list[str | Markup]:
    if interval is None:
        return [name, numbers.NOT_KNOWN, numbers.NOT_KNOWN]
    text = said.text(interval, signed=True)
    return [name, figure(numbers.exact(interval.estimate), text.estimate), f"{text.low} to {text.high}"]


def _basis(found: RegionsResult) -> str:
    log, treated = found.log, sum(region.treated for region in found.regions)
    text = (
        f"Based on {words.counted(len(found.regions), 'region')}, {numbers.count(treated)} of them treated "
        f"from {log.start_day} to {log.last_day}, and on {words.days(log.days_before)} before, from "
        f"{log.first_day}."
    )
    if log.days_left_out:
        left = "is" if log.days_left_out == 1 else "are"
        text += (
            f" {words.days(log.days_left_out)} {left} left out: some region has no row, the study "
            "excludes it, or the treatment had ended."
        )
    return text


def _regions(found: RegionsResult) -> Page:
    treated = [
        [r.region, figure(numbers.exact(r.added), numbers.plain(r.added))] for r in found.regions if r.treated
    ]
    controls = [
        [r.region, figure(numbers.exact(r.weight), numbers.percent(r.weight))]
        for r in found.regions
        if not r.treated
    ]
    name = text_column("Region")
    return Page(
        (
            Part(
                table=Table("Treated", (name, Column("Added", "per day")), treated),
                note="No interval is told for one region: of its own swings there is no other like it.",
            ),
            Part(table=Table("What they are held against", (name, Column("Share")), controls)),
        )
    )
