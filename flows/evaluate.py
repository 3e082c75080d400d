"""`allot evaluate`: a policy of your own, scored by everybody beside today's delivery."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from flows.evaluation_words import (
    LOGGED,
    estimate_table,
    plain,
    refusal_sentences,
    support_sentence,
    uplift_sentence,
    verdict,
)
from flows.night import Night, open_scratch
from flows.policy_files.file import ScaledChannels, read_policy_file
from flows.policy_files.rules import RuleFile
from flows.policy_files.table import Calendar, DecisionFile
from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody
from flows.stages.judging import Judge
from flows.stages.order import order_of_policy
from flows.stages.purchases import value_purchases
from flows.study import Study
from flows.tables import print_table
from models.agents import AgentPolicy, SavedAgent, agent_of, load_agent, read_contract
from models.evaluation import Asked, Reporting, Target, check_witness, evaluate_policies, uplift
from models.mdp import Transitions
from models.policies import DecisionTable, Policy, RulePolicy, ScaledDelivery
from reports.sentences.health import check_text
from sql.errors import StudyError

OUTCOME = "profit"
"""What the verdict is about."""


@dataclass(frozen=True)
class ActingAgent:
    """A published agent and how it acts."""

    saved: SavedAgent
    price: float
    softness: float


Found = ActingAgent | ScaledChannels | RuleFile | DecisionFile
"""What a policy file may hold."""


def evaluate_file(study: Study, as_of: date, path: Path) -> None:
    """Print every outcome of the policy and of today's delivery, the uplift of profit, and a verdict."""
    found = read_policy(path)
    with open_scratch(study, as_of) as night, determinism(study):
        with night.progress.stage("read the logs"):
            events = stages.stage_logs(night)
        with night.progress.stage("build the transitions"):
            order = order_of_policy(path, night, events)
            transitions = stages.build_transitions(night, events, order.encoder)
        policy = fitting(found, path, transitions, night)
        with night.progress.stage("learn today's delivery"):
            behaviour = stages.fit_behaviour_policy(night, transitions)
            valued = value_purchases(night, transitions, behaviour)
        with night.progress.stage("evaluate the policy"):
            everybody = gather_everybody(night, valued.transitions, behaviour)
            target, notes = acting(policy, everybody)
            table = evaluate_policies(
                everybody.estimator,
                {policy.name: target},
                study.evaluation,
                Reporting(study.currency, study.split.period_days, study.entity, study.counted_in),
                seed=study.seed,
                asked=Asked({policy.name: isinstance(policy, ScaledDelivery)}),
            )
            value = everybody.estimator.value(target, policy.name)
            gain = uplift(
                everybody.estimator,
                target,
                OUTCOME,
                study.evaluation,
                seed=study.seed,
                value=value,
            )
            k = everybody.journeys.outcome_names.index(OUTCOME)
            witness = check_witness(policy.name, OUTCOME, value.uplifts(everybody.estimator.logged_value, k))
    estimates = table.estimates
    print_table(estimate_table(policy.name, estimates))
    unit = next(row.unit for row in estimates if row.outcome == OUTCOME)
    print(uplift_sentence(gain, unit, study.entity))
    print(support_sentence(value.support, everybody.journeys.n_journeys, value.journey_support))
    hidden = (row.hidden_cause_text for row in table.evidence if row.hidden_cause_text)
    worth = (check_text(check, study.words, study.currency) for check in valued.checks)
    for sentence in (*refusal_sentences(policy.name, estimates, study.entity), *hidden, *worth, *notes):
        print(sentence)
    print(verdict(gain, events.tier, events.tier_reason, witness))


def read_policy(path: Path) -> Found:
    """Whatever a policy file holds."""
    return read_agent(path) if path.suffix == ".json" else read_policy_file(path)


def read_agent(path: Path) -> ActingAgent:
    """A policy that an earlier run published: its networks, and the price and softness it acts with."""
    contract = read_contract(path)
    saved = load_agent(path)
    try:
        found = ActingAgent(saved, float(contract["price"]), float(contract["softness"]))
    except (KeyError, TypeError, ValueError) as error:
        raise StudyError(f"{path}: the policy is incomplete ({error}); publish it again.") from None
    most = saved.folds[0].max_price
    if not (0 <= found.price <= most and found.softness > 0):
        raise StudyError(
            f"{path}: the policy cannot act (its price is {found.price:g} and its softness "
            f"{found.softness:g}; nights write a price from 0 to {most:g} and a softness above 0); publish "
            "it again."
        )
    return found


def fitting(found: Found, path: Path, transitions: Transitions, night: Night) -> Policy | DecisionTable:
    """The policy as it acts on these transitions; StudyError if it was made for other ones."""
    if isinstance(found, ActingAgent):
        wrong = found.saved.mismatch(transitions.feature_spec, transitions.actions)
        if wrong:
            raise StudyError(f"{path} cannot act on these logs: {wrong}.")
        return AgentPolicy(agent_of(found.saved), found.price, found.softness, found.saved.algorithm)
    if isinstance(found, ScaledChannels | RuleFile):
        return by_the_state(found, transitions)
    name = _named(found.name)
    decision = night.study.decision
    epoch_days = 1 if decision.single_step else decision.epoch_days
    calendar = Calendar(int(transitions.day.min(initial=0)), epoch_days)
    table = replace(found.table(transitions.actions, night.key, calendar), name=name)
    met = table.entries(transitions, np.arange(transitions.n_rows))
    if not (met >= 0).any():
        n = len(table.entity)
        lines = "its one line" if n == 1 else f"any of its {n:,} lines"
        raise StudyError(
            f"{path} names no decision of these logs in {lines}; user_id must be as in the logs, and "
            "date the day of the decision in the study's time zone."
        )
    return table


def by_the_state(found: ScaledChannels | RuleFile, transitions: Transitions) -> Policy:
    """Multipliers or rules, which look at a decision's state alone, as they act on these transitions."""
    if isinstance(found, ScaledChannels):
        return ScaledDelivery(found.vector(transitions.actions), _named(found.name))
    return found.policy(transitions.feature_spec, transitions.actions, _named(found.name))


def _named(name: str) -> str:
    return name if name != LOGGED else f"{name} (file)"


def acting(policy: Policy | DecisionTable, everybody: Judge) -> tuple[Target, list[str]]:
    """(n, A) what the policy does in everybody's journeys, and how much of them its file decides."""
    journeys = everybody.journeys
    judged = journeys.is_decision
    if isinstance(policy, DecisionTable):
        entries = policy.entries(everybody.transitions, journeys.rows)
        decisions = entries[judged]
        named = float((decisions >= 0).mean())
        lost = policy.impossible(decisions, journeys.eligible[judged])
        notes = [
            f"The table names {named:.1%} of the {len(decisions):,} decisions that are judged; the others "
            "follow today's delivery."
        ]
        if lost:
            notes.append(
                f"Of what it names, {lost:.1%} goes to actions that were not possible there, and follows "
                "today's delivery."
            )
        return policy.target(entries, journeys.eligible, everybody.behaviour), notes
    notes = []
    if isinstance(policy, RulePolicy):
        raw = everybody.transitions.features[journeys.rows[judged]]
        for number, fate in enumerate(policy.fates(raw, journeys.eligible[judged]), start=1):
            why = f"; {fate.impossible:.1%} of these cannot have its action" if fate.impossible else ""
            notes.append(
                f"Rule {number} ({plain(fate.rule.text)}) holds first in {fate.decides:.1%} of the decisions "
                f"that are judged{why}."
            )
    return everybody.target(policy), notes
