"""One site's journeys, cut and scaled as all sites' together would be."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.evaluation.pooled.small_cells import Cells
from models.mdp import (
    Journeys,
    JourneyTerms,
    Sites,
    Transitions,
    Windows,
    cut_journeys,
    cut_windows,
    day_grid,
    feature_moments,
    newest_volume,
)
from sql.errors import LogError


@dataclass(frozen=True)
class Telling:
    """What sites may tell each other."""

    features: tuple[int, ...]
    """Columns of the state that every site has, in one order; those of which a site cannot tell stay out."""
    folds: int
    least: int
    """Entities that a sum is about."""


def site_journeys(
    table: Transitions, terms: JourneyTerms, sites: Sites, telling: Telling
) -> tuple[Journeys, tuple[int, ...]]:
    """Every entity's journeys, by windows in which every site's days are complete, and the columns of the
    state that all sites tell of. Standardised by all sites' moments, in float64: sums over a night's float32
    depend in their seventh digit on the order of the rows.

    Raises LogError where the table is a sample, where no window fits, or where a sum would be of a few.
    """
    if table.stands_for != 1:
        raise LogError(
            "A site's log is too long for its memory: a sample of it stands for no sum. Raise "
            "logs.memory_limit_gb, or leave older days out."
        )
    windows = _common_windows(table, terms, sites)
    everybody = np.ones(table.n_rows, np.bool_)
    entities = float(len(np.unique(table.entity)))
    found = cut_journeys(table, everybody, terms, total_entities=entities, windows=windows, sites=sites)
    scale = windows.periods_per_journey(terms.period_days)
    if not terms.single_step:
        scale *= newest_volume(table.entity, table.day, windows, terms.period_days, sites)
    cells = Cells(found, telling.folds, telling.least)
    cells.refuse_small()
    raw = table.features[:, list(telling.features)]
    kept = np.flatnonzero(_of_all(sites, "features told", cells.told_features(raw[found.rows])))
    shown = np.flatnonzero(_of_all(sites, "outcomes told", cells.told_outcomes(table.outcome_spec)))
    if len(shown) < len(table.outcome_spec):
        spec = tuple(table.outcome_spec[k] for k in shown.tolist())
        fewer = replace(table, outcome_spec=spec, outcomes=table.outcomes[:, shown])
        found = cut_journeys(fewer, everybody, terms, total_entities=entities, windows=windows, sites=sites)
    mean, sd = feature_moments(raw[:, kept], sites)
    inverse = np.divide(1.0, sd, out=np.zeros_like(sd), where=sd > 0)
    x = (raw[found.rows][:, kept] - mean) * inverse
    x[~np.isfinite(x)] = 0.0
    columns = tuple(telling.features[k] for k in kept.tolist())
    return replace(found, features=x, scale=scale, sites=sites), columns


def _common_windows(table: Transitions, terms: JourneyTerms, sites: Sites) -> Windows:
    days = sites.union("days", day_grid(table.day)[0])
    immature = sites.union("immature days", np.unique(table.day[~table.mature]).astype(np.int64))
    _, epoch = day_grid(days.astype(np.int32))
    return cut_windows(
        days,
        epoch,
        immature.astype(np.int32),
        terms.horizon_days,
        terms.tail_days,
        single_step=terms.single_step,
    )


def _of_all(sites: Sites, name: str, mine: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(k,) what every site may tell."""
    both = sites.total(name, np.append(mine, True).astype(np.float64))
    return np.asarray(both[:-1] == both[-1])
