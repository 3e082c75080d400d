"""The MDP table: one row per decision, sorted by (entity, step), next state = next row of the same entity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONTINUES, TERMINAL, TIMEOUT = 0, 1, 2
"""How a row ends: another row follows; the entity left; the log ends here (not a terminal)."""


@dataclass(frozen=True)
class Feature:
    """One entry of the state: known strictly before the decision."""

    name: str
    unit: str
    text: str
    """One line for analysts, as the contract of a saved policy has it."""
    group: str = "rest"
    """`who` the entity is, what the last days brought (`recent`), or the `rest`."""
    plain: str = ""
    """The same without a formula; empty: `text` holds none."""


@dataclass(frozen=True)
class Outcome:
    """One thing a policy is judged by."""

    name: str
    """`margin`, `cost:<action>`, `clicks`, `purchases`."""
    unit: str
    """`micros` or `count`."""
    role: str
    """`goal`, `guardrail` or `info`."""


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

    @property
    def n_rows(self) -> int:
        return len(self.entity)

    def outcome(self, name: str) -> NDArray[np.int64]:
        """The column (n,) of one outcome."""
        return self.outcomes[:, [o.name for o in self.outcome_spec].index(name)]
