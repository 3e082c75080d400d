"""Is the night fit to be believed? Checks of the log, of delivery and of the estimates."""

from models.health.log_checks import log_freshness
from models.health.log_history import DatedCheck, doubtful_days, examine_history
from models.health.night_checks import (
    HealthLimits,
    LogFacts,
    check_health,
    check_table_of_a_test,
    check_totals,
    immature_share,
    staged_cost,
    stops_of_the_log,
)

__all__ = [
    "DatedCheck",
    "HealthLimits",
    "LogFacts",
    "check_health",
    "check_table_of_a_test",
    "check_totals",
    "doubtful_days",
    "examine_history",
    "immature_share",
    "log_freshness",
    "staged_cost",
    "stops_of_the_log",
]
