"""What parts of actions are worth, and what arms of the same parts lend each other.

An arm's name says what it is made of: `video / price / red`. Its value is that of its parts and a rest of
its own,

    y_a = x_a' b + u_a + e_a,   u_a ~ N(0, t^2),   e_a ~ N(0, v_a),

y_a the arm's estimate of the test, v_a its variance, x_a which parts it has (Fay & Herriot 1979). What is
told of an arm is its posterior under a flat prior for b and for t: the sum of its parts where t is small
beside the noise, its own estimate where it is large, and between them a mixture over t (Gelman 2006; Morris
1983 on the intervals).

Assumes that the rests of arms are of one spread, and no arm apart from all others: a single arm that is
unlike the sum of its parts is drawn to it, and told too near. Spread is taken to be alike within arms: with
rare clicks an arm's own estimate of it goes with its clicks, and weighing by it would favour arms that had
few by chance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.numerics import one_blas_thread
from models.results import BorrowedValue, Interval, PartLevel, PartsFound
from models.trials.adjustment import cross_fitted_predictions
from models.trials.arm_scores import row_scores
from models.trials.trial_log import Floats, TrialLog
from sql.errors import LogError
from sql.hints import show

BETWEEN = " / "
"""What separates the parts in an action's name."""
GRID = 60
"""Values of t that are tried."""
MIN_SPARE = 3
"""Arms beyond the parts' own number, without which no rest can be told from noise."""


@dataclass(frozen=True)
class _Posterior:
    """Of linear functions of the arms' values, mean (k,) and standard deviation (k,), and of t."""

    mean: Floats
    error: Floats
    own: float
    """Share of an arm's distance from its parts that is believed, on average."""


def find_parts(log: TrialLog, *, level: float) -> PartsFound | None:
    """Parts and arms of a test; None where its arms have no parts, or are too few for them.

    Intervals of levels hold all at once (Bonferroni), those of arms each by itself. Raises LogError for an
    arm whose name has another number of parts than the log says.
    """
    parts = log.parts
    if not parts:
        return None
    arms = [k for k, arm in enumerate(log.arms) if k != log.idle and log.decisions[k] > 0]
    names = [_parts_of(log.arms[k], parts) for k in arms]
    design, levels = _design(names, parts)  # (A, p)
    if len(arms) < np.linalg.matrix_rank(design) + MIN_SPARE:
        return None
    values, variance = _estimates(log)
    y, v = values[arms], variance[arms]
    contrasts = _effects(levels, design)  # (L, p)
    found = _posterior(y, v, design, np.zeros((len(levels), len(arms))), contrasts)
    own = _posterior(y, v, design, np.eye(len(arms)), np.zeros_like(design))
    at_once, alone = (float(ndtri(0.5 + one / 2)) for one in (1 - (1 - level) / len(levels), level))
    return PartsFound(
        parts=parts,
        levels=tuple(
            PartLevel(part, name, int(design[:, k + 1].sum()), _interval(found, k, at_once, level))
            for k, (part, name) in enumerate(levels)
        ),
        arms=tuple(
            BorrowedValue(log.arms[k], float(y[j]), _interval(own, j, alone, level))
            for j, k in enumerate(arms)
        ),
        own_share=own.own,
    )


def _parts_of(arm: str, parts: tuple[str, ...]) -> list[str]:
    told = arm.split(BETWEEN)
    if len(told) != len(parts):
        raise LogError(
            f"impressions.channel: {show(arm)} is made of {len(told)} between `{BETWEEN}`, and "
            f"`decision.parts` names {len(parts)}: {', '.join(parts)}. Correct the names, or leave `parts` "
            "out."
        )
    return told


def _design(names: list[list[str]], parts: tuple[str, ...]) -> tuple[Floats, list[tuple[str, str]]]:
    """(A, 1 + L) a constant and every level of every part, and (part, level) of its columns but the first."""
    levels = [(part, name) for i, part in enumerate(parts) for name in sorted({told[i] for told in names})]
    of = {part: i for i, part in enumerate(parts)}
    columns = [[float(told[of[part]] == name) for told in names] for part, name in levels]
    return np.column_stack([np.ones(len(names)), *map(np.array, columns)]), levels


def _effects(levels: list[tuple[str, str]], design: Floats) -> Floats:
    """(L, 1 + L) each level against the mean of its part's levels."""
    found = np.zeros((len(levels), design.shape[1]))
    for k, (part, _) in enumerate(levels):
        same = [j for j, (other, _) in enumerate(levels) if other == part]
        found[k, [1 + j for j in same]] -= 1 / len(same)
        found[k, 1 + k] += 1.0
    return found


def _estimates(log: TrialLog) -> tuple[Floats, Floats]:
    """(A,) values of the arms, and their variances from one spread of all rows."""
    predicted = cross_fitted_predictions(log)
    values = row_scores(log, predicted).mean(axis=0)
    at = np.arange(log.n), log.arm
    residual = log.outcome - log.cost - predicted[at]
    centre = np.bincount(log.arm, residual, len(log.arms)) / np.maximum(log.decisions, 1)
    spread = float(((residual - centre[log.arm]) ** 2).sum() / max(log.n - len(log.arms), 1))
    squares = np.bincount(log.arm, log.weight**2, len(log.arms))
    return values, spread * squares / log.n**2


def _posterior(y: Floats, v: Floats, x: Floats, of_arms: Floats, of_parts: Floats) -> _Posterior:
    """Of of_arms @ values + of_parts @ b: (k, A) and (k, p). Given t, S = diag(v + t^2), B = t^2 / (v + t^2),

        values | b, t  ~  N(B y + (1 - B) x b,  B v),   b | t  ~  N(least squares, (x' S^-1 x)^-1),

    and t by its restricted likelihood, flat over a grid.
    """
    mean, square, weight, share = [], [], [], []
    with one_blas_thread():
        for t2 in _grid(y, v) ** 2:
            s = v + t2
            information = (x.T / s) @ x
            covariance = np.linalg.pinv(information, hermitian=True)
            b = covariance @ ((x.T / s) @ y)
            rest, believed = y - x @ b, t2 / s
            maps = of_arms * (1 - believed) @ x + of_parts  # (k, p) what b's own doubt does
            mean.append(of_arms @ (x @ b + believed * rest) + of_parts @ b)
            doubt = ((of_arms**2) * (v * believed)).sum(axis=1)
            square.append(doubt + ((maps @ covariance) * maps).sum(axis=1))
            values = np.linalg.eigvalsh(information)
            held = values[values > values[-1] * 1e-10]
            weight.append(-0.5 * (np.log(s).sum() + np.log(held).sum() + (rest**2 / s).sum()))
            share.append(believed.mean())
    chance = np.exp(np.array(weight) - max(weight))
    chance /= chance.sum()
    middle = chance @ np.array(mean)
    between = chance @ (np.array(mean) - middle) ** 2
    return _Posterior(middle, np.sqrt(chance @ np.array(square) + between), float(chance @ np.array(share)))


def _grid(y: Floats, v: Floats) -> Floats:
    """(GRID,) values of t, evenly from 0 to where it is beyond all that the arms differ by."""
    return np.linspace(0.0, 3.0 * float(np.std(y)) + float(np.sqrt(v.mean())), GRID)


def _interval(found: _Posterior, k: int, z: float, level: float) -> Interval:
    middle, reach = float(found.mean[k]), z * float(found.error[k])
    return Interval(middle, middle - reach, middle + reach, level)
