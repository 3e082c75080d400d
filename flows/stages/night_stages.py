"""The stages of a night as plain functions: each takes its inputs and returns its result.

They hold the glue between layers and no mathematics.
"""

import numpy as np

from flows.night import Night
from flows.stages.judging import RECOMMENDED, Candidates, Evaluation, Judge, judge, promise_of
from flows.stages.spend import as_vector, attributed_roas, good_purchases
from flows.stages.staging import stage_logs
from models import split as splits
from models.agents import (
    AgentPolicy,
    Agents,
    Trial,
    ensembles,
    judged_budget,
    most_trusted,
    price_agent,
    store,
)
from models.behaviour import Behaviour
from models.behaviour import fit_behaviour_policy as fit_delivery
from models.evaluation import (
    EFFECT_ON_THE_PAST,
    check_effect_on_the_past,
    check_logged_policy,
    followers_in_log,
    hurdle_of,
)
from models.evaluation import evaluate_policies as estimate_policies
from models.health import DatedCheck
from models.health import night_checks as health
from models.mdp import TodaysBudget, Transitions, Users
from models.mdp import build_transitions as build_table
from models.mdp import split_users as split_entities
from models.policies import attributed_revenue, rule_policies
from models.results import FrontierPoint, HealthCheck, SplitDecision, Uplift
from models.split import Objections, SplitChoice
from models.totals import WideEvidence
from reports.sentences import refusals
from sql.events import Events

__all__ = ["stage_logs"]


def build_transitions(night: Night, events: Events) -> Transitions:
    """Entity x epoch, eligible actions, features, outcomes."""
    transitions = build_table(events, night.study.decision)
    store.save_transitions(transitions, night.staging / "transitions")
    return transitions


def split_users(night: Night, transitions: Transitions) -> Users:
    """train | choose | report."""
    settings = night.study.evaluation
    return split_entities(
        transitions.entity, train_share=settings.train_share, choose_share=settings.choose_share
    )


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


def train_agents(night: Night, transitions: Transitions, users: Users, behaviour: Behaviour) -> Agents:
    """Algorithms x seeds, on the training users, from where the night before ended."""
    study = night.study
    return ensembles.train_agents(
        transitions,
        users.train,
        study.agents,
        study.decision,
        behaviour.probabilities,
        previous=None if night.previous is None else night.previous / "policies",
        progress=lambda what, done, total: night.progress.step(done, total, what),
    )


def gather_choosers(night: Night, transitions: Transitions, users: Users, behaviour: Behaviour) -> Judge:
    """The users that choose: the agents' price, and the personalised plan."""
    return judge(night, transitions, users.choose, behaviour)


def propose_policies(
    night: Night,
    events: Events,
    transitions: Transitions,
    behaviour: Behaviour,
    agents: Agents,
    choosers: Judge,
    budget: TodaysBudget,
) -> Candidates:
    """Rules an analyst knows or has written into the study, the behaviour clone, and the agents at the price
    the choosing users trust."""
    study = night.study
    rules = rule_policies(
        actions=transitions.actions,
        current=as_vector(budget.budgets, transitions.actions),
        revenue=attributed_revenue(events),
        settings=study.split,
        single_step=study.decision.single_step,
    )
    allowed = judged_budget(study.split.total or budget.total, budget.total, choosers.estimator)
    priced = price_agents(night, agents, choosers, allowed)
    for name, (policy, _) in priced.items():
        store.save_ensemble(
            agents.ensembles[name],
            night.staging / "policies",
            as_of=night.as_of.isoformat(),
            price=policy.price,
            softness=policy.softness,
        )
    best = most_trusted(tuple(priced.values()), hurdle=hurdle_of(study.evaluation.level))
    own = [file.policy(transitions.feature_spec, transitions.actions) for file in study.rules]
    return Candidates((*rules, behaviour.model, *own, *(policy for policy, _ in priced.values())), best)


def price_agents(
    night: Night, agents: Agents, choosers: Judge, budget: float
) -> dict[str, tuple[AgentPolicy, Trial | None]]:
    """Every agent at the price and softness the choosing users trust, within a budget as they count it."""
    settings, having = night.study.agents, choosers.as_choosers
    return {
        name: price_agent(
            ensembles.agent_of(saved),
            name,
            having,
            prices=settings.prices,
            softness=settings.softness,
            budget=budget,
            hurdle=hurdle_of(night.study.evaluation.level),
            max_price=settings.max_price,
        )
        for name, saved in agents.ensembles.items()
    }


def gather_deciders(night: Night, transitions: Transitions, users: Users, behaviour: Behaviour) -> Judge:
    """All users that do not report choose the split: agents learnt from some of them, a split did not."""
    reporting, others = (len(np.unique(transitions.entity[who])) for who in (users.report, ~users.report))
    confirming = reporting / max(others, 1)
    return judge(night, transitions, ~users.report, behaviour, confirming=confirming)


def choose_split(
    night: Night,
    events: Events,
    deciders: Judge,
    behaviour: Behaviour,
    wide: WideEvidence,
    budget: TodaysBudget,
) -> SplitChoice:
    """The split that the deciders speak for, at today's budget or the study's. A channel that wider evidence
    disputes is held."""
    study, transitions = night.study, deciders.transitions
    return splits.choose_split(
        deciders.delivery,
        tier=events.tier,
        split=study.split,
        evaluation=study.evaluation,
        overlap=behaviour.overlap,
        current=budget.budgets,
        spent=budget.spent,
        valued=deciders.delivery.spend_today,
        held=wide.held,
        entity=study.entity,
        currency=study.currency,
        seed=study.seed,
        segments=splits.segments_of(deciders.estimator, transitions, study.split, study.logs.min_cell_users),
        earlier=splits.read_earlier(night.previous, study.currency),
        confirming=deciders.confirming,
    )


def evaluate_policies(
    night: Night,
    candidates: Candidates,
    chosen: SplitChoice,
    transitions: Transitions,
    users: Users,
    behaviour: Behaviour,
) -> Evaluation:
    """Every candidate and the chosen split, or as much of its step as their log supports, on users that chose
    nothing."""
    study = night.study
    reporting = judge(night, transitions, users.report, behaviour)
    promise = promise_of(reporting, chosen) if chosen.moves else None
    chosen = promise.chosen if promise else chosen
    recommended = chosen.policy(RECOMMENDED, "The split this report recommends.")
    policies = (*candidates.policies, recommended) if promise else candidates.policies
    shown, known = reporting, {RECOMMENDED: promise.value} if promise else {}
    if study.evaluation.per == "entity":
        shown, known = judge(night, transitions, users.report, behaviour, per="entity"), {}
    agent = candidates.best_agent
    table = estimate_policies(
        {policy.name: shown.target(policy) for policy in policies},
        shown.journeys,
        shown.behaviour,
        study.evaluation,
        currency=study.currency,
        period_days=study.split.period_days,
        entity_name=study.entity,
        seed=study.seed,
        doubly_robust=shown.estimator,
        hidden_cause={RECOMMENDED: True, **({agent.name: False} if agent else {})},
        known=known,
    )
    witnesses = (promise.witness,) if promise else ()
    found = promise.uplift if promise else None
    told, refused = (found, None) if isinstance(found, Uplift) else (None, found)
    return Evaluation(reporting, policies, table.estimates, table.evidence, witnesses, told, refused, chosen)


def check_health(
    night: Night,
    events: Events,
    history: tuple[DatedCheck, ...],
    transitions: Transitions,
    behaviour: Behaviour,
    evaluation: Evaluation | None,
) -> tuple[HealthCheck, ...]:
    """Data and model checks; one that says stop forbids a verdict. Unevaluated: those of the log."""
    study = night.study
    if events.tier == "C":
        return health.check_totals(events, history, night.as_of, study.logs.max_quarantined_share)
    estimates = evaluation.estimates if evaluation else ()
    matter = {RECOMMENDED, *night.study.agents.algorithms}
    checks = health.check_health(
        events=events,
        history=history,
        transitions=transitions,
        behaviour=behaviour,
        as_of=night.as_of,
        staged_cost_micros=health.staged_cost(
            events,
            first_day=int(transitions.day.min()),
            last_day=int(transitions.day.max()) + study.decision.epoch_days - 1,
        ),
        purchases=good_purchases(events),
        effective_sample_sizes={row.policy: row.ess for row in estimates if row.policy in matter},
        placebos=(),
        single_step=study.decision.single_step,
        min_effective_sample_size=study.evaluation.min_effective_sample_size,
        min_none_overlap=study.split.min_none_overlap,
        max_quarantined_share=study.logs.max_quarantined_share,
    )
    if evaluation is None:
        return checks
    placebos = [check_logged_policy(evaluation.judge.estimator)]
    if not study.decision.single_step:
        followers = followers_in_log(transitions, behaviour.probabilities)
        placebos.append(check_effect_on_the_past(followers, study.logs.min_cell_users))
    return (*checks, *placebos, *evaluation.witnesses)


def doubts_of(evaluation: Evaluation, checks: tuple[HealthCheck, ...], entity: str) -> list[str]:
    """Whatever keeps today's split although a plan promises more, the strongest first."""
    doubts = [splits.DISPUTED for check in evaluation.witnesses if check.status != "ok"]
    doubts += [splits.UNSEEN for c in checks if c.name == EFFECT_ON_THE_PAST and c.status != "ok"]
    return doubts + ([refusals.recorded(evaluation.refused, entity)] if evaluation.refused else [])


def decide(
    night: Night,
    events: Events,
    behaviour: Behaviour,
    evaluation: Evaluation,
    checks: tuple[HealthCheck, ...],
) -> tuple[SplitDecision, tuple[FrontierPoint, ...]]:
    """The verdict on the reporting users, and the frontier over budgets."""
    study, reporting, chosen = night.study, evaluation.judge, evaluation.chosen
    stops = [check.text for check in checks if check.status == "stop"]
    doubts = doubts_of(evaluation, checks, study.entity)
    decision = splits.confirm_split(
        chosen,
        reporting.delivery,
        split=study.split,
        level=study.evaluation.level,
        objections=Objections(health_stop=" ".join(stops[:1]), disagreement=" ".join(doubts[:1])),
        attributed_roas=attributed_roas(events),
        overlap=behaviour.overlap,
        logged_days=events.last_day - events.first_day + 1,
        entity=study.entity,
        currency=study.currency,
        interval=reporting.interval,
        uplift=evaluation.promise,
        segments=splits.segments_of(
            reporting.estimator, reporting.transitions, study.split, study.logs.min_cell_users
        ),
        earlier=splits.read_earlier(night.previous, study.currency),
        low_every_night=next(
            (row.low_every_night for row in evaluation.evidence if row.policy == RECOMMENDED), None
        )
        if study.evaluation.per == "period"
        else None,
    )
    frontier = splits.split_frontier(
        chosen,
        reporting.delivery,
        z=study.split.z,
        level=study.evaluation.level,
        interval=reporting.interval,
    )
    return decision, frontier
