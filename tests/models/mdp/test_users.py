"""Users keep their part, whoever else comes or leaves."""

import numpy as np
import pytest

from models.mdp.sample_split import _splitmix64, fold_of, split_users, uniform_of
from sql.errors import StudyError

FIXED = [0.3935452525211064, 0.46519245062848724, 0.10134950925237729, 0.7291843589636411]
SHARES = {"train_share": 0.4, "choose_share": 0.3}


def test_every_row_is_in_exactly_one_part_and_an_entity_is_never_torn() -> None:
    entity = np.repeat(np.arange(1_000, dtype=np.int64) * 17 - 5_000, 3)
    users = split_users(entity, **SHARES)
    assert (users.train.astype(int) + users.choose + users.report == 1).all()
    for part in (users.train, users.choose, users.report):
        by_entity = part.reshape(-1, 3)
        assert (by_entity.all(axis=1) | ~by_entity.any(axis=1)).all()
    assert users.n_train + users.n_choose + users.n_report == 1_000
    assert users.n_train == len(np.unique(entity[users.train]))
    assert users.n_report == len(np.unique(entity[users.report]))


def test_an_entity_keeps_its_part_when_others_come_and_go() -> None:
    tonight = np.arange(0, 2_000, dtype=np.int64)
    tomorrow = np.arange(500, 9_000, dtype=np.int64)
    before, after = split_users(tonight, **SHARES), split_users(tomorrow, **SHARES)
    assert (before.train[500:] == after.train[:1_500]).all()
    assert (before.report[500:] == after.report[:1_500]).all()


def test_shares_are_met_and_folds_do_not_follow_parts() -> None:
    # Binomial noise of 40,000 entities is 0.0025; +-0.0125 is 5 standard errors: a false alarm in a million.
    entity = np.arange(40_000, dtype=np.int64) * 2**33 + 7
    users = split_users(entity, **SHARES)
    assert abs(users.n_train / 40_000 - 0.4) < 0.0125
    assert abs(users.n_choose / 40_000 - 0.3) < 0.0125
    fold = fold_of(entity, 2)
    assert set(fold.tolist()) == {0, 1}
    assert abs(fold[users.train].mean() - fold[users.report].mean()) < 0.03
    assert abs(np.corrcoef(fold, fold_of(entity, 2, salt=99))[0, 1]) < 0.025


def test_the_hash_is_a_fixed_function() -> None:
    # A change here would silently mix yesterday's choosing users into today's reporting users.
    assert hex(_splitmix64(np.zeros(1, dtype=np.uint64))[0]) == "0xe220a8397b1dcdaf"  # splitmix64's first
    draws = uniform_of(np.array([0, 1, -1, 2**62], dtype=np.int64), 7)
    assert ((draws >= 0) & (draws < 1)).all()
    assert len(set(draws.tolist())) == 4
    assert draws.tolist() == FIXED


def test_shares_that_leave_nobody_to_report_are_refused() -> None:
    with pytest.raises(StudyError, match=r"train_share = 0.7 .* must be positive and sum to less than 1"):
        split_users(np.arange(3, dtype=np.int64), train_share=0.7, choose_share=0.3)
    with pytest.raises(StudyError, match="at least 2 folds"):
        fold_of(np.arange(3, dtype=np.int64), 1)
