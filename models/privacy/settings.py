"""Settings of figures that may be handed on: how much noise hides one entity in them."""

from typing import Literal

from pydantic import Field

from sql.settings import Settings


class PrivacySettings(Settings):
    """`[privacy]`: writes aggregates.csv, counts and sums with noise, to be handed to others."""

    noise: Literal["none", "laplace", "gaussian"] = "none"
    """`none`: no such file. `laplace` promises epsilon alone; `gaussian`, with a chance of `delta` that it
    does not hold, is quieter where many nights are handed on."""
    epsilon: float = Field(default=1.0, gt=0, le=20)
    """Of one night's file: whatever is seen in it is at most exp(epsilon) times as likely with an entity as
    without. 1 is strong, above 3 weak."""
    delta: float = Field(default=1e-6, gt=0, le=1e-3)
    """Of `gaussian`: far below 1 / entities."""
    max_epsilon: float = Field(default=10.0, gt=0)
    """Of all nights in the study's folder together: the file of a night that would go beyond is not
    written."""
    most_decisions: int = Field(default=30, ge=1)
    """Of one entity, its first so many decisions to act count. More show more of the busiest, with more
    noise."""
    most_money: float = Field(default=500.0, gt=0)
    """Of one entity, so much cost counts at most, and so much margin, in currency units."""
