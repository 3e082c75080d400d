"""One log of the day benchmark, read as a night reads it: what it says every channel earns."""

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from flows.night import Night
from flows.stages.cohorts import gather_everybody
from flows.stages.night_stages import fit_behaviour_policy, stage_logs
from flows.study import Study
from models.mdp.build_transitions import build_transitions
from models.split.marginal import marginal_iroas
from tests.benchmarks.day_logs import MARGIN_RATE, DayLog, write_day_log
from tests.benchmarks.split_night import KEY, Quiet

LEVEL = 0.95
FORMAT = 2
"""Of a record; those of another one are drawn anew. Raise it with every change of what a log says."""


def one_log(log: DayLog) -> dict[str, Any]:
    """Marginal iROAS of every channel by everybody, its truth, rows and seconds, ready for JSON."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_day_log(log, folder / "logs")
        night = _night(folder, log)
        events = stage_logs(night)
        began = time.process_time()
        table = build_transitions(events, night.study.decision)
        behaviour = fit_behaviour_policy(night, table)
        everybody = gather_everybody(night, table, behaviour)
        told: dict[str, list[float] | None] = {}
        for k, channel in enumerate(table.actions[1:]):
            interval, _ = marginal_iroas(everybody.delivery, k, LEVEL)
            told[channel] = [interval.estimate, interval.low, interval.high] if interval else None
        return {
            "format": FORMAT,
            "a_day": log.a_day,
            "effect": log.effect,
            "seed": log.seed,
            "iroas": told,
            "truth": log.truth,
            "rows": table.n_rows,
            "seconds": time.process_time() - began,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


def _night(folder: Path, log: DayLog) -> Night:
    """The night after the log."""
    study = Study.model_validate(
        {
            "name": "bench",
            "decision": {"horizon_days": 7, "tail_days": 7, "margin_rate": MARGIN_RATE},
            "evaluation": {"math_threads": 1},
            "split": {"period_days": 7, "bootstrap": 0},
            "logs": {"threads": 1},
        }
    )
    study._log_folder = folder / "logs"
    work, staging = folder / "work", folder / "staging"
    work.mkdir()
    staging.mkdir()
    return Night(study, log.as_of, folder, work, staging, KEY, Quiet())
