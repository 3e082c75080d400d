"""aggregates.csv: the figures with noise, the only file of a night that is made to be handed on."""

from models.results import NightResult, SharedFigure
from reports import numbers
from reports.exports.cells import csv_text

COLUMNS = ("statistic", "channel", "value", "unit", "noise_95")


def aggregates_csv(result: NightResult) -> bytes:
    """One row per statistic and channel; without a channel it is of all entities. Below 0 is noise."""
    shared = result.shared
    figures: tuple[SharedFigure, ...] = () if shared is None else shared.figures
    rows = [
        (
            f.statistic,
            f.action or None,
            numbers.exact(f.value),
            result.currency if f.money else "count",
            numbers.exact(f.noise_95),
        )
        for f in figures
    ]
    return csv_text(COLUMNS, rows).encode()
