"""Is the night fit to be believed? Checks of the log, of delivery and of the estimates."""

from models.health.log_history import DatedCheck, doubtful_days, examine_history
from models.health.night_checks import immature_share

__all__ = [
    "DatedCheck",
    "doubtful_days",
    "examine_history",
    "immature_share",
]
