"""Spend as people type it: per budget period, in currency units, exactly what the log holds."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import polars as pl

from flows.night import Night
from flows.stages.spend import (
    as_vector,
    attributed_margin,
    attributed_roas,
    find_todays_budget,
    successes,
)
from flows.study import Study
from models.mdp.build_transitions import build_transitions
from models.mdp.transition_table import TIMEOUT, Outcome, Transitions
from models.settings import DecisionSettings
from sql.events import Events, TableCount
from tests.sql.tiny_logs import impression, stage, write_log, write_table

ACTIONS = ("none", "search", "video")
COSTS = ("cost:search", "cost:video")


def table(days: list[int], search_micros: list[int]) -> Transitions:
    n = len(days)
    outcomes = np.zeros((n, 3), dtype=np.int64)
    outcomes[:, 1] = search_micros
    return Transitions(
        entity=np.zeros(n, np.int64), day=np.array(days, np.int32), step=np.arange(n, dtype=np.int32),
        action=np.ones(n, np.int16), eligible=np.ones((n, 3), bool), features=np.zeros((n, 1), np.float32),
        outcomes=outcomes, elapsed_days=np.ones(n, np.float32), end=np.full(n, TIMEOUT, np.uint8),
        mature=np.ones(n, bool), propensity=None, segment=np.zeros(n, np.int16), actions=ACTIONS,
        segments=("all",), feature_spec=(),
        outcome_spec=tuple(Outcome(name, "micros", "goal") for name in ("margin", *COSTS)),
    )  # fmt: skip


def test_a_vector_is_in_the_order_of_the_actions() -> None:
    assert as_vector({"search": 3.0, "video": 0.0}, ACTIONS).tolist() == [0.0, 3.0, 0.0]


def a_night(**decision: Any) -> Night:
    return cast(Night, SimpleNamespace(study=Study(name="shop", decision=decision)))


def test_spend_is_that_of_the_newest_week_whatever_was_spent_before(tmp_path: Path) -> None:
    """Search cost 1 a day for three weeks, then 2, and video its first euro yesterday."""
    days = [*range(28), 27]
    log = tmp_path / "log"
    spent = [
        impression(n, f"2026-01-{4 + d:02d} 09:00", "u1", cost="1" if d < 21 else "2")
        for n, d in enumerate(days)
    ]
    spent[-1] |= {"channel": "video", "cost": "1"}
    events = stage(write_log(log, impressions=spent))
    transitions = build_transitions(events, DecisionSettings(eligible="seen"))
    found = find_todays_budget(a_night(), events, transitions)
    assert found.budgets == found.spent == {"search": 14.0, "video": 1.0}
    weekly = find_todays_budget(a_night(epoch_days=7), events, transitions)  # exposures know the days
    assert weekly == found


def test_a_study_of_daily_totals_has_the_same_today(tmp_path: Path) -> None:
    rows = [{"date": f"2026-01-{d:02d}", "channel": "tv", "spend": d} for d in range(18, 32)]
    write_table(tmp_path / "log" / "totals.csv", rows)
    events = stage(tmp_path / "log")
    assert events.tier == "C"
    nothing = replace(table([], []), actions=events.actions)
    assert find_todays_budget(a_night(), events, nothing).budgets == {"tv": float(sum(range(25, 32)))}


def test_attributed_roas_is_revenue_per_spend_and_unknown_without_spend(tmp_path: Path) -> None:
    claimed = {"action": [2, 1, 0], "cost_micros": [0, 2_000_000, 0], "revenue_micros": [5, 7_000_000, 9]}
    pl.DataFrame(claimed).write_parquet(tmp_path / "attributed.parquet")
    events = Events(
        folder=tmp_path, tier="A", tier_reason="", actions=ACTIONS, context_columns=(), user_features=(),
        segments=("all",), first_day=0, last_day=1, delay_days=0, excluded_days=(), inputs=(),
        counts=(TableCount("purchases", 9, 5, 1, {"ts": 2}, 1), TableCount("clicks", 3, 3, 0, {}, 0)),
    )  # fmt: skip
    assert attributed_roas(events) == {"search": 3.5, "video": None}
    unknown = claimed | {"cost_micros": [1, 2, 0], "revenue_micros": [None, 7, 9], "margin_micros": [1, 5, 0]}
    pl.DataFrame(unknown).write_parquet(tmp_path / "attributed.parquet")
    assert attributed_roas(events) == {"search": 3.5, "video": None}
    assert attributed_margin(events) == {"search": 2.5, "video": 1.0}
    bought = table([1, 2], [3, 0])
    assert successes(events, bought) == 5  # good rows of the purchases table


def test_today_is_everybodys_where_a_sample_is_judged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    events = stage(
        write_log(log, impressions=[impression(n, "2026-01-04 09:00", f"u{n}", cost="1") for n in range(9)])
    )
    transitions = build_transitions(events, DecisionSettings(eligible="seen"))
    mine = transitions.entity == transitions.entity[0]
    some = replace(
        transitions,
        stands_for=9.0,
        **{name: getattr(transitions, name)[mine] for name in ("entity", "day", "action", "outcomes")},
    )
    whole = find_todays_budget(a_night(), events, transitions)
    assert find_todays_budget(a_night(), events, some) == whole
    assert whole.spent == {"search": 63.0}  # nine on the one day of the log: a week of such days
