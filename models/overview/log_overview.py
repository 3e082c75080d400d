"""What a log holds before anything is learnt from it: who got what, what followed, what it can be asked."""

from dataclasses import replace

import numpy as np
import polars as pl

from models.levels import as_number
from models.mdp import Transitions, build_transitions, read_decisions
from models.overview.asked import Asked
from models.overview.obstacles import with_obstacle
from models.results import ActionOverview, HealthCheck, LogOverview, Question
from models.settings import DecisionSettings
from models.trials import asks_of_counts, asks_of_regions, asks_which_one
from sql.events import Events

MOST_LEVELS = 20
"""Values that an ordered action may have."""
TABLES = ("exposures", "bookings", "entities", "totals", "counts")


def log_overview(events: Events, asked: Asked, stop: HealthCheck | None = None) -> LogOverview:
    """The overview of staged events, in whose words a night would read them. stop: the check of the log that
    forbids advice; a night asks it before all else.

    Raises LogError where a single-step log holds what is no decision between its actions.
    """
    found = _overview(events, asked)
    return found if stop is None else replace(found, obstacle="stopped", stop=stop)


def _overview(events: Events, asked: Asked) -> LogOverview:
    decision = asked.decision
    tables = {name: pl.read_parquet(events.folder / f"{name}.parquet") for name in TABLES}
    window = decision.horizon_days + (0 if decision.single_step else decision.tail_days)
    steps = build_transitions(events, decision, asked.outcomes) if decision.single_step else None
    shown = _decisions(events, steps, tables["exposures"])
    bookings = pl.concat([tables["bookings"], _own_goals(events, asked.goals)], how="diagonal_relaxed")
    if shown.is_empty():
        return with_obstacle(_without_decisions(events, tables, window), events, asked)
    followed = _last_decisions(shown, bookings, window)
    test = steps if steps and asks_which_one(steps, events, decision, asked.split) else None
    found = LogOverview(
        first_day=events.first_day,
        last_day=events.last_day,
        entities=len(tables["entities"]),
        decisions=len(shown),
        actions=_by_level(_of_decisions(events.actions, shown, followed), decision),
        outcomes=int(bookings["purchases"].sum()),
        outcomes_inside=int(followed["purchases"].sum()),
        window_days=window,
        question=_question(events.actions, shown, asked, is_test=test is not None),
    )
    return with_obstacle(replace(found, undrawn=_undrawn(found.actions, decision)), events, asked, test)


def _by_level(actions: tuple[ActionOverview, ...], decision: DecisionSettings) -> tuple[ActionOverview, ...]:
    """Ordered levels from the lowest up; other actions in the log's order."""
    numbers = {one.action: as_number(one.action) for one in actions}
    if not decision.levels or any(np.isnan(number) for number in numbers.values()):
        return actions
    return tuple(sorted(actions, key=lambda one: numbers[one.action]))


def _undrawn(actions: tuple[ActionOverview, ...], decision: DecisionSettings) -> tuple[str, ...]:
    """Levels of the study that the log does not decide on, with their unit."""
    drawn = {as_number(one.action) for one in actions}
    return tuple(f"{one:g} {decision.level_unit}".strip() for one in decision.levels if one not in drawn)


def _decisions(events: Events, steps: Transitions | None, exposures: pl.DataFrame) -> pl.DataFrame:
    """Rows as the mart of exposures has them: of a single-step log also the decisions that left no
    impression, with the probabilities that those of the others leave to them."""
    if steps is None:
        return exposures
    told = None if steps.propensity is None else pl.Series(steps.propensity)
    return read_decisions(events).with_columns(propensity=pl.lit(None, pl.Float64) if told is None else told)


def _own_goals(events: Events, goals: tuple[str, ...]) -> pl.DataFrame:
    """Rows of the table `outcomes` that are worth something, each as a booking."""
    rows = pl.scan_parquet(events.folder / "outcomes.parquet").filter(pl.col("name").is_in(goals))
    one, nothing = pl.lit(1, pl.Int64), pl.lit(0, pl.Int64)
    return rows.select("entity_key", "day", purchases=one, revenue_micros=nothing).collect()


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
    totals, counts = tables["totals"], tables["counts"]
    question: Question = "returns" if events.tier == "C" else "split"
    if asks_of_counts(events):
        question = "which"
    elif asks_of_regions(events):
        question = "regions"
    outcomes = None
    if question == "which":
        actions = _of_counts(counts)
        told = counts["successes"].drop_nulls()
        outcomes = int(told.sum()) if len(told) else None
    else:
        spent = max(1, int(totals["cost_micros"].sum()))
        rows = enumerate(events.actions)
        actions = tuple(_of_totals(name, totals.filter(action=i), spent) for i, name in rows)
    return LogOverview(
        first_day=events.first_day,
        last_day=events.last_day,
        entities=0,
        decisions=sum(action.decisions for action in actions),
        actions=tuple(action for action in actions if action.decisions),
        outcomes=outcomes,
        outcomes_inside=outcomes,
        window_days=window_days,
        question=question,
    )


def _of_counts(counts: pl.DataFrame) -> tuple[ActionOverview, ...]:
    """Entities counted per arm, in all tests of the table; what an arm cost is not told."""
    sizes = counts.group_by("arm").agg(pl.col("n").sum()).sort("arm")
    all_of_them = max(1, int(sizes["n"].sum()))
    return tuple(ActionOverview(arm, n, 0, n / all_of_them, None, None, None) for arm, n in sizes.iter_rows())


def _of_totals(name: str, days: pl.DataFrame, all_spent_micros: int) -> ActionOverview:
    revenue, spent = days["revenue_micros"], int(days["cost_micros"].sum())
    told = None if revenue.null_count() == len(revenue) else int(revenue.sum())
    return ActionOverview(name, len(days), 0, spent / all_spent_micros, None, spent, told)


def _question(names: tuple[str, ...], shown: pl.DataFrame, asked: Asked, *, is_test: bool) -> Question:
    """Ordered levels, arms of a test, money to be split, or else who should get what."""
    if asked.decision.levels:
        return "how much"
    if is_test:
        return "which"
    if asked.decision.action != "channel" and _are_levels(names[1:]):
        return "how much"
    has_money = asked.split.total is not None or bool(shown["cost_micros"].sum())
    return "split" if has_money else "whom"


def _are_levels(names: tuple[str, ...]) -> bool:
    """Three numbers or more, as far apart as each other: 0, 20, 40; ids of campaigns are numbers too."""
    if not 3 <= len(names) <= MOST_LEVELS or not all(name.replace(".", "", 1).isdigit() for name in names):
        return False
    steps = np.diff(np.sort([float(name) for name in names]))
    return bool(steps.min() > 0 and np.allclose(steps, steps[0]))
