"""Bounds, step cap, total and rounding always hold; bounds that contradict each other are named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from response_worlds import ResponseWorld

from models.results import Hold, TooNew
from models.settings import ChannelBounds, EvaluationSettings, SplitSettings
from models.split.doubt import normal_interval
from models.split.feasibility import check_bounds, conflict
from models.split.limits import budget_limits
from models.split.rounding import round_plan
from sql.errors import StudyError
from tests.models.split.deciding import choose, confirm

TODAY = {"search": 8000.0, "social": 12_000.0, "display": 8900.0}


@st.composite
def studies(draw: st.DrawFn) -> tuple[ResponseWorld, SplitSettings, dict[str, Hold]]:
    channels = draw(st.integers(2, 4))
    amount = st.floats(200, 20_000)
    numbers = st.lists(st.floats(-1.5, 3.0), min_size=channels, max_size=channels)
    spend = tuple(draw(st.lists(amount, min_size=channels, max_size=channels)))
    world = ResponseWorld(
        spend, tuple(draw(numbers)), (0.5,) * channels, (draw(st.sampled_from([0.1, 1.0])),) * channels
    )
    bounds = {
        c: ChannelBounds(min=spend[k] * draw(st.floats(0.5, 1.0)), max=spend[k] * draw(st.floats(1.0, 2.0)))
        for k, c in enumerate(world.channels)
        if draw(st.booleans())
    }
    split = SplitSettings(
        channels=bounds,
        total=draw(st.one_of(st.none(), st.floats(0.9, 1.5).map(lambda share: share * sum(spend)))),
        max_move_share=draw(st.floats(0.15, 1.0)),
        rounding=draw(st.sampled_from([0.01, 1.0, 10.0, 250.0])),
        bootstrap=0,
    )
    held: dict[str, Hold] = {c: TooNew() for c in world.channels[1:] if draw(st.booleans())}
    return world, split, held


@settings(max_examples=60, deadline=None, derandomize=True)
@given(studies(), st.integers(0, 1000))
def test_every_recommendation_keeps_every_limit(
    study: tuple[ResponseWorld, SplitSettings, dict[str, Hold]], seed: int
) -> None:
    world, split, held = study
    today = dict(zip(world.channels, world.spend, strict=True))
    if conflict(today, split) is not None:
        return
    choice = choose(
        world.log(seed, 60), tier="A", split=split, evaluation=EvaluationSettings(), overlap=world.overlap(),
        current=today, held=held,
    )  # fmt: skip
    decision = confirm(choice, world.log(seed + 5000, 60), split=split, interval=normal_interval)
    rows, tolerance = decision.rows, 1e-6 * sum(world.spend)
    if not decision.verdict.startswith("MOVE"):
        assert [r.recommended for r in rows] == [r.current for r in rows] == list(world.spend)
        return
    budget = split.total or sum(world.spend)
    assert sum(r.recommended for r in rows) <= budget + tolerance
    assert sum(abs(r.recommended - r.current) for r in rows) <= split.max_move_share * budget + tolerance
    for row in rows:
        assert row.min_allowed - tolerance <= row.recommended <= row.max_allowed + tolerance
        assert row.low <= row.recommended <= row.high
        steps = row.recommended / split.rounding
        on_step = abs(steps - round(steps)) < 1e-6
        no_step_allowed = np.floor(row.max_allowed / split.rounding) * split.rounding < row.min_allowed
        assert on_step or row.recommended == row.current or no_step_allowed
        if row.channel in held:
            assert row.recommended == row.current and row.reason == held[row.channel]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.floats(50, 9000), st.floats(0.5, 2.0)), min_size=1, max_size=6),
    st.sampled_from([1.0, 10.0, 100.0]),
)
def test_rounding_never_breaks_a_limit_and_stays_near(pairs: list[tuple[float, float]], step: float) -> None:
    today = {f"c{k}": spend for k, (spend, _) in enumerate(pairs)}
    limits = budget_limits(today, SplitSettings(rounding=step, max_move_share=2.0))
    wish = np.array([spend * m for spend, m in pairs])
    wish *= min(1.0, limits.budget / wish.sum())
    plan = np.clip(wish, limits.low, None)
    if plan.sum() > limits.budget:
        plan = limits.anchor()
    rounded = round_plan(plan, limits)
    assert limits.allows(rounded)


def test_rounding_keeps_what_hardly_changes() -> None:
    limits = budget_limits({"a": 1003.4, "b": 2000.0}, SplitSettings())
    assert round_plan(np.array([1001.0, 1987.0]), limits).tolist() == [1003.4, 1980.0]


@pytest.mark.parametrize(
    ("split", "sentence"),
    [
        (
            SplitSettings(
                total=28_900,
                channels={
                    "search": ChannelBounds(min=8000),
                    "social": ChannelBounds(min=14_100),
                    "display": ChannelBounds(min=8900),
                },
            ),
            "The minimum budgets add up to 31,000 EUR, 2,100 EUR above the budget of 28,900 EUR: "
            "lower split.channels.social.min to 12,000, or raise split.total to 31,000.",
        ),
        (
            SplitSettings(total=10_000),
            "The minimum budgets add up to 14,450 EUR, 4,450 EUR above the budget of 10,000 EUR: "
            "lower split.min_multiplier to 0.346, or raise split.total to 14,450.",
        ),
        (
            SplitSettings(channels={"social": ChannelBounds(min=9000, max=7000)}),
            "split.channels.social: min 9,000 EUR is above max 7,000 EUR: "
            "lower min to 7,000 or raise max to 9,000.",
        ),
        (
            SplitSettings(channels={"search": ChannelBounds(min=18_000)}),
            "split.channels.search.min of 18,000 EUR is more than 2 times today's 8,000 EUR: "
            "lower it to 16,000, or raise split.max_multiplier to 2.25.",
        ),
        (
            SplitSettings(channels={"search": ChannelBounds(max=3000)}),
            "split.channels.search.max of 3,000 EUR is less than 0.5 times today's 8,000 EUR: "
            "raise it to 4,000, or lower split.min_multiplier to 0.37.",
        ),
        (
            SplitSettings(channels={"serach": ChannelBounds(max=3000)}),
            'split.channels.serach: the logs have no channel "serach"; did you mean "search"?',
        ),
        (
            SplitSettings(total=20_000, max_move_share=0.2),
            "The bounds and the budget of 20,000 EUR force changes of 8,900 EUR, above the step cap of "
            "4,000 EUR: raise split.max_move_share from 0.2 to 0.445.",
        ),
    ],
)
def test_a_contradiction_names_the_smallest_relaxation(split: SplitSettings, sentence: str) -> None:
    with pytest.raises(StudyError) as error:
        check_bounds(TODAY, split)
    assert str(error.value) == sentence


def test_every_named_relaxation_is_enough() -> None:
    social = ChannelBounds(min=12_000)
    channels = {"search": ChannelBounds(min=8000), "social": social, "display": ChannelBounds(min=8900)}
    assert conflict(TODAY, SplitSettings(total=28_900, channels=channels)) is None
    assert conflict(TODAY, SplitSettings(total=10_000, min_multiplier=0.346, max_move_share=2)) is None
    assert conflict(TODAY, SplitSettings(total=20_000, max_move_share=0.445)) is None


def test_a_budget_below_today_is_met_or_today_is_kept() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (-1.0, 1.9, 0.2), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1))
    split = SplitSettings(total=17_000, bootstrap=0)
    today = dict(zip(world.channels, world.spend, strict=True))
    choice = choose(
        world.log(1),
        tier="A",
        split=split,
        evaluation=EvaluationSettings(),
        overlap=world.overlap(),
        current=today,
    )
    decision = confirm(choice, world.log(2), split=split)
    assert decision.verdict.startswith("MOVE") and decision.budget_recommended <= 17_000
