"""What may be handed to others? Counts and sums with noise, and what all of them together tell of an entity.

Read `aggregates` (what is counted, and how much one entity can add), `noise` (drawn from the key),
`accounting` (epsilon and delta), `publish`; `settings` is what a study may say. Nothing else that a night
writes has noise.
"""

from models.privacy.accounting import epsilon_at, loss_of, noise_scale, part_of, together
from models.privacy.aggregates import Statistic, bounded_statistics
from models.privacy.noise import KeyedNoise
from models.privacy.publish import Told, Tonight, share_aggregates
from models.privacy.settings import PrivacySettings

__all__ = [
    "KeyedNoise",
    "PrivacySettings",
    "Statistic",
    "Told",
    "Tonight",
    "bounded_statistics",
    "epsilon_at",
    "loss_of",
    "noise_scale",
    "part_of",
    "share_aggregates",
    "together",
]
