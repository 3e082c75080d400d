"""Delivery's whole distribution at a decision, where the log tells the probability of every eligible channel.

Where delivery shows one ad a day, opportunities with propensities are one choice among the channels that were
possible that day, with

    mu(none) = 1 - sum over the eligible channels k of mu(k);

where it shows several, each is a choice of its own (`opportunity_steps`), with mu(none) = 1 - mu(k). So a
decision not to advertise has a logged probability too, and nothing about delivery has to be estimated,
whatever it reacts to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.event_streams import Stream
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LoggedTransitions(Transitions):
    """Transitions whose log tells delivery's distribution at some decisions."""

    delivery: Floats | None = None  # (n, A) as logged, unchecked; rows of NaN where the log does not tell
    untold: str = ""
    """Why propensities that opportunities carry are of no use, part of a sentence; empty where they are."""


def carries_propensities(chances: Stream) -> bool:
    """Whether any opportunity has one."""
    return "propensity" in chances.values and not np.isnan(chances.values["propensity"]).all()


def why_not_one_choice(decision: DecisionSettings) -> str:
    """Why propensities cannot be read as one choice among all that was possible that day; empty if they can.

    Of delivery that shows one ad per epoch: with longer epochs an opportunity's propensity is one of a
    sequence of choices, whose dependence no log tells.
    """
    if decision.epoch_days > 1:
        return f"an epoch of {decision.epoch_days} days is several choices"
    if decision.repeat:
        return "an action may be taken several times in an epoch"
    if decision.eligible != "opportunities":
        return f"`decision.eligible` = {decision.eligible!r} looks at other channels than those that had one"
    return ""


def why_not_in_turn(cap: int, most: int) -> str:
    """Why propensities cannot be read as one choice per opportunity; empty if they can.

    cap: ads a day that delivery shows at most; most: channels that anybody could see on one day. Where the
    cap may bind, a chance that was worked out before the day's first ad is not one after it, and no log tells
    which it is.
    """
    if most <= cap:
        return ""
    return (
        f"at most {cap} ads a day are shown of up to {most} possible, and a chance from before an ad is "
        "another one after it"
    )


def chances_of_being_shown(chances: Stream, channels: int) -> Floats:
    """(cells, K) propensity of each entity's opportunity for each channel in an epoch; NaN where not known.

    A channel with several opportunities in an epoch was decided on several times: not known. An impression's
    own propensity is no substitute: what is known would then depend on what was shown.
    """
    found = np.full((chances.cells, channels), np.nan)
    found[chances.cell, chances.values["action"] - 1] = chances.values["propensity"]
    return np.where(chances.by_action("n", channels) == 1, found, np.nan)


def distributions(chance: Floats, possible: NDArray[np.bool_]) -> Floats:
    """(m, 1 + K) from propensities (m, K) of the possible channels (m, K); NaN where one is not known.

    Sums above 1 leave a negative probability of none: `propensities` judges them.
    """
    p = np.where(possible, chance, 0.0)
    none = 1.0 - np.einsum("mk->m", p, optimize=False)
    return np.concatenate([none[:, None], np.where(np.isnan(none)[:, None], np.nan, p)], axis=1)


def join_logged(chunks: Sequence[LoggedTransitions]) -> tuple[Floats | None, Floats | None]:
    """(n,) propensities and (n, A) distributions of all chunks.

    Beside a chunk with distributions one without propensities is a chunk of rows that do not tell; where no
    chunk has distributions there are none, and propensities only if every chunk has them.
    """
    own, told = [c.propensity for c in chunks], [c.delivery for c in chunks]
    if all(d is None for d in told):
        complete = [p for p in own if p is not None]
        return (np.concatenate(complete) if len(complete) == len(chunks) else None), None
    unknown = [np.full(c.eligible.shape, np.nan) for c in chunks]
    return (
        np.concatenate([u[:, 0] if p is None else p for p, u in zip(own, unknown, strict=True)]),
        np.concatenate([u if d is None else d for d, u in zip(told, unknown, strict=True)]),
    )
