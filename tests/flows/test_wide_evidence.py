"""Lift tests and daily totals beside tier A logs: agreement is told, a dispute holds its channel."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from flows.night import Night
from flows.stages.judging import Judge
from flows.stages.wide_evidence import weigh_wide_evidence
from flows.study import Study
from models.settings import EvaluationSettings, SplitSettings
from models.totals.settings import TotalsSettings
from sql.errors import StudyError
from sql.events import Events
from tests.models.split.deciding import choose
from tests.models.split.response_worlds import ResponseWorld
from tests.models.totals.totals_worlds import FIRST_DAY, TotalsWorld
from tests.told import said as told_of

USERS = ResponseWorld(spend=(2100.0, 3500.0), iroas=(2.0, 0.5), saturation=(0.5, 2.0), noise=(0.2, 0.2))
"""Channels a and b, by user-level logs."""
TOTALS = TotalsWorld(spend=(300.0, 500.0), iroas=(2.0, 3.5), rate=(0.3, 0.0), half=(2.0, 2.0), noise=100.0)
"""The same channels by daily totals: they agree on a, and dispute b."""

HOLDOUT_OF_A = (USERS.margin(np.ones(2)) - USERS.margin(np.array([0.0, 1.0]))) / USERS.spend[0]
"""Margin per unit of spend that a holdout of a finds."""
EXPERIMENTS = {
    "action": pl.Int16,
    "first_day": pl.Int32,
    "last_day": pl.Int32,
    "unit": pl.String,
    "lift": pl.Float64,
    "standard_error": pl.Float64,
    "multiplier": pl.Float64,
}


def row(**change: Any) -> dict[str, Any]:
    """A staged holdout of three weeks."""
    ran = {"first_day": FIRST_DAY, "last_day": FIRST_DAY + 20, "unit": None}
    return ran | {"standard_error": 0.3, "multiplier": 0.0} | change


def night(**totals: Any) -> Night:
    study = Study(name="shop", totals=TotalsSettings(sweeps=40, **totals))
    return cast(Night, SimpleNamespace(study=study))


def choosers() -> Judge:
    return cast(Judge, SimpleNamespace(delivery=USERS.log(3)))


def events(
    folder: Path,
    *,
    with_totals: bool = True,
    tier: str = "A",
    days: int = 365,
    shock: float = 0.4,
    tests: tuple[dict[str, Any], ...] = (),
) -> Events:
    """Staged daily totals, a row for all sales beside the channels' rows; and experiments."""
    daily = replace(TOTALS, days=days, shock=shock, wobble=0.1 * (shock > 0)).log(4)
    n = len(daily.day) if with_totals else 0
    micros = np.round(np.column_stack([np.zeros(days), daily.spend]) * 1e6).astype(np.int64)[:n]
    sold = np.zeros_like(micros)
    sold[:, 0] = np.round(daily.margin[:n] * 1e6)
    pl.DataFrame(
        {
            "day": np.repeat(daily.day[:n], 3),
            "action": np.tile(np.arange(3), n),
            "cost_micros": micros.ravel(),
            "revenue_micros": sold.ravel(),
        }
    ).write_parquet(folder / "totals.parquet")
    none = {"day": pl.Int32, "margin_micros": pl.Int64}
    pl.DataFrame(schema=none).write_parquet(folder / "bookings.parquet")
    pl.DataFrame([row(**test) for test in tests], schema=EXPERIMENTS).write_parquet(
        folder / "experiments.parquet"
    )
    names = ("none", *USERS.channels)
    return Events(
        folder, tier, "", names, (), (), (), FIRST_DAY, FIRST_DAY + days - 1, 2, (), (), ()
    )  # fmt: skip


def test_a_channel_that_totals_dispute_is_held_and_keeps_its_budget(tmp_path: Path) -> None:
    wide = weigh_wide_evidence(night(), events(tmp_path), choosers())
    agrees, disputed = wide.checks
    assert (agrees.name, agrees.status) == ("daily totals: channel_a", "ok")
    assert (disputed.name, disputed.status) == ("daily totals: channel_b", "warn")
    assert list(wide.held) == ["channel_b"]
    choice = choose(
        USERS.log(3),
        tier="A",
        split=SplitSettings(bootstrap=20, rounding=1),
        evaluation=EvaluationSettings(),
        overlap=USERS.overlap(),
        held=wide.held,
    )
    assert choice.held == wide.held
    assert choice.plan[1] == pytest.approx(choice.limits.current[1])


def test_a_lift_test_is_weighed_against_the_same_change(tmp_path: Path) -> None:
    """A holdout of a that found what users say of a holdout, and one of b that found ten times as much."""
    ran = {"first": "2026-05-01", "last": "2026-05-31", "standard_error": 0.3}
    tests = (
        {"channel": "channel_a", "iroas": HOLDOUT_OF_A, **ran},
        {"channel": "channel_b", "iroas": 5.0, **ran},
    )
    logs = events(tmp_path, with_totals=False)
    wide = weigh_wide_evidence(night(lift_test=tests), logs, choosers())
    assert [(c.name, c.status) for c in wide.checks] == [
        ("a lift test: channel_a", "ok"),
        ("a lift test: channel_b", "warn"),
    ]
    assert list(wide.held) == ["channel_b"] and wide.held["channel_b"].source == "a lift test"
    with pytest.raises(StudyError, match="names 'tv', which the logs do not hold"):
        weigh_wide_evidence(night(lift_test=({"channel": "tv", "iroas": 1.0, **ran},)), logs, choosers())


def test_the_experiments_table_speaks_as_the_study_s_tests_do(tmp_path: Path) -> None:
    """Of b the table holds an old test that agrees and a newer one that disputes it."""
    tests = (
        {"action": 1, "lift": HOLDOUT_OF_A, "unit": "postcode"},
        {"action": 2, "lift": 0.5, "last_day": FIRST_DAY + 9},
        {"action": 2, "lift": 5.0, "unit": "user\n" * 30},
    )
    logs = events(tmp_path, with_totals=False, tests=tests)
    wide = weigh_wide_evidence(night(), logs, choosers())
    agrees, disputed = wide.checks
    assert (agrees.name, agrees.status) == ("a lift test (postcode): channel_a", "ok")
    assert "by a lift test (postcode) per unit of spend" in told_of(agrees)
    assert disputed.status == "warn" and "\n" not in told_of(disputed) and len(disputed.name) < 80
    assert list(wide.held) == ["channel_b"] and wide.held["channel_b"].wider == pytest.approx(5.0)
    last = date(1970, 1, 1) + timedelta(days=FIRST_DAY + 20)
    study = {"channel": "channel_b", "first": last, "last": last, "iroas": 0.5, "standard_error": 0.3}
    both = weigh_wide_evidence(night(lift_test=(study,)), logs, choosers())
    assert both.held == {} and both.checks[1].name == "a lift test: channel_b"  # it ended as the newest did


def test_logs_without_wider_evidence_or_without_a_split_are_left_alone(tmp_path: Path) -> None:
    nothing = weigh_wide_evidence(night(), events(tmp_path, with_totals=False), choosers())
    assert (nothing.held, nothing.checks) == ({}, ())
    tier_b = weigh_wide_evidence(night(), events(tmp_path, tier="B"), choosers())
    assert (tier_b.held, tier_b.checks) == ({}, ())


def test_totals_too_short_to_learn_from_are_told_and_hold_nothing(tmp_path: Path) -> None:
    wide = weigh_wide_evidence(night(), events(tmp_path, days=30), choosers())
    (check,) = wide.checks
    assert wide.held == {} and check.status == "ok"
    assert "were not used. The daily totals hold 30 days with known sales" in told_of(check)


def test_budgets_that_never_moved_say_nothing(tmp_path: Path) -> None:
    wide = weigh_wide_evidence(night(), events(tmp_path, shock=0.0), choosers())
    (check,) = wide.checks
    assert wide.held == {} and check.name == "daily totals beside the logs"
    assert "cannot tell what any channel earns. The spend of channel_a hardly moves" in told_of(check)
