"""The headline's intervals: as long as chance asks for, longer by what the cut of weights moves, and reaching
to its witnesses.

Weights are cut below 0, which shifts them. Without it the estimate is a fifth noisier; with it, it is off by
some part of the difference, either way. Of 64 plans of nine null shops of the development half 91 % of
intervals held 0 with the cut, as many without it at 1.15 times the length, and 95 % with the cut and that
difference added to either end, at 1.10 times; of 20 bold plans of five home logs 17, 20 and 18.

`uplift_interval` is of a policy that nobody picked on these entities, chance's part of it
`bootstrap_t.BootstrapT.intervals`; `uplift_bound`, for whoever picked one, is what the verdict holds against
0.
"""

import math

from models.evaluation.checks.witness import FAINT
from models.evaluation.estimators.doubly_robust import Floats
from models.evaluation.estimators.policy_value import REMEMBERING, SIGNED, PolicyValue, Uplifted
from models.evaluation.intervals.bootstrap_t import BootstrapT, standard_errors
from models.evaluation.intervals.gamma_interval import Gross
from models.evaluation.intervals.simultaneous import PlanClass
from models.results import Interval

OWN_NOISE = 1.0
"""An interval reaches a witness to within so many standard errors of the difference; DRL with a memory, which
differs from the headline by little noise, and with signed weights altogether."""


def value_intervals(
    value: PolicyValue, bootstrap: BootstrapT, *, scale: float, level: float
) -> list[Interval | None]:
    """Intervals of every outcome by the rule of `intervals`, each reaching as far as DRL with a memory.

    Chance alone would be told by the first part. The second is for a state that forgets: the witness believes
    less, and where the two lie apart the truth may well be on its side.
    """
    found = bootstrap.intervals(value.double_reinforcement, scale=scale, level=level, gross=value.gross)
    found = [
        interval and _longer(interval, scale * abs(float(cut)))
        for interval, cut in zip(found, value.cut, strict=True)
    ]
    if value.remembering is None:
        return found
    return [
        interval and _stretched(interval, scale * float(witness))
        for interval, witness in zip(found, value.remembering.sum(axis=0), strict=True)
    ]


def uplift_interval(
    uplift: Uplifted, gross: Gross, bootstrap: BootstrapT, *, scale: float, level: float
) -> Interval | None:
    """The same for one outcome's difference from today's delivery, whatever is its gross: it reaches every
    witness, whether or not a test says that they differ, and is never known better than `FAINT` of today's
    level."""
    found = bootstrap.intervals(uplift.headline[:, None], scale=scale, level=level, gross=gross)[0]
    if found is None:
        return None
    found = _longer(found, scale * uplift.cut)
    for name, witness in uplift.witnesses.items():
        found = _stretched(found, found.estimate + scale * _beyond_noise(witness - uplift.headline, name))
    faint = scale * FAINT * uplift.today_error
    if not math.isfinite(faint):
        return found
    return _longer(found, faint)


def uplift_bound(
    uplift: Uplifted, gross: Gross, bootstrap: BootstrapT, plans: PlanClass, *, scale: float, level: float
) -> float | None:
    """The lower bound of one outcome's difference from today's delivery for whoever picked the policy among
    `plans` on these very entities: as `uplift_interval`, with the class's reach in place of chance's alone.
    None where the spread is not known."""
    below = bootstrap.reach_below(uplift.headline, gross, plans.errors(level), plans.tail(level))
    if below is None or not math.isfinite(below):
        return None
    estimate = float(uplift.headline.sum())
    low = estimate - below - uplift.cut
    for name, witness in uplift.witnesses.items():
        low = min(low, estimate + _beyond_noise(witness - uplift.headline, name))
    faint = FAINT * uplift.today_error
    return scale * (low - faint if math.isfinite(faint) else low)


def beyond_noise(difference: float, error: float, witness: str) -> float:
    """A witness's difference from the headline, by its standard error, less what noise may be of it."""
    if witness in (REMEMBERING, SIGNED):
        return difference
    left = abs(difference) - OWN_NOISE * error
    return math.copysign(left, difference) if left > 0 else 0.0


def _beyond_noise(difference: Floats, witness: str) -> float:
    """The same of contributions (C,)."""
    return beyond_noise(float(difference.sum()), float(standard_errors(difference[:, None])[0]), witness)


def _longer(interval: Interval, by: float) -> Interval:
    return Interval(interval.estimate, interval.low - by, interval.high + by, interval.level)


def _stretched(interval: Interval, to: float) -> Interval:
    low, high = min(interval.low, to), max(interval.high, to)
    return Interval(interval.estimate, low, high, interval.level)
