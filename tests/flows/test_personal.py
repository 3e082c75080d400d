"""The personalised plan in a small known world: nobody judges what they taught; what is not known is said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from flows.night import Night, open_scratch
from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.assemble import explanation_of
from flows.stages.cohorts import gather_everybody
from flows.stages.judging import Candidates, Judge, by_segment
from flows.stages.personal import BY_CHANNEL, BY_SEGMENT, NO_BETTER, Personal, personalise
from flows.stages.spend import Spending
from flows.study import read_study
from models.agents.advantage_fit import fit_advantage
from models.agents.folds import FoldedValues
from models.agents.frontier import MixturePolicy
from models.agents.next_best_action import do_not_act, next_best_actions
from models.agents.policy import AgentPolicy
from models.mdp.todays_budget import TodaysBudget, todays_budget
from models.mdp.transition_table import Feature, NextDecisions, Transitions
from models.picture.pacing import daily_money
from models.policies.rules import Logged
from models.split.choice import SplitChoice
from models.split.frontier import SHARES
from models.split.segment_slopes import segment_slopes
from tests.conftest import KEY
from tests.models.agents.tables import table
from tests.models.split.deciding import choose

STUDY = """
name = "small"
currency = "EUR"
time_zone = "Europe/Berlin"
[decision]
single_step = true
"""
FEATURES = (
    Feature("segment=explorers", "yes/no", "belongs to segment explorers", "who"),
    Feature("segment=regulars", "yes/no", "belongs to segment regulars", "who"),
    Feature("keen", "yes/no", "user feature keen", "who"),
)


def world(n: int = 9000) -> Transitions:
    """One decision a user; an ad costs 1. Social earns 4 from keen explorers and 2.5 from the others, and
    nothing from regulars; search earns 1.2 from the keen and nothing from others. Half are explorers, half
    are keen, half are shown nothing."""
    rng = np.random.default_rng(7)
    segment, keen = rng.integers(0, 2, n), rng.integers(0, 2, n)
    action = rng.choice(3, n, p=[0.5, 0.25, 0.25])
    social, search = np.where(segment == 0, 2.5 + 1.5 * keen, 0.0), 1.2 * keen
    margin = 5.0 + np.choose(action, [np.zeros(n), social, search]) + rng.normal(size=n)
    features = np.column_stack([segment == 0, segment == 1, keen])
    made = table(
        actions=("none", "social", "search"),
        features=features,
        eligible=np.ones((n, 3), bool),
        action=action,
        margin=margin,
        cost=np.ones(n),
    )
    upcoming = NextDecisions(
        made.entity[:400], made.features[:400], np.ones((400, 3), bool), np.zeros(400, np.int16)
    )
    return replace(made, feature_spec=FEATURES, next_decisions=upcoming)


@dataclass(frozen=True)
class Parts:
    """A night's users, and the agent that either half taught for the other."""

    night: Night
    agent: AgentPolicy
    chosen: SplitChoice
    everybody: Judge
    today: TodaysBudget

    def personal(self, tier: str = "A", agent: AgentPolicy | None = None) -> Personal | None:
        candidates = Candidates((), agent or self.agent)
        chosen = replace(self.chosen, tier=tier)
        return personalise(self.night, candidates, chosen, self.everybody, Spending(self.today))

    def with_settings(self, section: str, **changed: object) -> "Parts":
        study = self.night.study
        changed_study = study.model_copy(
            update={section: getattr(study, section).model_copy(update=dict(changed))}
        )
        night = replace(self.night, study=changed_study)
        return replace(self, night=night, everybody=replace(self.everybody, night=night))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    path = tmp_path_factory.mktemp("personal") / "small.toml"
    path.write_text(STUDY)
    study, transitions = read_study(path), world()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOT_PSEUDONYM_KEY", KEY)
        with open_scratch(study, date(2026, 11, 20)) as night, determinism(study):
            folds = stages.deal_folds(night, transitions)
            behaviour = stages.fit_behaviour_policy(night, transitions)
            models = tuple(
                fit_advantage(
                    transitions, folds.teachers(fold), behaviour.probabilities,
                    discount_per_day=1.0, n_steps=1, pessimism=0.0,
                )
                for fold in (0, 1)
            )  # fmt: skip
            everybody = gather_everybody(night, transitions, behaviour)
            chosen = choose(
                everybody.delivery, tier="A", split=study.split, evaluation=study.evaluation,
                overlap=behaviour.overlap,
            )  # fmt: skip
            agent = AgentPolicy(FoldedValues(models), 1.0, 1.0, "advantage")
            yield Parts(night, agent, chosen, everybody, spent_in(transitions))


@pytest.fixture(scope="module")
def found(parts: Parts) -> Personal:
    personal = parts.personal()
    assert personal is not None
    return personal


def test_seven_budgets_are_answered_from_half_to_twice(found: Personal) -> None:
    page = found.page
    assert [p.budget for p in page.points] == [share * page.budget for share in SHARES]
    assert page.budget == pytest.approx(4500, rel=0.02)  # half of 9,000 users are shown an ad for 1
    for p in page.points:
        assert p.low < p.value < p.high and p.spend_low <= p.spend <= p.spend_high
        assert sum(p.spend_by_channel.values()) == pytest.approx(p.spend)
        assert p.spend == pytest.approx(min(p.budget, page.most))  # whoever finds a mixture spends it
    values = [p.value for p in page.points]
    assert values[0] < values[2] < values[-1]


def test_personalised_delivery_earns_what_the_world_pays(found: Personal) -> None:
    """Today an ad earns (3.25 / 2 + 0.6) / 2 = 1.11 and is shown to every second user. Whoever shows social
    to explorers alone earns 3.25 with as many ads: 45,000 + 14,600. An agent that hedges has most of it."""
    (at_today,) = (p for p in found.page.points if p.budget == found.page.budget)
    today, best = 45_000 + 4_500 * 1.1125, 45_000 + 4_500 * 3.25
    assert today + 0.5 * (best - today) < at_today.value < best
    assert at_today.low > today


def test_value_left_shrinks_with_what_platforms_can_be_told(found: Personal) -> None:
    """By channel nobody is told from another; by segment only the keen are not."""
    by = {left.by: left for left in found.page.left}
    assert list(by) == [BY_CHANNEL, BY_SEGMENT]
    assert by[BY_CHANNEL].low > by[BY_SEGMENT].high
    for left in by.values():
        assert left.low < left.estimate < left.high
        assert left.projected_spend == pytest.approx(left.personal_spend, rel=0.05)


def test_each_half_judges_what_the_other_one_taught(parts: Parts, found: Personal) -> None:
    """With the halves' learners exchanged everybody judges what they taught: the same plan, other figures.
    And bounds know how many agents were tried."""
    folds = parts.agent.ensemble
    assert isinstance(folds, FoldedValues)
    swapped = replace(parts.agent, ensemble=FoldedValues(folds.folds[::-1]))
    own = parts.personal(agent=swapped)
    assert own is not None
    pairs = list(zip(own.page.points, found.page.points, strict=True))
    assert all(mine.value != theirs.value for mine, theirs in pairs)
    spending = Spending(parts.today)
    out_of_many = personalise(
        parts.night, Candidates((), parts.agent, 500), parts.chosen, parts.everybody, spending
    )
    assert out_of_many is not None
    for mine, theirs in zip(out_of_many.page.points, found.page.points, strict=True):
        assert (mine.value, mine.high) == (theirs.value, theirs.high) and mine.low < theirs.low


def spent_in(transitions: Transitions) -> TodaysBudget:
    money = daily_money(transitions)
    last = int(transitions.day.max())
    days = range(money.first_day, last + 1)
    return todays_budget(money, period_days=7, days=days, single_step=True)


def prices(plan: MixturePolicy) -> list[float]:
    return [agent.price for agent in (plan.first, plan.second) if isinstance(agent, AgentPolicy)]


def test_impression_only_logs_claim_nothing(parts: Parts) -> None:
    assert parts.personal(tier="B") is None


def test_without_an_agent_there_is_no_plan(parts: Parts) -> None:
    without = Candidates((), None)
    plan = personalise(parts.night, without, parts.chosen, parts.everybody, Spending(parts.today))
    assert plan is None


def test_an_agent_the_logs_do_not_support_is_told(parts: Parts) -> None:
    """More users are asked for than there are: no policy but today's delivery can be judged."""
    none = parts.with_settings("evaluation", min_effective_sample_size=1e9).personal()
    assert none is not None and none.page.empty == NO_BETTER and none.plan is None


def test_what_is_in_doubt_leaves_todays_delivery(parts: Parts) -> None:
    sceptic = parts.with_settings("split", z=1000.0).personal()
    assert sceptic is not None and sceptic.plan is None and sceptic.page.left == ()
    assert sceptic.page.usual or sceptic.page.empty == NO_BETTER


def test_next_actions_are_those_of_the_plan_that_was_evaluated(parts: Parts, found: Personal) -> None:
    """Each entity has the softened probabilities of the policy it is dealt to, and one action drawn from
    them. 400 draws: a share is five standard errors off once in two million tests."""
    assert found.plan is not None
    upcoming = parts.everybody.transitions.next_decisions
    assert upcoming is not None
    for share in (0.0, 0.5, 1.0):
        plan = replace(found.plan, share=share)
        table = next_actions(parts, plan, budget=9.0)
        mu = np.tile([0.5, 0.25, 0.25], (400, 1))
        both = [p.probabilities(upcoming.features, upcoming.eligible, mu) for p in (plan.first, plan.second)]
        expected = np.where(plan.takes_second(upcoming.entity)[:, None], both[1], both[0])
        expected = expected[np.argsort(upcoming.entity)]
        chances = table.select("^probability:.*$").to_numpy()
        np.testing.assert_allclose(chances, expected, atol=2e-6)
        for k, action in enumerate(parts.everybody.transitions.actions):
            drawn, chance = float((table["action"] == action).mean()), chances[:, k]
            assert abs(drawn - chance.mean()) < 5 * np.sqrt((chance * (1 - chance)).sum()) / 400 + 1e-9
    rules = MixturePolicy(Logged(), Logged(), 0.5, "rules")
    with pytest.raises(TypeError, match="logged has no action values"):
        next_actions(parts, rules)


def test_the_plan_that_is_recommended_is_explained(parts: Parts, found: Personal) -> None:
    """Social to explorers, whichever agents a night compares; softness 1 leaves today's delivery on top, so
    what counts is what the plan favours against it."""
    assert found.plan is not None
    told = explanation_of(parts.everybody, parts.agent, found)
    assert told is not None and told.policy == "advantage" and told.at_budget and told.tree is not None
    assert told.importances[0][0].startswith("segment=") and told.tree.feature is not None
    low, high = told.tree.low, told.tree.high
    assert low is not None and high is not None
    explorers = high if told.tree.feature == "segment=explorers" else low
    assert explorers.action == "social" and explorers.share == 1.0
    assert explanation_of(parts.everybody, None, None) is None
    dear = replace(parts.agent, price=50.0)  # at which no ad pays
    alone = explanation_of(parts.everybody, dear, Personal(found.page))
    assert alone is not None and alone.tree is not None and not alone.at_budget
    assert (alone.tree.action, alone.tree.share) == ("none", 1.0)


def test_a_mixture_with_a_rule_is_carried_out_too(parts: Parts) -> None:
    plan = MixturePolicy(parts.agent, Logged(), 0.5, "half of them as today")
    table = next_actions(parts, plan, budget=9.0)
    usual = pl.Series(plan.takes_second(table["entity"].to_numpy()))
    assert 100 < usual.sum() < 300
    as_today = table.filter(usual).select("^probability:.*$").unique()
    assert as_today.rows() == [(0.5, 0.25, 0.25)]
    assert table.filter(usual)["gain:social"].null_count() == 0  # what the agent believes of them


def test_a_night_that_says_not_to_act_leaves_no_action(parts: Parts) -> None:
    table = do_not_act(parts.everybody.transitions)
    assert table["action"].unique().to_list() == ["do_not_act"] and len(table) == 400
    assert table["probability:social"].null_count() == 400 and not table["supported"].any()
    assert table.schema == next_actions(parts, MixturePolicy(parts.agent, Logged(), 0.5, "x")).schema


def next_actions(parts: Parts, plan: MixturePolicy, budget: float = 1.0) -> pl.DataFrame:
    return next_best_actions(parts.everybody.transitions, plan, Usual(), min_probability=0.01, budget=budget)


@dataclass(frozen=True)
class Usual:
    """Delivery of the world, whatever the state."""

    name: str = "usual"

    def probabilities(self, features, eligible, behaviour):  # noqa: ARG002
        return np.tile([0.5, 0.25, 0.25], (len(features), 1))


def test_slopes_by_segment_stand_where_platforms_cannot_be_told(parts: Parts) -> None:
    """Social among explorers earns 3.25 and among regulars nothing: each within its interval, five apart."""
    assert not parts.night.study.split.segments
    segments = by_segment(parts.everybody)
    assert segments is not None
    slopes = {(s.channel, s.segment): s for s in segment_slopes(segments, parts.everybody.delivery, 0.9999)}
    assert list(slopes) == [(c, s) for c in ("social", "search") for s in ("explorers", "regulars")]
    for cell, truth in zip(slopes.values(), (3.25, 0.0, 0.6, 0.6), strict=True):
        assert cell.low is not None and cell.high is not None
        assert cell.low < truth < cell.high  # four intervals of 99.99 %: a false alarm in 2,500 worlds
