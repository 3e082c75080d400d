"""The oracle: the split of a world that earns most, and what a unit of spend really earns, by channel.

Nobody who sees only logs can know either; they are what splits learnt from logs are scored against.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.policies import ScaledDelivery
from models.worlds.config import JourneyConfig, config_key
from models.worlds.exchange import best_exchange
from models.worlds.journey import JourneyWorld
from models.worlds.truth import WEEK, Expected, Horizon, Score, compare, expected

Floats = NDArray[np.float64]

NUDGE = 0.3
"""Multipliers of 1 -+ NUDGE give today's slopes: wide, since the noise of a slope falls with the step."""
FIRST_DAY = 20_000
"""A Thursday of 2024; no truth depends on it."""
VERSION = 1
"""Part of every cache key; another one after a change of the worlds or of the search."""


@dataclass(frozen=True)
class SplitRules:
    """What a split may do, as in the study: multipliers, and money moved as a share of the budget."""

    min_multiplier: float = 0.5
    max_multiplier: float = 2.0
    max_move_share: float = 0.4


RULES = SplitRules()


@dataclass(frozen=True)
class Slope:
    """What one more unit of spend on a channel earns in margin, at today's split."""

    channel: str
    iroas: float
    error: float
    """Monte-Carlo standard error, by the delta method over customers."""


@dataclass(frozen=True)
class Oracle:
    """The best split of a world within the rules, at no more than today's spend."""

    channels: tuple[str, ...]
    multipliers: tuple[float, ...]  # (K,)
    uplift: float
    """Gain in profit per period, currency units, all customers, in futures the search did not see."""
    error: float
    relative: float
    """The uplift as a share of today's profit per period."""
    spend_change: float
    """Of all spend, as a share of today's in force and tail."""
    slopes: tuple[Slope, ...]
    entities: int
    evaluations: int
    """Splits that were tried."""


def marginal_returns(world: JourneyWorld, horizon: Horizon = WEEK) -> tuple[tuple[Slope, ...], Floats]:
    """True marginal iROAS per channel: change of margin over change of all spend, m_k from 0.7 to 1.3.

    Both ends meet the same futures (common random numbers), so that the error is small; it is that of a
    ratio of totals over customers. Also the slopes (2, K) of margin and spend per unit of m_k.
    """
    slopes, found = np.zeros((2, world.k)), []
    for k in range(world.k):
        up, down = (_run(world, _nudged(world.k, k, s * NUDGE), horizon) for s in (1, -1))
        margin = (up.margin - down.margin).mean(axis=0) / (2 * NUDGE)  # (n,)
        spend = (up.spend - down.spend).mean(axis=0) / (2 * NUDGE)
        slopes[:, k] = margin.sum(), spend.sum()
        ratio = float(margin.sum() / spend.sum())
        rest = margin - ratio * spend
        error = float(np.sqrt(world.n) * rest.std(ddof=1) / abs(spend.sum()))
        found.append(Slope(world.actions[k + 1], ratio, error))
    return tuple(found), slopes


def find_oracle(world: JourneyWorld, *, rules: SplitRules = RULES, horizon: Horizon = WEEK) -> Oracle:
    """The best split by exchange search on common random numbers, scored again in futures of its own.

    The search maximises profit in the horizon's futures; the best of many tries flatters itself there
    (the optimiser's curse), so the uplift comes from as many new ones. It moves money along the steepest
    exchange, in steps that halve; with returns that grow somewhere it may stop at a local optimum.
    """
    today = _run(world, np.ones(world.k), horizon)
    spend_today = today.by_channel.mean(axis=0)
    tries: dict[bytes, tuple[float, float]] = {}

    def value(multipliers: Floats) -> tuple[float, float]:
        """(change in margin, change in spend) per period."""
        key = multipliers.tobytes()
        if key not in tries:
            score = compare(_run(world, multipliers, horizon), today)
            tries[key] = score.margin, float(score.spend.sum())
        return tries[key]

    found, slopes = marginal_returns(world, horizon)
    plan = best_exchange(
        value,
        slopes,
        weights=spend_today / spend_today.sum(),
        low=rules.min_multiplier,
        high=rules.max_multiplier,
        move=rules.max_move_share,
    )
    score = rescored(world, plan, horizon)
    return Oracle(
        channels=world.actions[1:],
        multipliers=tuple(float(m) for m in plan),
        uplift=score.uplift,
        error=score.error,
        relative=score.relative,
        spend_change=float(score.spend.sum() / score.spend_today.sum()),
        slopes=found,
        entities=world.n,
        evaluations=len(tries) + 2 * world.k,
    )


def rescored(world: JourneyWorld, plan: Floats, horizon: Horizon) -> Score:
    """A split (K,) in as many futures as the horizon's, and none of them."""
    fresh = tuple(1_000_003 + seed for seed in horizon.futures)
    again = Horizon(horizon.days, horizon.tail_days, fresh)
    return compare(_run(world, plan, again), _run(world, np.ones(world.k), again))


def oracle_of(
    config: JourneyConfig,
    *,
    entities: int = 20_000,
    seed: int = 1,
    warm_days: int = 90,
    horizon: Horizon = WEEK,
    rules: SplitRules = RULES,
    folder: Path | None = None,
) -> Oracle:
    """The oracle of a world after `warm_days` of today's delivery (`tail_days_of` knows the tail it needs).

    With a folder, an oracle that was found before under the same constants and settings is read from
    `<key>.json` there, and a new one is written.
    """
    settings = [VERSION, config_key(config), entities, seed, warm_days, asdict(rules), asdict(horizon)]
    key = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
    path = folder / f"{key}.json" if folder else None
    if path is not None and path.is_file():
        return _read(path)
    oracle = find_oracle(warm_world(config, entities, seed, warm_days), rules=rules, horizon=horizon)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")  # whole or not at all, whoever else writes
        partial.write_text(json.dumps(asdict(oracle), indent=1), encoding="utf-8")
        partial.replace(path)
    return oracle


def warm_world(config: JourneyConfig, entities: int, seed: int, days: int) -> JourneyWorld:
    """The world on the morning after `days`: as its log leaves it, for averages and splits only."""
    world = JourneyWorld(config, entities, seed, first_day=FIRST_DAY).outlook_fork(seed)
    for _ in range(days):
        world.expect()
    return world


def _run(world: JourneyWorld, multipliers: Floats, horizon: Horizon) -> Expected:
    split = ScaledDelivery((1.0, *(float(m) for m in multipliers)), "split")
    return expected(world, None if np.all(multipliers == 1) else split, horizon)


def _nudged(channels: int, channel: int, step: float) -> Floats:
    point = np.ones(channels)
    point[channel] += step
    return point


def _read(path: Path) -> Oracle:
    content = json.loads(path.read_text(encoding="utf-8"))
    content["slopes"] = tuple(Slope(**slope) for slope in content["slopes"])
    content["channels"], content["multipliers"] = tuple(content["channels"]), tuple(content["multipliers"])
    return Oracle(**content)
