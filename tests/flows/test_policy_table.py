"""A table of decisions: read as it was meant, matched by user and day, or refused with its line."""
# ruff: noqa: E501 (one case per line)

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.policy_files.file import read_policy_file
from flows.policy_files.table import Calendar, DecisionFile, pseudonym
from models.mdp.transition_table import TERMINAL, Transitions
from models.policies.decision_table import DecisionTable
from sql.errors import StudyError

ACTIONS = ("none", "search", "video")
KEY = b"a-key-for-tests-that-hides-nobody"
DAY = (date(2026, 11, 2) - date(1970, 1, 1)).days
DAILY = Calendar(DAY, 1)


def read(tmp_path: Path, text: str) -> DecisionFile:
    (tmp_path / "plan.csv").write_text(text)
    found = read_policy_file(tmp_path / "plan.csv")
    assert isinstance(found, DecisionFile)
    return found


def table(tmp_path: Path, text: str, calendar: Calendar = DAILY) -> DecisionTable:
    return read(tmp_path, text).table(ACTIONS, KEY, calendar)


def decisions(*users_and_days: tuple[str, int]) -> Transitions:
    """A transition table of these decisions, sorted by entity, days as given; everything is possible."""
    entity = np.array([pseudonym(user, KEY) for user, _ in users_and_days])
    order = np.argsort(entity, kind="stable")
    n = len(order)
    return Transitions(
        entity=entity[order],
        day=np.array([DAY + day for _, day in users_and_days], np.int32)[order],
        step=np.zeros(n, np.int32),
        action=np.zeros(n, np.int16),
        eligible=np.ones((n, 3), bool),
        features=np.zeros((n, 0), np.float32),
        outcomes=np.zeros((n, 0), np.int64),
        elapsed_days=np.ones(n, np.float32),
        end=np.full(n, TERMINAL, np.uint8),
        mature=np.ones(n, bool),
        propensity=None,
        segment=np.zeros(n, np.int16),
        actions=ACTIONS,
        segments=("",),
        feature_spec=(),
        outcome_spec=(),
    )


SAME = {
    "wide": "user_id,date,none,search,video\nu1,2026-11-02,0.2,0.3,0.5\nu2,2026-11-03,0,0,1\n",
    "rest to none": "user_id,date,search,video\nu1,2026-11-02,0.3,0.5\nu2,2026-11-03,0,1\n",
    "long": "user_id,date,action,probability\n u1 ,2026-11-02,search,0.3\nu1,2026-11-02,video,0.5\n"
    "u2,2026-11-03,video,1\nu1,2026-11-02,none,0.2\n",
    "byte order mark": "\ufeffuser_id,date,search,video\nu1,2026-11-02,0.3,0.5\nu2,2026-11-03,,1\n".replace(
        ",,", ",0,"
    ),
}


@pytest.mark.parametrize("form", SAME)
def test_wide_and_long_say_the_same(tmp_path: Path, form: str) -> None:
    found = table(tmp_path, SAME[form])
    by_user = {int(e): (int(d) - DAY, p.round(12).tolist()) for e, d, p in zip(
        found.entity, found.day, found.probabilities, strict=True)}  # fmt: skip
    assert by_user == {
        pseudonym("u1", KEY): (0, [0.2, 0.3, 0.5]),
        pseudonym("u2", KEY): (1, [0.0, 0.0, 1.0]),
    }


def test_parquet_with_numbers_and_dates_is_read_like_text(tmp_path: Path) -> None:
    plan = pl.DataFrame({"user_id": [1, 2], "date": [date(2026, 11, 2)] * 2, "action": ["video", "none"]})
    plan.write_parquet(tmp_path / "plan.parquet")
    found = read_policy_file(tmp_path / "plan.parquet")
    assert isinstance(found, DecisionFile)
    by_parquet = found.table(ACTIONS, KEY, DAILY)
    by_text = table(tmp_path, "user_id,date,action\n1,2026-11-02,video\n2,2026-11-02,none\n")
    np.testing.assert_array_equal(by_parquet.entity, by_text.entity)
    np.testing.assert_array_equal(by_parquet.probabilities, by_text.probabilities)


def test_decisions_are_matched_and_others_follow_delivery(tmp_path: Path) -> None:
    log = decisions(("u1", 0), ("u1", 1), ("u2", 0))
    rows = np.arange(3)
    mu = np.tile([0.6, 0.2, 0.2], (3, 1))
    plan = table(
        tmp_path, "user_id,date,action,probability\nu1,2026-11-03,video,0.5\nu9,2026-11-02,video,1\n"
    )
    entries = plan.entries(log, rows)
    named = entries >= 0
    assert named.sum() == 1
    assert (log.entity[named], log.day[named] - DAY) == (pseudonym("u1", KEY), 1)
    pi = plan.target(entries, log.eligible, mu)
    np.testing.assert_array_equal(pi[~named], mu[~named])
    np.testing.assert_allclose(pi[named], [[0.5, 0.0, 0.5]])
    # without video the half that it was given follows today's delivery
    eligible = np.array([True, True, False]) & log.eligible
    today = np.tile([0.75, 0.25, 0.0], (3, 1))
    np.testing.assert_allclose(plan.target(entries, eligible, today)[named], [[0.875, 0.125, 0.0]])
    assert plan.impossible(entries, eligible) == pytest.approx(0.5)


def test_substeps_tell_decisions_of_one_day_apart(tmp_path: Path) -> None:
    log = decisions(("u1", 0), ("u1", 0), ("u1", 0))
    one = table(tmp_path, "user_id,date,substep,action\nu1,2026-11-02,1,video\n")
    assert (one.entries(log, np.arange(3)) >= 0).tolist() == [False, True, False]
    all_day = table(tmp_path, "user_id,date,action\nu1,2026-11-02,video\n")
    assert (all_day.entries(log, np.array([0, 2])) >= 0).all()


def test_without_a_date_a_line_speaks_for_its_user(tmp_path: Path) -> None:
    log = decisions(("u1", 0), ("u1", 5), ("u2", 0))
    plan = table(tmp_path, "user_id,action\nu1,video\n")
    assert (plan.entries(log, np.arange(3)) >= 0).sum() == 2
    assert replace(plan, name="x").target(np.array([-1]), log.eligible[:1], np.eye(3)[:1]).tolist() == [
        [1, 0, 0]
    ]


def test_a_date_names_the_epoch_it_lies_in(tmp_path: Path) -> None:
    """Weeks that begin on 2026-11-02: the fifth belongs to that one, the day before it to the one before."""
    plan = table(
        tmp_path, "user_id,date,action\nu1,2026-11-05,video\nu1,2026-11-01,video\n", Calendar(DAY, 7)
    )
    assert plan.day is not None
    assert sorted((plan.day - DAY).tolist()) == [-7, 0]


HEAD = "user_id,date,action,probability\n"
WRONG = {
    "nothing named": ("user_id,date\nu1,2026-11-02\n", "has the columns user_id, date and action"),
    "empty": ("user_id,date,action\n", "names no decision"),
    "ragged": ("user_id,date,action\nu1,2026-11-02,video,9,9\n", "is not a CSV file"),
    "no user": (HEAD + "u1,2026-11-02,video,1\n,2026-11-02,video,1\n", "line 3: user_id is missing"),
    "date": (HEAD + "u1,02.11.2026,video,1\n", 'line 2: date is "02.11.2026"; write it as 2026-11-20'),
    "no date": (HEAD + "u1,,video,1\n", "line 2: date is null"),
    "action": (HEAD + "u1,2026-11-02,vidio,1\n", "line 2: the logs have no action \"vidio\"; did you mean 'video'?"),
    "column": ("user_id,date,vidio\nu1,2026-11-02,1\n", "the column \"vidio\" is no action of these logs; did you"),
    "beside": ("user_id,date,action,when\nu1,2026-11-02,video,1\n", 'the column "when" is not known'),
    "number": (HEAD + "u1,2026-11-02,video,half\n", 'line 2: "probability" is "half"; write a probability'),
    "above 1": (HEAD + "u1,2026-11-02,video,1.5\n", "write a probability from 0 to 1"),
    "nan": (HEAD + "u1,2026-11-02,video,nan\n", "write a probability from 0 to 1"),
    "sum": (HEAD + "u1,2026-11-02,video,0.7\nu1,2026-11-02,search,0.7\n", "line 2: the probabilities of its decision sum to 1.4"),
    "short": ("user_id,none,video\nu1,0.5,0.3\n", "line 2: the probabilities of its decision sum to 0.8"),
    "twice": ("user_id,date,video\nu1,2026-11-02,1\nu2,2026-11-02,1\nu1,2026-11-02,1\n", "line 4: it names the same decision as line 2"),
    "substep": ("user_id,substep,video\nu1,first,1\n", 'line 2: substep is "first"; count 0, 1, 2'),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_table_is_told_by_its_line_and_never_by_its_user(tmp_path: Path, name: str) -> None:
    text, expected = WRONG[name]
    with pytest.raises(StudyError) as caught:
        table(tmp_path, text)
    assert expected in str(caught.value)
    assert "u1" not in str(caught.value).removeprefix(str(tmp_path))


def test_a_file_that_is_no_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.parquet").write_bytes(b"PAR1 or not")
    with pytest.raises(StudyError, match="is no Parquet table"):
        read_policy_file(tmp_path / "plan.parquet")
