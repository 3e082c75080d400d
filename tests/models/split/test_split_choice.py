"""The chosen split against brute force, and what it does with doubt, harm and repetition."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from response_worlds import Floats, ResponseWorld
from scipy.stats import norm

from models.results import CutUnseen, Overlap
from models.settings import ChannelBounds, EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.limits import budget_limits
from models.split.local_model import expand_at, expand_today
from models.split.worth import NOTHING
from tests.models.split.deciding import choose, confirm
from tests.told import told

EVALUATION = EvaluationSettings()
QUICK = SplitSettings(bootstrap=0)


def chosen(world: ResponseWorld, settings: SplitSettings, seed: int = 0, **more: object) -> SplitChoice:
    return choose(
        world.log(seed), tier="A", split=settings, evaluation=EVALUATION,
        overlap=more.pop("overlap", world.overlap()),
        current=dict(zip(world.channels, world.spend, strict=True)), **more,
    )  # fmt: skip


def best_of_grid(world: ResponseWorld, settings: SplitSettings, points: int = 61) -> float:
    """Largest true profit over a fine grid of plans that obey every limit."""
    limits = budget_limits(dict(zip(world.channels, world.spend, strict=True)), settings)
    axes = [np.linspace(a, b, points) for a, b in zip(limits.low, limits.high, strict=True)]
    plans = np.array(list(itertools.product(*axes)))
    plans = plans[plans.sum(axis=1) <= limits.budget + 1e-6]
    plans = plans[np.abs(plans - limits.current).sum(axis=1) <= limits.move_cap + 1e-6]
    return max(world.profit(limits.multipliers(plan)) for plan in plans)


@pytest.mark.parametrize(
    ("iroas", "settings"),
    [
        ((0.3, 1.9, 1.4), QUICK),  # cut the loser, share its money
        ((1.2, 1.3, 1.25), QUICK),  # nearly equal: the optimum is inside the bounds
        ((2.5, 0.9, -1.0), QUICK.model_copy(update={"max_move_share": 1.0})),  # one does harm
        ((3.0, 2.0, 1.5), QUICK.model_copy(update={"total": 24_000.0})),  # more money than today
        ((2.0, 1.0, 0.5), QUICK.model_copy(update={"channels": {"channel_a": ChannelBounds(max=4_400)}})),
        ((0.6, 0.7, 0.8), QUICK),  # nothing pays: money stays unspent
    ],
)
def test_without_noise_the_optimum_is_that_of_brute_force(
    iroas: tuple[float, ...], settings: SplitSettings
) -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), iroas, (0.4, 1.0, 0.7), spread=0.0)
    choice = chosen(world, settings)
    best = best_of_grid(world, settings)
    found = world.profit(np.array(choice.multipliers[1:]))
    assert found >= 0.995 * best - 2 * settings.rounding
    assert choice.estimate == pytest.approx(found, abs=1e-6)


def test_today_is_kept_when_nothing_better_exists() -> None:
    # equal returns at the margin and diminishing ones beyond: every move within the budget loses
    world = ResponseWorld((4000.0, 9000.0), (1.5, 1.5), (0.5, 0.5), spread=0.0)
    choice = chosen(world, QUICK)
    assert not choice.moves and choice.bound == 0.0 and choice.multipliers == (1.0, 1.0, 1.0)


def test_a_harmful_channel_is_cut_and_its_money_may_stay_unspent() -> None:
    world = ResponseWorld((4000.0, 9000.0), (-2.0, 1.0), (1.0, 1.0), (0.2, 0.2))
    choice = chosen(world, QUICK)
    assert choice.plan[0] == 2000.0  # the lower bound, half of today's
    assert sum(choice.plan) < 13_000.0


def test_the_lower_bound_moves_a_noisy_channel_less_than_the_plug_in() -> None:
    # channel_c is cheap, worth 1.5 per euro, and its estimate has a standard error of 6
    world = ResponseWorld((4000.0, 9000.0, 2000.0), (0.3, 1.8, 1.5), (0.7, 0.7, 0.7), (0.3, 0.3, 6.0))
    careful = [abs(chosen(world, QUICK, seed).multipliers[3] - 1) for seed in range(10)]
    plug_in = [
        abs(chosen(world, QUICK.model_copy(update={"z": 0.0}), seed).multipliers[3] - 1) for seed in range(10)
    ]
    assert np.mean(careful) < 0.5 * np.mean(plug_in)


def test_the_bound_is_the_directly_evaluated_one_and_holds_for_every_plan() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.7, 1.4, 1.0), (0.1, 0.1, 0.1), (0.5, 0.5, 0.5))
    moves, surer = 0, 0
    for seed in range(15):
        choice, log = chosen(world, QUICK, seed), world.log(seed)
        change = log.at(np.array(choice.multipliers[1:])) - log.today()
        profit = change[:, 0] - change[:, 1:].sum(axis=1)
        if not choice.moves:
            assert choice.bound == 0 and choice.worth == NOTHING
            continue
        error, reach = np.sqrt(len(profit) * profit.var(ddof=1)), choice.plans.errors(0.95)
        assert 2.3 < reach < 3.5  # three directions, spending no more: below sqrt(chi2_3), 2.8, but for tails
        assert choice.bound == pytest.approx(profit.sum() - reach * error)
        assert choice.estimate > 0 and choice.worth.confirmed == (choice.bound > 0)
        # of two confirmed plans the one that is expected to earn more
        if choice.worth.confirmed:
            assert choice.worth.worth == pytest.approx(choice.estimate - error)
            if choice.surest is not None:
                assert choice.surest.bound > choice.bound > 0 and choice.surest.worth < choice.worth
                surer += 1
        else:
            passes = norm.cdf((choice.estimate / error - 1 - reach) / np.sqrt(2))
            assert choice.worth.worth == pytest.approx(choice.estimate * passes, rel=0.1)
        moves += 1
    assert moves >= 5 and surer >= 1


def delivery_of(contributions: Callable[[Floats], Floats], clusters: int) -> DeliveryValue:
    return DeliveryValue(
        contributions, outcome_names=("margin", "cost:channel_a", "cost:channel_b"),
        actions=("none", "channel_a", "channel_b"), scale=1.0,
        cluster_key=np.arange(clusters, dtype=np.int64),
    )  # fmt: skip


def of_two(delivery: DeliveryValue, split: SplitSettings = QUICK) -> SplitChoice:
    overlap = tuple(Overlap(c, 10_000, 0.3, 0.4, 0.0) for c in delivery.channels)
    return choose(delivery, tier="A", split=split, evaluation=EVALUATION, overlap=overlap)


def test_slopes_that_promise_what_a_step_does_not_keep_lead_back_to_today() -> None:
    # near today channel_b earns 3 per euro and channel_a nothing; any change above 22 % destroys the margin
    def cliff(multipliers: Floats) -> Floats:
        _, a, b = multipliers
        margin = np.full(50, 40.0 + 3.0 * 4.0 * b if max(abs(a - 1), abs(b - 1)) < 0.22 else 0.0)
        return np.column_stack([margin, np.full(50, 4.0 * a), np.full(50, 4.0 * b)])

    choice = of_two(delivery_of(cliff, 50))
    assert choice.bound >= 0 and np.abs(np.array(choice.multipliers) - 1).max() < 0.22


def test_spend_that_grows_faster_than_the_budget_is_kept_under_it() -> None:
    # the platform overdelivers channel_b: twice its budget spends four times the money
    def overdelivers(multipliers: Floats) -> Floats:
        _, a, b = multipliers
        return np.column_stack([np.full(50, 9.0 + 30.0 * b), np.full(50, 4.0 * a), np.full(50, 4.0 * b**2)])

    delivery = delivery_of(overdelivers, 50)
    choice = of_two(delivery)
    spend = delivery.at(np.array(choice.multipliers[1:]))[:, 1:].sum()
    assert choice.moves and choice.multipliers[2] > 1.1
    assert spend <= 400 * 1.005


def test_slopes_at_a_candidate_are_those_of_the_curve() -> None:
    world = ResponseWorld((4000.0, 9000.0), (0.5, 1.9), (0.5, 0.5), spread=0.0)
    log, free, point = world.log(0), np.ones(2, dtype=bool), np.array([0.6, 1.5])
    model = expand_at(log, point, free, expand_today(log, free))
    slopes = np.array(world.iroas) * world.spend * 1.5 / (point + 0.5)  # d/dm of i c (1 + s) log(1 + m / s)
    assert model.means()[0, 1:] == pytest.approx(slopes, rel=0.02)
    assert model.means()[0, 0] == pytest.approx(world.margin(point))


def test_a_channel_that_hardly_anyone_was_spared_is_not_cut_and_says_so() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.2, 1.9, 1.4), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1))
    overlap = tuple(
        row if row.action != "channel_a" else type(row)("channel_a", 10_000, 0.3, 0.004, 0.0)
        for row in world.overlap()
    )
    choice = chosen(world, QUICK, overlap=overlap)
    assert choice.plan[0] == 4000.0
    assert choice.held == {} and choice.limits.free.all()
    assert choice.uncut == {"channel_a": CutUnseen(0.004)}
    decision = confirm(choice, world.log(2), split=QUICK)
    assert decision.rows[0].reason == choice.uncut["channel_a"]
    if decision.verdict != "KEEP":
        assert decision.verdict == "MOVE_PARTLY" and "Channel_a is not cut" in told(decision).held_back


def test_a_channel_that_hardly_anyone_was_spared_may_be_raised() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (2.5, 1.1, 0.2), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1))
    overlap = (replace(world.overlap()[0], mean_none_probability=0.004), *world.overlap()[1:])
    choice = chosen(world, QUICK, overlap=overlap)
    assert choice.plan[0] > 4000.0 and choice.plan[0] == chosen(world, QUICK).plan[0]
    assert "not cut" not in told(confirm(choice, world.log(2), split=QUICK)).held_back


def test_the_same_log_gives_the_same_choice_to_the_last_bit() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.3, 0.3, 0.3))
    settings = SplitSettings(bootstrap=40)
    one, two = chosen(world, settings, seed=7), chosen(world, settings, seed=7)
    assert (one.plan, one.bound, one.budget_low, one.budget_high) == (
        two.plan, two.bound, two.budget_low, two.budget_high,
    )  # fmt: skip


def test_resampled_entities_give_the_interval_of_each_budget() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.4, 0.4, 0.4))
    choice = chosen(world, SplitSettings(bootstrap=60), seed=3)
    limits = choice.limits
    for k, plan in enumerate(choice.plan):
        assert limits.low[k] <= choice.budget_low[k] <= plan <= choice.budget_high[k] <= limits.high[k]
    assert choice.budget_high[1] - choice.budget_low[1] > 0  # channel_b and channel_c compete
    sure = ResponseWorld(world.spend, world.iroas, world.saturation, spread=0.0)
    narrow = chosen(sure, SplitSettings(bootstrap=60), seed=3)
    assert narrow.budget_high[1] - narrow.budget_low[1] < 0.1 * (choice.budget_high[1] - choice.budget_low[1])


def test_five_channels_take_at_most_forty_evaluations() -> None:
    world = ResponseWorld(
        (4000.0, 9000.0, 6000.0, 2000.0, 8000.0), (0.3, 1.9, 1.2, -1.0, 2.2), (0.5, 1.0, 0.8, 1.0, 0.4),
        (0.3, 0.3, 0.3, 3.0, 0.3),
    )  # fmt: skip
    delivery, report = world.log(1), world.log(2)
    choice = choose(
        delivery, tier="A", split=QUICK, evaluation=EVALUATION, overlap=world.overlap(),
        current=dict(zip(world.channels, world.spend, strict=True)),
    )  # fmt: skip
    confirm(choice, report, split=QUICK)
    assert delivery.calls <= 28 and report.calls == 12


def test_a_plan_whose_value_is_unknown_is_no_plan() -> None:
    def fails_far_from_today(multipliers: Floats) -> Floats:
        _, a, b = multipliers
        margin = 9.0 + 12.0 * b if max(abs(a - 1), abs(b - 1)) < 0.25 else np.nan
        return np.column_stack([np.full(50, margin), np.full(50, 4.0 * a), np.full(50, 4.0 * b)])

    choice = of_two(delivery_of(fails_far_from_today, 50))
    assert np.isfinite(choice.bound) and np.abs(np.array(choice.multipliers) - 1).max() < 0.25
