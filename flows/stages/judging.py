"""Users as a judge of policies, what every evaluation of them shares, and what comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flows.night import Night
from models.agents import (
    AgentPolicy,
    NewestDecisions,
    Told,
    Trial,
    networks_side_by_side,
    newest_decisions,
    told_of,
)
from models.behaviour import Behaviour
from models.evaluation import (
    BootstrapT,
    DoublyRobust,
    Picked,
    PolicyValue,
    QuickLook,
    SupportGate,
    Target,
    TargetByFold,
    guardrail_bounds,
    guardrails_of,
    normal_interval,
    own,
)
from models.mdp import (
    AGENT_FOLDS,
    COST,
    PURCHASES,
    FeatureRows,
    Journeys,
    JourneyTerms,
    Transitions,
    cut_journeys,
    fold_of,
)
from models.policies import Floats, Policy, ScaledDelivery, of_fold, probabilities_by_fold, probabilities_in
from models.results import (
    Gate,
    GuardrailBound,
    Interval,
    OneStepAnswer,
    PolicyEstimate,
    PolicyEvidence,
)
from models.split import DeliveryValue, Segments, Supports, rarity, segments_of

RECOMMENDED = "recommended split"


@dataclass(frozen=True)
class Judge:
    """Some users' journeys (n rows, A actions, C clusters), today's delivery on them, and their estimator."""

    night: Night
    transitions: Transitions
    journeys: Journeys
    behaviour: Floats  # (n, A)
    newest: NewestDecisions
    sampled: bool = False
    """Are these some of the users, drawn by lot?"""

    def target(self, policy: Policy) -> Target:
        """(n, A) what a policy would do in these journeys; of one that learnt from entities, by fold: what it
        learnt from those of the other folds."""
        # scaled delivery does not look at the state, whose gathering would take half of its time
        features = None if isinstance(policy, ScaledDelivery) else self.features
        eligible, behaviour = self.journeys.eligible, self.behaviour
        acting = [of_fold(policy, fold) for fold in range(AGENT_FOLDS)]
        if all(one is policy for one in acting):
            return probabilities_in(policy, features, eligible, behaviour, run=networks_side_by_side)
        found = probabilities_by_fold(acting, self.features, eligible, behaviour, run=networks_side_by_side)
        return TargetByFold(found, self.fold)

    @cached_property
    def fold(self) -> NDArray[np.int8]:
        """(n,) the agents' fold of each row."""
        return fold_of(self.journeys.cluster_key, AGENT_FOLDS).astype(np.int8)[self.journeys.cluster]

    @property
    def features(self) -> FeatureRows:
        """(n, d) raw."""
        return FeatureRows(self.transitions.features, self.journeys.rows)

    def targets(self, policies: Sequence[Policy]) -> "Targets":
        """Those of several policies by name."""
        return Targets(self, {policy.name: policy for policy in policies})

    @cached_property
    def estimator(self) -> DoublyRobust:
        """The doubly robust estimator, factorised once."""
        settings = self.night.study.evaluation
        return DoublyRobust(
            self.journeys,
            self.behaviour,
            folds=settings.folds,
            ridge=settings.ridge,
            min_behaviour_probability=settings.min_behaviour_probability,
        )

    def told(self, agent: AgentPolicy, budget: float, look: QuickLook) -> Told | None:
        """What these users say by a look of an agent that may spend a budget, as they count money."""
        target, new = self.target(agent), self.newest
        newest = probabilities_in(
            agent, new.features, new.eligible, new.behaviour, new.fold, run=networks_side_by_side
        )
        drift = new.drift(newest, own(target), self.behaviour)
        acts = look.acts(target)
        del target  # large, and weights take as much memory
        return told_of(look, acts, Trial(agent.price, agent.softness, 0.0, 0.0, drift, budget))

    def look_for_price(self) -> QuickLook:
        """At goal and cost, of which a search asks nothing more. It is large: the search lets go of it."""
        return QuickLook(self.estimator, self.night.study.evaluation, (self.journeys.goal, COST))

    @cached_property
    def bootstrap(self) -> BootstrapT:
        """The resamples every interval of these users shares."""
        return BootstrapT(self.journeys.cluster_key, seed=self.night.study.seed)

    @cached_property
    def money_look(self) -> QuickLook:
        """At the goal, every channel's cost and purchases."""
        names = self.journeys.outcome_names
        costs = [f"cost:{channel}" for channel in self.journeys.actions[1:]]
        wanted = [name for name in (self.journeys.goal, *costs, PURCHASES) if name in names]
        return QuickLook(self.estimator, self.night.study.evaluation, wanted)

    @cached_property
    def delivery(self) -> DeliveryValue:
        """What scaled delivery is worth on these users, as a function of the channels' multipliers: by quick
        looks, since a search and its pictures ask for dozens. The promise in profit is evaluated in full
        (`flows.stages.promise`); spend, iROAS and other goals are as the looks have them."""
        look, wanted = self.money_look, self.money_look.outcomes
        decided = self.journeys.is_decision

        def scaled(multipliers: Floats) -> ScaledDelivery:
            return ScaledDelivery(tuple(multipliers.tolist()), "scaled delivery")

        def looked(multipliers: Floats) -> tuple[Floats, Gate | None]:
            values, weights = look.of_scaled(scaled(multipliers))
            return values, self.gate.of_scaled_steps(scaled(multipliers), weights)

        return DeliveryValue(
            lambda multipliers: look.of_scaled(scaled(multipliers))[0],
            outcome_names=tuple(wanted),
            actions=self.journeys.actions,
            scale=self.journeys.scale,
            cluster_key=self.journeys.cluster_key,
            supports=Supports(
                early=lambda multipliers: self.gate.of_scaled(scaled(multipliers)),
                looked=looked,
                rarity=rarity(self.behaviour[decided], self.journeys.eligible[decided]),
            ),
        )

    @cached_property
    def gate(self) -> SupportGate:
        """What the log has to say about a plan before these users' figures of it count."""
        return SupportGate(self.estimator, self.night.study.evaluation)

    @property
    def guarded(self) -> bool:
        """Does the study set guardrails?"""
        return bool(guardrails_of(self.transitions.outcome_spec))

    def guardrails(self, value: PolicyValue, picked: Picked | None = None) -> tuple[GuardrailBound, ...]:
        """The study's, under a policy. picked: among whom, where these users picked it."""
        study, found = self.night.study, guardrails_of(self.transitions.outcome_spec)
        return guardrail_bounds(
            self.estimator, value, found, study.evaluation, seed=study.seed, picked=picked
        )

    def interval(self, values: Floats, level: float) -> Interval:
        """Interval of the sum of per-cluster values (C,): bootstrap-t, or normal where that is not known."""
        found = self.bootstrap.intervals(values[:, None], scale=1.0, level=level)[0]
        found = found or normal_interval(values, scale=1.0, level=level)
        return found or Interval(float(values.sum()), float("-inf"), float("inf"), level)


@dataclass(frozen=True)
class Targets(Mapping[str, Target]):
    """What policies would do (n, A), by name: worked out when asked, since all at once fill the memory."""

    judge: Judge
    policies: Mapping[str, Policy]

    def __getitem__(self, name: str) -> Target:
        return self.judge.target(self.policies[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.policies)

    def __len__(self) -> int:
        return len(self.policies)


@dataclass(frozen=True)
class Candidates:
    """Every policy that is compared, and the agent that everybody trusts most."""

    policies: tuple[Policy, ...]
    best_agent: AgentPolicy | None
    looked_at: int = 1
    """Prices and softnesses of all agents that were tried to find it."""
    one_step: OneStepAnswer | None = None
    """Is a rule that looks one step ahead enough? None where none was trained."""


@dataclass(frozen=True)
class Evaluation:
    """What everybody says of every candidate, and of the chosen split."""

    policies: tuple[Policy, ...]
    estimates: tuple[PolicyEstimate, ...]
    evidence: tuple[PolicyEvidence, ...]
    users: int | None = None
    """By how many of the users, where they are a sample."""


def judge(
    night: Night,
    transitions: Transitions,
    rows: NDArray[np.bool_],
    behaviour: Behaviour,
    per: Literal["period", "entity"] = "period",
) -> Judge:
    """The judge of the given rows (n,): totals per budget period, as budgets are, or means per entity."""
    study = night.study
    journeys = cut_journeys(
        transitions,
        rows,
        JourneyTerms(
            horizon_days=study.decision.horizon_days,
            tail_days=study.decision.tail_days,
            single_step=study.decision.single_step,
            period_days=study.split.period_days,
            per=per,
        ),
        total_entities=len(np.unique(transitions.entity)) * transitions.stands_for,
    )
    newest = newest_decisions(
        transitions, rows, behaviour.probabilities, single_step=study.decision.single_step
    )
    delivery = journeys.delivery(behaviour.probabilities)
    return Judge(night, transitions, journeys, delivery, newest)


def by_segment(part: Judge) -> Segments | None:
    """One part's users by segment, whether or not platforms can be told; None without two segments."""
    study = part.night.study
    split = study.split.model_copy(update={"segments": True})
    return segments_of(part.estimator, part.transitions, split, study.logs.min_cell_users)
