"""The personalised rows: every agent at today's spend, and the one that everybody trusts most."""

from dataclasses import dataclass, replace
from typing import Any

from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody, gather_sample
from flows.stages.judging import Judge
from flows.stages.spend import Spending, find_todays_budget, forecast_next_period
from models.agents.ensembles import Agents
from models.agents.policy import AgentPolicy
from models.agents.trials import Trial, spend_today
from models.behaviour.behaviour import Behaviour
from models.evaluation.uplift import uplift
from models.results import Refusal, Uplift
from reports.sentences.refusals import recorded
from tests.benchmarks.split_channel import interval_of
from tests.benchmarks.split_frontier import Answer, frontier_answers
from tests.benchmarks.split_night import Log

PERSONAL, AT_TODAY = "allot, personalised", "allot, personalised, at today's spend"
"""The agent that everybody trusts most at the price they trust, and its frontier's answer to today's
budget."""
NAMES = {"dqn": "DQN", "cql": "CQL", "advantage": "advantage learner"}


@dataclass(frozen=True)
class Choice:
    """What everybody says: the agents at the price and softness they trust, by row."""

    agents: dict[str, AgentPolicy]
    trials: dict[str, Trial | None]
    """What they believe of each; None where the log supports no version of it."""
    trusted: str
    """The row they trust most."""
    low: float
    """Lower bound of its uplift, right for all agents, prices and softnesses that were tried at once."""
    looked_at: int
    """So many of them."""
    spend_today: float
    """Per period, currency units, as everybody has it."""


@dataclass(frozen=True)
class PersonalAdvice:
    """The choice, what everybody promises of the trusted agent, or why they promise nothing, and its
    frontier's answers."""

    choice: Choice
    promise: Uplift | Refusal
    answers: tuple[Answer, ...]


def personal_advice(log: Log) -> PersonalAdvice | None:
    """Trains, prices and trusts as `flows.stages` does, on the same log and behaviour as the channel split.
    None where there is no agent to trust."""
    night, table = log.night, log.table
    study, folds = night.study, stages.deal_folds(night, table)
    with determinism(study):
        trained = stages.train_agents(night, table, folds, log.behaviour)
    if not trained.ensembles:
        return None
    everybody = gather_everybody(night, table, log.behaviour)
    choice = choose(everybody, trained, log.behaviour)
    agent = choice.agents[choice.trusted]
    promise = uplift(
        everybody.estimator, everybody.target(agent), "profit", study.evaluation, seed=study.seed
    )
    if isinstance(promise, Uplift):
        promise = replace(promise, low=min(promise.low, choice.low))
    ahead = forecast_next_period(night, log.events, table, log.behaviour)
    spending = Spending(find_todays_budget(night, log.events, table), ahead)
    return PersonalAdvice(choice, promise, frontier_answers(agent, everybody, spending, choice.looked_at))


def choose(everybody: Judge, trained: Agents, behaviour: Behaviour) -> Choice:
    """Every agent at today's spend as everybody has it: over the days they are judged by, not over the whole
    log, so that all rows of the benchmark spend alike."""
    priced = stages.price_agents(trained, everybody, gather_sample(everybody, behaviour), 1.0)
    assert priced.best is not None  # since there are agents
    return Choice(
        {NAMES[name]: policy for name, (policy, _) in priced.agents.items()},
        {NAMES[name]: trial for name, (_, trial) in priced.agents.items()},
        NAMES[priced.best],
        priced.lows[priced.best],
        priced.looked_at,
        spend_today(everybody.estimator),
    )


def told(advice: PersonalAdvice) -> dict[str, Any]:
    """The advice as the scores need it. Spend as a multiple of today's, as the same users have it."""
    choice, found = advice.choice, advice.promise
    agents = {}
    for name, policy in choice.agents.items():
        trial = choice.trials[name]
        agents[name] = {
            "price": policy.price,
            "softness": policy.softness,
            "believed": None if trial is None else trial.uplift,
            "believed_error": None if trial is None else trial.standard_error,
            "believed_spend": None if trial is None else trial.spend / choice.spend_today,
        }
    return {
        "agents": agents,
        "trusted": choice.trusted,
        "promise": interval_of(found) if isinstance(found, Uplift) else None,
        "why_no_promise": "" if isinstance(found, Uplift) else recorded(found, "user"),
    }
