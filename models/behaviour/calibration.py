"""Is a predicted probability kept? Predicted against observed shares, in bins, per action."""

import numpy as np
from numpy.typing import NDArray

from models.policies import Floats
from models.results import CalibrationBin

BINS = 10


def calibration_table(
    probabilities: Floats,
    eligible: NDArray[np.bool_],
    action: NDArray[np.integer],
    actions: tuple[str, ...],
    *,
    entity: NDArray[np.int64],
    min_entities: int = 1,
) -> tuple[CalibrationBin, ...]:
    """Up to ten bins of about equal size per action, by predicted probability (n, A), over the rows where
    the action was eligible. Equal predictions share a bin, so a constant policy has one. A bin of the rows of
    fewer than `min_entities` entities (n,) joins its neighbour; an action that so few could have is left out.
    """
    _, who = np.unique(entity, return_inverse=True)  # (n,) 0..
    table = []
    for k, name in enumerate(actions):
        rows = np.flatnonzero(eligible[:, k])
        if len(rows) == 0:
            continue
        p = probabilities[rows, k]
        edges = np.unique(np.quantile(p, np.arange(1, BINS) / BINS, method="inverted_cdf"))
        where = np.searchsorted(edges, p, side="right")
        where = _pooled(where, who[rows], min_entities)
        if where is None:
            continue
        count = np.bincount(where, minlength=BINS)
        predicted = np.bincount(where, weights=p, minlength=BINS)
        observed = np.bincount(where, weights=action[rows] == k, minlength=BINS)
        table += [
            CalibrationBin(name, int(count[b]), float(predicted[b] / count[b]), float(observed[b] / count[b]))
            for b in np.flatnonzero(count)
        ]
    return tuple(table)


def _pooled(bins: NDArray[np.int64], who: NDArray[np.int64], min_entities: int) -> NDArray[np.int64] | None:
    """Bins (m,) put together with the next ones until each has enough entities, numbered (m,); None where all
    have not."""
    if np.count_nonzero(np.bincount(who)) < min_entities:
        return None
    pooled, first, last = bins.copy(), 0, 0
    for b in range(int(bins.max()) + 1):
        pooled[(bins >= first) & (bins <= b)] = first
        if np.count_nonzero(np.bincount(who[pooled == first])) >= min_entities:
            first, last = b + 1, first
    pooled[bins >= first] = last  # what is left at the end joins the bin before
    return pooled


def calibration_errors(table: tuple[CalibrationBin, ...]) -> tuple[tuple[str, float, float], ...]:
    """(action, expected calibration error, the same from noise alone) per action of the table.

    error = sum over bins of rows / total * |predicted - observed|. Noise: the mean absolute value of a
    normal with the bin's binomial variance; rows of one entity hang together, so real noise is larger.
    """
    names = dict.fromkeys(b.action for b in table)
    result = []
    for name in names:
        bins = [b for b in table if b.action == name]
        total = sum(b.rows for b in bins)
        error = sum(b.rows * abs(b.predicted - b.observed) for b in bins) / total
        noise = sum((b.rows * b.predicted * (1 - b.predicted) * 2 / np.pi) ** 0.5 for b in bins) / total
        result.append((name, float(error), float(noise)))
    return tuple(result)


def calibration_within(
    probabilities: Floats,
    eligible: NDArray[np.bool_],
    action: NDArray[np.integer],
    cell: NDArray[np.integer],
    actions: tuple[str, ...],
) -> tuple[tuple[str, float, float], ...]:
    """The same per action but within cells (n,) that were drawn without looking at a prediction, such as
    (eligible set, week): a model may be right on average and wrong wherever it matters.

    probabilities (n, A): held out. Of each cell the mean prediction is held against the share that took it.
    """
    _, where = np.unique(cell, return_inverse=True)
    result = []
    for k, name in enumerate(actions):
        mine = eligible[:, k]
        if not mine.any():
            continue
        p, at = probabilities[mine, k], where[mine]
        taken = np.bincount(at, weights=action[mine] == k)
        expected = np.bincount(at, weights=p)
        spread = np.bincount(at, weights=p * (1 - p))
        total = float(mine.sum())
        noise = np.sqrt(spread * 2 / np.pi).sum() / total
        result.append((name, float(np.abs(taken - expected).sum() / total), float(noise)))
    return tuple(result)
