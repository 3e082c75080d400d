"""Channels whose effect the logs cannot show: they keep today's budget, and the row says why."""

from models.results import Overlap
from models.settings import EvaluationSettings, SplitSettings


def held_channels(
    overlap: tuple[Overlap, ...],
    channels: tuple[str, ...],
    split: SplitSettings,
    evaluation: EvaluationSettings,
    *,
    entity: str = "user",
) -> dict[str, str]:
    """Channel -> reason, for channels that may not move.

    Scaled delivery never asks for an action that delivery does not take, so its support is that of
    the action itself, and of `none`: without entities that could have seen an ad and saw none there
    is nothing to compare with (Kennedy 2019, incremental propensity interventions).
    """
    rows = {row.action: row for row in overlap}
    held: dict[str, str] = {}
    for channel in channels:
        row = rows.get(channel)
        if row is None or row.eligible_rows == 0:
            held[channel] = f"held: the logs do not show which {entity}s could have seen it"
        elif row.mean_none_probability < split.min_none_overlap:
            none = percent(row.mean_none_probability)
            held[channel] = f"held: almost every eligible {entity} saw an ad ({none} saw none)"
        elif row.mean_probability < evaluation.min_behaviour_probability:
            shown = percent(row.mean_probability)
            held[channel] = f"held: shown too rarely to learn from ({shown} of the times it could be)"
        elif row.eligible_rows * row.mean_probability < evaluation.min_effective_sample_size:
            times = round(row.eligible_rows * row.mean_probability)
            held[channel] = f"held: shown only {times} times, too few to learn from"
    return held


def percent(share: float) -> str:
    """0.023 -> `2 %`, 0.0042 -> `0.4 %`."""
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.0095 else f"{100 * share:.1g} %"
