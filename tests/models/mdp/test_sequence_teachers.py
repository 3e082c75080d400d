"""Who is set aside to teach a state encoder, and what they have to say."""

from pathlib import Path

import numpy as np

from models.mdp import Teachers, teachers_of
from models.mdp.build_transitions import TableLimits, build_transitions
from models.mdp.entity_sample import set_aside
from models.settings import DecisionSettings
from models.worlds.order import ORDER, OrderWorld
from sql.events import Events
from tests.models.mdp.test_entity_sample import ENTITIES
from tests.models.mdp.test_sequence_state import encoder
from tests.models.mdp.test_transitions import marts
from tests.models.worlds_to_events import events_of

SHARE = 0.3


def order_log(folder: Path) -> Events:
    return events_of(OrderWorld(ORDER, 120, 2, 0), 20, folder)


def taught_by(events: Events) -> tuple[Teachers, np.ndarray]:
    teachers = teachers_of(events, DecisionSettings(), (), SHARE)
    return teachers, np.unique(teachers.table.entity)


def test_those_who_teach_judge_nothing_and_are_told_their_next_decision(tmp_path: Path) -> None:
    events = order_log(tmp_path)
    _, teach = taught_by(events)
    reads = encoder(("none", "newsletter", "offer"), teachers=SHARE)
    table = build_transitions(events, DecisionSettings(), encoder=reads)
    judge = np.unique(table.entity)
    assert not np.isin(teach, judge).any()
    assert sorted([*teach, *judge]) == list(range(120))
    assert table.stands_for == 120 / len(judge)
    assert table.next_decisions is not None and len(table.next_decisions.entity) == 120


def test_those_of_a_log_too_long_for_all_are_among_those_who_do_not_judge_anyway(tmp_path: Path) -> None:
    events = order_log(tmp_path)
    _, teach = taught_by(events)
    reads = encoder(("none", "newsletter", "offer"), teachers=SHARE)
    few = TableLimits(most=600)
    with_them, without = (
        build_transitions(events, DecisionSettings(), limits=few, encoder=one) for one in (reads, None)
    )
    assert np.array_equal(with_them.entity, without.entity)
    assert not np.isin(teach, with_them.entity).any()


def test_fewer_teachers_are_the_last_of_more() -> None:
    all_of_them, some = (set_aside(ENTITIES, SHARE, most)["entity_key"].to_list() for most in (10**6, 500))
    assert len(some) == 500 and set(some) < set(all_of_them)
    assert abs(len(all_of_them) - 3_000) < 230  # five standard errors of a coin per entity


def test_each_decision_knows_how_many_days_with_events_came_before(tmp_path: Path) -> None:
    """Two days with something before day 4; the second holds a visit and a click."""
    events = marts(tmp_path, days=5, visits=[(1, 0, 2), (1, 3, 1)], clicks=[(1, 3, 1, 1)])
    teachers = teachers_of(events, DecisionSettings(), (), 0.999)
    assert teachers.row_seen.tolist() == [0, 1, 1, 1, 2]
    assert teachers.offsets.tolist() == [0, 2]
    shown, clicked, visits = teachers.days[:, :2], teachers.days[:, 2:4], teachers.days[:, 4]
    assert not shown.any() and clicked.any(axis=1).tolist() == [False, True]
    np.testing.assert_allclose(visits, np.log1p([2, 1]), rtol=1e-6)
    np.testing.assert_allclose(teachers.days[:, 7], np.log1p([0, 3]), rtol=1e-6)  # days since the one before
    assert teachers.days[:, 8].tolist() == [1, 0]  # the first of all
