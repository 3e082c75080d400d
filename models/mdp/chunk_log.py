"""What happened to a chunk of entities, and which decisions were taken about them."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.context_state import ContextLog
from models.mdp.event_streams import EpochGrid, Stream, read_stream
from models.mdp.logged_propensities import carries_propensities, chances_of_being_shown
from models.mdp.opportunity_steps import choices_by_opportunity
from models.mdp.outcomes import own_outcomes
from models.mdp.sequence_state import SequenceEncoder
from models.mdp.state import EpochEvents
from models.mdp.substeps import Substeps, Turn, any_of, choices_in_turn, no_steps
from models.mdp.transition_table import Outcome
from models.settings import DecisionSettings, OutcomeSettings
from sql.events import Events

MICROS = 1_000_000


@dataclass(frozen=True)
class Reading:
    """How every chunk is read."""

    decision: DecisionSettings
    by_opportunity: bool
    """Every opportunity is a decision of its own."""
    untold: str
    """Why logged propensities are no probabilities of these decisions; empty if they are."""
    outcomes: tuple[Outcome, ...]
    asked: tuple[OutcomeSettings, ...]
    encoder: SequenceEncoder | None = None
    """What reads the order of events; None where the state is counts alone."""

    @property
    def several(self) -> bool:
        """An epoch can hold several ads."""
        return (self.decision.max_per_epoch or 1) > 1


@dataclass(frozen=True)
class Chunk:
    """n entities on whole epochs."""

    events: Events
    keys: NDArray[np.int64]  # (n,) ascending
    grid: EpochGrid

    @classmethod
    def of_entities(cls, events: Events, how: Reading, entities: pl.DataFrame) -> "Chunk":
        """Some rows of the mart `entities`."""
        days = how.decision.epoch_days
        epochs = max(0, (events.last_day - events.first_day + 1) // days)  # whole epochs only
        grid = EpochGrid(events.first_day, epochs, days, repeat=how.decision.repeat)
        return cls(events, entities["entity_key"].to_numpy().astype(np.int64), grid)

    def read(self, mart: str, day: str = "day") -> Stream:
        """What one mart says of them."""
        return read_stream(self.events, mart, self.keys, self.grid, day)


@dataclass(frozen=True)
class ChunkLog(Chunk):
    """Their events. K channels."""

    entry: NDArray[np.int64]  # (n,) epoch from which on there are decisions
    shown: Stream
    chances: Stream
    clicks: Stream
    visits: Stream
    known: Stream
    """Bookings, by the day on which they became known."""
    own_known: Stream | None
    """Outcomes of the log's own, by that day; None where the study names none."""
    context: ContextLog
    tells: bool
    """Whether any opportunity of a larger chunk, of which this is a part, carries a propensity."""
    by_day: "ChunkLog | None" = None
    """The same log in epochs of a day, where something reads it by the day."""

    @classmethod
    def of(cls, events: Events, how: Reading, entities: pl.DataFrame) -> "ChunkLog":
        """The log of some rows of the mart `entities`."""
        chunk, days = Chunk.of_entities(events, how, entities), how.decision.epoch_days
        read, chances = chunk.read, chunk.read("opportunities")
        return cls(
            events=events,
            keys=chunk.keys,
            grid=chunk.grid,
            entry=(entities["entry_day"].to_numpy().astype(np.int64) - events.first_day) // days,
            shown=read("exposures"),
            chances=chances,
            clicks=read("clicks"),
            visits=read("visits"),
            known=read("bookings", "known_day"),
            own_known=read("outcomes", "known_day") if own_outcomes(how.asked) else None,
            context=ContextLog.of(events, chunk.keys, days),
            tells=carries_propensities(chances),
            by_day=None if days == 1 or how.encoder is None else cls.daily(events, how, entities),
        )

    @classmethod
    def daily(cls, events: Events, how: Reading, entities: pl.DataFrame) -> "ChunkLog":
        """The log of some rows of the mart `entities` in epochs of a day."""
        decision = how.decision.model_copy(update={"epoch_days": 1})
        return cls.of(events, replace(how, decision=decision), entities)

    def part(self, part: slice) -> "ChunkLog":
        """The log of some neighbours of the entities."""
        start, stop, _ = part.indices(len(self.keys))

        def of(stream: Stream) -> Stream:
            return stream.of(start, stop)

        return replace(
            self,
            keys=self.keys[part],
            entry=self.entry[part],
            shown=of(self.shown),
            chances=of(self.chances),
            clicks=of(self.clicks),
            visits=of(self.visits),
            known=of(self.known),
            own_known=None if self.own_known is None else of(self.own_known),
            context=self.context.part(start, stop),
            by_day=None if self.by_day is None else self.by_day.part(part),
        )

    def untold(self, how: Reading) -> str:
        """Why propensities that opportunities carry are of no use; empty where they carry none."""
        return how.untold if self.tells else ""

    def brought(self) -> EpochEvents:
        """What every epoch brought: `EpochEvents.at` has one of them."""
        n, epochs, k = len(self.keys), self.grid.epochs, len(self.events.actions) - 1

        def by_epoch(cells: NDArray) -> NDArray[np.float32]:
            """(epochs, n, ...) from (cells, ...)."""
            of_entities = cells.reshape(n, epochs, *cells.shape[1:])
            return np.ascontiguousarray(of_entities.swapaxes(0, 1), np.float32)

        exposures = self.shown.by_action("n", k)
        return EpochEvents(
            exposures=by_epoch(exposures),
            clicks=by_epoch(self.clicks.by_action("n", k)),
            opportunities=by_epoch(self.possible(exposures)),
            visits=by_epoch(self.visits.total("n")),
            known_purchases=by_epoch(self.known.total("purchases")),
            known_margin=by_epoch(self.known.total("margin_micros") / MICROS),
            spend=by_epoch(self.shown.total("cost_micros") / MICROS),
        )

    def possible(self, exposures: NDArray[np.float32]) -> NDArray[np.float32]:
        """(cells, K) opportunities; exposures (cells, K) prove theirs."""
        chance = self.chances.by_action("n", exposures.shape[1])
        return np.maximum(chance, exposures > 0)


@dataclass(frozen=True)
class Decided:
    """The decisions about n entities in order, and who is still there."""

    steps: Substeps
    left: NDArray[np.bool_]  # (n,) nothing was seen of the entity for so long that it counts as gone


def decisions_of(log: ChunkLog, how: Reading, *, rows: bool = True) -> Decided:
    """What was decided in every epoch. rows: False where it does not matter, and none is told."""
    decision, k, epochs = how.decision, len(log.events.actions) - 1, log.grid.epochs
    cap = decision.max_per_epoch or 1
    exposures = log.shown.by_action("n", k)  # (cells, K)
    chance = log.possible(exposures)
    any_chance = any_of(chance > 0)  # (cells,)
    seen = any_chance | (log.known.total("purchases") > 0) | (log.visits.total("n") > 0)
    seen |= log.clicks.total("n") > 0
    if log.own_known is not None:
        seen[log.own_known.cell] = True
    last_seen = _last_seen(seen.reshape(len(log.keys), epochs), log.entry)
    left = (epochs - last_seen[:, -1]) * decision.epoch_days > decision.inactive_days
    if not rows:
        return Decided(no_steps(k), left)
    possible, any_possible = chance > 0, any_chance
    if decision.eligible == "seen":
        possible, any_possible = exposures > 0, any_of(exposures > 0)
    elif decision.eligible == "all":
        possible, any_possible = np.ones_like(possible), np.full(len(possible), k > 0)
    epoch = np.arange(epochs)
    present = (epoch - last_seen[:, :-1]) * decision.epoch_days <= decision.inactive_days  # (n, epochs)
    decides = ((log.entry[:, None] <= epoch) & (present | any_possible.reshape(present.shape))).ravel()
    told = chances_of_being_shown(log.chances, k) if log.tells and not how.untold else None
    if how.by_opportunity:
        return Decided(choices_by_opportunity(decides, chance, log.shown, log.chances, cap, told), left)
    turn = Turn(cap, idle=decision.idle != "", repeat=decision.repeat)
    return Decided(choices_in_turn(decides, possible, log.shown, turn, told), left)


def _last_seen(seen: NDArray[np.bool_], entry: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, epochs + 1) the latest epoch with an event, of those known before each epoch and at the end; entry
    (n,) where there was none."""
    n, epochs = seen.shape
    latest = np.full((n, epochs + 1), -1)
    latest[:, 1:] = np.where(seen, np.arange(epochs), -1)
    np.maximum.accumulate(latest, axis=1, out=latest)
    return np.where(latest < 0, entry[:, None], latest)
