"""What the logs say was spent and claimed, in the units people type: bookkeeping, no estimates."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from flows.night import Night
from models.behaviour import Behaviour
from models.mdp import (
    DailyMoney,
    TodaysBudget,
    Transitions,
    planned_budgets,
    spend_in_totals,
    spend_of_exposures,
    todays_budget,
)
from models.picture import daily_money
from models.spending import SpendForecast, forecast_spend
from sql.events import Events


@dataclass(frozen=True)
class Spending:
    """Money of all users, per budget period."""

    today: TodaysBudget
    ahead: SpendForecast | None = None
    """What policies will spend in the next period; None where none follows the log's."""


def forecast_next_period(
    night: Night, events: Events, transitions: Transitions, behaviour: Behaviour
) -> SpendForecast | None:
    """Of any policy, from the newest states of everybody."""
    study = night.study
    found = forecast_spend(
        transitions,
        behaviour.probabilities,
        study.evaluation,
        study.split.period_days,
        events.excluded_days,
        single_step=study.decision.single_step,
    )
    return found and replace(found, planned=planned_budgets(events))


def find_todays_budget(night: Night, events: Events, transitions: Transitions) -> TodaysBudget:
    """What every channel is given today: of the newest complete budget period, one figure for the night."""
    study = night.study
    first, last = events.first_day, events.last_day
    if study.decision.single_step and transitions.n_rows:  # purchases go on long after the last decision
        first, last = int(transitions.day.min()), int(transitions.day.max())
    return todays_budget(
        daily_spend(night, events, transitions),
        planned_budgets(events),
        period_days=study.split.period_days,
        days=range(first, last + 1),
        excluded_days=events.excluded_days,
        single_step=study.decision.single_step,
    )


def daily_spend(night: Night, events: Events, transitions: Transitions) -> DailyMoney:
    """What was spent by day and channel. A longer epoch's rows hold all its spend on its first day, and a
    sample's are not everybody's, so there the exposures tell."""
    if events.tier == "C":
        return spend_in_totals(events)
    in_rows = night.study.decision.epoch_days == 1 and transitions.stands_for == 1
    if not in_rows or not transitions.n_rows or len(transitions.actions) < 2:
        return spend_of_exposures(events)
    return daily_money(transitions)


def as_vector(spend: dict[str, float], actions: tuple[str, ...]) -> np.ndarray:
    """(A,) in the order of `actions`, 0 for `none`."""
    return np.array([spend.get(action, 0.0) for action in actions])


def attributed_roas(events: Events) -> dict[str, float | None]:
    """Revenue a platform would claim per unit of spend, by channel; None without spend, and where the log
    does not tell what was sold. Never a reward."""
    return _per_spend(events, "revenue_micros")


def attributed_margin(events: Events) -> dict[str, float | None]:
    """The same in margin: what the claim is worth in the unit of what an ad earns."""
    return _per_spend(events, "margin_micros")


def _per_spend(events: Events, column: str) -> dict[str, float | None]:
    claimed = pl.read_parquet(events.folder / "attributed.parquet").sort("action")
    found: dict[str, float | None] = dict.fromkeys(events.actions[1:])
    for row in claimed.iter_rows(named=True):
        if row["action"] > 0 and row["cost_micros"] > 0 and row[column] is not None:
            found[events.actions[row["action"]]] = row[column] / row["cost_micros"]
    return found


def successes(events: Events, transitions: Transitions) -> int:
    """Good rows of the purchases table; where margin is not the goal, decisions that brought any of it."""
    if transitions.margin_alone:
        return sum(count.good for count in events.counts if count.table == "purchases")
    return int(np.count_nonzero(transitions.goal_micros()))
