"""What a log holds before anything is learnt from it: who got what, what followed, what it can be asked."""

from dataclasses import replace

import numpy as np
import polars as pl

from models.results import ActionOverview, LogOverview, Question
from models.settings import DecisionSettings
from sql.events import Events

FEW_OUTCOMES = 100
"""Fewer outcomes after decisions than this seldom tell two actions apart."""
CONTRADICTION_Z = 4.0
"""Standard errors between the inverse propensities' sum and the decisions: by chance once in 16,000."""


def log_overview(events: Events, decision: DecisionSettings) -> LogOverview:
    """The overview of staged events; nothing is estimated."""
    tables = {name: pl.read_parquet(events.folder / f"{name}.parquet") for name in TABLES}
    window = decision.horizon_days + (0 if decision.single_step else decision.tail_days)
    shown, bookings = tables["exposures"], tables["bookings"]
    if shown.is_empty():
        found = _without_decisions(events, tables, window)
    else:
        followed = _last_decisions(shown, bookings, window)
        found = LogOverview(
            first_day=events.first_day,
            last_day=events.last_day,
            entities=len(tables["entities"]),
            decisions=len(shown),
            actions=_of_decisions(events.actions, shown, followed),
            outcomes=int(bookings["purchases"].sum()),
            outcomes_inside=int(followed["purchases"].sum()),
            window_days=window,
            question=_question(events.actions, shown, decision),
        )
    return _with_obstacle(found, events, decision)


TABLES = ("exposures", "bookings", "entities", "totals", "counts", "geo")


def _last_decisions(shown: pl.DataFrame, bookings: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Bookings within the window, with the action of the last decision at or before their day."""
    decided = shown.sort("day", "entity_key", "ordinal").select("entity_key", "day", "action", decided="day")
    joined = bookings.sort("day", "entity_key").join_asof(
        decided, on="day", by="entity_key", strategy="backward", check_sortedness=False
    )
    return joined.filter(pl.col("day") - pl.col("decided") < window_days)


def _of_decisions(
    names: tuple[str, ...], shown: pl.DataFrame, followed: pl.DataFrame
) -> tuple[ActionOverview, ...]:
    """One entry per action that was decided at least once, in the log's order."""
    has_propensity = shown["propensity"].null_count() == 0
    found = []
    for index, name in enumerate(names):
        rows, after = shown.filter(action=index), followed.filter(action=index)
        if rows.is_empty():
            continue
        inverse = float((1 / rows["propensity"]).sum()) if has_propensity else 0.0
        found.append(
            ActionOverview(
                action=name,
                decisions=len(rows),
                entities=rows["entity_key"].n_unique(),
                share=len(rows) / len(shown),
                expected_share=len(rows) / inverse if inverse else None,
                cost_micros=int(rows["cost_micros"].sum()),
                revenue_micros=int(after["revenue_micros"].sum()),
            )
        )
    return tuple(found)


def _without_decisions(events: Events, tables: dict[str, pl.DataFrame], window_days: int) -> LogOverview:
    """Daily totals, counts per arm or regions: nobody is told apart."""
    totals, counts, geo = tables["totals"], tables["counts"], tables["geo"]
    question: Question = "split" if len(totals) else "which" if len(counts) else "regions"
    if len(totals):
        actions = tuple(_of_totals(name, totals.filter(action=i)) for i, name in enumerate(events.actions))
    else:
        sizes = counts.group_by("arm").agg(pl.col("n").sum(), pl.col("successes").sum()).sort("arm")
        actions = tuple(
            ActionOverview(arm, n, 0, n / max(1, sizes["n"].sum()), None, 0, None)
            for arm, n, _ in sizes.iter_rows()
        )
    days = sum(action.decisions for action in actions)
    weights = [a.cost_micros if len(totals) else a.decisions for a in actions]
    outcomes = int(counts["successes"].sum() or 0) if len(counts) else len(geo)
    return LogOverview(
        first_day=events.first_day,
        last_day=events.last_day,
        entities=0,
        decisions=days,
        actions=tuple(
            replace(action, share=weight / max(1, sum(weights)))
            for action, weight in zip(actions, weights, strict=True)
            if action.decisions
        ),
        outcomes=outcomes,
        outcomes_inside=outcomes,
        window_days=window_days,
        question=question,
    )


def _of_totals(name: str, days: pl.DataFrame) -> ActionOverview:
    revenue = days["revenue_micros"]
    told = None if revenue.null_count() == len(revenue) else int(revenue.sum())
    return ActionOverview(name, len(days), 0, 0.0, None, int(days["cost_micros"].sum()), told)


def _question(actions: tuple[str, ...], shown: pl.DataFrame, decision: DecisionSettings) -> Question:
    """Ordered levels, one decision per entity, money to be split, or else who should get what."""
    if len(actions) > 3 and all(_is_number(name) for name in actions[1:]):
        return "how much"
    if decision.single_step:
        return "which"
    return "split" if shown["cost_micros"].sum() else "whom"


def _is_number(name: str) -> bool:
    return name.replace(".", "", 1).isdigit()


def _with_obstacle(found: LogOverview, events: Events, decision: DecisionSettings) -> LogOverview:
    """The first thing that will stand in the way of an answer, gravest first."""
    told = [a.action for a in found.actions if a.action != "none"]
    is_totals = events.tier == "C"
    odd = "" if not decision.single_step else _contradicted(events, found.decisions)
    if len(found.actions) < 2 and found.question != "regions":
        return replace(found, obstacle="one action", obstacle_action=told[0] if told else "none")
    if is_totals:
        has_revenue = any(action.revenue_micros is not None for action in found.actions)
        return found if has_revenue else replace(found, obstacle="no revenue")
    if found.outcomes == 0 and found.question != "regions":
        return replace(found, obstacle="no outcomes")
    if found.entities and found.last_day - found.first_day + 1 < found.window_days:
        return replace(found, obstacle="too short")
    if odd:
        return replace(found, obstacle="propensities contradict", obstacle_action=odd)
    if events.tier == "B" and found.entities:
        return replace(found, obstacle="no propensities" if decision.single_step else "impressions only")
    if found.outcomes_inside < FEW_OUTCOMES and found.question != "regions":
        return replace(found, obstacle="few outcomes")
    return found


def _contradicted(events: Events, decisions: int) -> str:
    """The first action whose share its propensities deny; they are of decisions where all was possible.

    The sum of 1 / p over the rows of an action has the mean `decisions`, and about the variance
    sum (1 - p) / p^2, if each p is the probability that its action was taken.
    """
    shown = pl.read_parquet(events.folder / "exposures.parquet", columns=["action", "propensity"])
    if shown["propensity"].null_count():
        return ""
    for index, name in enumerate(events.actions):
        p = shown.filter(action=index)["propensity"].to_numpy()
        error = np.sqrt(np.sum((1 - p) / p**2))
        if len(p) and abs(np.sum(1 / p) - decisions) > CONTRADICTION_Z * error:
            return name
    return ""
