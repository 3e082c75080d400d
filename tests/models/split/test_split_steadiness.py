"""From night to night: a plan stays while none is known to be better, and a change is named."""

from dataclasses import replace

import numpy as np
import pytest
from response_worlds import ResponseWorld
from scipy.stats import norm

from models.evaluation import Believed
from models.results import SplitDecision, Uplift
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.steadiness import EarlierNight, lasting_level, too_soon, what_changed
from models.split.worth import NOTHING
from tests.models.split.deciding import choose, confirm
from tests.told import told

SPLIT = SplitSettings(bootstrap=0)
WORLD = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.8), (0.5, 0.9, 0.5), (0.2, 0.2, 0.2))
BUDGETS = dict(zip(WORLD.channels, WORLD.spend, strict=True))


def chosen(
    seed: int, earlier: EarlierNight | None = None, world: ResponseWorld = WORLD, split: SplitSettings = SPLIT
) -> SplitChoice:
    return choose(
        world.log(seed), tier="A", split=split, evaluation=EvaluationSettings(), overlap=world.overlap(),
        current=BUDGETS, earlier=earlier,
    )  # fmt: skip


def confirmed(choice: SplitChoice, seed: int, **more: object) -> SplitDecision:
    return confirm(choice, WORLD.log(seed), split=SPLIT, **more)


def believing(low_every_night: float) -> Believed:
    """A gain of 500 (100 to 900) tonight."""
    return Believed(Uplift("profit", 500.0, 100.0, 900.0, 0.9, 0.99), low_every_night, 600.0)


def night(plan: tuple[float, ...] = WORLD.spend, verdict: str = "MOVE") -> EarlierNight:
    recommended = {(c, None): b for c, b in zip(WORLD.channels, plan, strict=True)}
    return EarlierNight("2026-11-19", verdict, recommended, {(c, None): b for c, b in BUDGETS.items()}, None)


def test_a_plan_stays_while_no_other_is_better_beyond_doubt() -> None:
    # seven other logs of the same world: each would type in other budgets
    world = replace(WORLD, noise=(0.1, 0.1, 0.1))
    first = chosen(0, world=world)
    later = [chosen(seed, world=world) for seed in range(1, 8)]
    assert len({choice.plan for choice in later}) > 3
    steady = [chosen(seed, night(first.plan), world) for seed in range(1, 8)]
    stays = [choice.plan == first.plan for choice in steady]
    assert sum(stays) >= 6
    for choice, stayed in zip(steady, stays, strict=True):
        assert choice.stays_from == ("2026-11-19" if stayed else "")
        assert choice.bound > 0


def test_a_plan_that_was_proposed_with_a_lower_bound_below_0_stays_likewise() -> None:
    # plans are proposed for what they promise; effects no larger than the noise leave some bounds below 0
    noisy = replace(WORLD, iroas=(0.9, 1.3, 1.2), noise=(0.5, 0.5, 0.5))
    doubtful = 0
    for seed in range(12):
        tonight = chosen(seed, world=noisy)
        if not tonight.moves:
            continue
        # hardly another plan, a little nearer to today's: the same log cannot tell it from its best
        nearly = tuple(
            10 * ((0.95 * b + 0.05 * c) // 10) for b, c in zip(tonight.plan, WORLD.spend, strict=True)
        )
        steady = chosen(seed, night(nearly), noisy)
        assert (steady.plan, steady.stays_from) == (nearly, "2026-11-19") and steady.worth > NOTHING
        doubtful += steady.bound <= 0
    assert doubtful >= 3  # else these logs are too good to tell the rules apart


def test_a_plan_that_repairs_a_missed_target_stays_likewise() -> None:
    # it gives up margin to meet the target: worth less than nothing, and more than missing it
    world = ResponseWorld(WORLD.spend, (0.3, 1.0, 1.4), (0.4, 1.0, 0.7), (0.2, 0.6, 0.6))
    split = SPLIT.model_copy(update={"goal": "target_roas", "target": 7.0})
    for seed in range(3):
        tonight = chosen(seed, world=world, split=split)
        a, b, c = tonight.plan
        nearly = (a, b - 100, c + 70)
        steady = chosen(seed, night(nearly), world, split)
        assert (steady.plan, steady.stays_from, steady.repairs) == (nearly, "2026-11-19", True)
        assert tonight.repairs and steady.worth < NOTHING


def test_a_plan_that_loses_is_given_up() -> None:
    wrong = (4800.0, 7200.0, 6000.0)  # into the channel that earns 0.3
    choice = chosen(1, night(wrong))
    assert choice.stays_from == "" and choice.plan == chosen(1).plan


def test_a_plan_beyond_tonights_limits_is_drawn_within_them() -> None:
    beyond = (0.0, 12_000.0, 7000.0)
    choice = chosen(1, night(beyond))
    assert choice.limits.allows(np.array(choice.plan)) and choice.plan[0] >= 2000.0


@pytest.mark.parametrize(
    ("verdict", "low", "every_night", "waits"),
    [
        ("KEEP", 10.0, -5.0, True),
        ("KEEP", 10.0, None, True),
        ("KEEP", 10.0, 2.0, False),
        ("MOVE", 10.0, -5.0, False),
        ("NO_EVIDENCE", 10.0, -5.0, False),  # no look at any figure yet
        ("KEEP", -1.0, -5.0, False),  # tonight alone keeps it already
    ],
)
def test_after_a_night_that_kept_a_move_needs_the_bound_for_every_night(
    verdict: str, low: float, every_night: float | None, waits: bool
) -> None:
    tonight = Uplift("profit", 20.0, low, 30.0, 0.9, 0.99)
    assert too_soon(night(verdict=verdict), tonight, every_night) == waits
    assert not too_soon(None, tonight, every_night)


def test_every_change_of_the_verdict_is_named() -> None:
    choice = chosen(1)
    kept = night(verdict="KEEP")
    assert told(confirmed(choice, 1)).changed == ""  # a first night

    waits = confirmed(choice, 1, earlier=kept, believed=believing(-120.0))
    assert waits.verdict == "KEEP" and waits.considered is not None and waits.considered.low > 0
    assert (
        "a move now needs the bound that holds for every night together, now −120 EUR, to be above 0"
        in told(waits).why
    )
    assert told(waits).changed.startswith(
        "As in the report of 2026-11-19, today's split stays, though tonight"
    )
    assert any("some more nights of logs" in sentence for sentence in told(waits).missing)

    moves = confirmed(choice, 1, earlier=kept, believed=believing(50.0))
    assert moves.verdict.startswith("MOVE")
    assert told(moves).changed.startswith("New since the report of 2026-11-19: the gain is beyond doubt, at ")

    stays = chosen(2, night(choice.plan))
    assert told(confirmed(stays, 2, earlier=night(choice.plan))).changed == (
        "The plan is that of the report of 2026-11-19: no other is better than it beyond doubt."
    )
    nothing = ResponseWorld(WORLD.spend, (1.5, 1.5, 1.5), WORLD.saturation, spread=0.0)
    gone = confirmed(chosen(2, night(choice.plan), nothing), 2, earlier=night(choice.plan))
    assert gone.verdict == "KEEP" and told(gone).changed == (
        "Unlike the report of 2026-11-19, today's split stays: no change we tried is better beyond doubt."
    )


def test_a_plan_that_is_a_little_moved_is_the_same_plan() -> None:
    choice = chosen(1)
    limits = choice.limits

    def how(before: tuple[float, ...]) -> str:
        changed = what_changed(night(before), "MOVE", choice, waits=False)
        assert changed is not None
        return changed.how

    plan = np.array(choice.plan)
    up = int(np.flatnonzero(plan > limits.current)[0])
    assert how(tuple(np.where(np.arange(3) == up, plan / 1.05, plan).tolist())) == "plan nearly"
    assert how(tuple(np.where(np.arange(3) == up, plan / 1.2, plan).tolist())) == "plan differs"
    other_way = np.where(np.arange(3) == up, limits.current - 10.0, plan)
    assert how(tuple(other_way.tolist())) == "plan differs"


def test_a_bound_that_nobody_passes_on_is_worked_out_and_lies_below_the_interval() -> None:
    # a clear gain clears the bound for every night; one that barely clears tonight's waits
    world = ResponseWorld(WORLD.spend, (0.3, 1.9, 1.8), WORLD.saturation, spread=0.0)
    clear, kept = chosen(1, world=world), night(verdict="KEEP")
    sure = confirm(clear, world.log(2), split=SPLIT, earlier=kept)
    assert sure.verdict.startswith("MOVE")
    assert lasting_level(10_000, 0.95) == pytest.approx(norm.cdf(2.79), abs=2e-4)  # in place of 1.64
    assert lasting_level(30, 0.95) == 1.0  # too few entities for a bound that holds every night
    noisy = replace(WORLD, iroas=(0.6, 1.6, 1.5), noise=(0.4, 0.4, 0.4))
    waiting = 0
    for seed in range(12):
        found = chosen(seed, world=noisy)
        alone = confirm(found, noisy.log(seed), split=SPLIT)
        after = confirm(found, noisy.log(seed), split=SPLIT, earlier=kept)
        assert after.verdict == "KEEP" or alone.verdict == after.verdict
        waiting += alone.verdict != after.verdict
    assert waiting >= 1


def test_spend_that_changed_is_part_of_the_story() -> None:
    before = night(verdict="KEEP")
    before = EarlierNight(
        "2026-11-19", "KEEP", before.recommended, before.current | {("channel_a", None): 2000.0}, None
    )
    said = told(confirmed(chosen(1), 1, earlier=before, believed=believing(50.0))).changed
    assert said.endswith("Spend itself changed: channel_a from 2,000 EUR to 4,000 EUR.")


def test_amounts_in_another_currency_are_not_compared_and_that_is_said() -> None:
    before = EarlierNight("2026-11-19", "MOVE", {}, {}, None, other_currency="SEK")
    said = told(confirmed(chosen(1), 1, earlier=before, believed=believing(50.0))).changed
    assert said == (
        "Amounts are in EUR and cannot be compared with the report of 2026-11-19, which was in SEK."
    )
