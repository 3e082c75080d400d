"""The order of events as state: what it recovers where it decides, and what it costs where it does not."""

from dataclasses import dataclass

import numpy as np

from models.worlds.order import ORDER, ORDER_TWIN
from tests.benchmarks.decisions.figure import Figure
from tests.models.encoder.best_plans import by_counts, knows_counts, knows_the_truth
from tests.models.encoder.order_log import Learnt, OrderLog, gain

LOGS, ENTITIES, DAYS = 3, 8_000, 60
PEOPLE = 20_000
"""In force."""
RECOVERED = 0.8
NOISE = 2.0
"""Standard errors."""
SIZE = f"{LOGS} logs of {ENTITIES:,} customers and {DAYS} days"


@dataclass(frozen=True)
class Asked:
    """One log: the agent by counts, and the one who reads the order too."""

    kept: bool
    """Did teachers who were held out say that the order is worth reading?"""
    without: Learnt
    with_order: Learnt

    @property
    def night(self) -> Learnt:
        """What a night would have done."""
        return self.with_order if self.kept else self.without


def ask(world: str, seed: int) -> Asked:
    log = OrderLog(world, ENTITIES, DAYS, seed)
    assert log.taught.learnt is not None
    return Asked(log.taught.encoder is not None, log.learnt(None), log.learnt(log.taught.learnt))


def figures() -> list[Figure]:
    """The world first, then its twin."""
    return [*where_it_decides(), *where_it_does_not()]


def where_it_decides() -> list[Figure]:
    asked = [ask(ORDER.name, 100 + seed) for seed in range(LOGS)]
    best = gain(ORDER.name, knows_the_truth, PEOPLE)
    model = knows_counts(ORDER.name)
    counts = gain(ORDER.name, lambda _: by_counts(model), PEOPLE)
    earned = [one.night.earns(PEOPLE) for one in asked]
    plain = [one.without.earns(PEOPLE) for one in asked]
    shares = [(gained - counts) / (best - counts) for gained in earned]
    learners = [(a - b) / (best - b) for a, b in zip(earned, plain, strict=True)]
    kept = sum(one.kept for one in asked)
    held = [covers(one.night, gained) for one, gained in zip(asked, earned, strict=True)]
    return [
        Figure(
            "where the order decides, four fifths of what the best plan by counts misses are recovered",
            f"{np.mean(shares):.1%} on average, {min(shares):.0%} to {max(shares):.0%}, in {SIZE}: of "
            f"+{best:.2f} EUR a head and week by who knows the order, and +{counts:.2f} by who was told of "
            f"200,000 decisions which sell and knows the counts",
            float(np.mean(shares)) >= RECOVERED,
        ),
        Figure(
            "the same of what the same agent misses that learns from counts alone",
            f"{np.mean(learners):.0%} on average, {min(learners):.0%} at least; "
            f"+{np.mean(earned):.2f} EUR a head against +{np.mean(plain):.2f}",
            float(np.mean(learners)) >= RECOVERED,
        ),
        Figure(
            "those held out say that the order is worth reading, in every log",
            f"in {kept} of {LOGS}",
            kept == LOGS,
        ),
        Figure(
            "those who did not teach it promise what the agent earns, within two standard errors",
            f"in {sum(held)} of {LOGS}",
            all(held),
        ),
    ]


def covers(learnt: Learnt, earned: float) -> bool:
    """Does everybody's promise hold what the agent earns?"""
    trial = learnt.told.trial if learnt.told else None
    return trial is not None and abs(trial.uplift - earned) <= NOISE * trial.standard_error


def where_it_does_not() -> list[Figure]:
    asked = [ask(ORDER_TWIN.name, 100 + seed) for seed in range(LOGS)]
    earned = np.array([one.with_order.earns(PEOPLE) for one in asked])
    plain = np.array([one.without.earns(PEOPLE) for one in asked])
    told = [(one.with_order.told, one.without.told) for one in asked]
    widths = [a.trial.standard_error / b.trial.standard_error for a, b in told if a and b]
    left = LOGS - sum(one.kept for one in asked)
    lost = earned / plain - 1
    return [
        Figure(
            "where counts decide, the order is left out of the state, which then costs nothing",
            f"in {left} of {SIZE}",
            left == LOGS,
        ),
        Figure(
            "read there all the same, it costs at most 2 % of the gain",
            f"{np.mean(lost):+.1%} on average, {min(lost):+.1%} at worst; "
            f"+{earned.mean():.2f} EUR a head against +{plain.mean():.2f}",
            bool(np.mean(lost) >= -0.02),
        ),
        Figure(
            "and intervals are wider by no more than the 15 % who teach it, 1.08 times",
            f"{np.mean(widths):.2f} times on average, {max(widths):.2f} at most",
            float(np.mean(widths)) <= 1 / np.sqrt(0.85) + 0.005,
        ),
    ]
