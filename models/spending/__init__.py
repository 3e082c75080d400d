"""What will a policy spend in the next budget period, and how far may that be off?

Read in this order: `newest_weeks` (which rows speak of the coming period), `todays_spend` (today's delivery,
and how wrong the same forecast was in weeks that have come), `forecast` (what a policy changes of it),
`bands` (left alone, and corrected nightly). Costs are known at once, so that the newest days count which
margins have to wait for.
"""

from models.spending.bands import PolicySpend, SpendDoubt, mixed
from models.spending.forecast import SpendForecast, forecast_spend

__all__ = ["PolicySpend", "SpendDoubt", "SpendForecast", "forecast_spend", "mixed"]
