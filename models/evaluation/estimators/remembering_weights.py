"""Marginalised weights that also know the surprises of a journey: of its last days, of all of it, or between.

Which of them a policy needs depends on how far it is from today's delivery. A weight is linear in all
surprises to first order, whatever the lag at which an effect comes. Far from today's delivery it is not, and
a line through old surprises misleads (in worlds with a hidden state by 3 to 8 % of profit), while recent ones
alone, near today's, weigh the last day up to half too much (a return of 6.4 read 7.1).

Both are of actions, and a policy that decides by the state does not take an action more often, but here and
not there. Its weights know its own surprises as well, their sums to first order. Two agents of the demo,
judged by three logs that had not taught them, were worth 9,150 a week on average where weights of the
actions' surprises read 4,270, and those of their own 6,220 (standard error about 650), all before
`newest_volume` told that such a log's newest week has a fifth more customers than its average one.

Of a bold policy the line is often below 0, where a weight cannot be, and the headline takes 0. That shifts
weights, for which intervals allow (`headline`): of plans by weights that keep the moments of what is cut
(`non_negative_weights`), which are a fifth noisier. Of agents, which learnt from these entities, they are
noisier yet: two promises were .78 and 1.75 of what came with the moments kept, at 1.7 times the noise, .80
and 1.53 with the cut. Their witness does without the cut: in a log where little is noise it is what is wrong
(in four of the content world 530 of 617, with standard errors of 13, and 660 without it).
"""

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.marginal_weights import Design, MarginalWeights
from models.evaluation.estimators.regression_cells import Slots
from models.evaluation.estimators.surprises import (
    courses_of,
    own_surprises,
    reads_the_state,
    surprises,
)
from models.mdp import Journeys
from models.numerics import rows_with_several

Floats = NDArray[np.float64]
RECENT_DAYS = 1.0
"""Half-life of the recent surprises."""
NEAR, FAR = 0.15, 0.3
"""Mean squared change of a decision's odds, (pi / mu - 1)^2: up to the first the weights know the surprises
of the whole journey, from the second on the recent ones alone, in between a mixture."""


@dataclass(frozen=True)
class Reached:
    """rho, how much more often a policy comes to a row, by the memory that serves it and by another one."""

    headline: Floats  # (n,)
    other: Floats | None  # (n,); None where no decision follows another
    signed: bool = False
    """Is the other one the same, but with what is below 0?"""
    kept: Floats | None = None
    """(n,) the headline's with the moments of what it cuts off below 0; None where nobody asks, and of
    agents."""


class RememberingWeights:
    """rho of many policies on the same rows, with both memories factorised once."""

    def __init__(
        self, journeys: Journeys, behaviour: Floats, x: Design, slots: Slots, folds: int, *, ridge: float
    ) -> None:
        """behaviour (n, A): mu, by row; x (n, p): design by position, as `MarginalWeights` has it."""
        self._action = journeys.action
        self._choices = rows_with_several(journeys.eligible) & journeys.is_decision  # (n,)
        self._shown = np.flatnonzero(self._choices & (journeys.action > 0))
        self._n_actions, self._sites = len(journeys.actions), journeys.sites
        self._whole: MarginalWeights | None = None
        if int(self._sites.union("steps", np.unique(journeys.t))[-1]) == 0:
            self._recent = MarginalWeights(x, slots, folds, ridge=ridge, sites=self._sites)
            return
        courses = courses_of(journeys, (RECENT_DAYS, np.inf))
        self._course, memory = courses[0], surprises(journeys, behaviour, courses)
        columns = np.hstack([block.astype(x.dtype) for block in memory])[slots.order]
        self._whole = MarginalWeights(x, slots, folds, ridge=ridge, memory=columns, sites=self._sites)
        self._recent = self._whole.of_memory(memory[0].shape[1])

    def reached(self, ratios: Floats, by_fold: Floats | None = None, *, witnesses: bool = True) -> Reached:
        """rho of a policy with ratios (n,), pi / mu of the logged action. by_fold (n, F): of a policy that is
        another one for each fold, as `MarginalWeights.fit` has it. witnesses: of what the headline is held
        against too."""
        fitted = ratios if by_fold is None else by_fold
        # of several sites who is below 0 may be the only one there, and the moments would tell of them
        asked = witnesses and by_fold is None and not self._sites.several
        if self._whole is None:
            return Reached(self._recent.fit(fitted), None)
        shown = self._shown
        if reads_the_state(self._action[shown], ratios[shown], self._n_actions, self._sites):
            own = self._own(fitted)
            return Reached(
                self._recent.fit(fitted, own),
                self._recent.fit(fitted, own, below_0="signed") if witnesses else None,
                signed=True,
                kept=self._recent.fit(fitted, own, below_0="kept") if asked else None,
            )
        far = self._distance(ratios)
        shares = {self._recent: far, self._whole: 1.0 - far}
        rests_on_less = self._whole if far >= 0.5 else self._recent
        cut = {one: one.fit(fitted) for one, share in shares.items() if share or witnesses}

        def mixed(found: dict[MarginalWeights, Floats]) -> Floats:
            return reduce(add, (share * found[one] for one, share in shares.items() if share))

        kept = {one: one.fit(fitted, below_0="kept") for one, share in shares.items() if share and asked}
        return Reached(
            mixed(cut), cut[rests_on_less] if witnesses else None, kept=mixed(kept) if asked else None
        )

    def _own(self, ratios: Floats) -> Design:
        """(n, 1 or F, 2) the policy's own surprises; ratios (n,) or (n, F)."""
        columns = ratios if ratios.ndim == 2 else ratios[:, None]
        found = np.empty((*columns.shape, 2), self._recent.dtype)
        for k, column in enumerate(columns.T):
            found[:, k] = own_surprises(self._course, column).T
        return found

    def _distance(self, ratios: Floats) -> float:
        """Of the policy from today's delivery: 0 up to `NEAR`, 1 from `FAR` on."""
        squares = (ratios[self._choices] - 1.0) ** 2
        total, rows = self._sites.total("squared odds", np.array([squares.sum(), float(len(squares))]))
        change = float(total / max(rows, 1.0))
        return float(np.clip((change - NEAR) / (FAR - NEAR), 0.0, 1.0))
