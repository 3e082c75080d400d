"""What followed each decision, in the columns of the outcomes that a study names."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.event_streams import Stream
from models.mdp.outcomes import CLICKS, MARGIN, PURCHASES, idle_cost_name
from models.mdp.transition_table import Outcome

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Booked:
    """n decisions in order: what each was, and what it brought by itself."""

    cell: Keys  # (n,) as of the streams that follow, ascending
    action: NDArray[np.int16]  # (n,)
    cost_micros: NDArray[np.int64]  # (n,)
    clicks: NDArray[np.int64]  # (n,)


@dataclass(frozen=True)
class Followed:
    """Events of the entities, with the day on which they came."""

    bookings: Stream
    own: Stream | None = None
    """Outcomes of the log's own; None where the study names none."""
    idle: Stream | None = None
    """What doing nothing costs, where it does."""


def booked_outcomes(
    spec: tuple[Outcome, ...], actions: tuple[str, ...], decided: Booked, followed: Followed
) -> NDArray[np.int64]:
    """(n, o) of the outcomes `spec`: an action's cost and clicks with the decision itself, and every event
    with the entity's last decision at or before it. What came before the first followed nothing of ours."""
    found = np.zeros((len(decided.cell), len(spec)), np.int64)
    column = {outcome.name: found[:, j] for j, outcome in enumerate(spec)}  # name -> (n,)
    places = {outcome.name: j for j, outcome in enumerate(spec)}
    costs = np.array([places[f"cost:{name}"] for name in actions[1:]], np.int64)  # (K,)
    paid = np.flatnonzero(decided.action > 0)
    found[paid, costs[decided.action[paid] - 1]] = decided.cost_micros[paid]
    column[CLICKS][:] = decided.clicks
    row, event = _rows_of(followed.bookings, decided)
    np.add.at(column[MARGIN], row, followed.bookings.values["margin_micros"][event])
    np.add.at(column[PURCHASES], row, followed.bookings.values["purchases"][event])
    if followed.idle is not None:
        row, event = _rows_of(followed.idle, decided)
        np.add.at(column[idle_cost_name(actions)], row, followed.idle.values["cost_micros"][event])
    if followed.own is not None:
        row, event = _rows_of(followed.own, decided)
        names, value = (followed.own.values[c][event] for c in ("name", "value_micros"))
        for name in sorted(set(names.tolist()) & set(column)):
            np.add.at(column[name], row[names == name], value[names == name])
    return found


def _rows_of(stream: Stream, decided: Booked) -> tuple[Keys, NDArray[np.bool_]]:
    """(b,) each event's row, the entity's last decision at or before it, and which events (m,) have one."""
    row = np.searchsorted(decided.cell, stream.cell, side="right") - 1
    known = row >= 0
    known[known] = decided.cell[row[known]] // stream.epochs == stream.cell[known] // stream.epochs
    return row[known], known
