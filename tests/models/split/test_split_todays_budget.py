"""Plans are changes of today's budget, valued as the same change of money on the log's average delivery."""

from dataclasses import replace

import numpy as np
import pytest
from response_worlds import ResponseWorld

from models.results import EstimatesDiffer, NeverSpent, SplitDecision, TooNew
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.limits import budget_limits
from models.split.told import told_beside
from models.split.verdict import Objections
from tests.models.split.deciding import choose, confirm

WORLD = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.1, 0.1, 0.1))
SPLIT = SplitSettings(bootstrap=0, max_move_share=2.0)


def choice_at(today: tuple[float, ...], spent: tuple[float, ...] | None = None, seed: int = 1) -> SplitChoice:
    log = WORLD.log(seed)
    named = dict(zip(WORLD.channels, today, strict=True))
    return choose(
        log, tier="A", split=SPLIT, evaluation=EvaluationSettings(), overlap=WORLD.overlap(), current=named,
        spent=dict(zip(WORLD.channels, spent or today, strict=True)), valued=log.spend_today,
    )  # fmt: skip


def decided(choice: SplitChoice) -> SplitDecision:
    return confirm(choice, WORLD.log(1001), split=SPLIT)


def objected(choice: SplitChoice) -> SplitDecision:
    doubt = Objections(disagreement=EstimatesDiffer())
    return confirm(choice, WORLD.log(1001), split=SPLIT, objections=doubt)


def test_a_unit_of_money_is_a_unit_of_money() -> None:
    today, logged = {"a": 300.0, "b": 50.0, "ended": 0.0}, {"a": 100.0, "b": 100.0, "ended": 40.0}
    limits = budget_limits(today, SPLIT, spent=today, valued=logged)
    assert limits.multipliers(limits.current).tolist() == [1.0, 1.0, 1.0]
    plan = np.array([350.0, 25.0, 0.0])  # 50 more on a, 25 less on b
    assert limits.multipliers(plan) == pytest.approx([1.5, 0.75, 1.0])
    assert limits.low.tolist() == [150.0, 25.0, 0.0] and limits.high.tolist() == [600.0, 100.0, 0.0]
    assert limits.judged_low.tolist() == [200.0, 25.0, 0.0]  # the log never had more of a to take away
    assert limits.free.tolist() == [True, True, False]
    half = budget_limits(today, SPLIT, spent={"a": 150.0, "b": 50.0, "ended": 0.0}, valued=logged)
    assert half.multipliers(plan)[0] == pytest.approx(1.25)  # of 50 more, half would be spent


def test_the_uplift_is_that_of_the_money_that_moves() -> None:
    """1,000 go from a, which earns 0.3 per unit, to b, which earns 1.9: a quarter of today's a, or a half."""
    promises = []
    for share in (1.0, 0.5):
        choice = choice_at(tuple(share * spend for spend in WORLD.spend))
        today = choice.limits.current
        plan = today + np.array([-1000.0, 1000.0, 0.0])
        multipliers = (1.0, *choice.limits.multipliers(plan).tolist())
        fixed = replace(choice, plan=tuple(plan.tolist()), multipliers=multipliers, optimism=0.0)
        decision = decided(fixed)  # picked by nobody
        assert decision.uplift is not None
        promises.append(decision.uplift.estimate)
        for row, budget in zip(decision.rows, plan.tolist(), strict=True):
            assert row.expected_spend == pytest.approx(budget, rel=0.03)
        assert decision.rows[0].multiplier == pytest.approx(plan[0] / today[0])
    assert promises[0] == pytest.approx(promises[1]) == pytest.approx(1000 * (1.9 - 0.3), rel=0.2)


def test_a_channel_without_spend_today_stays_at_0_and_says_why() -> None:
    decision = decided(choice_at((0.0, 9000.0, 6000.0)))
    row = decision.rows[0]
    assert (row.current, row.recommended, row.expected_spend, row.multiplier) == (0.0, 0.0, 0.0, 1.0)
    assert row.reason == NeverSpent()
    assert decision.budget_current == 15_000.0


def test_a_channel_is_not_cut_by_more_than_the_log_delivered() -> None:
    """It spends 16,000 today, and spent 4,000 on the log's average: a half of today's was never seen gone."""
    choice = choice_at((16_000.0, 9000.0, 6000.0))
    log = WORLD.log(1).spend_today["channel_a"]
    assert 16_000.0 - log - 10 < choice.plan[0] <= 16_000.0 - log  # down to the platform's step
    assert choice.limits.low[0] == 8000.0
    assert decided(choice).rows[0].reason.how == "cut as far as judged"


def test_a_channel_that_no_judged_week_holds_is_held() -> None:
    log = WORLD.log(1)
    current = dict(zip(WORLD.channels, WORLD.spend, strict=True))
    choice = choose(
        log, tier="A", split=SPLIT, evaluation=EvaluationSettings(), overlap=WORLD.overlap(),
        current=current, valued=log.spend_today | {"channel_b": 0.0},
    )  # fmt: skip
    assert choice.plan[1] == 9000.0 and choice.held["channel_b"] == TooNew()


def test_of_a_budget_that_is_half_spent_half_of_a_change_is() -> None:
    choice = choice_at((8000.0, 9000.0, 6000.0), spent=(4000.0, 9000.0, 6000.0))
    row = decided(choice).rows[0]
    assert row.current == 8000.0 and row.recommended == 4000.0
    assert row.expected_spend == pytest.approx(2000.0, rel=0.05)
    still = decided(replace(choice, plan=(8000.0, 9000.0, 6000.0), multipliers=(1.0,) * 4)).rows[0]
    assert still.expected_spend == pytest.approx(4000.0)


def test_what_of_today_s_budgets_was_spent_is_told_beside_the_decision() -> None:
    choice = choice_at((8000.0, 9000.0, 6000.0), spent=(4000.0, 9000.0, 6000.0))
    decision = told_beside(decided(choice), choice)
    assert decision.today is not None and decision.today.spent == (4000.0, 9000.0, 6000.0)
    assert [decision.typed_in(k) for k in range(3)] == [True, False, False] and decision.any_typed_in
    assert decision.today.valued == pytest.approx(tuple(choice.limits.valued))
    assert not decided(choice).any_typed_in  # not known, so not said


def test_the_range_of_the_best_budgets_does_not_depend_on_the_verdict() -> None:
    choice = choice_at(WORLD.spend)
    shown = replace(choice, budget_low=(2000.0, 9500.0, 5000.0), budget_high=(2500.0, 15_000.0, 5500.0))
    moves, keeps = (told_beside(one, shown) for one in (decided(shown), objected(shown)))
    assert moves.verdict.startswith("MOVE") and keeps.verdict == "KEEP"
    assert [(r.low, r.high) for r in keeps.rows] == [(r.low, r.high) for r in moves.rows]
    assert keeps.rows[1].current == 9000.0 < keeps.rows[1].low
    still = replace(shown, plan=WORLD.spend, multipliers=(1.0,) * 4)
    assert [(r.low, r.high) for r in told_beside(decided(still), still).rows] == list(
        zip(shown.budget_low, shown.budget_high, strict=True)
    )
