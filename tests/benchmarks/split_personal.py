"""The personalised rows: every agent at today's spend, and the one that the choosing users trust most."""

import gc
from dataclasses import dataclass, replace
from typing import Any

from flows import stages
from flows.determinism import determinism
from flows.judging import Judge, judge
from models.agents import ensembles
from models.agents.ensembles import Agents
from models.agents.policy import AgentPolicy
from models.agents.pricing import Trial, most_trusted, price_agent
from models.evaluation import uplift
from models.results import Uplift
from tests.benchmarks.split_channel import interval_of
from tests.benchmarks.split_frontier import Answer, frontier_answers, spend_today
from tests.benchmarks.split_night import Log, changed

PERSONAL, AT_TODAY = "allot, personalised", "allot, personalised, at today's spend"
"""The agent the choosing users trust most at the price they trust, and its frontier's answer to today's
budget."""
NAMES = {"dqn": "DQN", "cql": "CQL", "advantage": "advantage learner"}
SHARES = {"train_share": 0.4, "choose_share": 0.3}
"""Of the users, as in a study by default: agents need users to learn from, the channel split does not."""


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
    answers: tuple[Answer, ...]
    """Of the trusted one's frontier."""


@dataclass(frozen=True)
class PersonalAdvice:
    """The choice, and what the reporting users promise of the trusted agent, or why they promise nothing."""

    choice: Choice
    promise: Uplift | str


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
    choice = choose(judge(night, table, users.choose, log.behaviour), trained)
    gc.collect()  # a judge is large, and in a circle of references that only the collector opens
    reporting = judge(night, table, users.report, log.behaviour)
    target = reporting.target(choice.agents[choice.trusted])
    promise = uplift(reporting.estimator, target, "profit", study.evaluation, seed=study.seed)
    return PersonalAdvice(choice, promise)


def choose(choosers: Judge, trained: Agents) -> Choice:
    """Every agent at today's spend as the choosing users have it: over the days they are judged by, not over
    the whole log, so that all rows of the benchmark spend alike."""
    study, today = choosers.night.study, spend_today(choosers)
    having, agents, trials = choosers.as_choosers, {}, {}
    for algorithm, saved in trained.ensembles.items():
        name = NAMES[algorithm]
        agents[name], trials[name] = price_agent(
            ensembles.agent_of(saved),
            name,
            having,
            prices=study.agents.prices,
            softness=study.agents.softness,
            budget=today,
            z=study.split.z,
            max_price=study.agents.max_price,
        )
    best = most_trusted([(agents[name], trials[name]) for name in agents], z=study.split.z)
    assert best is not None  # since there are agents
    return Choice(agents, trials, best.name, today, frontier_answers(best, choosers))


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
        "why_no_promise": found if isinstance(found, str) else "",
    }
