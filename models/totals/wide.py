"""Wider evidence weighed against user-level logs: which channels it disputes, and what to tell about it."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from models.results import HealthCheck, Hold, Interval, SourcesDiffer, SourcesWeighed, TotalsUnused
from models.totals.combine import LEVEL
from models.totals.results import Combined

MOST = float(norm.ppf(1 - LEVEL / 2))
"""Standard errors between two sources that chance explains."""


@dataclass(frozen=True)
class WideEvidence:
    """Every comparison of user-level logs with daily totals or a lift test, by source and channel."""

    combined: tuple[Combined, ...] = ()
    unused: TotalsUnused | None = None
    """Why daily totals that the logs hold say nothing; None where they do."""

    @property
    def held(self) -> dict[str, Hold]:
        """Channel -> why it may not move."""
        held: dict[str, Hold] = {}
        for one in self.combined:
            if one.disputed and one.user_level and one.totals:
                found = SourcesDiffer(one.source, one.user_level.estimate, one.totals.estimate)
                held.setdefault(one.channel, found)
        return held

    @property
    def checks(self) -> tuple[HealthCheck, ...]:
        """One line of the health check per channel that two sources can judge."""
        found = tuple(_check(one) for one in self.combined if one.heterogeneity is not None)
        if self.unused is None:
            return found
        name, limit = "daily totals beside the logs", f"<= {MOST:.2f}"
        return (*found, HealthCheck(name, "ok", None, "standard errors", limit, self.unused))


def usable(interval: Interval | None) -> Interval | None:
    """The interval, or None where it has no finite width above 0 and so cannot be weighed."""
    if interval is None or not np.isfinite([interval.estimate, interval.low, interval.high]).all():
        return None
    return interval if interval.high > interval.low else None


def _check(one: Combined) -> HealthCheck:
    """Whether the two sources on a channel agree."""
    if one.heterogeneity is None or one.user_level is None or one.totals is None:
        raise ValueError("a comparison needs two sources")
    return HealthCheck(
        kind=one.source,
        subject=one.channel,
        status="warn" if one.disputed else "ok",
        figure=float(np.sqrt(one.heterogeneity)),
        unit="standard errors",
        limit=f"<= {MOST:.2f}",
        found=SourcesWeighed(one.user_level, one.totals, one.pooled),
    )
