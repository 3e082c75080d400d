"""What happened to a chunk of entities, epoch by epoch, and which decisions were taken about them."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.event_streams import EpochGrid, Stream, read_stream
from models.mdp.logged_propensities import carries_propensities, chances_of_being_shown
from models.mdp.opportunity_steps import choices_by_opportunity
from models.mdp.outcomes import own_outcomes
from models.mdp.sequence_state import SequenceEncoder
from models.mdp.state import EpochEvents
from models.mdp.substeps import Substeps, Turn, choices_in_turn
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
class ChunkLog:
    """Events of n entities on whole epochs. K channels."""

    events: Events
    keys: NDArray[np.int64]  # (n,) ascending
    grid: EpochGrid
    entry: NDArray[np.int64]  # (n,) epoch from which on there are decisions
    shown: Stream
    chances: Stream
    clicks: Stream
    visits: Stream
    known: Stream
    """Bookings, by the day on which they became known."""
    own_known: Stream | None
    """Outcomes of the log's own, by that day; None where the study names none."""

    @classmethod
    def of(cls, events: Events, how: Reading, entities: pl.DataFrame) -> "ChunkLog":
        """The log of some rows of the mart `entities`."""
        days = how.decision.epoch_days
        epochs = max(0, (events.last_day - events.first_day + 1) // days)  # whole epochs only
        grid = EpochGrid(events.first_day, epochs, days, repeat=how.decision.repeat)
        keys = entities["entity_key"].to_numpy().astype(np.int64)

        def read(mart: str, day: str = "day") -> Stream:
            return read_stream(events, mart, keys, grid, day)

        return cls(
            events=events,
            keys=keys,
            grid=grid,
            entry=(entities["entry_day"].to_numpy().astype(np.int64) - events.first_day) // days,
            shown=read("exposures"),
            chances=read("opportunities"),
            clicks=read("clicks"),
            visits=read("visits"),
            known=read("bookings", "known_day"),
            own_known=read("outcomes", "known_day") if own_outcomes(how.asked) else None,
        )

    @classmethod
    def by_day(cls, events: Events, how: Reading, entities: pl.DataFrame) -> "ChunkLog":
        """The same log in epochs of a day."""
        daily = how.decision.model_copy(update={"epoch_days": 1})
        return cls.of(events, replace(how, decision=daily), entities)

    def later(self, mart: str) -> Stream:
        """Another mart, by the day on which its events came."""
        return read_stream(self.events, mart, self.keys, self.grid)

    def untold(self, how: Reading) -> str:
        """Why propensities that opportunities carry are of no use; empty where they carry none."""
        return how.untold if carries_propensities(self.chances) else ""

    def epoch(self, epoch: int) -> EpochEvents:
        """What one epoch brought."""
        k = len(self.events.actions) - 1
        exposures = self.shown.by_action(epoch, "n", k)
        chance = self.chances.by_action(epoch, "n", k)
        return EpochEvents(
            exposures=exposures,
            clicks=self.clicks.by_action(epoch, "n", k),
            opportunities=np.maximum(chance, exposures > 0),  # an exposure proves its chance
            visits=self.visits.total(epoch, "n").astype(np.float32),
            known_purchases=self.known.total(epoch, "purchases").astype(np.float32),
            known_margin=(self.known.total(epoch, "margin_micros") / MICROS).astype(np.float32),
            spend=(self.shown.total(epoch, "cost_micros") / MICROS).astype(np.float32),
        )


@dataclass(frozen=True)
class Decided:
    """The decisions about n entities, and who is still there."""

    steps: list[Substeps]
    """One per epoch; none where they were not asked for."""
    left: NDArray[np.bool_]  # (n,) nothing was seen of the entity for so long that it counts as gone

    def rows_of(self) -> NDArray[np.int64]:
        """(n,) decisions about each entity."""
        counts = [np.bincount(s.entity, minlength=len(self.left)) for s in self.steps]
        return np.sum(counts, axis=0, dtype=np.int64) if counts else np.zeros(len(self.left), np.int64)

    def places(self) -> list[NDArray[np.int64]]:
        """Per epoch, where each of its decisions (m,) stands when rows go by (entity, epoch, rank)."""
        rows = self.rows_of()
        free, found = np.cumsum(rows) - rows, []
        for s in self.steps:
            found.append(free[s.entity] + s.rank.astype(np.int64))
            free += np.bincount(s.entity, minlength=len(free))
        return found


def decisions_of(log: ChunkLog, how: Reading, *, rows: bool = True) -> Decided:
    """What was decided in each epoch. rows: False where it does not matter."""
    decision, k = how.decision, len(log.events.actions) - 1
    cap = decision.max_per_epoch or 1
    turn = Turn(cap, idle=decision.idle != "", repeat=decision.repeat)
    tells = carries_propensities(log.chances) and not how.untold
    last_seen = log.entry.copy()  # latest epoch with an event, of those known before the epoch at hand
    steps = []
    for epoch in range(log.grid.epochs):
        today = log.epoch(epoch)
        chance = today.opportunities
        if rows:
            possible = np.ones_like(chance, bool) if decision.eligible == "all" else chance > 0
            if decision.eligible == "seen":
                possible = today.exposures > 0
            present = (epoch - last_seen) * decision.epoch_days <= decision.inactive_days
            decides = (log.entry <= epoch) & (present | possible.any(1))
            told = chances_of_being_shown(log.chances, epoch, k) if tells else None
            if how.by_opportunity:
                steps.append(
                    choices_by_opportunity(decides, chance, log.shown, log.chances, epoch, cap, told)
                )
            else:
                steps.append(choices_in_turn(decides, possible, log.shown, epoch, turn, told))
        seen = (today.known_purchases > 0) | (today.visits > 0) | today.clicks.any(1) | chance.any(1)
        if log.own_known is not None:
            seen[log.own_known.entities_at(epoch)] = True
        last_seen = np.where(seen, epoch, last_seen)
    left = (log.grid.epochs - last_seen) * decision.epoch_days > decision.inactive_days
    return Decided(steps, left)
