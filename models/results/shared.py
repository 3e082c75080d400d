"""Frozen results of what may be handed to others: figures with noise, and what they tell of an entity."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PrivacyLoss:
    """What has been told of one entity; see `models.privacy.accounting`."""

    epsilon: float = 0.0
    """By Laplace noise."""
    rho: float = 0.0
    """By Gaussian noise."""


@dataclass(frozen=True)
class SharedFigure:
    """One figure with noise; below 0 where the noise is larger than it."""

    statistic: str
    """`entities`, `decisions`, `cost` or `margin`."""
    action: str
    """Empty: of all entities."""
    money: bool
    """In currency units; else a count."""
    value: float
    noise_95: float
    """In 95 of 100 cases the noise is smaller than this, up or down."""


@dataclass(frozen=True)
class SharedAggregates:
    """aggregates.csv, and the promise that stands behind it."""

    noise: str
    """`laplace` or `gaussian`."""
    epsilon: float
    """Of tonight's file."""
    delta: float
    """0 with Laplace noise."""
    total_epsilon: float | None
    """Of all nights' files in the study's folder, tonight's included; None: a manifest cannot be read."""
    max_epsilon: float
    withheld: str
    """Why there are no figures: `budget` (all nights together would tell more than `max_epsilon`), `unread`
    (a manifest cannot be read), `sampled` (who is in the sample depends on others); empty: there are some."""
    nights: int
    """That have such a file, tonight included."""
    figures: tuple[SharedFigure, ...]
    """Empty: withheld, see `withheld`."""
    hidden: int
    """Actions that too few entities were given to be shown."""
    most_decisions: int
    """Of one entity that count;"""
    most_money: float
    """and so much of its cost and margin, in currency units."""
    version: str
    """Another one has other noise; empty: withheld."""
    loss: PrivacyLoss
    """Of tonight's file."""
    replaced: PrivacyLoss
    """Of files of this date that this one takes the place of."""
