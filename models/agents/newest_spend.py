"""What a policy spends on the newest days, against the days it is evaluated on.

    drift = [S_new(pi) / S_new(mu)] / [S_judged(pi) / S_judged(mu)],   S(pi) = sum_t sum_a pi(a|x_t) c_a

over the decisions t of the newest days, and over those that an evaluation judges; mu is today's delivery, c_a
the mean cost of an ad, x the state as logged. An evaluation speaks of the log's average state, and leaves out
the last weeks, whose purchases are still to come. Spend does not wait: a policy that looks at the state
spends more, or less, than it is said to once customers have seen more ads, bought more and stayed longer.

Assumption: what a policy changes in its customers' later states, which the evaluation counts and these first
steps do not, changes its spend in the same proportion in both stretches; and the coming week resembles the
newest one. Wrong where either turns, such as after a season's first days. It serves the search for a price,
which asks dozens of times; what is reported of the policy found is `models.spending`'s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import AGENT_FOLDS, Transitions, fold_of

Floats = NDArray[np.float64]

NEWEST_DAYS = 7
"""A whole week, since weekdays differ."""
MICROS = 1e-6


@dataclass(frozen=True)
class NewestDecisions:
    """The newest decisions of one part's users: m of them, A actions."""

    features: NDArray[np.float32]  # (m, d)
    eligible: NDArray[np.bool_]  # (m, A)
    behaviour: Floats  # (m, A)
    fold: NDArray[np.int64]  # (m,) the agents' fold
    cost: Floats  # (A,) mean cost of an ad, currency units

    def drift(self, newest: Floats, judged: NDArray[np.floating], today: Floats) -> float:
        """The factor from the spend an evaluation finds to that of the newest days, relative to today's.

        newest (m, A): a policy's probabilities in these decisions; judged (n, A): in those evaluated, and
        today: today's delivery's in them. 1 where either stretch holds no spend.
        """
        before, now = self._relative(judged, today), self._relative(newest, self.behaviour)
        return now / before if before > 0 and now > 0 else 1.0

    def _relative(self, policy: NDArray[np.floating], today: Floats) -> float:
        """First-step spend of a policy as a multiple of today's; 0 where there is none."""
        spend = np.einsum("na,a->n", today, self.cost, optimize=False).sum()
        ours = np.einsum("na,a->n", policy, self.cost, optimize=False).sum()
        return float(ours / spend) if spend > 0 else 0.0


def newest_decisions(
    transitions: Transitions, keep_rows: NDArray[np.bool_], behaviour: Floats, *, single_step: bool
) -> NewestDecisions:
    """Those of the kept rows (n,) on the last NEWEST_DAYS logged days, or in the last epoch where that is
    longer; behaviour (n, A). None of them in a single-step log, whose decisions do not follow each other."""
    rows = np.zeros(0, np.int64)
    if transitions.n_rows and not single_step:
        rows = np.flatnonzero(keep_rows & (transitions.day > int(transitions.day.max()) - NEWEST_DAYS))
    return NewestDecisions(
        transitions.features[rows],
        transitions.eligible[rows],
        behaviour[rows],
        fold_of(transitions.entity[rows], AGENT_FOLDS),
        mean_costs(transitions),
    )


def mean_costs(transitions: Transitions) -> Floats:
    """(A,) mean cost of an ad per action in currency units, clicks included; 0 for none and for what was
    never shown."""
    found = np.zeros(len(transitions.actions))
    for a, action in enumerate(transitions.actions[1:], start=1):
        shown = transitions.action == a
        if shown.any():
            found[a] = int(transitions.outcome(f"cost:{action}")[shown].sum()) / int(shown.sum()) * MICROS
    return found
