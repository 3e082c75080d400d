"""One log of a world: every agent of the registry, taught, priced and put in force as a night does it."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from flows.process.determinism import determinism
from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody, gather_sample
from models.agent_settings import ALGORITHM_NAMES
from models.policies import Policy
from models.policies.rules import UniformEligible
from models.worlds import open_world
from models.worlds.catalogue import tail_days_of
from models.worlds.logs import write_logs
from models.worlds.truth import Horizon
from tests.benchmarks.split_night import HORIZON_DAYS, Log, Size, changed, read_log, seed_of
from tests.benchmarks.split_truth import Futures

FORMAT = 1
"""Of a record; those of another one are drawn anew. Raise it with every change of what an agent advises."""
RANDOM = "random among the possible"


def one_log(world_name: str, number: int, size: Size) -> dict[str, Any]:
    """What every agent promised and realised, ready for JSON. Numbers from 1000 on are for development."""
    began = time.process_time()
    tail, seed = tail_days_of(world_name), seed_of(world_name, number)
    world = open_world(world_name, seed=seed, entities=size.entities, days=size.days)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_logs(world, days=size.days, tier="A", out=folder / "logs")
        log = read_log(world.config, folder / "logs", folder / "night", tail, size)
        promised, policies = _advice(log)
    futures = tuple(seed_of(world_name, number, f"future {i}") for i in range(size.futures))
    truth = Futures(world, Horizon(HORIZON_DAYS, tail, futures))
    return {
        "format": FORMAT,
        "world": world_name,
        "number": number,
        "entities": size.entities,
        "promised": promised,
        "realised": {name: truth.of(policy) for name, policy in policies.items()},
        "seconds": time.process_time() - began,
    }


def _advice(log: Log) -> tuple[dict[str, float | None], dict[str, Policy]]:
    """Uplift per period that everybody believes of each agent, None where the log supports no version of it,
    and the agents at today's spend, each at the price and softness that everybody trusts."""
    study = changed(log.night.study, "agents", algorithms=ALGORITHM_NAMES)
    log = replace(log, night=replace(log.night, study=study))
    folds = stages.deal_folds(log.night, log.table)
    with determinism(study):
        trained = stages.train_agents(log.night, log.table, folds, log.behaviour)
    everybody = gather_everybody(log.night, log.table, log.behaviour)
    priced = stages.price_agents(trained, everybody, gather_sample(everybody, log.behaviour), 1.0)
    promised = {name: trial and trial.uplift for name, (_, trial) in priced.agents.items()}
    policies: dict[str, Policy] = {name: policy for name, (policy, _) in priced.agents.items()}
    return promised, policies | {RANDOM: UniformEligible()}
