"""Channels whose effect the logs cannot show: they keep today's budget, or are not cut; the row says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.results import (
    BudgetUnspent,
    CutUnseen,
    EligibleUnknown,
    Hold,
    Overlap,
    ShownTooFewTimes,
    ShownTooRarely,
    TooNew,
)
from models.settings import EvaluationSettings, SplitSettings

NO_CUT = 0.01
"""Mean mu(none) of a channel's eligible entities below which nothing is known of cutting it."""


RARE = 0.1
"""Mean mu(none) below which "nearly everyone eligible is shown an ad" is said."""


@dataclass(frozen=True)
class Holds:
    """Channel -> reason."""

    held: dict[str, Hold] = field(default_factory=dict)
    """May not move."""
    uncut: dict[str, CutUnseen] = field(default_factory=dict)
    """May be raised, and not cut."""


def held_channels(
    overlap: tuple[Overlap, ...],
    channels: tuple[str, ...],
    split: SplitSettings,
    evaluation: EvaluationSettings,
) -> Holds:
    """Channels that may not move, or not be cut.

    Scaled delivery moves onto no channel that delivery does not take, but what it takes from one it gives to
    `none` (`rare_none`; Kennedy 2019, incremental propensity interventions). How far a channel may be cut
    is therefore for the support gate to say, plan by plan; where next to nobody eligible saw nothing, all of
    the cut would rest on these few, and there is none. Raising takes from `none` what delivery had left.
    """
    rows = {row.action: row for row in overlap}
    held: dict[str, Hold] = {}
    uncut: dict[str, CutUnseen] = {}
    for channel in channels:
        row = rows.get(channel)
        if row is None or row.eligible_rows == 0:
            held[channel] = EligibleUnknown()
        elif row.mean_probability < evaluation.min_behaviour_probability:
            held[channel] = ShownTooRarely(row.mean_probability)
        elif row.eligible_rows * row.mean_probability < evaluation.min_effective_sample_size:
            held[channel] = ShownTooFewTimes(round(row.eligible_rows * row.mean_probability))
        elif row.mean_none_probability < min(NO_CUT, split.min_none_overlap):
            uncut[channel] = CutUnseen(row.mean_none_probability)
    return Holds(held, uncut)


def never_idle(overlap: tuple[Overlap, ...], channels: tuple[str, ...]) -> bool:
    """Whether something is always chosen: then what a cut takes goes to the other channels, and none has to
    be seen for it."""
    idle = [row for row in overlap if row.action not in channels]
    return bool(idle) and all(row.eligible_rows == 0 for row in idle)


def not_scaled(
    channels: tuple[str, ...], spent: Mapping[str, float], valued: Mapping[str, float]
) -> dict[str, Hold]:
    """Channels of which nothing that was delivered can be scaled, with the reason. spent: of today's budget;
    valued: what the delivery spends on which plans are valued, each per period."""
    held: dict[str, Hold] = {c: BudgetUnspent() for c in channels if spent[c] <= 0}
    return held | {c: TooNew() for c in channels if spent[c] > 0 and valued[c] <= 0}


def none_is_rare(overlap: tuple[Overlap, ...], split: SplitSettings) -> frozenset[str]:
    """Channels whose eligible entities nearly all saw an ad."""
    return frozenset(o.action for o in overlap if o.mean_none_probability < max(split.min_none_overlap, RARE))
