"""Rules an analyst knows, in small examples worked out by hand."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.policies.budgets import AttributedRevenue, allowed_budgets, attributed_revenue, fill_budget
from models.policies.known import Situation, propose
from models.policies.rules import Always, Logged, ScaledDelivery, UniformEligible
from models.settings import ChannelBounds, SplitSettings
from sql.events import Events

ACTIONS = ("none", "search", "social", "display")
NO_FEATURES = np.zeros((1, 0), dtype=np.float32)


def scaled(
    multipliers: tuple[float, ...], mu: list[float], eligible: list[bool] | None = None
) -> list[float]:
    possible = np.array([eligible if eligible is not None else [True] * len(mu)])
    pi = ScaledDelivery(multipliers, "m").probabilities(NO_FEATURES, possible, np.array([mu]))
    return pytest.approx(pi[0].tolist(), abs=1e-12)


def test_scaled_delivery_takes_from_none_and_gives_to_none() -> None:
    assert scaled((1, 2, 0.5), [0.5, 0.2, 0.3]) == [0.45, 0.4, 0.15]
    assert scaled((1, 0, 0), [0.5, 0.2, 0.3]) == [1, 0, 0]


def test_above_one_it_is_renormalised_and_none_is_nothing() -> None:
    # 2 x 0.3 + 2 x 0.6 = 1.8: an exhausted inventory, spending less than asked
    assert scaled((1, 2, 2), [0.1, 0.3, 0.6]) == [0, 1 / 3, 2 / 3]


def test_without_none_it_is_renormalised_over_the_eligible() -> None:
    assert scaled((1, 2, 1), [0, 0.5, 0.5], [False, True, True]) == [0, 2 / 3, 1 / 3]
    assert scaled((1, 0, 0), [0, 0.4, 0.6], [False, True, True]) == [0, 0.4, 0.6]  # nothing is left to scale


def test_a_single_eligible_action_is_untouched() -> None:
    assert scaled((1, 0.5, 3), [0, 1, 0], [False, True, False]) == [0, 1, 0]
    assert scaled((1, 0.5, 3), [1, 0, 0], [True, False, False]) == [1, 0, 0]


def test_always_falls_back_to_none_then_to_chance() -> None:
    eligible = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.bool_)
    pi = Always(2, "always social").probabilities(np.zeros((4, 0), np.float32), eligible, np.zeros((4, 3)))
    assert pi.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    both = np.array([[0, 1, 1, 0]], dtype=np.bool_)
    pi = Always(3, "always display").probabilities(NO_FEATURES, both, np.zeros((1, 4)))
    assert pi.tolist() == [[0, 0.5, 0.5, 0]]


@st.composite
def rows(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, tuple[float, ...]]:
    """Eligible actions and mu of a few rows, and multipliers."""
    n, a = draw(st.integers(1, 5)), draw(st.integers(2, 5))
    unit = st.floats(0.0, 1.0)
    eligible = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=a, max_size=a), min_size=n, max_size=n))
    )
    eligible[np.arange(n), draw(st.lists(st.integers(0, a - 1), min_size=n, max_size=n))] = True
    mass = np.array(draw(st.lists(st.lists(unit, min_size=a, max_size=a), min_size=n, max_size=n)))
    mass = np.where(eligible, mass + 1e-9, 0.0)
    return (
        eligible,
        mass / mass.sum(1, keepdims=True),
        tuple(draw(st.lists(st.floats(0, 4), min_size=a, max_size=a))),
    )


@settings(max_examples=200, deadline=None)
@given(rows())
def test_no_rule_puts_probability_on_an_impossible_action(case: tuple) -> None:
    eligible, mu, multipliers = case
    features = np.zeros((len(mu), 0), dtype=np.float32)
    policies = [
        Logged(),
        UniformEligible(),
        Always(mu.shape[1] - 1, "always"),
        ScaledDelivery(multipliers, "m"),
    ]
    for policy in policies:
        pi = policy.probabilities(features, eligible, mu)
        assert (pi[~eligible] == 0).all()
        assert (pi >= 0).all()
        np.testing.assert_allclose(pi.sum(axis=1), 1, atol=1e-9)
    ones = ScaledDelivery((1.0,) * mu.shape[1], "today").probabilities(features, eligible, mu)
    np.testing.assert_allclose(ones, mu, atol=1e-12)
    bound = np.where(eligible[:, :1], max(1.0, *multipliers) * mu[:, 1:] + 1e-12, 1.0)
    assert (ScaledDelivery(multipliers, "m").probabilities(features, eligible, mu)[:, 1:] <= bound).all()


CURRENT = np.array([0.0, 100.0, 200.0, 300.0])
REVENUE = AttributedRevenue(
    last_touch=np.array([0.0, 600.0, 600.0, 300.0]), last_click=np.array([0.0, 900.0, 0.0, 300.0])
)


def budgets(split: SplitSettings) -> dict[str, list[float]]:
    found = propose(Situation(ACTIONS, CURRENT, REVENUE, split, single_step=False))
    rules = {policy.name: policy.multipliers for policy in found if isinstance(policy, ScaledDelivery)}
    return {name: [round(v, 6) for v in np.array(m) * CURRENT] for name, m in rules.items()}


def test_rules_spend_the_budget_within_the_bounds() -> None:
    # channels may move between 0.5 x and 2 x today: search 50..200, social 100..400, display 150..600
    assert budgets(SplitSettings()) == {
        "equal split": [0, 200, 200, 200],
        # 3 : 0 : 1 asks for 450 / 0 / 150; search stops at 200, social keeps 100, display takes the rest
        "last-click": [0, 200, 100, 300],
        # 2 : 2 : 1 asks for 240 / 240 / 120; search stops at 200, display is held at 150
        "last-touch": [0, 200, 250, 150],
        # ROAS 6, 3, 1
        "greedy ROAS": [0, 200, 250, 150],
    }


def test_a_study_budget_and_a_channels_own_bounds_are_kept() -> None:
    split = SplitSettings(
        total=700, channels={"search": ChannelBounds(max=120), "display": ChannelBounds(min=250)}
    )
    for budget in budgets(split).values():
        assert sum(budget) == pytest.approx(700)
        assert budget[1] <= 120 and budget[3] >= 250
    assert budgets(split)["greedy ROAS"] == [0, 120, 330, 250]


def test_an_impossible_total_ends_at_the_nearest_bounds() -> None:
    assert sum(budgets(SplitSettings(total=10_000))["equal split"]) == 1_200
    assert sum(budgets(SplitSettings(total=1))["greedy ROAS"]) == 300


def test_a_bound_outside_the_multipliers_gives_way() -> None:
    low, high = allowed_budgets(
        CURRENT, ACTIONS, SplitSettings(channels={"search": ChannelBounds(min=500, max=900)})
    )
    assert (low[1], high[1]) == (200, 200)


@settings(max_examples=100, deadline=None)
@given(
    shares=st.lists(st.floats(0, 5), min_size=3, max_size=3),
    current=st.lists(st.floats(1, 1e4), min_size=3, max_size=3),
    where=st.floats(0, 1),
)
@example(shares=[0.0, 1e-310, 0.0], current=[1.0, 1.0, 1.0], where=0.1)
def test_water_filling_meets_the_total(shares: list[float], current: list[float], where: float) -> None:
    today = np.array(current)
    low, high = 0.5 * today, 2 * today
    total = float(low.sum() + where * (high.sum() - low.sum()))
    budget = fill_budget(np.array(shares), low, high, total)
    assert budget.sum() == pytest.approx(total, rel=1e-9)
    assert (budget >= low * (1 - 1e-12)).all() and (budget <= high * (1 + 1e-12)).all()


def test_candidates_of_a_single_step_study_and_of_one_without_spend() -> None:
    situation = Situation(
        actions=("none", "mens", "womens"),
        current=np.zeros(3),
        revenue=AttributedRevenue(np.zeros(3), np.zeros(3)),
        settings=SplitSettings(),
        single_step=True,
    )
    names = [policy.name for policy in propose(situation)]
    assert names == ["logged", "uniform", "always none", "always mens", "always womens"]


def test_attributed_revenue_credits_each_purchase_day_once(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "entity_key": [1, 1, 2],
            "day": [5, 5, 6],
            "known_day": [5, 9, 6],
            "revenue_micros": [10_000_000, 2_500_000, 4_000_000],
        }
    ).write_parquet(tmp_path / "bookings.parquet")
    pl.DataFrame({"entity_key": [1, 2], "day": [5, 6], "action": [2, 1]}).write_parquet(
        tmp_path / "last_touch.parquet"
    )
    pl.DataFrame({"entity_key": [1], "day": [5], "action": [1]}).write_parquet(
        tmp_path / "last_click.parquet"
    )
    credit = attributed_revenue(staged(tmp_path))
    assert credit.last_touch.tolist() == [0, 4, 12.5, 0]
    assert credit.last_click.tolist() == [0, 12.5, 0, 0]


def staged(folder: Path) -> Events:
    day = (date(2026, 11, 1) - date(1970, 1, 1)).days
    return Events(folder, "A", "", ACTIONS, (), (), ("all",), day, day + 30, 3, (), (), ())
