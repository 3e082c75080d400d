"""The personalised rows: every agent at today's spend, and the one that the choosing users trust most."""

from dataclasses import dataclass, replace
from typing import Any

from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_choosers, gather_reporting
from flows.stages.judging import Judge
from flows.stages.spend import Spending, find_todays_budget, forecast_next_period
from models.agents.ensembles import Agents
from models.agents.policy import AgentPolicy
from models.agents.pricing import most_trusted
from models.agents.trials import Trial, spend_today
from models.evaluation.promise import hurdle_of
from models.evaluation.uplift import uplift
from models.results import Refusal, Uplift
from models.settings import EvaluationSettings
from reports.sentences.refusals import recorded
from tests.benchmarks.split_channel import interval_of
from tests.benchmarks.split_frontier import Answer, frontier_answers
from tests.benchmarks.split_night import Log, changed

PERSONAL, AT_TODAY = "allot, personalised", "allot, personalised, at today's spend"
"""The agent the choosing users trust most at the price they trust, and its frontier's answer to today's
budget."""
NAMES = {"dqn": "DQN", "cql": "CQL", "advantage": "advantage learner"}
SHARES = {name: getattr(EvaluationSettings(), name) for name in ("train_share", "choose_share")}
"""Of the users, a study's defaults: agents need some to learn from, the channel split does not."""


@dataclass(frozen=True)
class Choice:
    """What the choosing users say: the agents at the price and softness they trust, by row."""

    agents: dict[str, AgentPolicy]
    trials: dict[str, Trial | None]
    """What they believe of each; None where the log supports no version of it."""
    trusted: str
    """The row they trust most."""
    spend_today: float
    """Per period, currency units, as they have it."""


@dataclass(frozen=True)
class PersonalAdvice:
    """The choice, what the reporting users promise of the trusted agent, or why they promise nothing, and its
    frontier's answers, which both parts of the users speak for."""

    choice: Choice
    promise: Uplift | Refusal
    answers: tuple[Answer, ...]


def personal_advice(log: Log) -> PersonalAdvice | None:
    """Trains, prices and trusts as `flows.stages` does, on the same log and behaviour as the channel split.
    None where there is no agent to trust."""
    night = replace(log.night, study=changed(log.night.study, "evaluation", **SHARES))
    study, table = night.study, log.table
    users = stages.split_users(night, table)
    with determinism(study):
        trained = stages.train_agents(night, table, users, log.behaviour)
    if not trained.ensembles:
        return None
    choosers = gather_choosers(night, table, users, log.behaviour)
    choice = choose(choosers, trained)
    reporting = gather_reporting(night, table, users, log.behaviour)
    agent = choice.agents[choice.trusted]
    promise = uplift(
        reporting.estimator, reporting.target(agent), "profit", study.evaluation, seed=study.seed
    )
    ahead = forecast_next_period(night, log.events, table, log.behaviour)
    spending = Spending(find_todays_budget(night, log.events, table), ahead)
    return PersonalAdvice(choice, promise, frontier_answers(agent, choosers, reporting, spending))


def choose(choosers: Judge, trained: Agents) -> Choice:
    """Every agent at today's spend as the choosing users have it: over the days they are judged by, not over
    the whole log, so that all rows of the benchmark spend alike."""
    today = spend_today(choosers.estimator)
    priced = stages.price_agents(choosers.night, trained, choosers, today)
    best = most_trusted(tuple(priced.values()), hurdle=hurdle_of(choosers.night.study.evaluation.level))
    assert best is not None  # since there are agents
    return Choice(
        {NAMES[name]: policy for name, (policy, _) in priced.items()},
        {NAMES[name]: trial for name, (_, trial) in priced.items()},
        NAMES[best.name],
        today,
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
