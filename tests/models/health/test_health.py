"""Each check on data with and without the fault it looks for."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.behaviour.behaviour import fit_behaviour_policy
from models.health.delivery_checks import (
    calibration,
    calibration_within,
    calibration_within_situations,
    comparisons,
    enough_support,
    logging_regime,
    none_overlap,
    smallest_probability,
    told_while_filling,
)
from models.health.drift import largest_break, population_stability_index, stability_of_features
from models.health.log_checks import (
    action_drift,
    enough_purchases,
    entry_by_ad,
    feature_drift,
    found_in_staging,
    log_freshness,
    money_reconciles,
    quarantined_share,
    reporting_delay,
    rows_reconcile,
)
from models.health.night_checks import HealthLimits, LogFacts, check_health, staged_cost
from models.mdp.transition_table import Feature, Outcome, Transitions
from models.results import Overlap
from sql.events import Events, Finding, TableCount
from tests.told import said as told_of

FIRST_DAY = (date(2026, 9, 1) - date(1970, 1, 1)).days
ACTIONS = ("none", "search")


def count(rows_in: int, good: int, bad: int, later: int = 0) -> TableCount:
    return TableCount("purchases", rows_in, good, 1, {"revenue: negative": bad}, later)


def test_rows_reconcile_to_the_last_row() -> None:
    assert rows_reconcile([count(100, 97, 2)]).status == "ok"
    off = rows_reconcile([count(100, 96, 2)])
    assert (off.status, off.figure) == ("stop", 1)
    assert "purchases" in told_of(off)


def test_quarantine_warns_before_it_stops_and_names_the_reason() -> None:
    assert quarantined_share([count(1000, 998, 1)], 0.05).status == "ok"
    warned = quarantined_share([count(1000, 969, 30)], 0.05)
    assert warned.status == "warn" and "revenue: negative" in told_of(warned)
    assert quarantined_share([count(1000, 899, 100)], 0.05).status == "stop"
    assert quarantined_share([], 0.05).figure == 0


def test_refused_values_are_told_with_the_form_that_is_read() -> None:
    dates = TableCount("purchases", 1000, 970, 0, {"ts is not a time": 30}, 0)
    assert "Times are read as 2026-04-30" in told_of(quarantined_share([dates], 0.05))


def test_what_staging_doubts_warns_and_what_it_does_not_is_kept_with_its_figure() -> None:
    sound = Finding("channel names", False, 0.0, "names", "0", "Every name is written in one way.")
    odd = Finding("amounts too small", True, 0.5, "share of the worst column", "0", "1 of 2 amounts.")
    found = found_in_staging([sound, odd])
    assert [(c.name, c.status, c.figure) for c in found] == [
        ("channel names", "ok", 0.0),
        ("amounts too small", "warn", 0.5),
    ]


def test_money_is_compared_exactly() -> None:
    assert money_reconciles(10**15, 10**15).status == "ok"
    off = money_reconciles(10**15, 10**15 + 1)
    assert (off.status, off.figure) == ("stop", 1)


@pytest.mark.parametrize(("as_of", "days", "status"), [
    (date(2026, 9, 2), 0, "ok"),
    (date(2026, 9, 4), 2, "ok"),
    (date(2026, 9, 12), 10, "warn"),
    (date(2026, 9, 16), 14, "warn"),
    (date(2026, 9, 17), 15, "stop"),
])  # fmt: skip
def test_a_stale_log_warns_and_an_old_one_stops(as_of: date, days: int, status: str) -> None:
    found = log_freshness(FIRST_DAY, as_of)
    assert (found.figure, found.status) == (days, status)
    assert "2026-09-01" in told_of(found)


def test_an_old_log_names_the_date_it_can_be_asked_for() -> None:
    assert "--as-of 2026-09-02" in told_of(log_freshness(FIRST_DAY, date(2026, 12, 1)))


def test_a_finished_test_does_not_age() -> None:
    tested = log_freshness(FIRST_DAY, date(2027, 9, 12), single_step=True)
    assert (tested.status, tested.limit) == ("ok", "none: a finished test does not age")


@pytest.mark.parametrize(("purchases", "status"), [(0, "stop"), (20, "warn"), (5_000, "ok")])
def test_purchases(purchases: int, status: str) -> None:
    assert enough_purchases(purchases).status == status


def test_limits_of_single_figures() -> None:
    assert [entry_by_ad(s).status for s in (0.0, 0.5)] == ["ok", "warn"]
    assert [reporting_delay(3, s).status for s in (0.1, 0.5)] == ["ok", "warn"]
    assert [smallest_probability(0.1, 0).status, smallest_probability(1e-9, 4).status] == ["ok", "warn"]
    assert [enough_support("DQN", e, 50).status for e in (400.0, 2.0)] == ["ok", "warn"]
    assert calibration([("search", 0.01, 0.004)]).status == "ok"
    assert calibration([("none", 0.03, 0.02), ("search", 0.08, 0.004)]).status == "warn"
    assert calibration([]).figure is None
    off = calibration_within([("none", 0.01, 0.02), ("search", 0.08, 0.004)])
    assert off.status == "warn" and "`search` is off by 0.080" in told_of(off)
    assert off.name == "calibration within weeks" and calibration_within([]).figure is None
    (within,) = calibration_within_situations([("search", 0.08, 0.004)])
    assert within.name == "calibration within situations" and "`search` is off by 0.080" in told_of(within)
    assert calibration_within_situations([]) == ()


def test_a_channel_that_everyone_saw_is_named() -> None:
    assert none_overlap(Overlap("search", 900, 0.5, 0.4, 0.0), 0.05).status == "ok"
    found = none_overlap(Overlap("retargeting", 900, 0.98, 0.01, 0.0), 0.05)
    assert found.status == "warn" and "retargeting" in told_of(found)


def test_stability_index_by_hand() -> None:
    before, after = np.repeat([0.0, 1.0], [50, 50]), np.repeat([0.0, 1.0], [20, 80])
    # half a row is added to each bin: (50.5, 50.5) / 101 against (20.5, 80.5) / 101
    p, q = 50.5 / 101, np.array([20.5, 80.5]) / 101
    assert population_stability_index(before, after) == pytest.approx(((q - p) * np.log(q / p)).sum())
    assert population_stability_index(before, before) == 0


def test_a_planted_drift_is_found_and_named() -> None:
    # No drift: 19 bins of 1,400 against 4,600 rows give a PSI of about 18 x (1/1,400 + 1/4,600) = 0.017
    # with a spread of 0.006; 0.25 is out of reach.
    rng = np.random.default_rng(2)
    day = FIRST_DAY + np.repeat(np.arange(60), 100)
    features = rng.normal(size=(6_000, 3))
    names = ("visits_7d", "spend_7d", "recency")
    assert feature_drift(features, day, names).status == "ok"
    features[day > FIRST_DAY + 45, 1] += 1.0
    found = feature_drift(features, day, names)
    assert found.status == "warn" and "`spend_7d`" in told_of(found)
    ranked = stability_of_features(features, day > FIRST_DAY + 45, names)
    assert ranked[0][0] == "spend_7d" and ranked[1][1] < 0.1
    assert feature_drift(features[:50], day[:50], names).figure is None  # too short to tell


def test_action_shares_that_move() -> None:
    # 1,400 recent rows: the standard error of a share is 0.014; a false alarm needs 7 of them.
    rng = np.random.default_rng(4)
    day = FIRST_DAY + np.repeat(np.arange(60), 100)
    action = rng.integers(0, 2, 6_000)
    assert action_drift(action, day, ACTIONS).status == "ok"
    action[day > FIRST_DAY + 45] = 1
    found = action_drift(action, day, ACTIONS)
    assert (found.status, round(found.figure or 0, 1)) == ("warn", 0.5)


def test_a_new_logging_regime_is_dated() -> None:
    # Without a break the largest of about 100 correlated t statistics stays below 5 (far beyond 1 in 10,000).
    rng = np.random.default_rng(6)
    day = FIRST_DAY + np.repeat(np.arange(60), 200)
    eligible = np.ones((len(day), 2), dtype=np.bool_)
    half = np.full((len(day), 2), 0.5)
    steady = rng.integers(0, 2, len(day))
    assert logging_regime(half, eligible, steady, day, ACTIONS).status == "ok"
    # 30 days at 0.3, then 30 at 0.7: a model of the mixture has the same likelihood on both sides
    changed = (rng.random(len(day)) < np.where(day < FIRST_DAY + 30, 0.3, 0.7)).astype(int)
    found = logging_regime(half, eligible, changed, day, ACTIONS)
    assert found.status == "warn"
    assert "2026-10-01" in told_of(found)
    # with a model for each stretch nothing is left to warn of, and the change is still told
    share = np.where(day < FIRST_DAY + 30, 0.3, 0.7)
    own = np.column_stack([1 - share, share])
    known = logging_regime(own, eligible, changed, day, ACTIONS, (FIRST_DAY, FIRST_DAY + 30))
    assert known.status == "ok"
    assert "changed its rules on 2026-10-01" in told_of(known)
    # and hedged where it lies in the days over which the state's counts fill up
    assert told_of(told_while_filling(known, FIRST_DAY, 30)) == told_of(known)
    assert "the log's first 31 days" in told_of(told_while_filling(known, FIRST_DAY, 31))


def test_a_short_series_has_no_break() -> None:
    assert largest_break(np.arange(10), np.arange(10.0)) is None
    found = largest_break(np.arange(20), np.repeat([1.0, 3.0], 10) + np.tile([0.1, -0.1], 10))
    assert found is not None and (found.first_day, found.before, found.after) == (10, 1.0, 3.0)


def test_the_whole_check_on_a_small_night(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    users, days = 100, 40
    n = users * days
    eligible = np.column_stack([np.ones(n, np.bool_), rng.random(n) < 0.7])
    action = (eligible[:, 1] & (rng.random(n) < 0.5)).astype(np.int16)
    day = np.tile(FIRST_DAY + np.arange(days, dtype=np.int32), users)
    cost = action.astype(np.int64) * 250_000
    t = Transitions(
        entity=np.repeat(np.arange(users, dtype=np.int64), days),
        day=day,
        step=np.tile(np.arange(days, dtype=np.int32), users),
        action=action,
        eligible=eligible,
        features=rng.normal(size=(n, 2)).astype(np.float32),
        outcomes=np.column_stack([np.zeros(n, np.int64), cost]),
        elapsed_days=np.ones(n, np.float32),
        end=np.zeros(n, np.uint8),
        mature=day < FIRST_DAY + 37,
        propensity=None,
        segment=np.zeros(n, np.int16),
        actions=ACTIONS,
        segments=("all",),
        feature_spec=(Feature("visits", "count", ""), Feature("spend", "currency", "")),
        outcome_spec=(Outcome("margin", "micros", "goal"), Outcome("cost:search", "micros", "guardrail")),
    )
    shown = pl.DataFrame({"entity_key": t.entity, "day": day, "cost_micros": cost}).filter(action == 1)
    pl.concat([shown, pl.DataFrame({"entity_key": [1], "day": [FIRST_DAY + days], "cost_micros": [99]}).cast(
        dict(shown.schema))]).write_parquet(tmp_path / "exposures.parquet")  # fmt: skip
    pl.DataFrame({"entity_key": np.arange(users), "entry_by_ad": [True] * 30 + [False] * 70}).write_parquet(
        tmp_path / "entities.parquet"
    )
    events = Events(
        tmp_path,
        "A",
        "",
        ACTIONS,
        (),
        (),
        ("all",),
        FIRST_DAY,
        FIRST_DAY + days,
        3,
        (),
        (count(100, 97, 2),),
        (),
    )
    checks = check_health(
        LogFacts(
            events,
            as_of=date(2026, 10, 12),
            single_step=False,
            staged_cost_micros=staged_cost(events, first_day=FIRST_DAY, last_day=FIRST_DAY + days - 1),
            purchases=1_000,
            look_back_days=30,
        ),
        t,
        fit_behaviour_policy(t, folds=2, seed=1),
        {"recommended split": 800.0},
        HealthLimits(),
    )
    by_name = {c.name: c for c in checks}
    assert len(by_name) == len(checks)
    assert {c.name for c in checks if c.status != "ok"} == {"entry by ad", "quarantined rows"}
    assert by_name["entry by ad"].figure == pytest.approx(0.3)
    assert by_name["immature decisions"].figure == pytest.approx(3 / 40)
    assert by_name["overlap with none: search"].figure == pytest.approx(0.5, abs=0.05)
    assert all(told_of(c).strip().endswith(".") for c in checks)


def test_a_log_of_shown_ads_alone_is_told_once_and_not_by_channel() -> None:
    rows = [Overlap(name, 900, 0.9, 0.0, 0.0) for name in ("search", "social", "video")]
    assert [c.status for c in comparisons(rows, "A", 0.05)] == ["warn"] * 3
    (said,) = comparisons(rows, "B", 0.05)
    assert (said.status, said.name) == ("warn", "shown ads alone") and "nobody to compare with" in told_of(
        said
    )


def test_features_that_only_grow_do_not_drift() -> None:
    """Time since entry is larger in the last two weeks on any log: no alarm."""
    day = np.repeat(np.arange(60), 50)
    tenure = day.astype(float)[:, None]
    assert feature_drift(tenure, day, ("visits_7d",)).status == "warn"
    assert feature_drift(tenure, day, ("tenure",)).status == "ok"
