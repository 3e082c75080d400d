"""What evaluation says of one policy: its value by every estimator, and what of it is a difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.support import Support
from models.evaluation.intervals.bootstrap_t import standard_errors
from models.evaluation.intervals.gamma_interval import Gross, one_column
from models.mdp import MARGIN_AS_LOGGED
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]

MIN_WITNESS_SAMPLE: float = EvaluationSettings().min_effective_sample_size
"""Effective journeys below which running products are no witness, whatever a study asks of its plans: their
noise is not known either."""
REMEMBERING, SNDR, SNPDIS = "DRL with a memory", "SNDR", "SNPDIS"
"""The headline's witnesses by name,"""
SIGNED = "DRL with signed weights"
"""and, in the place of the first, that of a policy which decides by the state. Its weights are a line in the
policy's own surprises, and where that is below 0 the headline takes 0, for the sake of its noise. Of a bold
policy that is often, so that it is not asked whether the two differ: intervals reach it."""


@dataclass(frozen=True)
class Uplifted:
    """One outcome of a policy against today's delivery, by the headline and its witnesses; (C,) each."""

    headline: Floats
    witnesses: dict[str, Floats]
    """By name; those whose own weights leave next to nothing of the log are not asked."""
    today_error: float
    """Standard error of the outcome's level under today's delivery: the yardstick of what is a difference."""
    cut: float = 0.0
    """By how much the difference is another one where weights keep the moments of what is cut below 0; a sum
    of contributions, not negative."""


@dataclass(frozen=True)
class PolicyValue:
    """One policy by several estimators: contributions (C, o) whose sum x journeys.scale is the estimate."""

    fitted_q: Floats
    """FQE: the model's values alone. Its spread over clusters is NOT the estimate's uncertainty."""
    double_reinforcement: Floats
    """DRL, the headline."""
    self_normalised: Floats
    """SNDR, the witness that needs no Markov assumption."""
    doubly_robust: Floats
    """DR without self-normalisation."""
    importance: Floats
    """SNPDIS, the witness that uses no model of Q."""
    remembering: Floats | None
    """DRL with the memory of surprises that the headline rests on less, its sharpest witness, or with pairs
    of them; None where no decision follows another."""
    moments_kept: Floats | None
    """The headline with weights that keep the moments of what it cuts off below 0; None of agents."""
    per_decision: Floats
    """PDIS, raw: for transparency."""
    trajectory_wise: Floats
    """TIS, raw: for transparency."""
    gross: Gross
    """What the headline weighs: the rare events behind its intervals;"""
    uplift_gross: Gross
    """and behind those of its difference from today's delivery."""
    journey_gross: Gross
    """The same for the running products, behind SNDR's and SNPDIS's."""
    support: Support
    """Of the marginalised weights: the headline's."""
    journey_support: Support
    """Of the running products: SNDR's and SNPDIS's."""
    signed: bool = False
    """Is `remembering` DRL with signed weights?"""
    as_logged: Floats | None = None
    """The headline with every margin as it was logged; None where that is what it is made of."""

    def uplifts(self, today: "PolicyValue", outcome: int | Floats) -> Uplifted:
        """Headline minus today's delivery by the same estimator, and the same by every witness; of one
        outcome, or of a sum of outcomes by their weights (o,).

        SNPDIS of today's delivery is its plain logged outcome, chance imbalances included.
        """
        found = {}
        if self.journey_support.min_effective_sample_size >= MIN_WITNESS_SAMPLE:
            found = {
                SNDR: (self.self_normalised, today.self_normalised),
                SNPDIS: (self.importance, today.importance),
            }
        if self.remembering is not None and today.remembering is not None:
            found[SIGNED if self.signed else REMEMBERING] = (self.remembering, today.remembering)
        if self.as_logged is not None and today.as_logged is not None:
            found[MARGIN_AS_LOGGED] = (self.as_logged, today.as_logged)
        ahead, level = self.double_reinforcement, today.double_reinforcement
        cut = one_column((self.cut - today.cut)[None], outcome)
        return Uplifted(
            one_column(ahead, outcome) - one_column(level, outcome),
            {name: one_column(a, outcome) - one_column(b, outcome) for name, (a, b) in found.items()},
            float(standard_errors(one_column(level, outcome)[:, None])[0]),
            abs(float(cut[0])),
        )

    @property
    def cut(self) -> Floats:
        """(o,) what the moments of weights that are cut below 0 would add to the headline."""
        if self.moments_kept is None:
            return np.zeros(self.double_reinforcement.shape[1])
        found: Floats = (self.moments_kept - self.double_reinforcement).sum(axis=0)
        return found
