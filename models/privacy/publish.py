"""From exact statistics to what may be handed on, as long as all of it together keeps its promise."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from scipy.special import ndtri

from models.mdp import Transitions
from models.privacy.accounting import epsilon_at, loss_of, noise_scale, part_of, together
from models.privacy.aggregates import EVERYBODY, MICROS_PER_UNIT, Statistic, bounded_statistics
from models.privacy.noise import KeyedNoise
from models.privacy.settings import PrivacySettings
from models.results import PrivacyLoss, SharedAggregates, SharedFigure

TAIL = 0.05
"""Chance with which a draw leaves the noise that is told."""
CENTS = 2
"""Money is rounded to so many decimals: what floats leave behind the last one is not shown."""


@dataclass(frozen=True)
class Told:
    """What the published folder of one date has told."""

    as_of: str
    version: str
    """Empty: nothing."""
    loss: PrivacyLoss
    replaced: PrivacyLoss
    """By files that its own took the place of."""


@dataclass(frozen=True)
class Tonight:
    """Whose figures they are."""

    study: str
    as_of: str
    key: bytes = field(repr=False)
    """Of the pseudonyms."""
    least: int
    """Actions with fewer entities than this, noise included, are not shown."""


def share_aggregates(
    t: Transitions, settings: PrivacySettings, tonight: Tonight, told: Sequence[Told] | None
) -> SharedAggregates:
    """The night's statistics with noise, and what they tell of an entity together with all others' files.

    told: by every date published before, this one included; None: that cannot be known. Every statistic gets
    an equal part of the night's loss. No figure is given where all together would go beyond `max_epsilon`.
    A rerun that says the same tells nothing new; one that says something else adds to what was told. That it
    says something else, and so that the log has changed, is not hidden. Nor is a sample's figure given: one
    entity more moves the share that is drawn, and with it others.
    """
    statistics = bounded_statistics(t, settings)
    hidden = [tonight.study, tonight.as_of, settings.model_dump(mode="json"), [asdict(s) for s in statistics]]
    noise = KeyedNoise(tonight.key, hidden)
    mine = loss_of(settings.noise, settings.epsilon, settings.delta)
    others = [one for one in told or () if one.as_of != tonight.as_of]
    gone = [one for one in told or () if one.as_of == tonight.as_of]
    replaced = together(
        *(one.replaced for one in gone), *(one.loss for one in gone if one.version != noise.version)
    )
    past = together(replaced, *(one.loss for one in others), *(one.replaced for one in others))
    total = epsilon_at(together(past, mine), settings.delta)
    withheld = "unread" if told is None else "sampled" if t.stands_for != 1 else ""
    if not withheld and total > settings.max_epsilon:
        withheld = "budget"
    fits = not withheld
    figures = _noisy(statistics, settings, mine, noise) if fits else ()
    seen = {f.action for f in figures if f.statistic == "entities" and f.value >= tonight.least} | {EVERYBODY}
    if not fits:
        total = epsilon_at(past, settings.delta)
    return SharedAggregates(
        noise=settings.noise,
        epsilon=settings.epsilon,
        delta=settings.delta if settings.noise == "gaussian" else 0.0,
        total_epsilon=None if told is None else total,
        max_epsilon=settings.max_epsilon,
        withheld=withheld,
        nights=sum(bool(one.version) for one in others) + fits,
        figures=tuple(f for f in figures if f.action in seen),
        hidden=len({f.action for f in figures} - seen),
        most_decisions=settings.most_decisions,
        most_money=settings.most_money,
        version=noise.version if fits else "",
        loss=mine if fits else PrivacyLoss(),
        replaced=replaced,
    )


def _noisy(
    statistics: tuple[Statistic, ...], settings: PrivacySettings, loss: PrivacyLoss, noise: KeyedNoise
) -> tuple[SharedFigure, ...]:
    part = part_of(loss, len(statistics))
    laplace = settings.noise == "laplace"
    reach = math.log(1 / TAIL) if laplace else float(ndtri(1 - TAIL / 2))
    draw = noise.laplace if laplace else noise.gaussian
    found = []
    for one in statistics:
        scale, unit = noise_scale(part, one.l1, one.l2), MICROS_PER_UNIT if one.money else 1
        for cell, exact in zip(one.cells, one.exact, strict=True):
            value = (exact + draw(f"{one.name}: {cell}", scale)) / unit
            rounded = round(value, CENTS if one.money else 0)
            found.append(SharedFigure(one.name, cell, one.money, rounded, reach * scale / unit))
    return tuple(found)
