"""Is a one-step rule enough? Asked of logs of a world with carry-over and of its twin without."""

from dataclasses import dataclass

from tests.benchmarks.decisions.figure import Figure
from tests.models.agents.goodwill import truth
from tests.models.agents.judged import Judged

LOGS, ENTITIES = 40, 1_500
AGENTS = ("causal", "tabular", "advantage")
KEPT = 0.8
MOST_FALSE = 0.05
LEAST_POWER = 0.8


@dataclass(frozen=True)
class Asked:
    """What one log said, and the truth: the share that the rule keeps of the best other agent's gain."""

    verdict: str
    kept: float


def ask(carry: float, seed: int) -> Asked:
    judged = Judged(AGENTS, carry, seed, ENTITIES)
    answer = judged.one_step()
    gains = {name: truth(p.probabilities, carry=carry, n=5_000)[0] for name, p in judged.policies.items()}
    best = max(gain for name, gain in gains.items() if name != "causal")
    return Asked(answer.verdict if answer else "not judged", gains["causal"] / best)


def figures() -> list[Figure]:
    """Rates over the logs of either world."""
    with_carry = [ask(1.0, 100 + seed) for seed in range(LOGS)]
    without = [ask(0.0, 100 + seed) for seed in range(LOGS)]
    kept = sorted(one.kept for one in with_carry)
    false = sum(one.verdict == "enough" and one.kept < KEPT for one in with_carry + without)
    rung = sum(one.verdict == "look ahead" and one.kept >= 1.0 for one in with_carry + without)
    enough = sum(one.verdict == "enough" for one in without)
    ahead = sum(one.verdict == "look ahead" for one in with_carry)
    both = 2 * LOGS
    return [
        Figure(
            "without carry-over a one-step rule is called enough in at least 80 % of logs",
            f"{enough} of {LOGS} logs of {ENTITIES} people",
            enough >= LEAST_POWER * LOGS,
        ),
        Figure(
            "with carry-over looking ahead is said to pay in at least 80 % of logs",
            f"{ahead} of {LOGS} logs, in which the rule truly keeps {kept[0]:.0%} to {kept[-1]:.0%}, "
            f"{kept[LOGS // 2]:.0%} in the middle one",
            ahead >= LEAST_POWER * LOGS,
        ),
        Figure(
            "it is falsely called enough (it keeps less than 80 %) in at most 5 % of logs",
            f"{false} of {both} logs",
            false <= MOST_FALSE * both,
        ),
        Figure(
            "looking ahead is falsely said to pay (the rule earns as much) in at most 5 % of logs",
            f"{rung} of {both} logs",
            rung <= MOST_FALSE * both,
        ),
    ]
