"""One log of one shop: what a night says of it, and what is true of that."""

import gc
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.mdp.journeys import complete_windows
from models.mdp.newest_volume import newest_volume
from models.worlds.shops.draw import Half, draw_setting
from models.worlds.shops.iroas import marginal_iroas
from models.worlds.shops.logs import write_logs
from models.worlds.shops.opening import open_shop
from models.worlds.shops.truth import ShopTruth, after_log, over_log
from models.worlds.shops.world import ShopWorld
from models.worlds.truth import Horizon
from sql.errors import LogError
from tests.benchmarks.shops_told import Told, told_of
from tests.benchmarks.split_night import HORIZON_DAYS, Size, read_log, seed_of

FORMAT = 11
"""Of a record; those of another one are drawn anew."""
TAIL_DAYS = 14
SLOPE_WINDOWS = 3
"""Windows of the log in which true iROAS is worked out: dozens of evaluations, each far more exact than the
intervals held against them."""


@dataclass(frozen=True)
class Draw:
    """Which log of which shop, and how large."""

    half: Half
    setting: int
    null: bool
    log: int
    entities: int = 10_000
    days: int = 120
    tier: str = "A"
    windows: int = 5
    futures: int = 2
    hidden_targeting: float = 0.0

    @property
    def name(self) -> str:
        """Of the setting."""
        twin = "-null" if self.null else ""
        sensing = f"-hidden{self.hidden_targeting:g}" if self.hidden_targeting else ""
        return f"{self.half}-{self.setting:02d}{twin}{sensing}"


def one_log(draw: Draw, version: str) -> dict[str, Any]:
    """Everything the scores need, ready for JSON. version: of the code that draws it."""
    settings = draw_setting(draw.half, draw.setting, null=draw.null, hidden_targeting=draw.hidden_targeting)
    world = open_shop(settings, seed=seed_of(draw.name, draw.log), entities=draw.entities, days=draw.days)
    morning = world.fork(world.seed, same_calendar=True)
    record: dict[str, Any] = {
        "format": FORMAT,
        "version": version,
        "setting": draw.name,
        "null": draw.null,
        "log": draw.log,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_logs(world, days=draw.days, tier=draw.tier, out=folder / "logs")  # type: ignore[arg-type]
        began = time.process_time()
        try:
            log = read_log(settings, folder / "logs", folder / "night", TAIL_DAYS, Size())  # type: ignore[arg-type]
            told = told_of(log)
        except LogError as refused:
            return record | {"refused": str(refused), "seconds": time.process_time() - began}
        record |= {"refused": "", "seconds": time.process_time() - began, **told.as_record()}
        windows = complete_windows(log.table, HORIZON_DAYS, TAIL_DAYS, single_step=False)
        record["volume"] = newest_volume(log.table.entity, log.table.day, windows, HORIZON_DAYS)
        del log
        gc.collect()
    began = time.process_time()
    record |= _truths(draw, told, morning, world, tuple(windows.start.tolist()))
    return record | {
        "truth_seconds": time.process_time() - began,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,  # KiB on Linux
    }


def _truths(
    draw: Draw, told: Told, morning: ShopWorld, evening: ShopWorld, starts: tuple[int, ...]
) -> dict[str, Any]:
    """Of every plan and cell in `told`, in the same order: over the log's windows, and after the log."""
    futures = tuple(seed_of(draw.name, draw.log, f"future {i}") for i in range(draw.futures))
    horizon = Horizon(HORIZON_DAYS, TAIL_DAYS, futures)
    over, after = over_log(morning, starts, horizon, draw.windows), after_log(evening, horizon)
    # a subset of the windows would reuse the snapshots, but other ones lie as evenly
    few = over_log(morning, starts, horizon, min(SLOPE_WINDOWS, draw.windows))
    slopes = {(s.channel, s.segment): s for s in marginal_iroas(few)}
    later = {(s.channel, s.segment): s for s in marginal_iroas(after, segments=False)}
    return {
        "profit": {"log": over.today.profit_in_force, "after": after.today.profit_in_force},
        "plan_truths": [
            {"log": _score(over, plan.multipliers), "after": _score(after, plan.multipliers)}
            for plan in told.plans
        ],
        "cell_truths": [
            {
                where: {"estimate": found[at].estimate, "error": found[at].error} if at in found else None
                for where, found in (("log", slopes), ("after", later))
            }
            for at in ((cell.channel, cell.segment) for cell in told.cells)
        ],
    }


def _score(truth: ShopTruth, multipliers: tuple[float, ...]) -> dict[str, Any]:
    """Currency units per period; spend as a multiple of today's in one period."""
    found = truth.score(np.array(multipliers))
    spend_today = truth.today.margin_in_force - truth.today.profit_in_force
    return {
        "uplift": found.uplift,
        "error": found.error,
        "spend": 1 + float(found.spend.sum()) / spend_today,
        "spend_today": spend_today,
        "spend_change": found.spend.tolist(),
    }
