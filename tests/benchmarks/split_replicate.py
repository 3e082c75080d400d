"""One replicate of the split benchmark: a world's logs, every method's advice, and what it realises.

Every method sees the log alone. The world that wrote it then lives on from the log's last evening, once per
future and method, with the same random numbers for all (`models.worlds.truth`).
"""

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows import stages
from flows.judging import Candidates, judge
from flows.night import Night
from flows.progress import Progress
from flows.spend import as_vector, spend_per_period
from flows.study import Study
from models.policies import Policy
from models.results import SplitDecision
from models.rules import ScaledDelivery, UniformEligible, attributed_revenue, rule_multipliers
from models.worlds import LAST_DAY, open_world
from models.worlds.catalogue import tail_days_of
from models.worlds.journey import JourneyWorld
from models.worlds.logs import write_logs
from models.worlds.truth import Horizon, compare, expected

HORIZON_DAYS = 7
OURS, PLUG_IN, ORACLE, TODAY = "allot", "allot without bounds", "oracle split", "today's split"


class Quiet(Progress):
    """A night's stages without their lines."""

    def step(self, done: int, total: int, what: str = "") -> None:
        pass


@dataclass(frozen=True)
class Size:
    """How large a replicate is."""

    entities: int = 20_000
    days: int = 56
    futures: int = 4


def one_replicate(
    world_name: str, replicate: int, size: Size, oracle: tuple[float, ...] | None
) -> dict[str, Any]:
    """Everything the scores need, ready for JSON. oracle: multipliers (A,) of the best split, where known."""
    tail = tail_days_of(world_name)
    horizon = Horizon(HORIZON_DAYS, tail, tuple(range(500, 500 + size.futures)))
    world = open_world(world_name, seed=1000 + replicate, entities=size.entities, days=size.days)
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        write_logs(world, days=size.days, tier="A", out=logs)
        began = time.perf_counter()
        plans, decision = _plans(world, logs, Path(folder), tail)
        seconds = time.perf_counter() - began
    if oracle is not None:
        plans[ORACLE] = oracle
    policies: dict[str, Policy] = {name: ScaledDelivery(m, name, "") for name, m in plans.items()}
    policies["random among the possible"] = UniformEligible()
    return {
        "replicate": replicate,
        "verdict": decision.verdict,
        "promise": _promise(decision),
        "seconds": seconds,
        "plans": {name: list(m) for name, m in plans.items()},
        "realised": _realised(world, policies, horizon),
        "tier": "A",
    }


def _plans(
    world: JourneyWorld, logs: Path, folder: Path, tail_days: int
) -> tuple[dict[str, tuple[float, ...]], SplitDecision]:
    """Multipliers (A,) of every method, and our decision in full."""
    night = _night(world, logs, folder, tail_days)
    events = stages.stage_logs(night)
    table = stages.build_transitions(night, events)
    users = stages.split_users(night, table)
    behaviour = stages.fit_behaviour_policy(night, table)
    choosers = judge(night, table, users.choose, behaviour)
    chosen = stages.choose_split(night, events, table, behaviour, choosers)
    evaluation = stages.evaluate_policies(night, Candidates((), None), chosen, table, users, behaviour)
    decision, _ = stages.decide(night, events, chosen, behaviour, evaluation, evaluation.witnesses)
    moved = decision.verdict in ("MOVE", "MOVE_PARTLY")
    today = (1.0,) * len(table.actions)
    bold = replace(night, study=_with_z(night.study, 0.0))
    plug_in = stages.choose_split(bold, events, table, behaviour, choosers)
    rules = rule_multipliers(
        actions=table.actions,
        current=as_vector(spend_per_period(table, HORIZON_DAYS), table.actions),
        revenue=attributed_revenue(events),
        settings=night.study.split,
    )
    return {OURS: chosen.multipliers if moved else today, PLUG_IN: plug_in.multipliers, **rules}, decision


def _night(world: JourneyWorld, logs: Path, folder: Path, tail_days: int) -> Night:
    study = Study.model_validate(
        {
            "name": "bench",
            "decision": {
                "horizon_days": HORIZON_DAYS,
                "tail_days": tail_days,
                "margin_rate": world.config.margin_rate,
            },
            "evaluation": {"train_share": 0.1, "choose_share": 0.45},
            "split": {"period_days": HORIZON_DAYS, "bootstrap": 0},
            "logs": {"threads": 1},
        }
    )
    study._log_folder = logs
    work, staging = folder / "work", folder / "staging"
    work.mkdir()
    staging.mkdir()
    as_of = LAST_DAY + timedelta(days=1)
    return Night(study, as_of, folder, work, staging, b"a key for simulated users only", Quiet())


def _with_z(study: Study, z: float) -> Study:
    """The same study, choosing by the estimate less z standard errors. Keeps the log folder."""
    changed = study.model_copy(update={"split": study.split.model_copy(update={"z": z})})
    changed._log_folder = study.log_folder
    return changed


def _promise(decision: SplitDecision) -> dict[str, float] | None:
    """The uplift of the plan that was moved to, or of the best one that was not."""
    uplift = decision.uplift or decision.considered
    if uplift is None:
        return None
    return {"estimate": uplift.estimate, "low": uplift.low, "high": uplift.high}


def _realised(
    world: JourneyWorld, policies: dict[str, Policy], horizon: Horizon
) -> dict[str, dict[str, float]]:
    """Per method: uplift in profit per period against today's split, its standard error, spend against
    today's, and today's profit."""
    today = expected(world, None, horizon)
    found = {}
    for name, policy in policies.items():
        split = policy if isinstance(policy, ScaledDelivery) else policy.probabilities
        score = compare(expected(world, split, horizon), today)
        found[name] = {
            "uplift": score.uplift,
            "error": score.error,
            "spend": float(1 + score.spend.sum() / score.spend_today.sum()),
            "profit": score.profit_today,
        }
    return found
