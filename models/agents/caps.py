"""What the n-th exposure within seven days is worth, per channel, and the frequency cap that follows.

For decisions where the channel could be shown and had been shown n - 1 times in seven days, the mean effect
of showing it against showing nothing, each state weighted by its overlap h = mu(k) mu(none) / (mu(k) +
mu(none)):

    sum h A(s, k) + (1[k taken] mu(none) - 1[none taken] mu(k)) / (mu(k) + mu(none)) x e,   over sum h,
    e = y - m(s) - sum_a (1[a taken] - mu(a|s)) A(s, a)

(overlap weights: Li, Morgan & Zaslavsky 2018; augmented as by Robins, Rotnitzky & Zhao 1994), y the margin
logged in the days counted, m its linear regression on the state among other entities, A of an advantage
learner that was trained on other entities. Consistent when mu is right, whatever m and A are: y is what came,
and no value stands in for what comes after. A value of states would: who was shown ads buys more for reasons
no state holds, and it would credit the ad with them. Nothing is divided by a small probability, and states
where delivery always or never shows the channel count for nothing, because nobody there can be compared.
Wrong where something hidden decides who sees the n-th ad; too low where it works for longer than is counted.
What it says is for today's mix of states: today's delivery goes on after the exposure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.agents.advantage_fit import Residuals, residuals
from models.agents.folds import FoldedEffects
from models.evaluation import normal_interval
from models.mdp import AGENT_FOLDS, Transitions, fold_of
from models.results import BeyondCap, ExposureValue, FrequencyCap
from models.training import build_returns

Floats = NDArray[np.float64]
MIN_SHOWN = 1000
"""Exposures that a value of n needs; rarer ones are counted with the n before."""
MAX_N = 10
NOTHING_AFTER = 0.0
"""Discount of the value after the days counted."""
ASKED_ROWS = 1 << 16
"""States that are gathered at a time."""


@dataclass(frozen=True)
class ExposureCurve:
    """One channel: values by n, and the cap they suggest."""

    values: tuple[ExposureValue, ...]
    cap: FrequencyCap


def exposure_residuals(transitions: Transitions, behaviour: Floats, *, epochs: int) -> Residuals | None:
    """What the entities speak by: margin of so many epochs, undiscounted, less what was to be expected.

    behaviour (n, A): of all rows. None where no decision is complete.
    """
    rows = np.ones(transitions.n_rows, np.bool_)
    returns = build_returns(transitions, rows, discount_per_day=1.0, n_steps=epochs)
    if len(returns.action) == 0:
        return None
    return residuals(transitions, rows, behaviour, returns, NOTHING_AFTER)


def exposure_values(
    transitions: Transitions,
    behaviour: Floats,
    found: Residuals,
    model: FoldedEffects,
    *,
    level: float = 0.95,
    min_entities: int = 1,
) -> tuple[ExposureCurve, ...]:
    """A curve per channel whose exposures of seven days are in the state and varied; others are left out.

    behaviour (n, A) of all rows; found: residuals, each entity's of the `model` that it did not teach. The
    intervals are clustered by entity, one by one: none holds for all n at once. No value is of fewer than
    `min_entities`.
    """
    names = [f.name for f in transitions.feature_spec]
    rows = found.row
    estimate = np.empty(found.action.shape)  # (m, K) margin
    fold = fold_of(found.entity, AGENT_FOLDS)
    for f in np.unique(fold).tolist():
        mine = np.flatnonzero(fold == f)
        for start in range(0, len(mine), ASKED_ROWS):
            some = mine[start : start + ASKED_ROWS]
            seen = np.take(transitions.features, rows[some], axis=0)
            estimate[some] = model.of_fold(f).estimates(seen, price=0.0)
    error = found.outcome[:, 0] - np.einsum("mk,mk->m", found.action, estimate, optimize=False)
    mu, taken = behaviour[rows], transitions.action[rows]
    cluster = np.cumsum(np.diff(found.entity, prepend=found.entity[:1]) != 0)
    found_values: list[tuple[ExposureValue, ...]] = []
    for k, channel in enumerate(transitions.actions[1:], start=1):
        if f"shown_{channel}_7d" not in names:
            continue
        before = transitions.features[rows, names.index(f"shown_{channel}_7d")]
        n = np.minimum(np.round(before).astype(np.int64) + 1, MAX_N)
        able = (mu[:, k] > 0) & (mu[:, 0] > 0)
        shown = able & (taken == k)
        last = _last_n(n[shown], cluster[shown], min_entities)
        if last == 0:
            continue
        use = np.flatnonzero(able)
        shows, rests = mu[use, k], mu[use, 0]
        overlap = shows * rests / (shows + rests)
        contrast = ((taken[use] == k) * rests - (taken[use] == 0) * shows) / (shows + rests)
        score = overlap * estimate[use, k - 1] + contrast * error[use]
        cost = transitions.outcome(f"cost:{channel}")[rows] * 1e-6
        values = []
        for at in range(1, last + 1):
            here = np.minimum(n[use], last) == at
            interval = _ratio(score[here], overlap[here], cluster[use][here], level)
            if interval is None:
                break
            paid = cost[shown & (np.minimum(n, last) == at)]
            values.append(ExposureValue(channel, at, *interval, cost=float(paid.mean()), level=level))
        if values:
            found_values.append(tuple(values))
    looked = sum(map(len, found_values))
    return tuple(ExposureCurve(v, suggested_cap(v, looked=looked)) for v in found_values)


def suggested_cap(values: tuple[ExposureValue, ...], *, looked: int = 1) -> FrequencyCap:
    """The most exposures that pay: one less than the first n whose interval lies below its cost, where every
    later n is believed to cost more than it brings too. None where no n is beyond doubt, and where the first
    is already: a cap of 0 would switch the channel off, which is for the split to say.

    looked: how many such values were looked at, of all channels. The interval that decides is so much wider
    that all of them hold together (Bonferroni), or chance alone would cap a channel every other night.
    """
    channel = values[0].channel
    for i, value in enumerate(values):
        cost = value.cost
        usual, all_hold = (norm.ppf(0.5 + (1 - (1 - value.level) / n) / 2) for n in (1, looked))
        most = value.estimate + float(all_hold / usual) * (value.high - value.estimate)
        if cost is None or most >= cost:
            continue
        if any(later.cost is not None and later.estimate >= later.cost for later in values[i + 1 :]):
            continue
        beyond = BeyondCap(value.n, value.estimate, most, cost)
        return FrequencyCap(channel, value.n - 1 or None, beyond)
    return FrequencyCap(channel, None)


def _last_n(n: NDArray[np.int64], cluster: NDArray[np.int64], min_entities: int) -> int:
    """The largest n that at least MIN_SHOWN exposures of enough entities reach; 0 where none does.

    n, cluster (m,): of each exposure. Every n before the last needs enough entities of its own.
    """
    last = 0
    for at in range(1, MAX_N + 1):
        if np.count_nonzero(n >= at) < MIN_SHOWN or len(np.unique(cluster[n >= at])) < min_entities:
            break
        if last and len(np.unique(cluster[n == last])) < min_entities:
            break
        last = at
    return last


def _ratio(
    score: Floats, weight: Floats, cluster: NDArray[np.int64], level: float
) -> tuple[float, float, float] | None:
    """Sum of score over sum of weight, (m,) each, with its interval clustered by entity; None if unknown."""
    if len(score) == 0:
        return None
    ratio = float(score.sum() / weight.sum())
    _, number = np.unique(cluster, return_inverse=True)
    influence = np.bincount(number, weights=score - ratio * weight) / weight.sum()
    interval = normal_interval(influence + ratio / len(influence), scale=1.0, level=level)
    return None if interval is None else (ratio, interval.low, interval.high)
