"""What a site may hand over: no sum of fewer than so many entities, by cells of day x fold x action."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.pooled.small_cells import Cells
from models.mdp import Journeys, Outcome
from sql.errors import LogError

FOLDS, LEAST = 2, 3
SPEC = (Outcome("margin", "micros", "goal"), Outcome("clicks", "count", "info"))


def journeys(people: int = 80) -> Journeys:
    """Two decisions each between two actions, in turn; everybody buys and clicks on the second day."""
    n = 2 * people
    t = np.tile([0, 1], people)
    return Journeys(
        rows=np.arange(n),
        journey=np.repeat(np.arange(people), 2),
        t=t.astype(np.int32),
        cluster=np.repeat(np.arange(people), 2),
        action=np.repeat(np.arange(people) % 2, 2).astype(np.int16),
        eligible=np.ones((n, 2), bool),
        features=np.zeros((n, 1)),
        outcomes=np.column_stack([t * 10.0, t * 1.0]),
        n_clusters=people,
        n_journeys=people,
        cluster_key=np.arange(people) * 977,
        scale=1.0,
        outcome_names=("margin", "clicks"),
        outcome_units=("currency", "count"),
        actions=("none", "ad"),
    )


def test_cells_of_many_are_told() -> None:
    cells = Cells(journeys(), FOLDS, LEAST)
    cells.refuse_small()
    assert cells.told_outcomes(SPEC).all()


def test_an_action_that_two_people_got_is_refused() -> None:
    log = journeys()
    rare = log.action.copy()
    rare[log.cluster > 3] = 0
    with pytest.raises(LogError, match="of a fold's entities got 'ad'"):
        Cells(replace(log, action=rare), FOLDS, LEAST).refuse_small()


def test_a_step_that_two_people_reach_is_refused() -> None:
    """One person's third decision is a cell of its own day, too."""
    log = journeys()
    rows = np.append(np.arange(len(log.t)), len(log.t) - 1)
    longer = replace(
        log,
        **{name: getattr(log, name)[rows] for name in ("rows", "journey", "cluster", "action", "eligible")},
        outcomes=log.outcomes[rows],
        t=np.append(log.t, np.int32(2)),
        features=np.zeros((len(rows), 1)),
    )
    with pytest.raises(LogError, match=f"min_cell_users = {LEAST}"):
        Cells(longer, FOLDS, LEAST).refuse_small()


def test_a_feature_in_which_few_differ_stays_at_the_site() -> None:
    log = journeys()
    few = (log.cluster == 5).astype(float)
    half = (log.cluster // 2 % 2).astype(float)
    told = Cells(log, FOLDS, LEAST).told_features(np.column_stack([few, half, np.ones(len(few))]))
    assert told.tolist() == [False, True, True]


def test_an_outcome_that_few_show_stays_at_the_site_and_profits_own_is_refused() -> None:
    log = journeys()
    clicks = np.where(log.cluster == 5, log.outcomes[:, 1], 0.0)
    few = replace(log, outcomes=np.column_stack([log.outcomes[:, 0], clicks]))
    assert Cells(few, FOLDS, LEAST).told_outcomes(SPEC).tolist() == [True, False]
    with pytest.raises(LogError, match="entities with any margin"):
        Cells(replace(log, outcomes=np.column_stack([clicks, clicks])), FOLDS, LEAST).told_outcomes(SPEC)
