"""The chosen split against brute force, and what it does with doubt, harm and repetition."""

import itertools

import numpy as np
import pytest
from response_worlds import ResponseWorld

from models.settings import ChannelBounds, EvaluationSettings, SplitSettings
from models.split import DeliveryValue, SplitChoice, choose_split, confirm_split
from models.split.limits import budget_limits

EVALUATION = EvaluationSettings()
QUICK = SplitSettings(bootstrap=0)


def chosen(world: ResponseWorld, settings: SplitSettings, seed: int = 0, **more: object) -> SplitChoice:
    return choose_split(
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


def test_a_candidate_below_zero_on_its_own_entities_is_never_returned() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (1.0, 1.0, 1.0), (0.1, 0.1, 0.1), (1.0, 1.0, 1.0))
    for seed in range(20):
        choice = chosen(world, QUICK, seed)
        assert choice.bound > 0 if choice.moves else choice.bound == 0


def test_a_channel_without_overlap_stays_and_says_so() -> None:
    world = ResponseWorld((4000.0, 9000.0, 6000.0), (0.2, 1.9, 1.4), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1))
    overlap = tuple(
        row if row.action != "channel_a" else type(row)("channel_a", 10_000, 0.3, 0.02, 0.0)
        for row in world.overlap()
    )
    choice = chosen(world, QUICK, overlap=overlap)
    assert choice.plan[0] == 4000.0
    assert choice.held == {"channel_a": "held: almost every eligible user saw an ad (2 % saw none)"}


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
    choice = choose_split(
        delivery, tier="A", split=QUICK, evaluation=EVALUATION, overlap=world.overlap(),
        current=dict(zip(world.channels, world.spend, strict=True)),
    )  # fmt: skip
    confirm_split(choice, report, split=QUICK)
    assert delivery.calls <= 28 and report.calls == 12


def test_a_plan_whose_value_is_unknown_is_no_plan() -> None:
    world = ResponseWorld((4000.0, 9000.0), (0.3, 1.9), (0.5, 0.5), spread=0.0)
    log = world.log(0)

    def fails_far_from_today(multipliers: np.ndarray) -> np.ndarray:
        values = log.at(multipliers[1:])
        return values if np.abs(multipliers - 1).max() < 0.25 else values * np.nan

    delivery = DeliveryValue(
        fails_far_from_today, outcome_names=("margin", "cost:channel_a", "cost:channel_b"),
        actions=("none", "channel_a", "channel_b"), scale=1.0, cluster_key=log.cluster_key,
    )  # fmt: skip
    choice = choose_split(
        delivery, tier="A", split=QUICK, evaluation=EVALUATION, overlap=world.overlap(),
        current=dict(zip(world.channels, world.spend, strict=True)),
    )  # fmt: skip
    assert np.isfinite(choice.bound) and np.abs(np.array(choice.multipliers) - 1).max() < 0.26
