"""What do these logs hold, which question do they answer, and what is likely to stand in the way?"""

from models.overview.asked import Asked
from models.overview.log_overview import log_overview

__all__ = ["Asked", "log_overview"]
