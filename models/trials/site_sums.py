"""What one site of a test adds to each round of sums. No row leaves it, and no sum of a few people."""

from dataclasses import dataclass, replace

import numpy as np

from models.mdp import fold_of
from models.trials.adjustment import FOLDS
from models.trials.ridge_sums import Candidates
from models.trials.simultaneous import Pair
from models.trials.spread import terms_of
from models.trials.trial_log import Floats, Ints, TrialLog
from sql.errors import LogError

MOMENTS = 7
"""Of an arm's weighted outcomes; see `SiteScores.moments`."""


def of_arms_and_covariates(
    log: TrialLog, arms: tuple[str, ...], idle: str | None, names: tuple[str, ...]
) -> TrialLog:
    """The same test with the arms and covariates of all sites, in their order."""
    new = np.array([arms.index(arm) for arm in log.arms], np.int64)
    return replace(
        log,
        arm=new[log.arm],
        arms=arms,
        idle=None if idle is None else arms.index(idle),
        covariates=log.covariates[:, [log.names.index(name) for name in names]],
        names=names,
    )


def refuse_small_cells(log: TrialLog, least: int) -> None:
    """LogError where a sum would be of some, but fewer than `least` entities: sums are kept per fold and
    arm."""
    counts = _entities_of_cells(log, log.first)
    short = np.flatnonzero(((counts > 0) & (counts < least)).any(axis=0))
    if few := [log.arms[k] for k in short]:
        raise LogError(
            f"A fifth of this site's test has fewer than logs.min_cell_users = {least} entities of the arm "
            f"{few[0]}: their sum would tell of a few of them. Wait for more, or leave the arm out."
        )


def telling_of_many(log: TrialLog, least: int) -> tuple[str, ...]:
    """Covariates in which no fold and arm has some, but fewer than `least` entities off the value that most
    entities have: others would tell of these few, and stay here."""
    kept = []
    for k, name in enumerate(log.names):
        column = log.covariates[log.first, k]
        values, counts = np.unique(column, return_counts=True)
        off = np.zeros(log.n, bool)
        off[log.first] = column != values[np.argmax(counts)]
        cells = _entities_of_cells(log, off)
        if not ((cells > 0) & (cells < least)).any() and log.names.count(name) == 1:
            kept.append(name)
    return tuple(kept)


def _entities_of_cells(log: TrialLog, rows: np.ndarray) -> Ints:
    """(F, A) first decisions among some rows (n,) by fold and arm."""
    fold, arms = fold_of(log.entity, FOLDS), len(log.arms)
    return np.bincount(fold[rows] * arms + log.arm[rows], minlength=FOLDS * arms).reshape(FOLDS, arms)


def first_sums(log: TrialLog) -> Floats:
    """(3 A + 2 + d,) rows, outcomes and costs per arm; rows and entities; sums of the covariates."""
    per_arm = [np.bincount(log.arm, of, len(log.arms)) for of in (np.ones(log.n), log.outcome, log.cost)]
    return np.concatenate([*per_arm, [log.n, log.n_entities], log.covariates.sum(axis=0)])


def cross_products(log: TrialLog, centre: Floats) -> Floats:
    """(F, A, d + 2, d + 2) Z'Z per fold and arm, Z = (1, covariates - centre, outcome - cost)."""
    z = np.column_stack([np.ones(log.n), log.covariates - centre, log.outcome - log.cost])
    fold = fold_of(log.entity, FOLDS)
    found = np.zeros((FOLDS, len(log.arms), z.shape[1], z.shape[1]))
    for f in range(FOLDS):
        for a in range(len(log.arms)):
            cell = z[(fold == f) & (log.arm == a)]
            found[f, a] = np.einsum("ni,nj->ij", cell, cell, optimize=False)
    return found


def left_out_errors(log: TrialLog, candidates: list[list[Candidates]]) -> Floats:
    """(F, A, P) squared errors on rows left out, one by one, of every fold's and arm's candidates."""
    fold, y = fold_of(log.entity, FOLDS), log.outcome - log.cost
    return np.array(
        [
            [one.errors(log.covariates[rows], y[rows]) for a, one in enumerate(of_arms)
             for rows in [(fold != f) & (log.arm == a)]]
            for f, of_arms in enumerate(candidates)
        ]
    )  # fmt: skip


def predictions(log: TrialLog, candidates: list[list[Candidates]], best: Ints) -> Floats:
    """(n, A) by the candidates (F, A) that err least, each fold's rows by what others taught."""
    fold = fold_of(log.entity, FOLDS)
    found = np.zeros((log.n, len(log.arms)))
    for f, of_arms in enumerate(candidates):
        for a, one in enumerate(of_arms):
            found[fold == f, a] = one.predict(log.covariates[fold == f], int(best[f, a]))
    return found


@dataclass(frozen=True)
class SiteScores:
    """Scores of one site's entities."""

    value: Floats  # (C, A)
    weighted: Floats  # (C, A) weight x outcome of the rows given the arm
    amount: Floats  # (C,) outcomes as they came
    weight: Floats  # (C, A) the largest weight of a row given the arm

    @property
    def moments(self) -> Floats:
        """(A, MOMENTS) per arm: sum and squares of gains, of losses; fourth powers; weights, squares."""
        found = []
        for terms, weight in zip(self.weighted.T, self.weight.T, strict=True):
            gains, losses = terms_of(terms)
            found.append(
                [gains.total, gains.squares, losses.total, losses.squares, (terms**4).sum(), weight.sum(),
                 (weight**2).sum()]
            )  # fmt: skip
        return np.array(found)

    @property
    def amounts(self) -> Floats:
        """(4,) sum and squares of gains, and of losses, of all arms together."""
        gains, losses = terms_of(self.amount)
        return np.array([gains.total, gains.squares, losses.total, losses.squares])

    @property
    def entities_of_arms(self) -> Floats:
        """(A,)"""
        return (self.weight > 0).sum(axis=0).astype(np.float64)

    def of_pairs(self, pairs: list[Pair]) -> Floats:
        """(P, 2) sum and squares of the outcomes of entities that were given either arm."""
        seen = [self.amount[self.weight[:, list(pair)].max(axis=1) > 0] for pair in pairs]
        return np.array([[one.sum(), (one**2).sum()] for one in seen])


def site_scores(log: TrialLog, predicted: Floats, weight: Floats) -> SiteScores:
    """predicted (n, A); weight (n,) 1 / probability of the arm given, as all sites drew it."""
    at = np.arange(log.n), log.arm
    scores = predicted.copy()
    scores[at] += weight * (log.outcome - log.cost - predicted[at])
    given = np.zeros_like(predicted)
    given[at] = weight
    start = np.flatnonzero(log.first)
    return SiteScores(
        value=np.add.reduceat(scores, start, axis=0),
        weighted=np.add.reduceat(given * log.outcome[:, None], start, axis=0),
        amount=np.add.reduceat(log.outcome, start),
        weight=np.maximum.reduceat(given, start, axis=0),
    )
