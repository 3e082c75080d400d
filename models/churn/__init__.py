"""Who will buy, or come, within so many days, and who will not? A chance per entity, and how it was kept.

Read in this order: `activity_log` cuts windows from rows of a transition table, `forecast` learns chances,
`calibration` says what they were worth to entities that did not teach them.
"""

from models.churn.activity_log import ActivityLog
from models.churn.calibration import Calibration
from models.churn.forecast import ActivityForecast, forecast_activity

__all__ = ["ActivityForecast", "ActivityLog", "Calibration", "forecast_activity"]
