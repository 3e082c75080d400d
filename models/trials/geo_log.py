"""From the table of regions to the answer of its test."""

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from models.mdp import MICROS
from models.results import Interval, Region, RegionsDay, RegionsLog, RegionsResult
from models.trials.comparison import more_entities
from models.trials.days import iso_day
from models.trials.geo import Bools, GeoEffect, judge_regions
from models.trials.trial_log import Floats, Ints
from sql.errors import LogError
from sql.events import Events

MOST_GAPS = 0.5
"""Share of the days that may be left out because some region lacks them."""


@dataclass(frozen=True)
class RegionsPanel:
    """R regions on the T days that all of them tell, from the log's first to the last one with treatment."""

    regions: tuple[str, ...]
    days: Ints  # (T,) ascending
    outcome: Floats  # (R, T)
    spend: Floats | None  # (R, T) currency units
    treated: Bools  # (R,)
    start: int
    """Column of the first day with treatment."""
    left_out: int
    """Days of the log that are none of these."""


def judge_test_by_region(events: Events, *, level: float) -> RegionsResult:
    """The answer. Raises LogError for a log that is no such test, or too small for one."""
    panel = read_regions(events)
    effect = judge_regions(panel.outcome, panel.treated, panel.start, spend=panel.spend, level=level)
    groups, days = int(panel.treated.sum()), len(panel.days) - panel.start
    each, added = groups * days, effect.effect
    least = math.ceil(1 / (1 - level) - 1e-9) - 1  # the smallest p-value is 1 / (1 + placebos)
    found = (added.low > 0 or added.high < 0) and effect.p_value <= 1 - level + 1e-12
    more_regions, more_days = (
        None if found else more_entities(n, added.estimate, effect.standard_error, effect.critical)
        for n in (len(panel.regions), days)
    )
    return RegionsResult(
        found=found,
        added=added,
        total=Interval(each * added.estimate, each * added.low, each * added.high, level),
        p_value=effect.p_value,
        placebos=effect.placebos,
        placebos_needed=least,
        difference_in_differences=effect.difference_in_differences,
        extra_spend=None if effect.extra_spend is None else each * effect.extra_spend,
        per_spend=effect.per_spend,
        log=RegionsLog(
            first_day=iso_day(panel.days[0]),
            start_day=iso_day(panel.days[panel.start]),
            last_day=iso_day(panel.days[-1]),
            days_before=panel.start,
            days_with=days,
            days_left_out=panel.left_out,
        ),
        regions=_regions(panel, effect),
        daily=_daily(panel, effect.weights),
        level=level,
        more_regions=more_regions,
        more_days=more_days,
    )


def read_regions(events: Events) -> RegionsPanel:
    """Raises LogError where the table does not say who was treated, or the treated ones began apart."""
    table = pl.read_parquet(events.folder / "geo.parquet")
    wanted = table.filter(~pl.col("day").is_in(list(events.excluded_days)))
    given = wanted.filter("treated")
    if given.is_empty():
        raise LogError(
            "No row of the regions says `treated`: write true, for each treated region, on the days with "
            "treatment and false elsewhere."
        )
    spans = given.group_by("region").agg(first=pl.col("day").min(), last=pl.col("day").max())
    first, last = int(given["day"].min()), int(given["day"].max())  # type: ignore[arg-type]
    _refuse_apart(wanted, spans, first, last)
    panel = _panel(wanted, spans["region"].to_list(), first, last)
    return replace(panel, left_out=table["day"].n_unique() - len(panel.days))


def _refuse_apart(table: pl.DataFrame, spans: pl.DataFrame, first: int, last: int) -> None:
    """LogError where a treated region does not say that it was treated, on a day when others were or between
    days of its own treatment."""
    apart = (
        table.join(spans.rename({"last": "ended"}), on="region")
        .filter(pl.col("day").is_between(first, last), ~pl.col("treated").fill_null(value=False))
        .sort("region", "day")
    )
    if apart.is_empty():
        return
    region, begun, ended, day = apart.select("region", "first", "ended", "day").row(0)
    if begun < day < ended:
        raise LogError(
            f"{region} was not treated on {iso_day(day)}, between days on which it was: a test by region "
            "takes one treatment without a pause; leave the days of the pause out with `[[exclude]]`, or end "
            "the treatment before it."
        )
    raise LogError(
        f"{region} was treated from {iso_day(begun)} to {iso_day(ended)} and others from {iso_day(first)} to "
        f"{iso_day(last)}: a test by region takes one treatment, on the same days in all treated regions; "
        "give the others a study of their own."
    )


def _panel(table: pl.DataFrame, treated: list[str], first: int, last: int) -> RegionsPanel:
    regions = sorted(table["region"].unique().to_list())
    inside = table.filter(pl.col("day") <= last)
    per_day = inside.group_by("day").len().filter(pl.col("len") == len(regions))
    whole = np.sort(per_day["day"].to_numpy().astype(np.int64))
    n_days = inside["day"].n_unique()
    if len(whole) < (1 - MOST_GAPS) * n_days:
        fewest = inside.group_by("region").len().sort("len", "region").row(0)
        raise LogError(
            f"Only {len(whole)} of {n_days} days are told by all {len(regions)} regions; {fewest[0]} has "
            f"{fewest[1]}. Write a row for every region and day, 0 where nothing came, or leave regions out."
        )
    rows = inside.filter(pl.col("day").is_in(whole.tolist())).sort("region", "day")
    shape = len(regions), len(whole)
    untold, spend = rows["spend_micros"].null_count(), None
    if 0 < untold < len(rows):
        region, day = rows.filter(pl.col("spend_micros").is_null()).select("region", "day").row(0)
        raise LogError(
            f"{untold} of {len(rows)} rows of the regions tell no spend, the first of {region} on "
            f"{iso_day(day)}: write 0 where nothing was spent, or leave the whole column out."
        )
    if not untold:
        spend = rows["spend_micros"].to_numpy().astype(np.float64).reshape(shape) * MICROS
    return RegionsPanel(
        regions=tuple(regions),
        days=whole,
        outcome=rows["outcome"].to_numpy().astype(np.float64).reshape(shape),
        spend=spend,
        treated=np.isin(regions, treated),
        start=int(np.searchsorted(whole, first)),
        left_out=table["day"].n_unique() - len(whole),
    )


def _regions(panel: RegionsPanel, effect: GeoEffect) -> tuple[Region, ...]:
    inside, controls = np.flatnonzero(panel.treated), np.flatnonzero(~panel.treated)
    weights = effect.weights.mean(axis=0)
    order = sorted(range(len(controls)), key=lambda k: (-weights[k], panel.regions[controls[k]]))
    return (
        *(Region(panel.regions[r], True, None, float(effect.each[k])) for k, r in enumerate(inside)),
        *(Region(panel.regions[controls[k]], False, float(weights[k]), None) for k in order),
    )


def _daily(panel: RegionsPanel, weights: Floats) -> tuple[RegionsDay, ...]:
    """Means over the treated regions; what they would have been is the mixture, lifted to the days before."""
    seen = panel.outcome[panel.treated].mean(axis=0)
    mixed = np.einsum("gc,ct->gt", weights, panel.outcome[~panel.treated], optimize=False).mean(axis=0)
    mixed += float((seen - mixed)[: panel.start].mean())
    days = zip(panel.days, seen, mixed, strict=True)
    return tuple(RegionsDay(iso_day(day), float(a), float(b)) for day, a, b in days)
