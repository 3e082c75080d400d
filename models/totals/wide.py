"""Wider evidence weighed against user-level logs: which channels it disputes, and what to tell about it."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from models.results import HealthCheck, Hold, Interval, SourcesDiffer
from models.totals.combine import LEVEL
from models.totals.results import Combined

MOST = float(norm.ppf(1 - LEVEL / 2))
"""Standard errors between two sources that chance explains."""


@dataclass(frozen=True)
class WideEvidence:
    """Every comparison of user-level logs with daily totals or a lift test, by source and channel."""

    combined: tuple[Combined, ...] = ()
    unused: str = ""
    """Why daily totals that the logs hold say nothing, a full sentence; empty where they do."""

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
        if not self.unused:
            return found
        text = f"The daily totals beside these logs were not used. {self.unused}"
        name, limit = "daily totals beside the logs", f"<= {MOST:.2f}"
        return (*found, HealthCheck(name, "ok", None, "standard errors", limit, text))


def usable(interval: Interval | None) -> Interval | None:
    """The interval, or None where it has no finite width above 0 and so cannot be weighed."""
    if interval is None or not np.isfinite([interval.estimate, interval.low, interval.high]).all():
        return None
    return interval if interval.high > interval.low else None


def _check(one: Combined) -> HealthCheck:
    """Whether the two sources on a channel agree, with both figures and, if they do, the pooled one."""
    if one.heterogeneity is None or one.user_level is None or one.totals is None:
        raise ValueError("a comparison needs two sources")
    both = f"{_said(one.user_level)} by user-level logs, {_said(one.totals)} by {one.source}"
    if one.pooled is None:
        text = (
            f"What {one.channel} earns per unit of spend is disputed: {both}, further apart than chance "
            "explains. It keeps today's budget until it is known which is wrong."
        )
    else:
        text = f"{one.channel} earns {both} per unit of spend; together {_said(one.pooled)}."
    return HealthCheck(
        kind=one.source,
        subject=one.channel,
        status="warn" if one.disputed else "ok",
        figure=float(np.sqrt(one.heterogeneity)),
        unit="standard errors",
        limit=f"<= {MOST:.2f}",
        text=text,
    )


def _said(interval: Interval) -> str:
    """`1.2 (0.4 to 2.0)`."""
    return f"{interval.estimate:.1f} ({interval.low:.1f} to {interval.high:.1f})"
