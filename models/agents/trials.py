"""What an agent is worth at a price and a softness: by looks at a sample of the entities, and by everybody.

Whoever is asked, the entities of a fold are asked about what the others taught (`models.agents.folds`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.agents.newest_spend import NewestDecisions
from models.agents.policy import ActionValues, ValuesByFold, in_every_row, rows_to_choose
from models.evaluation import Acts, DoublyRobust, Gross, QuickLook, standard_errors
from models.mdp import COST, Features, some_of
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]

Look = Callable[[Floats], tuple[Floats, float] | None]
"""Target (n, A) -> (uplift in profit of each entity (C,), spend of all), or None where it is not credible."""


@dataclass(frozen=True)
class Trial:
    """What an agent is worth at one price and softness, per budget period in currency units."""

    price: float
    softness: float
    uplift: float
    """Profit minus today's."""
    standard_error: float
    spend: float
    """On the newest days,"""
    budget: float
    """and what it may be, both as those who are asked count money."""

    @property
    def of_budget(self) -> float:
        """The share of the budget that is spent."""
        return self.spend / max(self.budget, 1e-12)

    def bound(self, reach: float) -> float:
        """The uplift less so many standard errors."""
        return self.uplift - reach * self.standard_error


@dataclass(frozen=True)
class Told:
    """The same by everybody, entity by entity: what a bound over several trials is made of."""

    trial: Trial
    uplift: Floats  # (C,) profit minus today's, whose sum x scale is the trial's uplift
    gross: Gross
    """Of the profit: the rare events behind it."""


@dataclass(frozen=True)
class Sample:
    """Some entities' decisions (n rows), a look at what a target policy does in them, and a budget."""

    features: Features  # (n, d)
    eligible: NDArray[np.bool_]  # (n, A)
    behaviour: Floats  # (n, A)
    fold: NDArray[np.integer]  # (n,)
    look: Look
    budget: float
    """Per budget period, as these entities count money."""
    share: float = 1.0
    """Of all entities. A standard error falls with the root of their number."""
    newest: NewestDecisions | None = None
    """Their newest decisions, whose states say what an agent spends by now; None: as it was on average."""


def sample_of(
    judged: tuple[DoublyRobust, Features, NDArray[np.integer]],
    newest: NewestDecisions | None,
    settings: EvaluationSettings,
    budget: float,
    share: float,
) -> Sample:
    """The entities of an estimator, with raw features (n, d) and folds (n,) of its rows, as such a sample.

    A target that the log does not support, or whose uplift has no known spread, is not credible. The
    effective sample size is asked as all entities will have it; the weights' tail is asked of the sample, in
    which a heavy one makes wild guesses (one of 5836 at a standard error of 1121 where everybody say 3072).
    """
    estimator, features, fold = judged
    least = settings.min_effective_sample_size * share
    looser = settings.model_copy(update={"min_effective_sample_size": least})
    look = QuickLook(estimator, looser, (estimator.journeys.goal, COST)).judge
    eligible = estimator.journeys.eligible
    return Sample(features, eligible, estimator.behaviour, fold, look, budget, share, newest)


def told_of(look: QuickLook, acts: Acts, trial: Trial) -> Told | None:
    """What those of a look say of what a target does; `trial`: at which price, softness and budget, its spend
    the factor from theirs to the newest days'. None where it is not credible."""
    seen, scale = look.told(acts), look.estimator.journeys.scale
    if seen is None:
        return None
    error = float(standard_errors(seen.uplift[:, None])[0])
    found = replace(
        trial,
        uplift=scale * float(seen.uplift.sum()),
        standard_error=scale * error,
        spend=trial.spend * scale * seen.spend,
    )
    return Told(found, seen.uplift, seen.gross)


def spend_today(estimator: DoublyRobust) -> float:
    """What today's delivery spends per budget period on the days an estimator judges, currency units."""
    cost = estimator.journeys.outcome_names.index(COST)
    return estimator.journeys.scale * float(estimator.logged[:, cost].sum())


class Looks:
    """One agent's trials on a sample: no question is asked twice, and of the prices that are tried at every
    softness its values are not either."""

    def __init__(self, ensemble: ActionValues, sample: Sample, prices: Sequence[float] = ()) -> None:
        self._ensemble, self._sample = ensemble, sample
        self._judged = _Rows(sample.features, sample.eligible, sample.behaviour, sample.fold, prices)
        new = sample.newest
        self._newest = (
            None if new is None else _Rows(new.features, new.eligible, new.behaviour, new.fold, prices)
        )
        self._known: dict[tuple[float, float], tuple[Floats, float] | None] = {}

    @property
    def asked(self) -> int:
        """Pairs of price and softness that were looked at."""
        return len(self._known)

    def known(self, softness: float) -> list[Trial]:
        """What was credible so far at one softness, as the sample tells it."""
        asked = [price for price, soft in self._known if soft == softness]
        found = [self.trial(price, softness) for price in asked]
        return [one for one in found if one is not None]

    def trial(self, price: float, softness: float, factor: float = 1.0) -> Trial | None:
        """None where it is not credible; its spend, of the newest days, times the factor."""
        key = (price, softness)
        if key not in self._known:
            target = self._judged.target(self._ensemble, price, softness)
            found = self._sample.look(target)
            if found is not None:
                found = found[0], found[1] * self._drift(target, price, softness)
            self._known[key] = found
        known = self._known[key]
        if known is None:
            return None
        uplift, spend = known
        error = float(standard_errors(uplift[:, None])[0])
        return Trial(price, softness, float(uplift.sum()), error, factor * spend, self._sample.budget)

    def earns_less(self, one: Trial, other: Trial, reach: float) -> bool:
        """Does the first of two trials, entity by entity, by more than so many standard errors?"""
        first, second = (self._known[t.price, t.softness] for t in (one, other))
        if first is None or second is None:
            return False
        behind = second[0] - first[0]
        return float(behind.sum()) > reach * float(standard_errors(behind[:, None])[0])

    def _drift(self, target: Floats, price: float, softness: float) -> float:
        if self._newest is None or self._sample.newest is None:
            return 1.0
        newest = self._newest.target(self._ensemble, price, softness)
        return self._sample.newest.drift(newest, target, self._sample.behaviour)


class _Rows:
    """n decisions and what an agent would do in them; its values, large arrays, are remembered at the newest
    price and at some."""

    def __init__(
        self,
        features: Features,
        eligible: NDArray[np.bool_],
        behaviour: Floats,
        fold: NDArray[np.integer],
        kept: Sequence[float],
    ) -> None:
        self._kept = frozenset(kept)
        self._all, self._behaviour, self._choice = eligible, behaviour, rows_to_choose(eligible)
        self._features, self._eligible = some_of(features, self._choice), eligible[self._choice]
        self._fold = fold[self._choice]
        self._values: dict[float, Floats] = {}

    def target(self, ensemble: ActionValues, price: float, softness: float) -> Floats:
        """(n, A); where one action alone is possible nobody has to be asked."""
        if price not in self._values:
            self._values = {p: values for p, values in self._values.items() if p in self._kept}
            self._values[price] = self._by_fold(ensemble, price)
        return in_every_row(self._values[price], self._choice, self._all, self._behaviour, softness)

    def _by_fold(self, ensemble: ActionValues, price: float) -> Floats:
        """(m, A) action values where there is a choice, each row's by what its fold did not teach."""
        if not isinstance(ensemble, ValuesByFold):
            return ensemble.action_values(self._features, self._eligible, price)
        found = np.empty(self._eligible.shape)
        for fold in np.unique(self._fold).tolist():
            mine, own = np.flatnonzero(self._fold == fold), ensemble.of_fold(fold)
            found[mine] = own.action_values(some_of(self._features, mine), self._eligible[mine], price)
        return found
