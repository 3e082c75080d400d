"""The order of events as state: the encoder of the night before, or one that is taught tonight."""

from dataclasses import dataclass
from pathlib import Path

from flows.night import Night
from models.encoder import load_encoder, save_encoder, teach_encoder, units_of
from models.mdp import SequenceEncoder
from models.results import Stopped
from reports.sentences import encoder as sentences
from sql.errors import StudyError
from sql.events import Events


@dataclass(frozen=True)
class Order:
    """What reads it, and what a reader should know."""

    encoder: SequenceEncoder | None = None
    """None where the state is counts alone."""
    notes: tuple[str, ...] = ()


def read_order(night: Night, events: Events, stop: Stopped | None = None) -> Order:
    """The encoder of the study's state: taught once, and kept from night to night for as long as actions and
    settings stay. stop: why the log cannot be believed; from such a log nothing is learnt."""
    study, state = night.study, night.study.state
    if state.encoder == "counts":
        return Order()
    found = last_nights(night, events)
    if found.encoder is None and stop is None:
        taught = teach_encoder(events, study.decision, study.outcome, state, seed=study.seed)
        said = sentences.taught(taught.lesson, study.words, kept=taught.encoder is not None)
        found = Order(taught.encoder, (*found.notes, said))
    if found.encoder is not None:
        save_encoder(found.encoder, night.staging / "policies")
    return found


def last_nights(night: Night, events: Events) -> Order:
    """That of the newest report before, where it reads these logs as the study asks."""
    if night.previous is None:
        return Order()
    try:
        found = load_encoder(night.previous / "policies")
    except StudyError:  # its sentence names a folder, and a report is the same in every folder
        return Order(None, (sentences.TAUGHT_AFRESH,))
    if found is None or not fits(found, night, events):
        return Order()
    return Order(found, (sentences.as_before(night.study.words),))


def fits(encoder: SequenceEncoder, night: Night, events: Events) -> bool:
    """Is it the one that the study would have taught?"""
    state = night.study.state
    asked = (events.actions, units_of(state), state.teachers, state.within_days)
    return asked == (encoder.actions, encoder.units, encoder.teachers, encoder.within_days)


def order_of_policy(path: Path, night: Night, events: Events) -> Order:
    """For `allot evaluate`: the encoder that a published policy read, which lies beside it; none where it
    reads other channels than these logs have, so that the policy is refused for it. For any other policy file
    one that is taught now, if the study asks for one."""
    if path.suffix != ".json":
        return read_order(night, events)
    found = load_encoder(path.parent)
    return Order(found) if found is not None and found.actions == events.actions else Order()
