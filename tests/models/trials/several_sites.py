"""A test that ran at three sites, each on its own rows, and the same on all rows in one place."""

from dataclasses import replace
from threading import Barrier, Thread

import numpy as np

from models.evaluation import BootstrapT, joint_covariance
from models.results import ArmDifference
from models.trials import PooledTest, TrialLog, pool_arms
from models.trials.arm_scores import arm_scores
from models.trials.comparison import ScoreSums, compare_sums, spread_of
from models.trials.pooled import Total

SITES = 3


def sites_of(log: TrialLog) -> list[TrialLog]:
    """Uneven, and unlike: who spent more is more often at the last site."""
    where = np.digitize(log.covariates[log.first, 2], [0.5, 2.5])[log.cluster]
    return [log.of(where == site) for site in range(SITES)]


class Adder:
    """All sites' sums of one round, held until everybody is there; keeps what was sent."""

    def __init__(self) -> None:
        self.met, self.sent = Barrier(SITES), [[] for _ in range(SITES)]

    def of(self, site: int) -> Total:
        def total(name: str, mine: np.ndarray) -> np.ndarray:
            self.sent[site].append((name, mine))
            self.met.wait(60)
            found = sum(sent[len(self.sent[site]) - 1][1] for sent in self.sent)
            self.met.wait(60)
            return found

        return total


def pooled(logs: list[TrialLog], adder: Adder, planned: np.ndarray | None) -> list[PooledTest]:
    """What every site says in the end."""
    said: list[PooledTest | None] = [None] * SITES

    def run(site: int) -> None:
        said[site] = pool_arms(logs[site], adder.of(site), planned=planned, matters=1.0)

    threads = [Thread(target=run, args=(site,)) for site in range(SITES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for one in said if one is not None]


def on_all_rows(log: TrialLog) -> tuple[ArmDifference, ...]:
    """`compare_arms` without its bootstrap."""
    scores = arm_scores(log)
    sums = ScoreSums(
        log.arms, log.idle, scores.value.sum(axis=0), joint_covariance(scores.value), log.entities_of_arms,
        (log.n_entities, scores.rows),
    )  # fmt: skip
    bootstrap = BootstrapT(scores.key, seed=0)
    return compare_sums(
        sums, lambda pair: replace(spread_of(scores, pair, bootstrap), draws=None), level=0.95, matters=1.0
    )
