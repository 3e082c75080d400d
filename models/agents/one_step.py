"""Is a one-step rule enough? The agent that looks to the next decision alone, against those that look ahead.

Both sides are valued by everybody, entity by entity, each at its own price and softness, and compared in
pairs:

- enough, where it surely keeps 80 % of what each of the others gains on today's delivery: the one-sided 95 %
  lower bound of gain_one - 0.8 gain_other is above 0 for every other agent (a test of non-inferiority; all of
  them have to pass, so that none is corrected for their number: Berger 1982);
- looking ahead pays, where the bound of gain_other - gain_one is above 0 for one of them, right for all at
  once;
- else these logs cannot tell, and that is what is said.

Assumes the evaluation of either side. Wrong where their uplifts are; and "enough" is of the agents that were
trained: that none of them looked ahead well is no proof that nobody could.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from models.agents.trials import Told
from models.evaluation import BootstrapT, lower_bounds
from models.results import OneStepAnswer

KEPT = 0.8
"""Of the others' gain: a rule that keeps so much is as good, for being read in a minute."""
ERROR = 0.05
"""Chance of either claim where it is false: one-sided."""


def one_step_enough(
    told: Mapping[str, Told], one_step: Sequence[str], bootstrap: BootstrapT, scale: float
) -> OneStepAnswer | None:
    """What everybody says of the agents, by name, of which `one_step` look no further than the next decision.
    None where there is not one of either kind. scale: from sums over entities to a budget period."""
    rules = [name for name in one_step if name in told]
    others = [name for name in told if name not in one_step]
    if not rules or not others:
        return None
    rule = max(rules, key=lambda name: told[name].trial.uplift)
    best = max(others, key=lambda name: told[name].trial.uplift)
    mine = told[rule].uplift
    near = [told[name].uplift for name in others]

    def low(columns: list[np.ndarray], error: float) -> list[float]:
        return lower_bounds(np.column_stack(columns), bootstrap, scale=scale, error=error)

    enough = all(low([mine - KEPT * theirs], ERROR)[0] > 0 for theirs in near)
    pays = any(bound > 0 for bound in low([theirs - mine for theirs in near], ERROR))
    verdict: Literal["enough", "look ahead", "unknown"]
    verdict = "enough" if enough else "look ahead" if pays else "unknown"
    return OneStepAnswer(rule, best, verdict, told[rule].trial.uplift, told[best].trial.uplift, KEPT)
