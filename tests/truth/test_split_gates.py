"""Gates shrink a plan and do not refuse it: logs in which a cut soon leaves what was seen."""

from dataclasses import replace

import numpy as np
import pytest

from flows.stages.judging import RECOMMENDED, Judge
from flows.stages.promise import promise_of
from models.mdp import Outcome
from models.policies.rules import ScaledDelivery
from models.results import NotSupported, OutcomeAtRisk, SplitDecision
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.verdict import Objections
from tests.models.split.deciding import choose, confirm
from tests.told import told
from tests.truth.thin_worlds import ThinWorld

SPLIT, EVALUATION = SplitSettings(bootstrap=0), EvaluationSettings()
THIN = ThinWorld(none=0.012)


def chosen(world: ThinWorld, delivery: DeliveryValue) -> SplitChoice:
    return choose(
        delivery, tier="A", split=SPLIT, evaluation=EVALUATION, overlap=world.overlap(),
        current=world.current,
    )  # fmt: skip


def decided(world: ThinWorld, reporting: Judge, choice: SplitChoice) -> tuple[SplitDecision, SplitChoice]:
    """The verdict as `flows.stages` comes to it."""
    promise = promise_of(reporting.night, reporting, choice)
    doubt = NotSupported(promise.refused) if promise.refused else None
    risk = next((OutcomeAtRisk(one) for one in promise.guardrails if not one.kept), None)
    objections = Objections(disagreement=doubt, guardrail=risk)
    decision = confirm(
        promise.chosen, reporting.delivery, split=SPLIT, objections=objections,
        overlap=world.overlap(), logged_days=60, interval=reporting.interval, believed=promise.believed,
    )  # fmt: skip
    return decision, promise.chosen


def wanted(choice: SplitChoice) -> SplitChoice:
    """The plan before any gate was asked."""
    assert choice.limited_by is not None
    plan = np.array([budget for _, budget in choice.limited_by.wanted])
    multipliers = (1.0, *choice.limits.multipliers(plan).tolist())
    return replace(choice, plan=tuple(plan.tolist()), multipliers=multipliers, limited_by=None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_smaller_step_that_passes_is_found_and_the_report_says_what_limited_it(seed: int) -> None:
    deciding, reporting = THIN.judge(seed, 4000), THIN.judge(seed + 100, 3000)
    choice = chosen(THIN, deciding.delivery)
    limit = choice.limited_by
    assert limit is not None and 0.2 <= limit.kept < 1 and limit.rare_none == ("push",)
    # the plan that was wanted is refused by both parts, as it was before there was a smaller one
    for part in (deciding, reporting):
        assert part.gate.beyond(part.target(wanted(choice).policy("wanted"))) is not None
    decision, asked = decided(THIN, reporting, choice)
    assert reporting.gate.beyond(reporting.target(asked.policy(RECOMMENDED))) is None
    assert decision.verdict == "MOVE_PARTLY" and decision.uplift is not None and decision.uplift.low > 0
    # 3,000 users with 18 untouched ones a day support a small step, which beats none
    assert THIN.uplift(asked.plan) > 0.15 * THIN.uplift(wanted(choice).plan)
    assert decision.limited_by == asked.limited_by
    assert f"Only {100 * asked.limited_by.kept:.0f} %" in told(decision).why
    assert "nearly everyone who could see push is shown an ad" in told(decision).held_back
    push = decision.rows[0]
    said = told(decision).reasons[0]
    assert said.startswith(
        f"cut only to {push.recommended:,.0f} EUR: nearly everyone who could see it is shown an ad, so the "
        "logs hardly show what a deeper cut does (earns "
    )


def test_the_reporting_users_shrink_a_plan_by_weights_alone() -> None:
    choice = wanted(chosen(THIN, THIN.judge(3, 4000).delivery))
    plans = []
    for earns in (THIN.earns, (9.0, -4.0)):  # the same decisions, other outcomes
        reporting = ThinWorld(THIN.none, earns).judge(103, 3000)
        asked = promise_of(reporting.night, reporting, choice).chosen
        plans.append(asked.plan)
        assert reporting.gate.beyond(reporting.target(asked.policy(RECOMMENDED))) is None
    assert plans[0] == plans[1] != choice.plan
    moves = [(np.array(plan) - choice.limits.current) for plan in (plans[0], choice.plan)]
    assert asked.limited_by.kept == pytest.approx(np.abs(moves[0]).sum() / np.abs(moves[1]).sum())
    # in the same direction, on the platform's step
    assert moves[0] == pytest.approx(asked.limited_by.kept * moves[1], abs=10)
    assert all(round(budget, 6) % 10 == 0 for budget in plans[0])


def test_a_hopeless_log_keeps_todays_split_and_says_why() -> None:
    # fewer users than the gate asks for: not even today's delivery passes
    choice = chosen(THIN, THIN.judge(4, 60).delivery)
    assert not choice.moves and choice.limited_by is not None and choice.limited_by.kept == 0
    decision = confirm(choice, THIN.judge(104, 45).delivery, split=SPLIT, overlap=THIN.overlap())
    assert decision.verdict == "KEEP" and "not even a small step of it" in told(decision).why
    assert any("Show no ads to a random 10 %" in sentence for sentence in told(decision).missing)


def test_reporting_users_who_are_too_few_keep_todays_split() -> None:
    choice = chosen(THIN, THIN.judge(1, 4000).delivery)
    decision, asked = decided(THIN, THIN.judge(105, 45), choice)
    assert asked.plan == choice.plan and asked.limited_by.kept == 0
    assert decision.verdict == "KEEP" and isinstance(decision.why, NotSupported)


def test_nothing_changes_where_no_gate_binds() -> None:
    world = ThinWorld(none=0.6)
    for seed in range(3):
        gated, free = (world.judge(seed, 4000).delivery for _ in range(2))
        free._supports = None
        one, two = chosen(world, gated), chosen(world, free)
        assert one.limited_by is None and gated.calls == free.calls
        assert (one.plan, one.worth, one.bound) == (two.plan, two.worth, two.bound)
        reporting = world.judge(seed + 100, 3000)
        assert promise_of(reporting.night, reporting, one).chosen is one


def test_the_quick_gate_is_that_of_whole_journeys() -> None:
    part = THIN.judge(1, 2000)
    for cut in (0.0, 0.1, 0.3, 0.6):
        policy = ScaledDelivery((1.0, 1 - cut, 1 + cut), "scaled delivery")
        quick, slow = part.gate.of_scaled(policy), part.gate.of_journeys(part.target(policy))
        assert (quick is None) == (slow is None)
        if quick is not None and slow is not None:
            assert quick.kind == slow.kind and quick.figure == pytest.approx(slow.figure)


def test_a_gate_that_binds_costs_few_evaluations() -> None:
    # running products tell, and take none; each of at most three plans a round is looked at once or twice
    for seed in (1, 2, 3):
        delivery = THIN.judge(seed, 4000).delivery
        chosen(THIN, delivery)
        assert delivery.calls <= 20


def guarded(world: ThinWorld, seed: int, users: int, worst: float) -> Judge:
    """The reporting users with a guardrail: half of them are active, fewer after the second channel."""
    part = world.judge(seed, users)
    journeys, draw = part.journeys, np.random.default_rng(seed)
    active = draw.random(len(journeys.rows)) < 0.5 - 0.3 * (journeys.action == 2)
    more = replace(
        journeys,
        outcomes=np.insert(journeys.outcomes, 3, active, axis=1),
        outcome_names=(*journeys.outcome_names[:3], "active", *journeys.outcome_names[3:]),
        outcome_units=(*journeys.outcome_units[:3], "count", *journeys.outcome_units[3:]),
    )
    spec = (Outcome("active", "count", "guardrail", worst=worst),)
    part.transitions.outcome_spec = spec  # type: ignore[misc]
    return replace(part, journeys=more)


def test_a_guardrail_keeps_a_split_that_earns_and_lets_it_pass_where_the_study_does() -> None:
    world = ThinWorld(none=0.3)
    choice = chosen(world, world.judge(1, 4000).delivery)
    assert choice.plan[1] > choice.limits.current[1]  # more of what makes people leave
    kept, _ = decided(world, guarded(world, 101, 3000, worst=-0.005), choice)
    assert kept.verdict == "KEEP" and "active is a guardrail: it could fall by" in told(kept).why
    assert kept.considered is not None and kept.considered.low > 0  # it would have moved
    moved, _ = decided(world, guarded(world, 101, 3000, worst=-0.5), choice)
    assert moved.verdict in ("MOVE", "MOVE_PARTLY")
