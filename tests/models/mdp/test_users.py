"""Users keep their fold, whoever else comes or leaves."""

import numpy as np
import pytest

from models.mdp.sample_split import AGENT_FOLDS, _splitmix64, deal_folds, fold_of, uniform_of
from sql.errors import StudyError

FIXED = [0.3935452525211064, 0.46519245062848724, 0.10134950925237729, 0.7291843589636411]


def test_every_row_is_in_one_fold_which_it_does_not_teach_and_an_entity_is_never_torn() -> None:
    entity = np.repeat(np.arange(1_000, dtype=np.int64) * 17 - 5_000, 3)
    folds = deal_folds(entity)
    assert folds.entities == 1_000
    assert (folds.of_row.reshape(-1, 3) == folds.of_row[::3, None]).all()
    taught = np.array([folds.teachers(fold) for fold in range(AGENT_FOLDS)])  # (F, n)
    assert (taught.sum(axis=0) == AGENT_FOLDS - 1).all()
    assert not taught[folds.of_row, np.arange(3_000)].any()


def test_an_entity_keeps_its_fold_when_others_come_and_go() -> None:
    tonight = np.arange(0, 2_000, dtype=np.int64)
    tomorrow = np.arange(500, 9_000, dtype=np.int64)
    before, after = deal_folds(tonight), deal_folds(tomorrow)
    assert (before.of_row[500:] == after.of_row[:1_500]).all()


def test_folds_are_alike_in_size_and_no_other_draw_follows_them() -> None:
    # Binomial noise of 40,000 entities is 0.0025; +-0.0125 is 5 standard errors: a false alarm in a million.
    entity = np.arange(40_000, dtype=np.int64) * 2**33 + 7
    fold = deal_folds(entity).of_row
    assert set(fold.tolist()) == {0, 1}
    assert abs(fold.mean() - 0.5) < 0.0125
    assert abs(np.corrcoef(fold, fold_of(entity, 2, salt=99))[0, 1]) < 0.025
    assert abs(np.corrcoef(fold, uniform_of(entity, 99))[0, 1]) < 0.025


def test_the_hash_is_a_fixed_function() -> None:
    # A change here would have tonight's users judge networks of last night that they taught.
    assert hex(_splitmix64(np.zeros(1, dtype=np.uint64))[0]) == "0xe220a8397b1dcdaf"  # splitmix64's first
    draws = uniform_of(np.array([0, 1, -1, 2**62], dtype=np.int64), 7)
    assert ((draws >= 0) & (draws < 1)).all()
    assert len(set(draws.tolist())) == 4
    assert draws.tolist() == FIXED


def test_one_fold_is_none() -> None:
    with pytest.raises(StudyError, match="at least 2 folds"):
        fold_of(np.arange(3, dtype=np.int64), 1)
