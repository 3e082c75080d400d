"""The result of `evaluate`: frozen; `reports.arrays` puts it in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.support import Support
from models.evaluation.policy_table import HEADLINE
from models.results import HealthCheck, PolicyEstimate, Refusal, Uplift


def headline_rows(estimates: Iterable[PolicyEstimate]) -> dict[tuple[str, str], PolicyEstimate]:
    """(policy, outcome) -> its headline estimate."""
    return {(row.policy, row.outcome): row for row in estimates if row.estimator == HEADLINE}


@dataclass(frozen=True)
class OffPolicyEvaluation:
    """What the log says about the target policies; all values are means per journey."""

    estimates: tuple[PolicyEstimate, ...]
    """Every policy (`logged` too) x outcome x estimator; one without support is None, with the reason."""
    uplifts: dict[str, dict[str, Uplift | Refusal]]
    """Policy -> outcome -> target minus logged policy with its interval, or why it is not known."""
    support: dict[str, Support]
    """Policy -> effective sample size, largest weight, tail shape of the headline's weights, step by step."""
    journey_support: dict[str, Support]
    """The same of weights over whole journeys, which the witnesses rest on."""
    checks: tuple[HealthCheck, ...]
    """Placebos (the logged policy, effects on the past) and headline against witness, per outcome."""
    logged_means: dict[str, float]
    """Outcome -> its plain (discounted) mean in the log."""
    behaviour: NDArray[np.float64] = field(repr=False)  # (n, A) used, rows as the caller gave them
    calibration_error: tuple[tuple[str, float, float], ...]
    """Estimated behaviour: (action, mean |predicted - observed|, the same from noise alone); else empty."""
    n_journeys: int
    n_clusters: int
    sampled: str
    """What is sampled, in the singular: `journey` or `cluster`."""

    def headline(self, policy: str, outcome: str) -> PolicyEstimate:
        """The estimate to trust. KeyError for a policy or outcome that was not given."""
        return headline_rows(self.estimates)[policy, outcome]
