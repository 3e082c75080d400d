"""Days of a log as people write them."""

import numpy as np


def iso_day(day: int | np.integer) -> str:
    """Of days since 1970-01-01, an ISO date."""
    return str(np.datetime64(int(day), "D"))
