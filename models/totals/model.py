"""Daily totals to marginal iROAS, response curves and pacing, and what of it is identified."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.numerics import one_blas_thread
from models.results import Interval, ResponseCurve, TotalsTell
from models.totals.baseline import baseline_basis, memory, orthonormal, whitened, without
from models.totals.daily import DailyTotals
from models.totals.diagnosis import Design, coming_spend_p, describe_design, diagnose
from models.totals.pacing import week_spends, weekday_spend
from models.totals.posterior import sample_shapes
from models.totals.results import ChannelTotals, TotalsEvidence
from models.totals.robust import fit_coefficients, long_run_variance, mixture_quantile
from models.totals.settings import TotalsSettings
from models.totals.shapes import Candidates, carry_over_days, make_candidates
from sql.errors import LogError, StudyError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SETTLING = 60
"""Sweeps before the first that counts."""
ROUNDS = 3
"""Of guessing the errors' size and memory from the last round's residuals."""
MULTIPLIERS = np.array([0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0])
FEWEST_DAYS = 56


@dataclass(frozen=True)
class Posterior:
    """J draws of the shapes, coefficients given them in closed form. n days learnt from, K channels."""

    shape: Ints  # (J, K)
    mean: Floats  # (J, K) marginal iROAS
    sd: Floats  # (J, K)
    dof: float
    rho: float
    columns: Floats  # (n, K) of the last draw, whitened, baseline taken out
    outcome: Floats  # (n,) likewise
    basis: Floats  # (n, r) the whitened baseline


def days_learnt_from(daily: DailyTotals) -> Ints:
    """(n,) rows of the days with known sales. Raises LogError where they are too few for the channels."""
    kept, channels = np.flatnonzero(daily.known), len(daily.channels)
    needed = FEWEST_DAYS + 5 * channels
    if len(kept) < needed:
        need = "1 channel needs" if channels == 1 else f"{channels} channels need"
        raise LogError(f"The daily totals hold {len(kept)} days with known sales; {need} {needed}.")
    return kept


def fit_totals(
    daily: DailyTotals,
    settings: TotalsSettings,
    *,
    period_days: int,
    level: float,
    seed: int,
    marked: tuple[tuple[int, ...], ...] = (),
) -> TotalsEvidence:
    """Evidence of every channel from daily totals.

        margin_t = sum_k beta_k f_k(a_kt) / c_k + weekday + line + slow cosines + marked days + e_t
        a_kt = (1 - r_k) x_kt + r_k a_k(t-1),   f_k(a) = a / (1 + a / h_k),   e_t = rho e_(t-1) + noise

    beta_k is the marginal iROAS at today's spend (`shapes.Candidates`), beta_k ~ N(0, prior_sd^2): negative
    effects are as possible as positive ones. Shapes (r_k, h_k) are integrated over a grid by Gibbs sampling,
    coefficients in closed form; the size and memory of the errors are plugged in from the residuals.
    Intervals are quantiles of the mixture over shapes, with a spread robust to errors correlated over time.

    Assumes that budgets do not move with anything else that moves sales on the same days, beside what is
    modelled: aggregate data cannot check it, only find some violations (`diagnosis`). Wrong when promotions
    and budgets go together, when channels act through each other, and when the market of next month differs.
    `marked`: days per event (a promotion), each event with a level of its own. Raises LogError for a log
    that is too short, StudyError for a randomised channel that the totals do not hold.
    """
    unknown = sorted(set(settings.randomised) - set(daily.channels))
    if unknown:
        raise StudyError(
            f"`totals.randomised` names {unknown[0]!r}, which the daily totals do not hold; they hold "
            f"{', '.join(daily.channels)}."
        )
    kept = days_learnt_from(daily)
    with one_blas_thread():
        candidates = make_candidates(daily.spend)
        day, margin = daily.day[kept], daily.margin[kept]
        baseline = baseline_basis(day, settings.slowest_days, marked)
        posterior = _sample(candidates.columns[kept], margin, day, baseline, settings, seed)
        spend = without(daily.spend[kept], orthonormal(baseline))
        design = describe_design(spend, candidates.mean, posterior.columns)
        channels = tuple(
            _channel(k, daily, candidates, posterior, design, settings, period_days, level)
            for k in range(len(daily.channels))
        )
    return _evidence(channels, daily, len(kept), posterior.rho, level)


def _sample(
    columns: Floats, margin: Floats, day: Ints, baseline: Floats, settings: TotalsSettings, seed: int
) -> Posterior:
    """Posterior draws from candidate columns (n, K, S), margin (n,), days (n,) and the baseline (n, p)."""
    n, channels, shapes = columns.shape
    precision = settings.prior_sd**-2.0
    plain = orthonormal(baseline)
    free = n - plain.shape[1] - channels
    if free < 2 * channels:
        raise LogError(f"The daily totals hold {n} days, too few for {channels} channels, season and events.")
    rho, index = 0.0, np.arange(channels)
    at = np.zeros(channels, np.int64)
    for rounds in range(ROUNDS + 1):
        basis = orthonormal(whitened(baseline, day, rho))
        z = without(whitened(columns, day, rho), basis)  # (n, K, S)
        y = without(whitened(margin, day, rho), basis)
        variance = _error_variance(z[:, index, at], y, precision, free)
        flat = z.reshape(n, channels * shapes)
        gram = (flat.T @ flat / variance).reshape(channels, shapes, channels, shapes)
        moment = (flat.T @ y / variance).reshape(channels, shapes)
        last = rounds == ROUNDS
        sweeps = SETTLING + settings.sweeps if last else SETTLING
        drawn = sample_shapes(gram, moment, precision, seed=seed, sweeps=sweeps)
        if last:
            break
        at = drawn[-1]
        coefficients = fit_coefficients(z[:, index, at], y, variance, precision, free).mean
        residual = without(margin - columns[:, index, at] @ coefficients, plain)
        rho = memory(residual, day, plain.shape[1] + channels)
    drawn = drawn[SETTLING:]
    found, back = np.unique(drawn, axis=0, return_inverse=True)  # repeated draws are fitted once
    fits = [fit_coefficients(z[:, index, s], y, variance, precision, free) for s in found]
    mean = np.stack([fit.mean for fit in fits])[back.ravel()]
    sd = np.stack([fit.sd for fit in fits])[back.ravel()]
    _, dof = long_run_variance(y[:, None])
    return Posterior(drawn, mean, sd, dof, rho, z[:, index, drawn[-1]], y, basis)


def _error_variance(columns: Floats, outcome: Floats, precision: float, free: int) -> float:
    """Variance of the whitened errors per day, by least squares; above 0 even for a perfect fit."""
    curvature = columns.T @ columns
    ridge = 1e-9 * np.trace(curvature) + precision
    residual = outcome - columns @ np.linalg.solve(
        curvature + ridge * np.eye(len(curvature)), columns.T @ outcome
    )
    return float((residual**2).sum()) / free + 1e-12 * float((outcome**2).mean()) + 1e-12


def _channel(
    k: int,
    daily: DailyTotals,
    candidates: Candidates,
    posterior: Posterior,
    design: Design,
    settings: TotalsSettings,
    period_days: int,
    level: float,
) -> ChannelTotals:
    """The evidence of channel k."""
    name, spend = daily.channels[k], daily.spend[:, k]
    shape, mean, sd = posterior.shape[:, k], posterior.mean[:, k], posterior.sd[:, k]
    by_lot = name in settings.randomised
    rows = np.flatnonzero(daily.known)
    follows = (
        None
        if by_lot or design.variation[k] < settings.min_spend_variation
        else coming_spend_p(spend, rows, posterior.columns, posterior.outcome, posterior.basis)
    )
    spread = float(np.sqrt((sd**2).mean() + mean.var()))
    found = diagnose(k, design, spread / settings.prior_sd, follows, settings)
    per_period = float(candidates.mean[k]) * period_days
    iroas, curve, days = None, None, None
    if found.identified:
        low, high = (mixture_quantile(mean, sd, posterior.dof, q) for q in ((1 - level) / 2, (1 + level) / 2))
        iroas = Interval(float(mean.mean()), float(low), float(high), level)
        curve = _curve(k, daily, candidates, posterior, per_period, period_days, level)
        days = float(carry_over_days()[shape].mean())
    pacing = weekday_spend(daily.day, spend, level)
    return ChannelTotals(name, per_period, by_lot, iroas, days, curve, pacing, found)


def _curve(
    k: int,
    daily: DailyTotals,
    candidates: Candidates,
    posterior: Posterior,
    per_period: float,
    period_days: int,
    level: float,
) -> ResponseCurve:
    """Margin per period against the budget, less that at today's; every day's spend is scaled alike."""
    change = period_days * candidates.change(k, MULTIPLIERS)[posterior.shape[:, k]]  # (J, P)
    mean, sd = posterior.mean[:, [k]] * change, posterior.sd[:, [k]] * np.abs(change)
    low, high = (mixture_quantile(mean, sd, posterior.dof, q) for q in ((1 - level) / 2, (1 + level) / 2))
    window = np.ones(period_days)
    sums = (
        np.convolve(daily.spend[:, k], window, mode="valid")
        if len(daily.day) >= period_days
        else [per_period]
    )
    logged_low, logged_high = np.quantile(sums, (0.05, 0.95))
    return ResponseCurve(
        channel=daily.channels[k],
        budgets=tuple((MULTIPLIERS * per_period).tolist()),
        margin=tuple(mean.mean(axis=0).tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        logged_low=float(logged_low),
        logged_high=float(logged_high),
        level=level,
    )


def _evidence(
    channels: tuple[ChannelTotals, ...],
    daily: DailyTotals,
    days: int,
    rho: float,
    level: float,
) -> TotalsEvidence:
    """All channels together, and what may be said."""
    known = tuple(c.channel for c in channels if c.diagnosis.identified)
    unknown = tuple(c.channel for c in channels if not c.diagnosis.identified)
    by_lot = tuple(c.channel for c in channels if c.diagnosis.identified and c.by_lot)
    spend = daily.spend.sum(axis=1)
    return TotalsEvidence(
        channels=channels,
        days=days,
        autocorrelation=rho,
        may_split=len(by_lot) >= 2,
        summary=TotalsTell(known, unknown, by_lot),
        notes=daily.notes,
        pacing=weekday_spend(daily.day, spend, level),
        weeks=week_spends(daily.day, spend),
    )
