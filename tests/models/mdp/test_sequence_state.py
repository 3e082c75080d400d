"""The order of events as state: what a recurrent unit reads of them, and when it is known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from models.mdp import SequenceEncoder, SequenceState, inputs_of, sequence_features
from models.mdp.build_transitions import TableLimits, build_transitions
from models.mdp.state import EpochEvents
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from models.worlds.order import ORDER, OrderWorld
from tests.models.mdp.test_transitions import marts
from tests.models.worlds_to_events import events_of

ACTIONS = ("none", "mail", "video")
UNITS = 3
CLICK, VISIT = [(1, 2, 1, 1)], [(1, 2, 1)]


def encoder(actions: tuple[str, ...] = ACTIONS, teachers: float = 0.2) -> SequenceEncoder:
    """Weights that nobody taught."""
    rng, i = np.random.default_rng(5), inputs_of(len(actions) - 1)
    shapes = ((3 * UNITS, i), (3 * UNITS, UNITS), (3 * UNITS,), (3 * UNITS,))
    return SequenceEncoder(actions, teachers, 7, *(rng.normal(size=s).astype(np.float32) for s in shapes))


def order_of(table: Transitions) -> np.ndarray:
    """(n, u + 1) the features that read the order."""
    return table.features[:, [f.group == "order" for f in table.feature_spec]]


def test_a_step_is_that_of_torchs_unit() -> None:
    mine, rng = encoder(), np.random.default_rng(1)
    theirs = torch.nn.GRUCell(inputs_of(2), UNITS)
    weights = (mine.to_input, mine.to_hidden, mine.input_bias, mine.hidden_bias)
    theirs.load_state_dict(
        dict(zip(theirs.state_dict(), (torch.from_numpy(w) for w in weights), strict=True))
    )
    days, hidden = (rng.normal(size=(50, k)).astype(np.float32) for k in (inputs_of(2), UNITS))
    with torch.no_grad():
        expected = theirs(torch.from_numpy(days), torch.from_numpy(hidden)).numpy()
    np.testing.assert_allclose(mine.step(days, hidden), expected, atol=1e-6)


def test_a_decision_reads_what_came_before_its_day_and_how_long_ago(tmp_path: Path) -> None:
    table = build_transitions(
        marts(tmp_path, days=5, visits=[(1, 2, 1)]), DecisionSettings(), encoder=encoder()
    )
    read = order_of(table)
    assert table.day.tolist() == [0, 1, 2, 3, 4]
    assert (read[:3] == 0).all()  # that of day 2 does not know its visit
    assert read[3, :UNITS].any() and np.array_equal(read[3, :UNITS], read[4, :UNITS])
    np.testing.assert_allclose(read[3:, UNITS], np.exp([-0.1, -0.2]), rtol=1e-6)
    assert table.next_decisions is not None
    assert np.array_equal(table.next_decisions.features[0, -UNITS - 1 : -1], read[4, :UNITS])


def test_what_came_first_tells_states_of_equal_counts_apart(tmp_path: Path) -> None:
    """A click on day 2 and a visit on day 3, or the other way round, seen a week later."""
    tables = [
        build_transitions(
            marts(tmp_path, days=12, clicks=[(1, click, 1, 1)], visits=[(1, visit, 1)]),
            DecisionSettings(windows_days=(30,)),
            encoder=encoder(),
        )
        for click, visit in ((2, 3), (3, 2))
    ]
    names = [f.name for f in tables[0].feature_spec]
    counts = [names.index(name) for name in ("visits_30d", "tenure")]
    assert np.array_equal(tables[0].features[10, counts], tables[1].features[10, counts])
    assert np.abs(order_of(tables[0])[10] - order_of(tables[1])[10]).max() > 0.01


def test_a_purchase_is_read_once_it_is_known(tmp_path: Path) -> None:
    events = marts(tmp_path, days=6, bookings=[(1, 1, 3, 1, 9_000_000, 4_000_000)])
    read = order_of(build_transitions(events, DecisionSettings(), encoder=encoder()))
    assert read.any(axis=1).tolist() == [False, False, False, False, True, True]


def test_the_days_of_a_longer_epoch_are_read_in_their_order(tmp_path: Path) -> None:
    weekly = DecisionSettings(epoch_days=7)
    read = [
        order_of(build_transitions(events, weekly, encoder=encoder()))[1]
        for events in (
            marts(tmp_path / "a", days=14, clicks=[(1, 2, 1, 1)], visits=[(1, 4, 1)]),
            marts(tmp_path / "b", days=14, clicks=[(1, 4, 1, 1)], visits=[(1, 2, 1)]),
        )
    ]
    assert np.abs(read[0] - read[1])[:UNITS].max() > 0.01
    assert read[0][UNITS] == read[1][UNITS] == np.float32(np.exp(np.float32(-0.3)))


def test_bits_depend_neither_on_chunks_nor_on_who_stands_beside(tmp_path: Path) -> None:
    events = events_of(OrderWorld(ORDER, 90, 1, 0), 30, tmp_path)
    mine = encoder(("none", "newsletter", "offer"))
    whole = build_transitions(events, DecisionSettings(), encoder=mine)
    parts = build_transitions(
        events, DecisionSettings(), limits=TableLimits(entities_per_chunk=7), encoder=mine
    )
    assert whole.features.tobytes() == parts.features.tobytes() and whole.n_rows > 1_000


def test_the_state_beside_it_is_the_one_without(tmp_path: Path) -> None:
    events = events_of(OrderWorld(ORDER, 60, 1, 0), 20, tmp_path)
    mine = encoder(("none", "newsletter", "offer"), teachers=0.3)
    plain, read = (build_transitions(events, DecisionSettings(), encoder=e) for e in (None, mine))
    judged = np.isin(plain.entity, read.entity)
    assert np.array_equal(plain.features[judged], read.features[:, : plain.features.shape[1]])
    assert [f.name for f in sequence_features(mine)] == [
        f.name for f in read.feature_spec[plain.features.shape[1] :]
    ]


def test_a_world_and_its_log_hold_the_same_state(tmp_path: Path) -> None:
    """What a policy meets in force is, to the bit, what it was taught on."""
    mine = encoder(("none", "newsletter", "offer"))
    table = build_transitions(
        events_of(OrderWorld(ORDER, 200, 3, 0), 30, tmp_path), DecisionSettings(max_per_epoch=1), encoder=mine
    )
    world = OrderWorld(ORDER, 200, 3, 0, mine)
    assert world.feature_spec == table.feature_spec

    def spy(features: np.ndarray, eligible: np.ndarray, behaviour: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero(table.day == world.day)
        assert np.array_equal(table.features[rows], features[table.entity[rows]])
        assert np.array_equal(table.eligible[rows], eligible[table.entity[rows]])
        return behaviour

    for _ in range(30):
        world.step(spy)


def test_nothing_happens_to_those_to_whom_nothing_happens() -> None:
    nobody = EpochEvents(*(np.zeros((4, 2), np.float32) for _ in range(3)), *(np.zeros(4, np.float32),) * 4)
    state = SequenceState(encoder(), 4)
    state.advance(nobody)
    assert not state.features(np.arange(4)).any()
    state.advance(replace(nobody, visits=np.array([0, 1, 0, 0], np.float32)))
    assert state.features(np.arange(4)).any(axis=1).tolist() == [False, True, False, False]
