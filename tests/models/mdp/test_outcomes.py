"""Outcomes by name and role: what profit is made of follows from the study, never from a column's place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.evaluation import DoublyRobust
from models.mdp import JourneyTerms, Transitions, cut_journeys, outcome_spec
from models.mdp.build_transitions import build_transitions
from models.settings import DecisionSettings, OutcomeSettings
from models.training import build_experience
from sql.events import Events
from tests.models.mdp.test_transitions import marts

ACTIONS = ("none", "mail", "video")
CLICKS_COUNT = (
    OutcomeSettings(name="clicks", role="goal", weight=0.5),
    OutcomeSettings(name="margin", unit="EUR", role="goal"),
    OutcomeSettings(name="active", unit="days", role="guardrail", worst=-0.01),
    OutcomeSettings(name="scrapped", unit="EUR", role="goal", weight=-1),
)


def roles(*asked: OutcomeSettings) -> dict[str, tuple[str, str, float]]:
    return {o.name: (o.unit, o.role, o.goal_weight) for o in outcome_spec(ACTIONS, asked)}


def test_margin_is_the_goal_unless_the_study_names_one() -> None:
    usual = roles()
    assert usual["margin"] == ("micros", "goal", 1.0)
    assert usual["clicks"] == usual["purchases"] == ("count", "info", 0.0)
    assert usual["cost:mail"] == ("micros", "guardrail", 0.0)  # a cost is never a part of the goal
    assert roles(OutcomeSettings(name="clicks", role="goal"))["margin"] == ("micros", "info", 0.0)
    both = roles(*CLICKS_COUNT)
    assert (both["margin"], both["clicks"]) == (("micros", "goal", 1.0), ("count", "goal", 0.5))
    assert both["active"] == ("millionths", "guardrail", 0.0)  # the log's own, in a unit of its own
    assert both["scrapped"] == ("micros", "goal", -1.0)  # and in money


def days_of_two(folder: Path) -> Events:
    """Two entities and three days; both are sent mail, one clicks, and both scrap something on day 1."""
    events = marts(
        folder,
        days=3,
        entities=[(1, 0, None), (2, 0, None)],
        exposures=[(1, 0, 0, 1, 500_000, 2, None), (2, 1, 0, 2, 300_000, 0, None)],
        opportunities=[(e, d, a, 1, None) for e in (1, 2) for d in range(3) for a in (1, 2)],
        bookings=[(1, 1, 1, 1, 9_000_000, 4_000_000)],
    )
    own = [
        (1, 1, 1, "scrapped", 1_500_000),
        (2, 1, 1, "scrapped", 250_000),
        (2, 2, 2, "active", 1_000_000),
        (9, 0, 0, "x", 1),
    ]
    return with_outcomes(folder, events, own)


def with_outcomes(folder: Path, events: Events, own: list[tuple[int, int, int, str, int]]) -> Events:
    """own: (entity, day, known day, name, millionths)."""
    schema = {"entity_key": pl.Int64, "day": pl.Int64, "known_day": pl.Int64, "name": pl.String}
    frame = pl.DataFrame(own, schema=schema | {"value_micros": pl.Int64}, orient="row")
    frame.write_parquet(folder / "outcomes.parquet")
    return events


def test_an_outcome_keeps_its_entity_present_from_the_day_on_which_it_is_known(tmp_path: Path) -> None:
    """It came on day 2 and is known on day 5: on day 3 the entity has left, after day 5 it is back."""
    events = with_outcomes(tmp_path, marts(tmp_path, days=9), [(1, 2, 5, "active", 1)])
    asked = (OutcomeSettings(name="active", unit="days"),)
    table = build_transitions(events, DecisionSettings(inactive_days=2), asked)
    assert table.day.tolist() == [0, 1, 2, 6, 7]
    assert table.outcome("active").tolist() == [0, 0, 1, 0, 0]


def test_the_goal_is_the_weighted_sum_and_profit_is_that_less_cost(tmp_path: Path) -> None:
    table = build_transitions(days_of_two(tmp_path), DecisionSettings(max_per_epoch=1), CLICKS_COUNT)
    assert table.outcome("scrapped").tolist() == [0, 1_500_000, 0, 0, 250_000, 0]
    assert table.outcome("active").tolist() == [0, 0, 0, 0, 0, 1_000_000]
    # two clicks are worth 1; margin of 4 less 1.5 scrapped
    assert table.goal_micros().tolist() == [1_000_000, 2_500_000, 0, 0, -250_000, 0]
    assert table.cost_micros().tolist() == [500_000, 0, 0, 0, 300_000, 0]
    journeys = journeys_of(table)
    assert journeys.outcome_names[-3:] == ("goal", "cost", "profit")
    assert journeys.outcome_units[-5:] == ("count", "currency", "currency", "currency", "currency")
    assert journeys.outcomes[:, -3].tolist() == [1.0, 2.5, 0.0, 0.0, -0.25, 0.0]
    np.testing.assert_allclose(journeys.outcomes[:, -1], journeys.outcomes[:, -3] - journeys.outcomes[:, -2])
    assert journeys.goal == "goal"


def test_a_single_step_log_books_its_own_outcomes_in_the_horizon(tmp_path: Path) -> None:
    once = DecisionSettings(single_step=True, horizon_days=1)
    table = build_transitions(days_of_two(tmp_path), once, CLICKS_COUNT)
    shown = table.action > 0  # opportunities at which nothing was shown are decisions too
    assert table.outcome("scrapped")[shown].tolist() == [0, 250_000]  # the first decision's day is over
    longer = build_transitions(
        days_of_two(tmp_path), once.model_copy(update={"horizon_days": 2}), CLICKS_COUNT
    )
    assert longer.outcome("scrapped")[shown].tolist() == [1_500_000, 250_000]
    assert longer.outcome("active")[shown].tolist() == [0, 1_000_000]
    assert longer.outcome("margin")[shown].tolist() == [4_000_000, 0]


def journeys_of(table: Transitions):
    terms = JourneyTerms(horizon_days=1, tail_days=0, single_step=False, period_days=1)
    every = replace(table, mature=np.ones(table.n_rows, bool))
    return cut_journeys(every, np.ones(table.n_rows, bool), terms, total_entities=2)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_depends_on_the_order_of_the_columns(tmp_path: Path, seed: int) -> None:
    table = build_transitions(days_of_two(tmp_path), DecisionSettings(max_per_epoch=1), CLICKS_COUNT)
    order = np.random.default_rng(seed).permutation(len(table.outcome_spec))
    spec = tuple(table.outcome_spec[k] for k in order)
    mixed = replace(table, outcomes=np.ascontiguousarray(table.outcomes[:, order]), outcome_spec=spec)
    assert mixed.goal_micros().tolist() == table.goal_micros().tolist()
    ours, theirs = (journeys_of(t) for t in (table, mixed))
    for name in ours.outcome_names:
        here, there = (j.outcomes[:, j.outcome_names.index(name)] for j in (ours, theirs))
        np.testing.assert_allclose(here, there)
    learnt = [
        build_experience(
            replace(t, mature=np.ones(6, bool)), np.ones(6, bool), discount_per_day=0.9, n_steps=1
        )
        for t in (table, mixed)
    ]
    np.testing.assert_array_equal(learnt[0].margin, learnt[1].margin)
    np.testing.assert_array_equal(learnt[0].cost, learnt[1].cost)


def test_every_estimate_keeps_to_profit_being_goal_less_cost(tmp_path: Path) -> None:
    table = build_transitions(days_of_two(tmp_path), DecisionSettings(max_per_epoch=1), CLICKS_COUNT)
    journeys = journeys_of(table)
    behaviour = journeys.eligible / journeys.eligible.sum(axis=1, keepdims=True)
    target = np.where(journeys.eligible, [0.5, 0.25, 0.25], 0.0)
    found = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0).contributions(target)
    at = {name: k for k, name in enumerate(journeys.outcome_names)}
    goal = found[:, at["margin"]] + 0.5 * found[:, at["clicks"]] - found[:, at["scrapped"]]
    np.testing.assert_allclose(found[:, at["goal"]], goal)
    np.testing.assert_allclose(found[:, at["profit"]], goal - found[:, at["cost"]])
