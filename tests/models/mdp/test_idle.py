"""Doing nothing: by its own name, at a cost, or never possible; and actions that repeat in an epoch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.behaviour import fit_behaviour_policy
from models.mdp import idle_cost_name
from models.mdp.build_transitions import build_transitions
from models.policies import KNOWN_POLICIES, ScaledDelivery, Situation, propose
from models.policies.budgets import AttributedRevenue
from models.results import Overlap
from models.settings import DecisionSettings, EvaluationSettings, SplitSettings
from models.split.support import held_channels, never_idle
from tests.models.mdp.test_transitions import marts

ALWAYS_CHOSEN = DecisionSettings(idle="", eligible="all")
SHOWN = [(1, 0, 0, 1, 0, 0, 0.5), (1, 1, 0, 2, 0, 0, 0.5), (1, 3, 0, 1, 0, 0, 0.5)]


def test_where_something_is_always_chosen_there_is_no_other_decision(tmp_path: Path) -> None:
    table = build_transitions(marts(tmp_path, days=4, exposures=SHOWN), ALWAYS_CHOSEN)
    assert table.action.tolist() == [1, 2, 1]
    assert table.day.tolist() == [0, 1, 3]  # the day without a decision is no decision to do nothing
    assert table.eligible.tolist() == [[False, True, True]] * 3
    assert table.elapsed_days.tolist() == [1, 2, 1]
    assert table.propensity is not None and table.propensity.tolist() == [0.5] * 3
    assert table.next_decisions is not None and not table.next_decisions.eligible[:, 0].any()


def test_a_single_step_log_without_idling_neither(tmp_path: Path) -> None:
    once = DecisionSettings(idle="", single_step=True)
    table = build_transitions(marts(tmp_path, days=4, exposures=SHOWN), once)
    assert table.eligible.tolist() == [[False, True, True]] * 3


def test_what_idling_costs_lowers_the_goal_and_is_no_spend(tmp_path: Path) -> None:
    logged = [(1, 0, 0, 0, 250_000, 0, None), (1, 1, 0, 1, 400_000, 0, None), (1, 1, 1, 0, 50_000, 0, None)]
    events = marts(tmp_path, days=3, exposures=logged, bookings=[(1, 0, 0, 1, 9_000_000, 1_000_000)])
    events = replace(events, actions=("wait", "mail", "video"))
    table = build_transitions(events, DecisionSettings(idle="wait", eligible="all", max_per_epoch=1))
    assert table.action.tolist() == [0, 1, 0]
    assert idle_cost_name(table.actions) == "cost of wait"
    assert table.outcome("cost of wait").tolist() == [250_000, 50_000, 0]  # with the day's decision
    assert table.goal_micros().tolist() == [750_000, -50_000, 0]
    assert table.cost_micros().tolist() == [0, 400_000, 0]
    once = build_transitions(events, DecisionSettings(idle="wait", single_step=True, horizon_days=1))
    assert once.outcome("cost of wait").tolist() == [250_000, 0, 50_000]


def test_an_action_that_may_repeat_stays_possible_and_every_time_is_a_decision(tmp_path: Path) -> None:
    logged = [(1, 0, 0, 1, 100, 1, None), (1, 0, 1, 2, 50, 0, None), (1, 0, 2, 1, 200, 0, None)]
    events = marts(tmp_path, days=1, exposures=logged)
    once = build_transitions(events, DecisionSettings(eligible="all"))
    assert once.action.tolist() == [1, 2]
    assert once.outcome("cost:mail").tolist() == [300, 0]
    often = build_transitions(events, DecisionSettings(eligible="all", repeat=True))
    assert often.action.tolist() == [1, 2, 1]
    assert often.eligible.all()  # nothing is used up
    assert often.outcome("cost:mail").tolist() == [100, 0, 200]
    assert often.outcome("clicks").tolist() == [1, 0, 0]
    more = build_transitions(events, DecisionSettings(eligible="all", repeat=True, max_per_epoch=4))
    assert more.action.tolist() == [1, 2, 1, 0]  # one more was possible, and was left
    counted = [f.name for f in often.feature_spec].index("shown_today_mail")
    assert often.features[:, counted].tolist() == [0, 1, 1]


@pytest.mark.parametrize("repeat", [False, True])
def test_the_sums_do_not_depend_on_how_decisions_are_counted(tmp_path: Path, repeat: bool) -> None:
    draw = np.random.default_rng(3)
    logged = [
        (1, day, k, int(draw.integers(1, 3)), int(draw.integers(0, 900)), int(draw.integers(0, 2)), None)
        for day in range(6)
        for k in range(int(draw.integers(0, 5)))
    ]
    events = marts(tmp_path, days=6, exposures=logged)
    table = build_transitions(events, DecisionSettings(eligible="all", repeat=repeat))
    assert int(table.cost_micros().sum()) == sum(row[4] for row in logged)
    assert int(table.outcome("clicks").sum()) == sum(row[5] for row in logged)


def test_today_s_delivery_never_idles_where_nobody_may(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    logged = [(e, d, 0, int(draw.integers(1, 3)), 0, 0, None) for e in range(60) for d in range(8)]
    events = marts(tmp_path, days=8, exposures=logged, entities=[(e, 0, None) for e in range(60)])
    table = build_transitions(events, ALWAYS_CHOSEN)
    found = fit_behaviour_policy(table, folds=2, seed=1, min_probability=0.01, min_entities=1)
    assert not found.probabilities[:, 0].any()
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1.0)
    # what is taken from one goes to the other
    cut = ScaledDelivery((1.0, 0.5, 1.0), "cut").probabilities(
        table.features, table.eligible, found.probabilities
    )
    assert not cut[:, 0].any()
    np.testing.assert_allclose(cut[:, 2], found.probabilities[:, 2] / (1 - 0.5 * found.probabilities[:, 1]))


def test_no_channel_is_kept_from_being_cut_for_want_of_idling() -> None:
    def overlap(idle_rows: int) -> tuple[Overlap, ...]:
        rows = ((name, 900, 0.5, 0.0, 0.0) for name in ("mail", "video"))
        return (Overlap("none", idle_rows, 0.0, 0.0, 1.0), *(Overlap(*row) for row in rows))

    channels = ("mail", "video")
    assert never_idle(overlap(0), channels) and not never_idle(overlap(5), channels)
    assert not never_idle(overlap(0)[1:], channels)  # nothing is known of idling
    held = held_channels(overlap(5), channels, SplitSettings(), EvaluationSettings())
    assert set(held.uncut) == set(channels)


def test_no_plan_idles_for_everybody_where_nobody_may() -> None:
    nothing = np.zeros(3)
    situation = Situation(
        actions=("none", "low", "high"), current=nothing, revenue=AttributedRevenue(nothing, nothing),
        settings=SplitSettings(), single_step=True, idle=False,
    )  # fmt: skip
    names = [policy.name for policy in propose(situation, KNOWN_POLICIES)]
    assert "always low" in names and "always none" not in names
