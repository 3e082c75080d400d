"""regions.csv, and the split.json of a night that asks what the treated regions gained."""

from dataclasses import asdict

from models.results import Interval, NightResult, RegionsResult
from reports import numbers
from reports.exports.cells import Cell, csv_text
from reports.exports.no_split import answer_head

REGION_COLUMNS = ("region", "treated", "weight", "added")


def regions_object(result: NightResult, found: RegionsResult, schema: int) -> dict[str, object]:
    """The content of split.json: what a split has is null or empty."""
    return {
        **answer_head(result, "regions", schema),
        "added_per_region_and_day": _interval(found.added),
        "added_in_all": _interval(found.total),
        "difference_in_differences": _interval(found.difference_in_differences),
        "p_value": numbers.exact(found.p_value),
        "placebos": found.placebos,
        "extra_spend": numbers.money(found.extra_spend),
        "added_per_unit_of_spend": None if found.per_spend is None else _interval(found.per_spend),
        "more_regions": found.more_regions,
        "more_days": found.more_days,
        "log": asdict(found.log),
    }


def regions_csv(result: NightResult) -> bytes:
    """One row per region: treated ones with what was added per day, the others with their weight."""
    found = result.regions
    night = [result.study, result.as_of, result.split.verdict]
    rows: list[list[Cell]] = [
        [*night, r.region, r.treated, numbers.exact(r.weight), numbers.exact(r.added)]
        for r in (found.regions if found else ())
    ]
    return csv_text(("study", "as_of", "verdict", *REGION_COLUMNS), rows).encode()


def _interval(found: Interval) -> dict[str, Cell]:
    ends = (("estimate", found.estimate), ("low", found.low), ("high", found.high), ("level", found.level))
    return {name: numbers.exact(value) for name, value in ends}
