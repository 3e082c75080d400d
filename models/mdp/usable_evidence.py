"""Which of the log's propensities speak of the study's decisions, and the evidence tier that is left."""

from dataclasses import replace
from itertools import pairwise

import polars as pl

from models.mdp.event_streams import EpochGrid, most_in_an_epoch
from models.mdp.logged_propensities import why_not_in_turn, why_not_one_choice
from models.settings import DecisionSettings
from sql.events import Events
from sql.tiers import BY_OPPORTUNITY

ENTITIES_AT_A_TIME = 50_000
"""Whose exposures are held at a time: files are sorted by entity."""


def usable_evidence(events: Events, decision: DecisionSettings) -> Events:
    """The events with the tier that these decisions can make use of.

    Propensities of opportunities that are no probabilities of the decisions of the study's epochs are not
    used, and raise no tier.
    """
    if decision.single_step or events.tier_reason != BY_OPPORTUNITY:
        return events
    decision = with_cap(events, decision)
    untold = why_not_told(events, decision, decided_by_opportunity(events, decision))
    if not untold:
        return events
    reason = f"Opportunities are logged; their propensities are of no use, since {untold}."
    return replace(events, tier="A", tier_reason=reason)


def with_cap(
    events: Events, decision: DecisionSettings, *, entities_at_a_time: int = ENTITIES_AT_A_TIME
) -> DecisionSettings:
    """The settings with a cap on the ads of one epoch: theirs, or the most that anybody met."""
    if decision.max_per_epoch is not None:
        return decision
    return decision.model_copy(
        update={"max_per_epoch": _most_ever_shown(events, decision, entities_at_a_time)}
    )


def decided_by_opportunity(events: Events, decision: DecisionSettings) -> bool:
    """Whether every opportunity is a decision of its own: where they are logged, may be let pass, bring their
    action once, and one ad does not end the epoch."""
    if (
        not decision.idle
        or decision.repeat
        or decision.eligible != "opportunities"
        or (decision.max_per_epoch or 1) == 1
    ):
        return False
    found = pl.scan_parquet(events.folder / "opportunities.parquet").select(pl.len()).collect()
    return int(found.item()) > 0


def chances_and_exposures(events: Events) -> int:
    """How many rows the log has of either."""
    marts = (pl.scan_parquet(events.folder / f"{name}.parquet") for name in ("opportunities", "exposures"))
    return sum(int(mart.select(pl.len()).collect().item()) for mart in marts)


def why_not_told(events: Events, decision: DecisionSettings, by_opportunity: bool) -> str:
    """Why logged propensities are no probabilities of these decisions; empty if they are."""
    if not by_opportunity:
        return why_not_one_choice(decision)
    day = (pl.col("day") - events.first_day) // decision.epoch_days
    most = (
        pl.scan_parquet(events.folder / "opportunities.parquet")
        .group_by("entity_key", day.alias("epoch"))
        .agg(pl.col("action").n_unique())
        .select(pl.col("action").max())
        .collect()
        .item()
    )
    return why_not_in_turn(decision.max_per_epoch or 1, int(most or 0))


def _most_ever_shown(events: Events, decision: DecisionSettings, at_a_time: int) -> int:
    """The most different actions any entity met in one epoch, at least 1: the cap delivery lives by."""
    needed = ("entity_key", "day", "ordinal", "action")
    exposures = pl.scan_parquet(events.folder / "exposures.parquet").select(needed)
    grid = EpochGrid(events.first_day, 0, decision.epoch_days, repeat=decision.repeat)
    entities = pl.read_parquet(events.folder / "entities.parquet", columns=["entity_key"])["entity_key"]
    borders = entities.sort()[at_a_time::at_a_time].to_list()
    most, key = 1, pl.col("entity_key")
    for low, after in pairwise([None, *borders, None]):
        here = [] if low is None else [key >= low]
        here += [] if after is None else [key < after]
        most = max(most, most_in_an_epoch(exposures.filter(*here).collect(), grid))
    return most
