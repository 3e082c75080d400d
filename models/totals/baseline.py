"""What sales do without advertising: weekday, trend, season, marked days, and memory from day to day."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


def baseline_basis(day: Days, slowest_days: int, marked: tuple[tuple[int, ...], ...] = ()) -> Floats:
    """(n, p) columns for the kept days (n,), ascending: level, line, weekdays, slow cosines, marked days.

    The cosines reach down to a period of `slowest_days`: every swing slower than that belongs to season and
    trend (Mueller & Watson 2008), so advertising that only moved with the year is not credited. `marked`
    holds one tuple of days per event, each with a level of its own.
    """
    first, span = int(day[0]), int(day[-1] - day[0]) + 1
    place = (day - first + 0.5) / span  # 0 .. 1 over the log
    slow = [np.cos(np.pi * j * place) for j in range(1, int(2 * span / slowest_days) + 1)]
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    columns = [np.ones(len(day)), place, *((weekday == d).astype(np.float64) for d in range(1, 7)), *slow]
    columns += [np.isin(day, days).astype(np.float64) for days in marked]
    return np.column_stack(columns)


def orthonormal(columns: Floats) -> Floats:
    """(n, r) orthonormal basis of the space the columns (n, p) span; repeated columns count once."""
    length = np.sqrt((columns**2).sum(axis=0))
    left, size, _ = np.linalg.svd(columns[:, length > 0] / length[length > 0], full_matrices=False)
    return np.asarray(left[:, size > 1e-9 * size[0]])


def without(values: Floats, basis: Floats) -> Floats:
    """values (n, ...) less their projection on an orthonormal basis (n, r)."""
    flat = values.reshape(len(values), -1)
    return np.asarray((flat - basis @ (basis.T @ flat)).reshape(values.shape))


def whitened(values: Floats, day: Days, rho: float) -> Floats:
    """v_t - rho v_(t-1), for the kept days (n,) of values (n, ...): takes the memory rho out of the errors.

    After a gap the chain starts anew with sqrt(1 - rho^2) v_t (Prais & Winsten 1954).
    """
    follows = np.diff(day) == 1
    found = np.sqrt(1.0 - rho**2) * values
    found[1:][follows] = values[1:][follows] - rho * values[:-1][follows]
    return found


def memory(residual: Floats, day: Days, used: int) -> float:
    """Autocorrelation from one day to the next of residuals (n,), 0 to 0.95.

    Residuals of a fit with `used` columns look less correlated than the errors, by about (1 + used) / n
    (Kendall 1954, extended); that much is given back.
    """
    follows = np.diff(day) == 1
    before, after = residual[:-1][follows], residual[1:][follows]
    size = float((residual**2).sum())
    if not size > 0 or not follows.any():
        return 0.0
    raw = float((before * after).sum()) / size * len(residual) / len(before)
    return float(np.clip(raw + (1 + used) / len(residual), 0.0, 0.95))
