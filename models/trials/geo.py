"""Tests by region: some regions are treated from a day on, others are not.

Every treated region r is held against the control regions c, mixed as r moved before the treatment began:
weights of 0 or more that add up to 1 and an intercept, least squares on the days before (synthetic control,
Abadie, Diamond & Hainmueller 2010; with an intercept Doudchenko & Imbens 2016). With D a region's mean of the
days with treatment less its mean of the days before,

    effect = mean over treated r of (D_r - sum_c w_rc D_c);

with weights all alike that is difference in differences. How sure it is comes from groups of control regions
that were not treated and are judged as if they had been, by those left (placebo groups, Arkhangelsky et al.
2021): their effects are 0 in truth. The standard error is their root mean square, the interval a t one with
C - 1 degrees, the p-value the share of groups with an effect as large. For difference in differences and like
regions the mean square over all groups is s^2 (1/G + 1/(C - G)), s^2 of C - 1 degrees, where the truth is
s^2 (1/G + 1/C): a little wide.

Assumes that regions were chosen by lot, or at least not by what was to come; that no treatment spills over;
that treated and control regions are alike in how much they swing. Wrong where one of these is, and where
something else happened to the treated alone. With fewer controls than twice the treated a placebo group would
be judged by fewer regions than itself: refused.
"""

from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import t as student_t

from models.results import Interval
from models.trials.trial_log import Floats, Ints
from sql.errors import LogError

PLACEBOS = 200
"""Groups of control regions judged as if treated; all of them where there are no more."""
MIN_CONTROLS = 4
MIN_DAYS = 5
SUM_TO_ONE = 1e3
"""Weight of the row that makes weights add up to 1, in standard deviations of the outcomes."""
NO_SPEND = 1e-9
"""Extra spend below this share of the largest spend is rounding."""
SEED = 0x6E0
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class GeoEffect:
    """What the treatment added per treated region and day, in the outcome's unit."""

    effect: Interval
    standard_error: float
    critical: float
    """Standard errors from the estimate to either end."""
    p_value: float
    """Share of placebo groups with an effect as large, counting the treated one among them."""
    placebos: int
    difference_in_differences: Interval
    weights: Floats  # (G, C) of each treated region on each control, in their order
    each: Floats  # (G,) effect in each treated region
    extra_spend: float | None
    """Currency units per treated region and day, by the same weights; None: no spend is told, or none was
    added."""
    per_spend: Interval | None
    """Effect / extra spend (Fieller 1954); None also where the extra spend cannot be told from none."""


def judge_regions(
    outcome: Floats, treated: Bools, start: int, *, spend: Floats | None = None, level: float = 0.95
) -> GeoEffect:
    """outcome (R, T), spend (R, T): region x day, without gaps; treated (R,); start: column of the first day
    with treatment.

    Raises LogError where there are too few control regions or days.
    """
    inside, controls = np.flatnonzero(treated), np.flatnonzero(~treated)
    _refuse_too_few(len(inside), len(controls), start, outcome.shape[1] - start)
    told = outcome[None] if spend is None else np.stack([outcome, spend])
    change = told[:, :, start:].mean(axis=2) - told[:, :, :start].mean(axis=2)  # (P, R)
    before = outcome[:, :start]
    weights = _weights(before, inside, controls)
    groups = _placebo_groups(controls, len(inside))
    placebos, plain = np.zeros((len(groups), len(told))), np.zeros(len(groups))
    for k, group in enumerate(groups):
        rest = np.setdiff1d(controls, group)
        placebos[k] = _added(change, group, rest, _weights(before, group, rest)).mean(axis=1)
        plain[k] = change[0, group].mean() - change[0, rest].mean()
    critical = float(student_t.ppf(0.5 + level / 2, len(controls) - 1))
    each = _added(change, inside, controls, weights)  # (P, G)
    found, error = each.mean(axis=1), np.sqrt((placebos**2).mean(axis=0))
    simple = float(change[0, inside].mean() - change[0, controls].mean())
    is_spent = spend is not None and abs(found[1]) > NO_SPEND * float(np.abs(spend).max())
    return GeoEffect(
        effect=_interval(float(found[0]), critical * float(error[0]), level),
        standard_error=float(error[0]),
        critical=critical,
        p_value=float((1 + (np.abs(placebos[:, 0]) >= abs(found[0])).sum()) / (1 + len(groups))),
        placebos=len(groups),
        difference_in_differences=_interval(simple, critical * float(np.sqrt((plain**2).mean())), level),
        weights=weights,
        each=each[0],
        extra_spend=float(found[1]) if is_spent else None,
        per_spend=_per_spend(found, placebos, critical, level) if is_spent else None,
    )


def _refuse_too_few(treated: int, controls: int, before: int, days: int) -> None:
    if treated < 1 or controls < max(2 * treated, MIN_CONTROLS):
        raise LogError(
            f"A test by region needs one treated region at least, and of control regions twice as many and "
            f"{MIN_CONTROLS}: there are {treated} treated and {controls} control regions."
        )
    if before < MIN_DAYS or days < 1:
        raise LogError(
            f"A test by region needs {MIN_DAYS} days before the treatment and one with it: there are "
            f"{before} before and {max(days, 0)} with it. `treated` is true on days with treatment alone."
        )


def _weights(before: Floats, group: Ints, controls: Ints) -> Floats:
    """(G, C) of each region of a group on the controls, from the days before (R, T0)."""
    centred = before - before.mean(axis=1, keepdims=True)
    pool = centred[controls].T  # (T0, C)
    scale = SUM_TO_ONE * max(float(pool.std()), 1e-12)
    rows = np.vstack([pool, np.full((1, len(controls)), scale)])
    try:
        found = np.stack([nnls(rows, np.r_[centred[region], scale])[0] for region in group])
    except RuntimeError as error:  # at its limit of iterations
        raise LogError(
            "No mixture of the control regions could be fitted to a region: before the treatment some of "
            "them are nearly copies of others. Leave the copies out."
        ) from error
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-12))


def _added(change: Floats, group: Ints, controls: Ints, weights: Floats) -> Floats:
    """(P, G) what each region of a group gained on its mixture of controls."""
    mixed = np.einsum("gc,pc->pg", weights, change[:, controls], optimize=False)
    return np.asarray(change[:, group] - mixed)


def _per_spend(found: Floats, placebos: Floats, critical: float, level: float) -> Interval | None:
    """All ratios r for which effect - r x extra spend is within chance; None where they have no end."""
    (y, s), noise = found, np.einsum("kp,kq->pq", placebos, placebos, optimize=False) / len(placebos)
    square = s * s - critical**2 * noise[1, 1]
    middle = y * s - critical**2 * noise[0, 1]
    last = y * y - critical**2 * noise[0, 0]
    under = middle**2 - square * last
    if square <= 0 or under < 0:
        return None
    root = float(np.sqrt(under))
    return Interval(float(y / s), float((middle - root) / square), float((middle + root) / square), level)


def _interval(estimate: float, reach: float, level: float) -> Interval:
    return Interval(estimate, estimate - reach, estimate + reach, level)


def _placebo_groups(controls: Ints, size: int) -> list[Ints]:
    """Groups of so many control regions: all, or PLACEBOS drawn ones."""
    every = [
        np.array(group, np.int64) for group in islice(combinations(controls.tolist(), size), PLACEBOS + 1)
    ]
    if len(every) <= PLACEBOS:
        return every
    rng = np.random.Generator(np.random.PCG64(SEED))
    return [np.sort(rng.choice(controls, size, replace=False)) for _ in range(PLACEBOS)]
