"""The MDP table: one row per decision, sorted by (entity, step), next state = next row of the same entity."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.mdp.feature_rows import feature_moments

CONTINUES, TERMINAL, TIMEOUT = 0, 1, 2
"""How a row ends: another row follows; the entity left; the log ends here (not a terminal)."""
MICRO_UNITS = ("micros", "millionths")
"""Units of outcomes that are stored in millionths."""


IMPOSSIBLE, TO_COME, PASSED_OVER, SHOWN = 0, 1, 2, 3
"""How an action stands at one of an epoch's several decisions: it has no opportunity in the epoch; it has one
now or later; it had one and was left out; it was shown."""

AS_LOGGED = "as logged"
"""Unit of a column that the log brought along."""


@dataclass(frozen=True)
class Feature:
    """One entry of the state: known strictly before the decision."""

    name: str
    unit: str
    text: str
    """One line for analysts, as the contract of a saved policy has it."""
    group: str = "rest"
    """`who` the entity is, what the last days brought (`recent`), their `order` as a network read it, or the
    `rest`."""
    plain: str = ""
    """The same as people say it, without a formula; empty: as `text` does."""
    version: str = ""
    """Of what a network made of the log: which network. Another one's number of the same name is another
    feature."""


@dataclass(frozen=True)
class Outcome:
    """One thing a policy is judged by."""

    name: str
    """`margin`, `cost:<action>`, `clicks`, `purchases`, or a name of the log's own."""
    unit: str
    """What is stored: `micros` of the currency unit, a `count`, or `millionths` of another unit."""
    role: str
    """`goal`, `guardrail` or `info`. What an action costs is a guardrail of its own kind: the budget."""
    weight: float = 1.0
    """Of a goal: currency units that one unit of it is worth."""
    worst: float | None = None
    """Of a guardrail: the change, as a share of today's level, that it may take; below 0 it may fall so far,
    above 0 it may rise."""

    @property
    def is_cost(self) -> bool:
        """Whether it is what an action costs."""
        return self.name.startswith("cost:")

    @property
    def goal_weight(self) -> float:
        """Currency units that one unit adds to the goal; 0 where it is none of it."""
        return self.weight if self.role == "goal" and not self.is_cost else 0.0


@dataclass(frozen=True)
class NextDecisions:
    """The state on the as-of morning of every entity still present: what the next decision will see."""

    entity: NDArray[np.int64]  # (m,) ascending
    features: NDArray[np.float32]  # (m, d)
    eligible: NDArray[np.bool_]  # (m, A) actions the entity lately had an opportunity for
    segment: NDArray[np.int16]  # (m,)


@dataclass(frozen=True)
class Transitions:
    """Decisions: state, eligible actions, action, outcomes. n rows, A actions, d features, o outcomes."""

    entity: NDArray[np.int64]  # (n,) pseudonymous key, ascending
    day: NDArray[np.int32]  # (n,) first day of the epoch, days since 1970-01-01
    step: NDArray[np.int32]  # (n,) 0.. within the entity
    action: NDArray[np.int16]  # (n,) index into `actions`; 0 is none
    eligible: NDArray[np.bool_]  # (n, A) actions that were possible; the logged one always is
    features: NDArray[np.float32]  # (n, d) raw units
    outcomes: NDArray[np.int64]  # (n, o) micros or counts booked in (t, t+1]
    elapsed_days: NDArray[np.float32]  # (n,) to the next row; 0 between sub-steps of one epoch
    end: NDArray[np.uint8]  # (n,) CONTINUES, TERMINAL or TIMEOUT
    mature: NDArray[np.bool_]  # (n,) purchases of this row are fully reported, and no excluded day touches it
    propensity: NDArray[np.float64] | None  # (n,) logged probability of the logged action
    segment: NDArray[np.int16]  # (n,) index into `segments`
    actions: tuple[str, ...]
    segments: tuple[str, ...]
    feature_spec: tuple[Feature, ...]
    outcome_spec: tuple[Outcome, ...]
    next_decisions: NextDecisions | None = None
    standing: NDArray[np.uint8] | None = None  # (n, A - 1) of every action but the first
    """What the whole epoch offers, and what came of it so far, where every opportunity is a decision of its
    own; None where an epoch is one choice, whose `eligible` says it all."""
    stands_for: float = 1.0
    """Entities of the log per entity in the table: above 1 where the log was too long for all of them."""

    @property
    def n_rows(self) -> int:
        return len(self.entity)

    @cached_property
    def feature_moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and standard deviation (d,) of every feature."""
        return feature_moments(self.features)

    def outcome(self, name: str) -> NDArray[np.int64]:
        """The column (n,) of one outcome."""
        return self.outcomes[:, outcome_column(self.outcome_spec, name)]

    @property
    def margin_alone(self) -> bool:
        """Whether the goal is margin and nothing else."""
        return [(o.name, o.goal_weight) for o in self.outcome_spec if o.goal_weight] == [("margin", 1.0)]

    def goal_micros(self) -> NDArray[np.int64]:
        """(n,) weighted goals in micros of the currency unit: one that is money and counts whole stays as it
        is logged, others are rounded row by row."""
        goals = [(k, o) for k, o in enumerate(self.outcome_spec) if o.goal_weight]
        if len(goals) == 1 and goals[0][1].goal_weight == 1 and goals[0][1].unit in MICRO_UNITS:
            return self.outcomes[:, goals[0][0]]
        found = np.zeros(self.n_rows)
        for k, outcome in goals:  # one term after the other: the same bits everywhere
            micros = 1.0 if outcome.unit in MICRO_UNITS else 1e6
            found += self.outcomes[:, k] * (outcome.goal_weight * micros)
        return np.rint(found).astype(np.int64)

    def cost_micros(self) -> NDArray[np.int64]:
        """(n,) of all actions together."""
        costs = [k for k, o in enumerate(self.outcome_spec) if o.is_cost]
        found: NDArray[np.int64] = self.outcomes[:, costs].sum(axis=1)
        return found


def outcome_column(spec: tuple[Outcome, ...], name: str) -> int:
    """Where an outcome stands."""
    return [o.name for o in spec].index(name)
