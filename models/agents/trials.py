"""What an agent is worth at a price and a softness, as the choosing entities say."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.newest_spend import NewestDecisions
from models.agents.policy import ActionValues, in_every_row, rows_to_choose
from models.evaluation import DoublyRobust, QuickLook, Weights, judged, promise
from models.mdp import COST, PROFIT, Features, some_of
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]

KEPT_PRICES = 4
"""At so many prices an agent's values are remembered: large arrays."""

Judge = Callable[[Floats], tuple[float, float, float] | None]
"""Target (n, A) -> (uplift in profit, its standard error, spend), or None where it is not credible."""


@dataclass(frozen=True)
class Trial:
    """What an agent is worth at one price and softness on the choosing entities, per budget period."""

    price: float
    softness: float
    uplift: float
    """Profit minus today's, in currency units."""
    standard_error: float
    spend: float

    def promise(self, hurdle: float) -> float:
        """What it is worth proposing for: see `models.evaluation.promise`."""
        return promise(self.uplift, self.standard_error, hurdle)


@dataclass(frozen=True)
class Choosers:
    """The choosing entities' decisions (n rows) and how they judge a target policy."""

    features: Features  # (n, d)
    eligible: NDArray[np.bool_]  # (n, A)
    behaviour: Floats  # (n, A)
    judge: Judge
    look: Judge | None = None
    """The same by quick looks, which the search asks first; None: all of it is asked in full."""
    newest: NewestDecisions | None = None
    """Their newest decisions, whose states say what an agent spends by now; None: as it was on average."""


def choosers_of(
    estimator: DoublyRobust,
    features: Features,
    behaviour: Floats,
    settings: EvaluationSettings,
    newest: NewestDecisions | None = None,
) -> Choosers:
    """The entities of an estimator as those who choose: raw features (n, d) and behaviour (n, A) of its rows.

    A target that the log does not support, or whose uplift has no known spread, is not credible.
    """
    names = estimator.journeys.outcome_names
    profit, cost = names.index(PROFIT), names.index(COST)

    def in_full(target: Floats, weights: Weights) -> tuple[Floats, float]:
        values = estimator.contributions(target, weights)
        return values[:, profit] - estimator.logged[:, profit], float(values[:, cost].sum())

    def judge(target: Floats) -> tuple[float, float, float] | None:
        return judged(estimator, target, settings, in_full)

    look = QuickLook(estimator, settings, (estimator.journeys.goal, COST))
    return Choosers(features, estimator.journeys.eligible, behaviour, judge, look.judge, newest)


def spend_today(estimator: DoublyRobust) -> float:
    """What today's delivery spends per budget period on the days an estimator judges, currency units."""
    cost = estimator.journeys.outcome_names.index(COST)
    return estimator.journeys.scale * float(estimator.logged[:, cost].sum())


def judged_budget(budget: float, spent: float, estimator: DoublyRobust) -> float:
    """A budget as the days that an estimator judges count money: they are not the whole log, on which today's
    delivery `spent` so much per budget period."""
    return budget * spend_today(estimator) / max(spent, 1e-12)


class Asked:
    """One agent's trials on the choosing entities: no question is asked twice."""

    def __init__(self, ensemble: ActionValues, choosers: Choosers) -> None:
        self._ensemble, self._choosers = ensemble, choosers
        self._judged = _Rows(choosers.features, choosers.eligible, choosers.behaviour)
        new = choosers.newest
        self._newest = None if new is None else _Rows(new.features, new.eligible, new.behaviour)
        self._known: dict[tuple[float, float, bool], tuple[float, float, float] | None] = {}

    def trial(self, price: float, softness: float, *, look: bool, factor: float = 1.0) -> Trial | None:
        """None where it is not credible; its spend, of the newest days, times the factor. look: not the full
        evaluation."""
        key = (price, softness, look)
        if key not in self._known:
            judge = self._choosers.look if look else None
            target = self._judged.target(self._ensemble, price, softness)
            found = (judge or self._choosers.judge)(target)
            if found is not None:
                found = found[0], found[1], found[2] * self._drift(target, price, softness)
            self._known[key] = found
        known = self._known[key]
        return None if known is None else Trial(price, softness, known[0], known[1], factor * known[2])

    def _drift(self, target: Floats, price: float, softness: float) -> float:
        if self._newest is None or self._choosers.newest is None:
            return 1.0
        newest = self._newest.target(self._ensemble, price, softness)
        return self._choosers.newest.drift(newest, target, self._choosers.behaviour)


class _Rows:
    """n decisions and what an agent would do in them; its values at the newest few prices are remembered."""

    def __init__(self, features: Features, eligible: NDArray[np.bool_], behaviour: Floats) -> None:
        self._all, self._behaviour, self._choice = eligible, behaviour, rows_to_choose(eligible)
        self._features, self._eligible = some_of(features, self._choice), eligible[self._choice]
        self._values: dict[float, Floats] = {}

    def target(self, ensemble: ActionValues, price: float, softness: float) -> Floats:
        """(n, A); where one action alone is possible nobody has to be asked."""
        values = self._values.pop(price, None)
        if values is None:
            values = ensemble.action_values(self._features, self._eligible, price)
        self._values[price] = values  # the newest last
        if len(self._values) > KEPT_PRICES:
            del self._values[next(iter(self._values))]
        return in_every_row(values, self._choice, self._all, self._behaviour, softness)
