"""From a log to the table of decisions as a night does it: its stages, with all that they check and write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.night import Night
from flows.stages.night_stages import build_transitions, stage_logs
from flows.study import Study
from models.agents import save_transitions
from models.mdp import Transitions
from tests.benchmarks.speed_log import MARGIN_RATE, SpeedLog
from tests.benchmarks.split_night import KEY, Quiet

ROOM_GB = 1_000.0
"""Room for every log here, so that a long one is not sampled, as it would be in a night."""


def night_table(log: SpeedLog, logs: Path, work: Path) -> dict[str, Any]:
    """Read, build, write; what was found, to hold others against."""
    return found_in(build(log, logs, work))


def written_again(log: SpeedLog, logs: Path, work: Path) -> Callable[[], dict[str, Any]]:
    """Writes the table that a night has written, as files like those, from arrays that are there."""
    table = build(log, logs, work)

    def write() -> dict[str, Any]:
        save_transitions(table, work / "again")
        return found_in(table)

    return write


def build(log: SpeedLog, logs: Path, work: Path) -> Transitions:
    """The table of all users' decisions, by one thread."""
    night = _night(log, logs, work)
    return build_transitions(night, stage_logs(night))


def found_in(table: Transitions) -> dict[str, Any]:
    """What `speed_pandas.found_in` says of its own table."""
    total = dict(zip((o.name for o in table.outcome_spec), table.outcomes.sum(axis=0).tolist(), strict=True))
    return {
        "decisions": table.n_rows,
        "shown": int((table.action > 0).sum()),
        "clicks": total["clicks"],
        "margin_micros": total["margin"],
        "cost_micros": sum(value for name, value in total.items() if name.startswith("cost:")),
        "features": table.features.shape[1],
    }


def _night(log: SpeedLog, logs: Path, work: Path) -> Night:
    study = Study.model_validate(
        {
            "name": "bench",
            "decision": {"margin_rate": MARGIN_RATE},
            "evaluation": {"math_threads": 1},
            "logs": {"threads": 1, "memory_limit_gb": ROOM_GB},
        }
    )
    study._log_folder = logs
    events, staging = work / "work", work / "staging"
    events.mkdir(parents=True)
    staging.mkdir()
    return Night(study, log.as_of, work, events, staging, KEY, Quiet())
