"""All that is known of a chunk's entities, epoch by epoch: history, context, who they are, event order."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.chunk_log import ChunkLog, Reading
from models.mdp.context_state import ContextState, context_features
from models.mdp.sequence_state import SequenceState, sequence_features
from models.mdp.state import History, history_features
from models.mdp.static_features import static_features
from models.mdp.transition_table import Feature
from sql.events import Events


def state_of(events: Events, how: Reading, entities: pl.DataFrame) -> tuple[Feature, ...]:
    """What each feature is."""
    decision, (static, _) = how.decision, static_features(events, entities)
    history = history_features(
        events.actions, decision.windows_days, decision.epoch_days, several=how.several
    )
    order = () if how.encoder is None else sequence_features(how.encoder)
    return history + context_features(events, own=decision.every_logged) + static + order


class KnownState:
    """The state of the n entities of a log; `features`, then `advance`, epoch by epoch."""

    def __init__(self, log: ChunkLog, how: Reading, entities: pl.DataFrame) -> None:
        days, k = how.decision.epoch_days, len(log.events.actions) - 1
        self._log, self._days = log, days
        self._brought = log.brought()
        self._context = ContextState(log.context, own=how.decision.every_logged)
        _, self._static = static_features(log.events, entities)
        self._order = None if how.encoder is None else SequenceState(how.encoder, len(entities))
        spare = len(log.events.context_columns) + self._static.shape[1]
        spare += 0 if how.encoder is None else len(sequence_features(how.encoder))
        self._history = History(len(entities), k, how.decision.windows_days, days, spare)
        self._spare = spare
        self._by_day = self._brought if log.by_day is None else log.by_day.brought()

    def features(
        self,
        epoch: int,
        eligible: NDArray[np.bool_],
        shown: NDArray[np.float32],
        rows: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """State (m, d) of the entities `rows` (m,) at a decision of an epoch; eligible (m, A); shown:
        exposures earlier in it, in all (m, 1) or by channel (m, K)."""
        tenure = ((epoch - self._log.entry[rows]) * self._days).astype(np.float32)
        day = self._log.events.first_day + epoch * self._days
        found = self._history.features(day, tenure, eligible, shown, rows)
        others = [self._context.features(rows, epoch), self._static[rows]]
        if self._order is not None:
            others.append(self._order.features(rows))
        start = found.shape[1] - self._spare
        for part in others:
            found[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        return found

    def lately_possible(self) -> NDArray[np.bool_]:
        """Actions other than `none` with an opportunity in about the last month. (n, K)"""
        return self._history.lately_possible()

    def advance(self, epoch: int) -> None:
        """Let one epoch pass."""
        self._history.advance(self._brought.at(epoch))
        self._context.advance(epoch)
        if self._order is not None:
            for day in range(epoch * self._days, (epoch + 1) * self._days):
                self._order.advance(self._by_day.at(day))
