"""Which estimator? The one that assumes most among those that the log does not contradict.

A click model is contradicted where its estimate differs from that of one that assumes less beyond chance:
both weigh the same slates, so that their difference is a mean of n differences with a standard error of
its own (Hausman 1978). Each of the six pairs may err with (1 - level) / 6.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.results import Interval
from models.slates.click_models import CLICK_MODELS, contributions
from models.slates.slate_log import SlateLog

PAIRS = len(CLICK_MODELS) * (len(CLICK_MODELS) - 1) // 2


@dataclass(frozen=True)
class SlateAnswer:
    """What a policy would earn per slate."""

    chosen: str
    """The click model that is relied on."""
    value: Interval
    """By it, in the reward's unit per slate."""
    contradicted: tuple[tuple[str, str, float], ...]
    """(click model, the one that contradicts it, difference in standard errors) of those that the log
    refutes."""
    all: dict[str, Interval]
    """By every one of them, right or wrong."""


def evaluate_slates(log: SlateLog, *, level: float = 0.95) -> SlateAnswer:
    """The value of a slate policy by the estimator that suits the log.

    Normal intervals of independent slates; those of `whole slate` are too narrow where few slates carry the
    weight. A model that the log has too little to contradict may be wrong all the same.
    """
    terms = contributions(log)  # (n, 4)
    z = float(ndtri(0.5 + level / 2))
    errors = terms.std(axis=0, ddof=1) / np.sqrt(log.n)
    found = {
        name: Interval(float(mean), float(mean - z * error), float(mean + z * error), level)
        for name, mean, error in zip(CLICK_MODELS, terms.mean(axis=0), errors, strict=True)
    }
    critical = float(ndtri(1 - (1 - level) / (2 * PAIRS)))
    refuted = []
    for k, name in enumerate(CLICK_MODELS[:-1]):
        less = range(k + 1, len(CLICK_MODELS))
        against = {CLICK_MODELS[j]: _distance(terms[:, k] - terms[:, j]) for j in less}
        worst = max(against, key=lambda other: against[other])
        if against[worst] > critical:
            refuted.append((name, worst, against[worst]))
    left = [name for name in CLICK_MODELS if name not in {name for name, *_ in refuted}]
    return SlateAnswer(left[0], found[left[0]], tuple(refuted), found)


def _distance(differences: np.ndarray) -> float:
    """|mean| of (n,) in its standard errors."""
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    return abs(float(differences.mean())) / error if error > 0 else 0.0
