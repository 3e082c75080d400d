"""Which holdout would decide what tonight's logs leave open."""

import math

import numpy as np
from numpy.typing import NDArray

from models.evaluation.doubly_robust import DoublyRobust
from models.page_results import NextExperiment
from models.results import Interval
from models.split.words import each_period, money

Floats = NDArray[np.float64]
SHARES = (0.05, 0.1, 0.2)
POWER_Z = 1.959964 + 0.841621
"""80 % power at two-sided 5 %."""
LONGEST_DAYS = 112
"""An experiment that needs longer is not worth proposing."""


def next_experiments(
    slopes: dict[str, Interval],
    *,
    spend: dict[str, float],
    value_per_entity: Floats,
    entities: int,
    period_days: int,
    entity: str,
    currency: str,
) -> tuple[NextExperiment, ...]:
    """Channels whose marginal iROAS the logs cannot tell from 1, by what a decision is worth; at most three.

    slopes: marginal iROAS with interval, per channel; spend: per period; value_per_entity (N,): logged margin
    of each entity per period; entities: how many a period has. Holding a share p of n entities back from
    a channel shows its whole effect on margin with standard error s sqrt(n (1/p + 1/(1-p)) / d) after d
    periods, s the standard deviation of an entity's margin. It decides once a difference of half the
    interval's width from an iROAS of 1 is seen with 80 % power at two-sided 5 %. The smallest
    share that decides within 16 weeks is proposed. At stake: half of that distance on the channel's spend.
    Assumes independent entities and an average return near the marginal one; wrong for channels whose effects
    reach other entities.
    """
    spread = float(value_per_entity.std(ddof=1)) if len(value_per_entity) > 1 else float("nan")
    found: list[NextExperiment] = []
    for channel in sorted(slopes):
        slope, cost = slopes[channel], spend.get(channel, 0.0)
        if not (slope.low < 1 < slope.high) or cost <= 0 or not spread > 0:
            continue
        distance = (slope.high - slope.low) / 2
        for share in SHARES:
            once = spread * math.sqrt(entities * (1 / share + 1 / (1 - share))) / cost
            days = period_days * max(1, math.ceil((POWER_Z * once / distance) ** 2))
            if days > LONGEST_DAYS:
                continue
            held = math.ceil(share * entities)
            stake = 0.5 * distance * cost
            sentence = (
                f"Hold {100 * share:.0f} % of the {entity}s ({held:,}, drawn at random) back from {channel} "
                f"for {days} days: that tells, with a chance of 80 %, whether it earns more than it costs. "
                f"About {money(stake, currency)} {each_period(period_days)} hang on it."
            )
            found.append(NextExperiment(channel, share, days, held, stake, sentence))
            break
    found.sort(key=lambda e: (-(e.gain_per_period or 0.0), e.channel))
    return tuple(found[:3])


def margin_per_entity(estimator: DoublyRobust, entities: int) -> Floats:
    """(C,) logged margin of each of C sampled entities per period, of `entities` in all: their journeys'
    scale x contributions add up to the total of all entities."""
    journeys = estimator.journeys
    margin = estimator.logged_outcomes[:, journeys.outcome_names.index("margin")]
    return np.asarray(journeys.scale * margin * journeys.n_clusters / entities)
