"""How strong would a hidden cause have to be to turn an uplift around?

Marginal sensitivity model (Tan 2006; Zhao, Small & Bhattacharya 2019): delivery may have known something
that the log does not hold, so that the true cumulative weight of a journey up to each step lies anywhere
between w / strength and w x strength of ours. Strength 1 is "nothing hidden". The worst case is an
adversary's, who picks the weights within these limits, journey by journey and step by step, so as to hurt
most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust, Floats
from models.evaluation.estimators.fitted_q import QValues
from models.evaluation.estimators.steps import Steps
from models.evaluation.estimators.targets import Target, own
from models.evaluation.estimators.weights import stretches
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross

MAX_STRENGTH = 20.0
"""Beyond it nothing is searched: no hidden cause of that size is plausible in delivery."""
PRECISION = 1e-3
"""Of a strength that is searched, relative."""


@dataclass(frozen=True)
class FlipStrength:
    """The strength of hidden confounding at which a conclusion no longer stands; None: not up to 20."""

    outcome: str
    estimate: float
    """Uplift with nothing hidden, in reported units."""
    estimate_flips: float | None
    """Strength at which the worst case of the estimate is 0."""
    bound_flips: float | None
    """Strength at which the confidence bound nearer to 0 is 0, in the worst case; 1 where it is already
    beyond it with nothing hidden."""
    text: str
    """One sentence for analysts."""


class HiddenCause:
    """Worst cases of one policy's uplift in one outcome.

    Estimand: value of the target minus value of today's delivery, as by `DoublyRobust`. The model's part V_0
    and today's delivery (whose own weights are 1 whatever is hidden) stay; the residual part is re-weighted:

        sum_t J x min over x of (sum_j x_jt d_jt) / (sum_j x_jt),
        x_jt in kept_jt + (w_jt - kept_jt) x [1/s, s],  s the strength

    A linear fractional programme: the solution gives the upper limit to the smallest d and the lower limit to
    the others, so that sorting d once and scanning the thresholds is exact. The telescoping identity behind
    the doubly robust form holds for any Q with the true weights, so a wrong Q widens nothing but the bounds.

    kept is 0, or with `through_delivery` the cumulative product of min_a pi(a|s) / mu(a|s): that share of the
    policy is today's delivery itself, hidden knowledge included, and has a known weight. Right for budgets
    that the platform delivers; not for actions that somebody else picks.

    Steps are bounded one by one: a hidden cause that is the same all along a journey can do less, so the
    bounds are safe, not sharp, beyond one step. The headline's own weights may differ from the running
    products used here: its estimate is moved by the change of the worst case, and is reproduced exactly at
    strength 1.
    """

    def __init__(
        self,
        dr: DoublyRobust,
        target: Target,
        outcome: str,
        *,
        through_delivery: bool = False,
        valued: tuple[QValues, Floats] | None = None,
    ) -> None:
        """target (n, A); valued: its Q and headline (C, o), where they are known. Raises StudyError when it
        is no policy, ValueError for an unknown outcome."""
        k, self.outcome = dr.journeys.outcome_names.index(outcome), outcome
        if valued is None:
            fitted = dr.model.fit(target)
            valued = fitted, dr.corrected(fitted, dr.marginal_weights(target))
        weights, residual = dr.weights(target), partial(dr.residual, valued[0])
        self.scale, self.steps = dr.journeys.scale, dr.steps
        self.headline: Floats = valued[1][:, k] - dr.logged[:, k]  # (C,)
        d = np.empty(len(weights.row))
        for part in stretches(len(d)):
            d[part] = np.einsum("nb,b->n", residual(part), dr.outcome_map[:, k], optimize=False)
        kept = delivery_kept(dr, target) if through_delivery else np.zeros(len(d))
        self._worst = _WorstWeights(d, np.minimum(kept, weights.row), weights.row, dr.steps)
        self._nothing_hidden = self._worst.contributions(1.0, highest=False)

    def contributions(self, strength: float, *, highest: bool = False) -> Floats:
        """(C,) whose sum x journeys.scale is the lowest (or highest) uplift at a strength >= 1.

        Influence values at the adversary's weights: by the envelope theorem their spread is the bound's own
        (Dorn & Guo 2023), so that intervals and differences work as for any other contributions.
        """
        return self.headline + (self._worst.contributions(strength, highest=highest) - self._nothing_hidden)

    def total(self, strength: float, *, highest: bool = False) -> float:
        """The sum of the contributions, for a small part of the work: influence values add up to nothing."""
        worst, nothing_hidden = (
            self._worst.total(s, highest=h) for s, h in ((strength, highest), (1.0, False))
        )
        return float(self.headline.sum()) + worst - nothing_hidden

    def bounds(self, strength: float) -> tuple[float, float]:
        """Lowest and highest uplift at a strength >= 1, in reported units; sampling noise not included."""
        low, high = (self.scale * self.total(strength, highest=h) for h in (False, True))
        return low, high


def delivery_kept(dr: DoublyRobust, target: Target) -> Floats:
    """(n,) cumulative product of min over eligible actions of pi / mu: the probability that all decisions of
    a journey so far can be left to today's delivery while the policy (n, A) is carried out."""
    journeys, mu = dr.journeys, dr.behaviour
    taken = journeys.eligible & (mu > 0)
    ratio = np.divide(own(target), mu, out=np.full(mu.shape, np.inf), where=taken)
    least = np.where(journeys.eligible.sum(axis=1) > 1, ratio.min(axis=1), 1.0)
    kept = np.minimum(least, 1.0)  # (n,) of this decision alone
    for t in range(1, dr.steps.n_steps):
        now = dr.steps.by_step[dr.steps.step_offsets[t] : dr.steps.step_offsets[t + 1]]
        kept[now] *= kept[now - 1]
    return kept


def flip_strength(
    cause: HiddenCause,
    bootstrap: BootstrapT,
    *,
    level: float,
    gross: Gross | None = None,
    told: tuple[float, float] | None = None,
) -> FlipStrength:
    """The strength at which the uplift's estimate, and its confidence bound nearer to 0, change sign.

    Bisection: both worst cases move towards 0 and beyond as the strength grows. To be asked after the support
    gate. level: of the two-sided interval of the bootstrap, whose bound nearer to 0 is used; gross: of this
    outcome, (C, 1), for its gamma guard, which is taken as with nothing hidden. told: the ends of the uplift
    as a reader sees them, in reported units; what they reach beyond the bootstrap's own, for witnesses or
    for the picking, they reach at every strength.
    """
    estimate = float(cause.scale * cause.headline.sum())
    highest = estimate < 0  # the adversary pulls towards 0
    sign = -1.0 if highest else 1.0

    def worst(strength: float) -> float:
        return sign * cause.total(strength, highest=highest)

    def worst_bound(strength: float) -> float:
        moved = cause.contributions(strength, highest=highest)[:, None]
        interval = bootstrap.intervals(moved, scale=1.0, level=level, gross=gross)[0]
        return -np.inf if interval is None else (-interval.high if highest else interval.low)

    further = 0.0
    if told is not None and np.isfinite(own := worst_bound(1.0)):
        further = (-told[1] if highest else told[0]) / cause.scale - own
    estimate_flips, bound_flips = _crossing(worst), _crossing(lambda s: worst_bound(s) + further)
    text = _sentence(cause.outcome, estimate, estimate_flips, bound_flips)
    return FlipStrength(cause.outcome, estimate, estimate_flips, bound_flips, text)


class _WorstWeights:
    """The adversary's choice at every step, prepared once: sorting does not depend on the strength."""

    def __init__(self, d: Floats, kept: Floats, weight: Floats, steps: Steps) -> None:
        """Residuals, known part of the weight and weight, each (n,). Rows keep the order of `steps`."""
        self._d, self._kept, self._moved, self._steps = d, kept, weight - kept, steps
        order = np.lexsort((d, steps.t))
        over_at = steps.t[steps.last] + 1  # (J,) first step without the journey
        size = steps.n_steps + 1
        # a journey that ended earns 0 and keeps its last weight in the denominator: one lump per step
        lump_kept = np.bincount(over_at, self._kept[steps.last], size).cumsum()
        lump_moved = np.bincount(over_at, self._moved[steps.last], size).cumsum()
        self._scans = [
            self._scan(order[steps.step_offsets[t] : steps.step_offsets[t + 1]], lump_kept[t], lump_moved[t])
            for t in range(steps.n_steps)
        ]

    def _scan(self, rows: NDArray[np.int64], lump_kept: float, lump_moved: float) -> "_Scan":
        d, moved = self._d[rows], self._moved[rows]
        at = int(np.searchsorted(d, 0.0))
        return _Scan(
            rows=rows,
            lump_at=at,
            kept_value=float((self._kept[rows] * d).sum()),
            kept_weight=float(self._kept[rows].sum() + lump_kept),
            value=np.r_[0.0, np.insert(moved * d, at, 0.0).cumsum()],
            weight=np.r_[0.0, np.insert(moved, at, lump_moved).cumsum()],
        )

    def total(self, strength: float, *, highest: bool) -> float:
        """The worst self-normalised residual part."""
        pulls = _pulls(strength, highest=highest)
        rates = [scan.worst(*pulls, highest=highest)[1] for scan in self._scans]
        return len(self._steps.last) * float(np.sum(rates))

    def contributions(self, strength: float, *, highest: bool) -> Floats:
        """(C,) linearised contributions of the worst self-normalised residual part."""
        steps, n_journeys = self._steps, len(self._steps.last)
        rate, inverse, lump = np.empty((3, steps.n_steps))
        factor = np.empty(len(self._d))  # (n,) between 1/s and s
        first, rest = _pulls(strength, highest=highest)
        for t, scan in enumerate(self._scans):
            cut, rate[t], weight = scan.worst(first, rest, highest=highest)
            with np.errstate(divide="ignore"):
                inverse[t] = n_journeys / np.float64(weight)
            lump[t] = first if scan.lump_at < cut else rest
            before = cut - int(scan.lump_at < cut)  # rows, the lump left out
            factor[scan.rows[:before]], factor[scan.rows[before:]] = first, rest
        x = (self._kept + factor * self._moved) * inverse[steps.t]
        own = steps.over_clusters(x, (self._d - rate[steps.t])[:, None])[:, 0]
        later = np.zeros((steps.n_steps + 1, 2))  # what an ended journey's weight still divides, from t on
        later[:-1] = np.column_stack([rate * inverse, rate * inverse * lump])[::-1].cumsum(axis=0)[::-1]
        over_at = steps.t[steps.last] + 1
        for k, part in enumerate((self._kept, self._moved)):
            own -= steps.over_cluster_journeys(part[steps.last], over_at, later[:, [k]])[:, 0]
        return own + np.diff(steps.journey_offsets) * rate.sum()


@dataclass(frozen=True)
class _Scan:
    """One step's rows by ascending d, with running sums (m + 2,) over 0, 1, ... of them and the lump."""

    rows: NDArray[np.int64]  # (m,)
    lump_at: int
    kept_value: float
    kept_weight: float
    value: Floats
    weight: Floats

    def worst(self, first: float, rest: float, *, highest: bool) -> tuple[int, float, float]:
        """By how many of the smallest d get the factor `first`, the mean of d that makes, and its weight."""
        value = self.kept_value + rest * self.value[-1] + (first - rest) * self.value
        weight = self.kept_weight + rest * self.weight[-1] + (first - rest) * self.weight
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = value / weight
        cut = int(np.argmax(ratio) if highest else np.argmin(ratio))
        return cut, float(ratio[cut]), float(weight[cut])


def _pulls(strength: float, *, highest: bool) -> tuple[float, float]:
    """Factors on the weights of the smallest d and of the others."""
    return (1 / strength, strength) if highest else (strength, 1 / strength)


def _crossing(worst: Callable[[float], float]) -> float | None:
    """Smallest strength in [1, 20] at which a falling function is no longer above 0: bisection of its log."""
    if not worst(1.0) > 0:
        return 1.0
    if worst(MAX_STRENGTH) > 0:
        return None
    low, high = 0.0, float(np.log(MAX_STRENGTH))
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if worst(float(np.exp(middle))) > 0 else (low, middle)
    return float(np.exp(high))


def _cannot_tell(outcome: str, estimate: float) -> str:
    """Where the sign is not beyond doubt even with nothing hidden."""
    return f"With nothing hidden the log already cannot tell {_gain(estimate)} in {outcome} from none."


def _gain(estimate: float) -> str:
    return "a gain" if estimate > 0 else "a loss"


def _sentence(outcome: str, estimate: float, flips: float | None, bound: float | None) -> str:
    gain = _gain(estimate)
    if bound is not None and bound <= 1:
        return _cannot_tell(outcome, estimate)
    if flips is None:
        beyond = (
            f"Even a hidden cause that made decisions {MAX_STRENGTH:g} times as likely would leave {gain} in"
        )
        return f"{beyond} {outcome}{_certainly(bound)}."
    return (
        f"A hidden cause would have to make the decisions that matter {flips:.2f} times as likely, or as "
        f"unlikely, as the log explains, always where it hurts most, to turn {gain} in {outcome} into "
        f"none{_certainly(bound)}."
    )


def _certainly(bound: float | None) -> str:
    return "" if bound is None else f"; from {bound:.2f} times on it is no longer beyond doubt"
