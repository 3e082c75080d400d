"""Choosing the best of several policies, with bounds that know how many were tried."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.estimators.doubly_robust import Floats
from models.evaluation.intervals.bootstrap_t import GUARD, MIN_CLUSTERS, BootstrapT, standard_errors
from models.evaluation.intervals.gamma_interval import Gross
from models.results import Interval


@dataclass(frozen=True)
class Candidate:
    """One candidate's uplift over today's delivery, in reported units. None: its spread is not known."""

    name: str
    estimate: float
    low: float | None
    """Pointwise lower bound: right for a candidate that was fixed beforehand."""
    high: float | None
    simultaneous_low: float | None
    """Right for whichever candidate is picked after looking at all of them."""


@dataclass(frozen=True)
class Selection:
    """All candidates in the order given, and the one to take."""

    candidates: tuple[Candidate, ...]
    best: str | None
    """Largest simultaneous lower bound; None where no candidate has one."""
    beyond_doubt: bool
    """Whether the best is better than today's delivery: its simultaneous lower bound is above 0."""
    level: float
    text: str
    """One sentence for analysts."""


def select_best(
    contributions: Floats,
    names: tuple[str, ...],
    bootstrap: BootstrapT,
    *,
    scale: float,
    level: float,
    gross: Sequence[Gross] | None = None,
) -> Selection:
    """The candidate with the largest simultaneous lower bound.

    contributions (C, m): uplift contributions of one outcome for m candidates, in the order of `names`;
    bootstrap: over the same C clusters; gross: of each candidate, (C, 1), for the gamma guard.

    low_i = estimate_i - c x standard error_i, c the quantile 1 - (1 - level) / 2 of max_i t*_i, all
    candidates resampled by the same draws (single-step max-t of Westfall & Young 1993, with the studentised
    bootstrap of Romano & Wolf 2005). All m bounds hold at once with that probability, however the candidates
    hang together: twenty near copies of one policy cost next to nothing, twenty unrelated ones about what
    Bonferroni would ask. The guard's reach is taken at the tail that c leaves to a candidate on average, and
    the lower of both counts; the guard alone where the pointwise interval is the guard's. Candidates must be
    fixed before these clusters were seen; wrong, as the bootstrap-t itself is, where a handful of clusters
    carries everything and no guard is given.
    """
    m = contributions.shape[1]
    if len(names) != m or (gross is not None and len(gross) != m):
        raise ValueError(f"{m} columns of contributions need as many names and gross, not {len(names)}.")
    columns = [contributions[:, [k]] for k in range(m)]

    def intervals(level: float) -> list[Interval | None]:
        if gross is None:
            return bootstrap.intervals(contributions, scale=scale, level=level)
        pairs = zip(columns, gross, strict=True)
        return [bootstrap.intervals(c, scale=scale, level=level, gross=g)[0] for c, g in pairs]

    reach, tail = _simultaneous_reach(contributions, bootstrap, level)
    together: list[Interval | None] = [None] * m
    if gross is not None:
        together = intervals(1 - 2 * tail)
        pairs = zip(columns, gross, strict=True)
        few = [bootstrap.methods(c, g)[0] == GUARD for c, g in pairs]  # resampling knows nothing of those
        reach = np.where(few, np.nan, reach)
    candidates = []
    for k, found in enumerate(intervals(level)):
        estimate, bounds = float(scale * contributions[:, k].sum()), []
        if found is not None:
            guarded = together[k]
            bounds = [found.low] + ([guarded.low] if guarded is not None else [])
            if np.isfinite(reach[k]):
                bounds.append(estimate - float(scale * reach[k]))
        candidates.append(
            Candidate(
                name=names[k],
                estimate=estimate,
                low=found.low if found else None,
                high=found.high if found else None,
                simultaneous_low=min(bounds) if bounds else None,
            )
        )
    bounded = [(c.simultaneous_low, -k) for k, c in enumerate(candidates) if c.simultaneous_low is not None]
    best = candidates[-max(bounded)[1]] if bounded else None
    beyond = best is not None and best.simultaneous_low is not None and best.simultaneous_low > 0
    text = _sentence(best, beyond, m)
    return Selection(tuple(candidates), best.name if best else None, beyond, level, text)


def lower_bounds(
    contributions: Floats,
    bootstrap: BootstrapT,
    *,
    scale: float,
    error: float,
    gross: Sequence[Gross] | None = None,
) -> list[float]:
    """`simultaneous_low` of every column (C, m) as `select_best` has it, where any of them may lie above its
    truth with a probability of `error` at most; -inf where one is not known."""
    names = tuple(str(k) for k in range(contributions.shape[1]))
    found = select_best(contributions, names, bootstrap, scale=scale, level=1 - 2 * error, gross=gross)
    lows = [candidate.simultaneous_low for candidate in found.candidates]
    return [float("-inf") if low is None else low for low in lows]


def _simultaneous_reach(contributions: Floats, bootstrap: BootstrapT, level: float) -> tuple[Floats, float]:
    """c x standard error (m,), NaN where the spread is not known; and the tail probability that c leaves to
    one candidate: (1 - level) / 2 for copies of one policy, an m-th of it for unrelated ones."""
    errors = standard_errors(contributions)
    alpha, known = 0.5 - level / 2, np.isfinite(errors)
    draws = np.empty((0, 0))
    if len(contributions) >= MIN_CLUSTERS and known.any():
        draws = bootstrap.studentised(contributions[:, known])  # (RESAMPLES, known)
        whole = np.isfinite(draws).all(axis=0)  # else a resample holds nothing: too few carry everything
        known[known], draws = whole, draws[:, whole]
    if not draws.size:
        return np.full(len(errors), np.nan), alpha / len(errors)
    c = float(np.quantile(draws.max(axis=1), 1 - alpha))
    average = float((draws > c).mean())
    return np.where(known, c * errors, np.nan), min(max(average, alpha / len(errors)), alpha)


def _sentence(best: Candidate | None, beyond: bool, m: int) -> str:
    tried = f"{m} candidate{'s' if m != 1 else ''}"
    if best is None:
        return f"None of {tried} differs from today's delivery in a way that can be measured: keep it."
    if not beyond:
        return (
            f"None of {tried} is better than today's delivery beyond doubt, once the number tried is "
            f"counted: keep it ({best.name} comes closest)."
        )
    return f"{best.name} is better than today's delivery, and stays so with {tried} tried."
