"""The log of one replicate, read as a night reads it: what every method of the split benchmark sees."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import polars as pl

from flows.night import Night
from flows.process.progress import Progress
from flows.stages.night_stages import fit_behaviour_policy, stage_logs
from flows.stages.purchases import value_purchases
from flows.study import Study
from models.behaviour.behaviour import Behaviour
from models.mdp.build_transitions import build_transitions
from models.mdp.transition_table import Transitions
from models.worlds import LAST_DAY
from models.worlds.config import JourneyConfig
from sql.events import Events

HORIZON_DAYS = 7
KEY = b"a key for simulated users only"


class Quiet(Progress):
    """A night's stages without their lines."""

    def step(self, done: int, total: int, what: str = "") -> None:
        pass


@dataclass(frozen=True)
class Size:
    """How large a replicate is, and what is put into it."""

    entities: int = 20_000
    days: int = 56
    futures: int = 4
    personal: bool = False
    """With the personalised rows and the frontier's check: trains agents, about a minute."""
    halves: bool = False
    """With the rule that splits users in two, as long again as the split."""
    impressions: bool = False
    """With a night on the impression-only log: half a replicate more."""
    totals_days: int = 182
    """Days of daily totals that the media mix model learns from: it needs a longer log than people do."""
    seeds: tuple[int, ...] = (1, 2, 3)
    steps: int = 600
    """Of the agents' ensembles."""


@dataclass(frozen=True)
class Log:
    """A log as the methods see it."""

    night: Night
    events: Events
    table: Transitions
    behaviour: Behaviour


def seed_of(world: str, replicate: int, what: str = "log") -> int:
    """A seed of its own for every world and replicate: no two of them share their luck."""
    return crc32(f"{world} {replicate} {what}".encode())


def read_log(config: JourneyConfig, logs: Path, work: Path, tail_days: int, size: Size) -> Log:
    """Stage, transitions, today's delivery; nothing is written but the staged tables, below `work`."""
    night = open_night(config, logs, work, tail_days, size)
    events = stage_logs(night)
    table = build_transitions(events, night.study.decision)
    behaviour = fit_behaviour_policy(night, table)
    return Log(night, events, value_purchases(night, table, behaviour).transitions, behaviour)


def open_night(config: JourneyConfig, logs: Path, work: Path, tail_days: int, size: Size) -> Night:
    """The night after a world's log."""
    study = Study.model_validate(
        {
            "name": "bench",
            "decision": {
                "horizon_days": HORIZON_DAYS,
                "tail_days": tail_days,
                "margin_rate": config.margin_rate,
            },
            "agents": {"seeds": size.seeds, "steps": size.steps, "device": "cpu"},
            "evaluation": {"math_threads": 1},
            "split": {"period_days": HORIZON_DAYS, "bootstrap": 40},
            "logs": {"threads": 1},
        }
    )
    study._log_folder = logs
    night, staging = work / "work", work / "staging"
    night.mkdir(parents=True)
    staging.mkdir()
    as_of = LAST_DAY + timedelta(days=1)
    return Night(study, as_of, work, night, staging, KEY, Quiet())


def changed(study: Study, part: str, **values: object) -> Study:
    """The same study and logs, with other settings in one of its parts."""
    settings = getattr(study, part).model_copy(update=values)
    found = study.model_copy(update={part: settings})
    found._log_folder = study.log_folder
    return found


def without_opportunities(logs: Path, out: Path) -> None:
    """The tier B log of a tier A log: who saw an ad, and not who could have."""
    out.mkdir(parents=True)
    for path in sorted(logs.glob("*.parquet")):
        if path.stem == "impressions":
            pl.read_parquet(path).drop("opportunity_id").write_parquet(out / path.name)
        elif path.stem != "opportunities":
            (out / path.name).hardlink_to(path)
