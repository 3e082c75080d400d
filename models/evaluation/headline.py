"""The headline's intervals: as long as chance asks for, and stretched to its sharpest witness."""

from models.evaluation.doubly_robust import REMEMBERING, Floats, PolicyValue
from models.evaluation.gamma_interval import Gross
from models.evaluation.intervals import BootstrapT
from models.results import Interval


def headline_intervals(
    value: PolicyValue, bootstrap: BootstrapT, *, scale: float, level: float
) -> list[Interval | None]:
    """Intervals of every outcome by the rule of `intervals`, each reaching as far as DRL with a memory.

    Chance alone would be told by the first part. The second is for a state that forgets: the witness believes
    less, and where the two lie apart the truth may well be on its side. In a Markov world the witness's
    estimate lies outside the interval about once in eight logs, and then just outside.
    """
    found = bootstrap.intervals(value.double_reinforcement, scale=scale, level=level, gross=value.gross)
    if value.remembering is None:
        return found
    return [
        _stretched(interval, scale * float(witness))
        for interval, witness in zip(found, value.remembering.sum(axis=0), strict=True)
    ]


def uplift_interval(
    headline: Floats,
    witnesses: dict[str, Floats],
    gross: Gross,
    bootstrap: BootstrapT,
    *,
    scale: float,
    level: float,
) -> Interval | None:
    """The same for one outcome's difference from today's delivery: contributions (C,) as `uplifts` gives
    them, gross of that outcome alone."""
    found = bootstrap.intervals(headline[:, None], scale=scale, level=level, gross=gross)[0]
    if REMEMBERING not in witnesses:
        return found
    return _stretched(found, scale * float(witnesses[REMEMBERING].sum()))


def _stretched(interval: Interval | None, to: float) -> Interval | None:
    if interval is None:
        return None
    low, high = min(interval.low, to), max(interval.high, to)
    return Interval(interval.estimate, low, high, interval.level)
