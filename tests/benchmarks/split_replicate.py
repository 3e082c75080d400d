"""One replicate of the split benchmark: a world's logs, every method's advice, and what it realises.

Every method sees the log alone (the media mix model its daily totals). The world that wrote it then lives on
from the log's last evening, once per future and method, with the same random numbers for all.
"""

import gc
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from models.policies.rules import UniformEligible
from models.worlds import open_world
from models.worlds.catalogue import SPECS, tail_days_of
from models.worlds.logs import write_logs
from models.worlds.truth import Horizon
from tests.benchmarks import split_channel, split_personal
from tests.benchmarks.split_channel import OURS, channel_advice
from tests.benchmarks.split_frontier import realised_answers
from tests.benchmarks.split_halves import halves_advice
from tests.benchmarks.split_night import (
    HORIZON_DAYS,
    Size,
    read_log,
    seed_of,
    without_opportunities,
)
from tests.benchmarks.split_personal import AT_TODAY, NAMES, PERSONAL, PersonalAdvice, personal_advice
from tests.benchmarks.split_totals import MMM, totals_advice
from tests.benchmarks.split_truth import Futures, Realised
from tests.benchmarks.split_version import UNKNOWN

ORACLE, RANDOM = "oracle split", "random among the possible"
IMPRESSIONS = "allot, impression-only log"
FORMAT = 13
"""Of a record; those of another one are drawn anew. Raise it with every change of what any split advises."""
AGENTS_FORMAT = 13
"""Of a record's personalised rows; those of another one do not count. Raise it with every change of what the
agents or their frontier advise."""


def one_replicate(
    world_name: str,
    replicate: int,
    size: Size,
    oracle: tuple[float, ...] | None,
    version: str = UNKNOWN,
) -> dict[str, Any]:
    """Everything the scores need, ready for JSON. oracle: multipliers (A,) of the best split, where known;
    version: of the code that draws it."""
    tail, seed = tail_days_of(world_name), seed_of(world_name, replicate)
    world = open_world(world_name, seed=seed, entities=size.entities, days=size.days)
    record: dict[str, Any] = {"format": FORMAT, "version": version, "replicate": replicate}
    record |= {"personal": None, "impressions": None, "halves": False}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_logs(world, days=size.days, tier="A", out=folder / "logs")
        began = time.process_time()
        log = read_log(world.config, folder / "logs", folder / "A", tail, size)
        advice = channel_advice(log, returns=harmful_of(world_name) != "")
        record |= {"seconds": time.process_time() - began, **split_channel.told(advice)}
        plans, bounds = dict(advice.plans), log.night.study.split
        if size.halves:
            plans |= halves_advice(log)
            record["halves"] = True
        began = time.process_time()
        agents = personal_advice(log) if size.personal else None
        personal_seconds = time.process_time() - began
        del log  # before the next one, or the futures, need the memory
        gc.collect()
        if size.impressions:
            without_opportunities(folder / "logs", folder / "logs B")
            blind = channel_advice(read_log(world.config, folder / "logs B", folder / "B", tail, size))
            record["impressions"] = {"tier": "B", "verdict": blind.verdict}
            plans[IMPRESSIONS] = blind.plans[OURS]
    totals_days = max(size.totals_days, size.days)
    plans[MMM] = totals_advice(world_name, seed, size.entities, totals_days, bounds)
    if oracle is not None:
        plans[ORACLE] = oracle
    futures = tuple(seed_of(world_name, replicate, f"future {i}") for i in range(size.futures))
    truth = Futures(world, Horizon(HORIZON_DAYS, tail, futures))
    realised = truth.splits(plans) | {RANDOM: truth.of(UniformEligible())}
    if size.personal:
        rows, told = put_in_force(agents, truth)
        record["personal"] = told | {"seconds": personal_seconds, "format": AGENTS_FORMAT}
        realised |= rows
    return record | {
        "plans": {name: list(m) for name, m in plans.items()},
        "realised": realised,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,  # KiB on Linux
    }


def harmful_of(world: str) -> str:
    """The channel that drives purchases away; empty where none does."""
    return SPECS[world].harmful if world in SPECS else ""


def put_in_force(advice: PersonalAdvice | None, truth: Futures) -> tuple[dict[str, Realised], dict[str, Any]]:
    """What each agent realises, and the record: beliefs, promise, and what the frontier's answers spend.
    Where no agent was trained, today's delivery stays."""
    if advice is None:
        kept = truth.score(truth.today)
        return {PERSONAL: kept, AT_TODAY: kept}, {"agents": {}, "trusted": None, "promise": None}
    rows = {name: truth.of(policy) for name, policy in advice.choice.agents.items()}
    frontier = realised_answers(advice.answers, truth.of)
    # where the frontier reaches no further than today's delivery, that stays
    same = [answer.pop("row") for answer in frontier if answer["budget"] == 1.0 and "row" in answer]
    rows[PERSONAL], rows[AT_TODAY] = rows[advice.choice.trusted], (same or [truth.score(truth.today)])[0]
    told = [{k: v for k, v in answer.items() if k != "row"} for answer in frontier]
    return rows, split_personal.told(advice) | {"frontier": told}


def without_old_agents(record: dict[str, Any]) -> dict[str, Any]:
    """A record as it was drawn; without its personalised rows where those are of another format."""
    if not record["personal"] or record["personal"].get("format") == AGENTS_FORMAT:
        return record
    agents = {PERSONAL, AT_TODAY, *NAMES.values()}
    splits = {name: row for name, row in record["realised"].items() if name not in agents}
    return record | {"personal": None, "realised": splits}
