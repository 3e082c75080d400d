"""The stages of a night as plain functions: each takes its inputs and returns its result.

They hold the glue between layers and no mathematics.
"""

import numpy as np

from flows.night import Night
from flows.stages.cohorts import gather_sample
from flows.stages.findings import Decided, Logged
from flows.stages.judging import RECOMMENDED, Candidates, Evaluation, Judge
from flows.stages.promise import Promise
from flows.stages.spend import as_vector, attributed_roas
from flows.stages.staging import policies_of, stage_logs
from models import split as splits
from models.agents import (
    ALGORITHMS,
    Agents,
    Finalists,
    Grid,
    Priced,
    agent_of,
    choose_among,
    find_finalists,
    networks_side_by_side,
    one_step_enough,
    sample_of,
    save_agent,
    save_transitions,
    spend_today,
)
from models.agents import train_agents as train_ensembles
from models.behaviour import Behaviour
from models.behaviour import fit_behaviour_policy as fit_delivery
from models.evaluation import EFFECT_ON_THE_PAST, Asked, Reporting, with_picked
from models.evaluation import evaluate_policies as estimate_policies
from models.mdp import PROFIT, Folds, SequenceEncoder, TableLimits, TodaysBudget, Transitions
from models.mdp import build_transitions as build_table
from models.mdp import deal_folds as deal_entities
from models.policies import Situation, attributed_revenue, propose
from models.results import (
    Disagreement,
    EstimatesDiffer,
    HealthCheck,
    NotSupported,
    OneStepAnswer,
    OutcomeAtRisk,
    ReactsToHidden,
    Stopped,
)
from models.split import Budgets, Doubt, Known, LoggedFacts, Objections, SplitChoice, Standing, Terms
from models.totals import WideEvidence
from sql.events import Events

__all__ = ["stage_logs"]


def build_transitions(night: Night, events: Events, encoder: SequenceEncoder | None = None) -> Transitions:
    """Entity x epoch, eligible actions, features, outcomes; of a very long log those of a sample, and never
    those of entities who were set aside to teach the encoder."""
    study = night.study
    transitions = build_table(
        events,
        study.decision,
        study.outcome,
        limits=TableLimits(study.evaluation.max_decisions, study.logs.memory_limit_gb),
        encoder=encoder,
    )
    save_transitions(transitions, night.staging / "transitions")
    return transitions


def deal_folds(night: Night, transitions: Transitions) -> Folds:  # noqa: ARG001 (a stage's night comes first)
    """Who teaches the agents that decide for whom."""
    return deal_entities(transitions.entity)


def fit_behaviour_policy(night: Night, transitions: Transitions) -> Behaviour:
    """What delivery does today: logged propensities, or estimated and cross-fitted by entity."""
    settings = night.study.evaluation
    return fit_delivery(
        transitions,
        folds=settings.folds,
        seed=night.study.seed,
        min_probability=settings.min_behaviour_probability,
        min_entities=night.study.logs.min_cell_users,
    )


def train_agents(night: Night, transitions: Transitions, folds: Folds, behaviour: Behaviour) -> Agents:
    """Algorithms x folds x seeds, from where the night before ended."""
    study = night.study
    policies_of(study, transitions.feature_spec, transitions.actions)  # a wrong name shall not cost all this
    return train_ensembles(
        transitions,
        folds,
        study.agents,
        study.decision,
        behaviour.probabilities,
        previous=None if night.previous is None else night.previous / "policies",
        progress=lambda what, done, total: night.progress.step(done, total, what),
    )


def propose_policies(
    night: Night,
    events: Events,
    behaviour: Behaviour,
    agents: Agents,
    everybody: Judge,
    budget: TodaysBudget,
) -> Candidates:
    """Rules an analyst knows or has written into the study, the behaviour clone, and the agents at the price
    that everybody trusts."""
    study, transitions = night.study, everybody.transitions
    known = propose(
        Situation(
            actions=transitions.actions,
            current=as_vector(budget.budgets, transitions.actions),
            revenue=attributed_revenue(events),
            settings=study.split,
            single_step=study.decision.single_step,
            idle=study.decision.idle != "",
            clone=behaviour.model,
        )
    )
    share = (study.split.total or budget.total) / max(budget.total, 1e-12)
    priced = price_agents(agents, everybody, gather_sample(everybody, behaviour), share)
    for name, (policy, _) in priced.agents.items():
        save_agent(
            agents.ensembles[name],
            night.staging / "policies",
            as_of=night.as_of.isoformat(),
            price=policy.price,
            softness=policy.softness,
        )
    policies = {name: policy for name, (policy, _) in priced.agents.items()}
    own = policies_of(study, transitions.feature_spec, transitions.actions)
    best = policies[priced.best] if priced.best else None
    return Candidates(
        (*known, *own, *policies.values()), best, priced.looked_at, one_step_of(priced, everybody)
    )


def one_step_of(priced: Priced, everybody: Judge) -> OneStepAnswer | None:
    """Is a one-step rule enough? None where there is only one step, or no such agent."""
    if everybody.night.study.decision.single_step:
        return None
    near = [algorithm.name for algorithm in ALGORITHMS if not algorithm.looks_ahead]
    return one_step_enough(priced.told, near, everybody.bootstrap, everybody.journeys.scale)


def price_agents(agents: Agents, everybody: Judge, sampled: tuple[Judge, float], share: float) -> Priced:
    """Every agent at the price and softness that everybody trusts, found by looks at some of them.

    sampled: these, and their share of all. share: the budget as a share of what today's delivery spends.
    """
    study, (few, part) = everybody.night.study, sampled
    settings = study.agents
    judged = few.estimator, few.features, few.fold
    sample = sample_of(judged, few.newest, study.evaluation, share * spend_today(few.estimator), part)
    allowed = share * spend_today(everybody.estimator)
    grid, look = Grid(settings.prices, settings.softness, settings.max_price), everybody.look_for_price()

    def found(name: str) -> Finalists:
        agent = agent_of(agents.ensembles[name])
        return find_finalists(agent, name, sample, grid, lambda policy: everybody.told(policy, allowed, look))

    finalists = dict(zip(agents.ensembles, networks_side_by_side(found, agents.ensembles), strict=True))
    return choose_among(finalists, everybody.bootstrap, everybody.journeys.scale)


def choose_split(
    night: Night,
    events: Events,
    everybody: Judge,
    behaviour: Behaviour,
    wide: WideEvidence,
    budget: TodaysBudget,
) -> SplitChoice:
    """The split that everybody speaks for, at today's budget or the study's. A channel that wider evidence
    disputes is held."""
    study, transitions = night.study, everybody.transitions
    return splits.choose_split(
        everybody.delivery,
        Terms(study.split, study.evaluation, study.currency, study.seed),
        Known(events.tier, behaviour.overlap, wide.held, night.earlier),
        Budgets(budget.budgets, budget.spent, everybody.delivery.spend_today),
        segments=splits.segments_of(everybody.estimator, transitions, study.split, study.logs.min_cell_users),
        bootstrap=everybody.bootstrap,
    )


def evaluate_policies(night: Night, candidates: Candidates, promise: Promise, shown: Judge) -> Evaluation:
    """Every candidate, and the chosen split where it moves something. shown: by whom the tables compare
    them; the split's own gain is everybody's."""
    study, agent = night.study, candidates.best_agent
    recommended = promise.chosen.policy(
        RECOMMENDED, "Today's delivery with the budgets of the best split found."
    )
    policies = (*candidates.policies, recommended) if promise.value else candidates.policies
    per_period = study.evaluation.per == "period"
    known = {RECOMMENDED: promise.value} if promise.value and per_period and not shown.sampled else {}
    doubted = {RECOMMENDED: True, **({agent.name: False} if agent else {})}
    picked = promise.believed if per_period else None
    is_profit = picked is not None and picked.uplift.outcome == PROFIT
    ends = {RECOMMENDED: (picked.uplift.low, picked.uplift.high)} if picked and is_profit else {}
    table = estimate_policies(
        shown.estimator,
        shown.targets(policies),
        study.evaluation,
        Reporting(study.currency, study.split.period_days, study.entity, study.counted_in),
        seed=study.seed,
        asked=Asked(doubted, known, ends),
    )
    rows = table.evidence
    if picked is not None:  # the same figures wherever the split is spoken of
        rows = tuple(
            with_picked(row, picked.uplift, picked.low_every_night) if row.policy == RECOMMENDED else row
            for row in rows
        )
    users = len(np.unique(shown.transitions.entity[shown.journeys.rows]))
    return Evaluation(policies, table.estimates, rows, users if shown.sampled else None)


def first_doubt(promise: Promise, checks: tuple[HealthCheck, ...]) -> Disagreement | None:
    """What keeps today's split although a plan promises more: the strongest such doubt."""
    if any(check.status != "ok" for check in promise.witnesses) and not promise.confirmed:
        return EstimatesDiffer()
    if any(c.name == EFFECT_ON_THE_PAST and c.status != "ok" for c in checks):
        return ReactsToHidden()
    return NotSupported(promise.refused) if promise.refused else None


def decide(
    night: Night,
    logged: Logged,
    everybody: Judge,
    promise: Promise,
    checks: tuple[HealthCheck, ...],
) -> Decided:
    """The verdict, and the frontier over budgets."""
    study, events, chosen = night.study, logged.events, promise.chosen
    stop = next((Stopped(check) for check in checks if check.status == "stop"), None)
    by_segment = splits.segments_of(
        everybody.estimator, everybody.transitions, study.split, study.logs.min_cell_users
    )
    days = events.last_day - events.first_day + 1
    broken = next((OutcomeAtRisk(one) for one in promise.guardrails if not one.kept), None)
    objections = Objections(health_stop=stop, disagreement=first_doubt(promise, checks), guardrail=broken)
    decision = splits.confirm_split(
        chosen,
        splits.delivered(chosen, everybody.delivery, by_segment),
        study.split,
        LoggedFacts(logged.behaviour.overlap, days, attributed_roas(events), logged.ahead),
        Standing(objections, promise.believed, night.earlier),
        Doubt(everybody.interval, study.evaluation.level),
    )
    frontier = splits.split_frontier(
        chosen,
        everybody.delivery,
        z=study.split.z,
        level=study.evaluation.level,
        interval=everybody.interval,
    )
    return Decided(splits.told_beside(decision, chosen), frontier)
