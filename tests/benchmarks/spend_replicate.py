"""One log of one world: what a night says its personalised plan will spend, and what each of several next
weeks really spends, left alone and corrected nightly.

The truth is a week of luck and all, not its average: what an advertiser would be billed.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody
from flows.stages.personal import frontier_of, part_of
from flows.stages.spend import Spending, find_todays_budget, forecast_next_period
from models.agents.frontier import FrontierAnswer, MixturePolicy, PolicyFrontier
from models.policies.policy import Policy
from models.policies.rules import Logged
from models.worlds import open_world
from models.worlds.catalogue import tail_days_of
from models.worlds.journey import JourneyWorld
from models.worlds.logs import write_logs
from sql.errors import StudyError
from tests.benchmarks.split_night import HORIZON_DAYS, Size, read_log, seed_of
from tests.benchmarks.split_personal import choose

Floats = NDArray[np.float64]
Known = dict[tuple[int, int], Floats]
"""(policy, future) -> (n,) a week's cost."""
BUDGETS = (0.5, 0.75, 1.0, 1.5)
"""Multiples of today's spend."""
FORMAT = 1
"""Of a record; those of another one are drawn anew."""
NEAR = 0.02
"""Of a budget that is corrected nightly."""


@dataclass(frozen=True)
class Draw:
    """Which log, and how large."""

    world: str
    replicate: int
    entities: int = 5_000
    days: int = 56
    futures: int = 4


def one_log(draw: Draw) -> dict[str, Any]:
    """Per budget: what was said and what came, as multiples of today's spend. Ready for JSON."""
    size = Size(entities=draw.entities, days=draw.days, personal=True, seeds=(1,), steps=200)
    world = open_world(
        draw.world, seed=seed_of(draw.world, draw.replicate), entities=draw.entities, days=draw.days
    )
    record: dict[str, Any] = {
        "format": FORMAT,
        "world": draw.world,
        "replicate": draw.replicate,
        "answers": [],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_logs(world, days=draw.days, tier="A", out=folder / "logs")
        log = read_log(world.config, folder / "logs", folder / "A", tail_days_of(draw.world), size)
        night, folds = log.night, stages.deal_folds(log.night, log.table)
        with determinism(night.study):
            trained = stages.train_agents(night, log.table, folds, log.behaviour)
        everybody = gather_everybody(night, log.table, log.behaviour)
        choice = choose(everybody, trained, log.behaviour)
        ahead = forecast_next_period(night, log.events, log.table, log.behaviour)
        spending = Spending(find_todays_budget(night, log.events, log.table), ahead)
        part = part_of(everybody, spending.today)
        frontier = frontier_of(choice.agents[choice.trusted], part, spending.ahead, choice.looked_at)
    seeds = [seed_of(draw.world, draw.replicate, f"future {i}") for i in range(draw.futures)]
    known: Known = {}
    answers = []
    for times in BUDGETS:
        try:
            answer = frontier.at(times * spending.today.total)
        except StudyError:
            continue
        answers.append(
            _told(answer, frontier, spending.today.total)
            | {
                "alone": [
                    _dealt(world, answer.policy, seed, known).sum() / spending.today.total for seed in seeds
                ],
                "nightly": [
                    _corrected(world, answer, frontier, seed) / spending.today.total for seed in seeds
                ],
            }
        )
    return record | {"answers": answers}


def _told(answer: FrontierAnswer, frontier: PolicyFrontier, today: float) -> dict[str, Any]:
    """reached: the budget can be spent, by the estimate."""
    alone, corrected = answer.spend_interval, answer.spend_corrected
    assert corrected is not None
    return {
        "budget": answer.budget / today,
        "reached": frontier.reach[1] >= answer.budget,
        "rule": all(isinstance(policy, Logged) for policy in answer.policy.used),
        "spend": answer.spend / today,
        "low": alone.low / today,
        "high": alone.high / today,
        "corrected_low": corrected.low / today,
        "corrected_high": corrected.high / today,
    }


def _dealt(
    world: JourneyWorld, mixture: MixturePolicy, seed: int, known: dict[tuple[int, int], Floats]
) -> Floats:
    """(n,) a week's cost by customer, each dealt to one of the two policies for good."""
    second = mixture.takes_second(np.arange(world.n))

    def of(policy: Policy) -> Floats:
        key = id(policy), seed
        if key not in known:
            known[key] = _week(world.fork(seed), policy)
        return known[key]

    return np.where(second, of(mixture.second), of(mixture.first))


def _week(world: JourneyWorld, policy: Policy) -> Floats:
    return np.sum([_day(world, policy) for _ in range(HORIZON_DAYS)], axis=0)


def _day(world: JourneyWorld, policy: Policy) -> Floats:
    """(n,) currency units."""
    logged = isinstance(policy, Logged)
    return world.step(None if logged else policy.probabilities).cost_micros / 1e6


def _corrected(world: JourneyWorld, answer: FrontierAnswer, frontier: PolicyFrontier, seed: int) -> float:
    """What a week spends whose mixture is solved anew every night for the money left.

    The night knows what was spent and what it forecast of that: the corners' forecasts, by day, times how far
    the days so far were off, are solved for the share that spends what is left. A real night would look at
    the new states too.
    """
    future = world.fork(seed)
    corners = frontier.corners
    daily = np.array([corner.spend for corner in corners]) / HORIZON_DAYS
    spent = forecast = 0.0
    for day in range(HORIZON_DAYS):
        left = max(answer.budget - spent, 0.0) / (HORIZON_DAYS - day)
        off = spent / forecast if forecast > 0 else 1.0
        wanted = float(np.clip(left / max(off, 1e-9), daily[0], daily[-1]))
        right = int(np.searchsorted(daily, wanted, side="left"))
        low, high = max(right - 1, 0), right
        share = 1.0 if high == low else (wanted - daily[low]) / (daily[high] - daily[low])
        mixture = MixturePolicy(corners[low].policy, corners[high].policy, float(share), "tonight's")
        spent += float(_day(future, mixture).sum())
        forecast += wanted
    return spent
