"""Have a state encoder taught by the entities set aside for it, and ask those of them it never saw what it is
worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.encoder.foretold import Missed, what_counts_miss
from models.mdp import SequenceEncoder, Teachers, fold_of, teachers_of
from models.results import EncoderLesson
from models.settings import DecisionSettings, OutcomeSettings, StateSettings
from models.training import STARTS, SequenceLesson, SequencePlan, TaughtSequence, teach_sequence
from sql.events import Events

HELD_OUT_SALT = 0x5EED_0E0C
PARTS = 4
"""One of them is held out to judge what the others taught."""
FEWEST_TEACHERS = 40
"""With fewer nobody can say what the order is worth."""
BEYOND_CHANCE = 2.0
"""Standard errors of the held-out gain above which the order counts. Without order the gain is below 0, since
heads that fitted noise foretell worse than none."""


@dataclass(frozen=True)
class Taught:
    """What came of it."""

    learnt: SequenceEncoder | None
    """None where there were too few to teach it."""
    lesson: EncoderLesson

    @property
    def encoder(self) -> SequenceEncoder | None:
        """What the state is to hold; None where the order foretold nothing beyond the counts."""
        gain, error = self.lesson.gain, self.lesson.error
        return (
            self.learnt if gain is not None and error is not None and gain > BEYOND_CHANCE * error else None
        )


def teach_encoder(
    events: Events,
    decision: DecisionSettings,
    outcomes: tuple[OutcomeSettings, ...],
    settings: StateSettings,
    *,
    seed: int,
) -> Taught:
    """The encoder of one staged log. Pure: same events and settings, same weights."""
    teachers = teachers_of(events, decision, outcomes, settings.teachers)
    count = len(teachers.offsets) - 1
    missed = what_counts_miss(
        teachers.table, epoch_days=decision.epoch_days, within_days=settings.within_days
    )
    if count < FEWEST_TEACHERS or not len(missed.weight):
        return Taught(None, EncoderLesson(count, None, None))
    held = held_out(teachers)
    plan = SequencePlan(settings.units, seed)
    learnt = teach_sequence(lesson_of(teachers, missed, ~held), plan)
    encoder = encoder_of(learnt, teachers.table.actions, settings)
    gain, error = gain_on(teachers, missed, held, encoder, learnt)
    return Taught(encoder, EncoderLesson(count, gain, error))


def units_of(settings: StateSettings) -> int:
    """Numbers that an encoder of these settings makes in all."""
    return STARTS * settings.units


def held_out(teachers: Teachers) -> NDArray[np.bool_]:
    """(e,) the teachers who judge what the others taught."""
    key = np.zeros(len(teachers.offsets) - 1, np.int64)
    key[teachers.row_entity] = teachers.table.entity
    return fold_of(key, PARTS, HELD_OUT_SALT) == 0


def lesson_of(teachers: Teachers, missed: Missed, some: NDArray[np.bool_]) -> SequenceLesson:
    """What the entities `some` (e,) have to teach."""
    number = np.cumsum(some) - 1
    lengths = np.diff(teachers.offsets)
    days = np.repeat(some, lengths)
    rows = np.flatnonzero(some[teachers.row_entity])
    return SequenceLesson(
        events=teachers.days[days],
        offsets=np.concatenate([[0], np.cumsum(lengths[some])]),
        entity=number[teachers.row_entity[rows]],
        seen=teachers.row_seen[rows],
        action=teachers.table.action[rows].astype(np.int64),
        target=missed.left[rows],
        weight=missed.weight,
        n_actions=len(teachers.table.actions),
    )


def encoder_of(learnt: TaughtSequence, actions: tuple[str, ...], settings: StateSettings) -> SequenceEncoder:
    """The unit alone, ready to read."""
    return SequenceEncoder(
        actions,
        settings.teachers,
        settings.within_days,
        learnt.to_input,
        learnt.to_hidden,
        learnt.input_bias,
        learnt.hidden_bias,
    )


def gain_on(
    teachers: Teachers,
    missed: Missed,
    some: NDArray[np.bool_],
    encoder: SequenceEncoder,
    learnt: TaughtSequence,
) -> tuple[float, float]:
    """Share of what counts miss that the unit foretells to the entities `some` (e,), and its standard error,
    entities being the unit that was sampled."""
    rows = np.flatnonzero(some[teachers.row_entity])
    hidden = read_through(teachers, encoder)[rows].astype(np.float64)
    action = teachers.table.action[rows]
    said = np.einsum("nu,nqu->nq", hidden, learnt.heads[action], optimize=False) + learnt.head_bias[action]
    y, weight = missed.left[rows].astype(np.float64), missed.weight.astype(np.float64)
    known = np.isfinite(y) * weight
    y = np.nan_to_num(y)
    better = ((y**2 - (y - said) ** 2) * known).sum(axis=1)
    number = teachers.row_entity[rows]
    sums = [np.bincount(number, v) for v in (better, (y**2 * known).sum(axis=1))]
    by_entity = np.column_stack(sums)[np.unique(number)]
    if len(by_entity) < 2 or by_entity[:, 1].sum() <= 0:
        return 0.0, np.inf
    share = float(by_entity[:, 0].sum() / by_entity[:, 1].sum())
    off = by_entity[:, 0] - share * by_entity[:, 1]
    error = float(np.sqrt((off**2).sum() * len(off) / (len(off) - 1)) / by_entity[:, 1].sum())
    return share, error


def read_through(teachers: Teachers, encoder: SequenceEncoder) -> NDArray[np.float32]:
    """h (n, u) that each decision of the teachers reads."""
    lengths = np.diff(teachers.offsets)
    most = int(lengths.max(initial=0))
    hidden = np.zeros((most + 1, len(lengths), encoder.units), np.float32)
    for k in range(most):
        going = np.flatnonzero(lengths > k)
        hidden[k + 1, going] = encoder.step(teachers.days[teachers.offsets[going] + k], hidden[k, going])
    return hidden[teachers.row_seen, teachers.row_entity]
