"""How far a period's spend may be from its forecast: left alone, and corrected nightly.

    left alone   S +- t_R sqrt(e^2 + max(r S, u)^2)
    corrected    B +- t_D sqrt(max(d B / n, v)^2 + (r B / n)^2)

e: the estimate's own error, of what a policy changes of today's spend; r: root mean square of the rolling
origins' relative errors, R of them; u: the users' luck, sqrt(S / S_today) of today's, below which no week can
be known. t: quantiles of Student's distribution, with as many degrees of freedom as there are errors.

A price, or the share of a mixture, is a set-point: solved anew every night towards the money that is left, it
makes up for what the days before were off. What is left is the last of the period's n epochs, seen from the
evening before: d, root mean square of D such forecasts of today's delivery; v, the users' luck in one epoch,
u / sqrt(n); and the level of a policy's last day, which is known no better than that of a week.

Assumption: other policies' weeks differ from their forecasts as today's delivery's do, in relative terms.
Wrong where a policy lives on what swings most. The corrected band holds where money can be spent and saved:
where the budget is near the most that can be spent it reaches as low as that may be, and likewise above.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from models.results import Interval
from models.spending.todays_spend import TodaysSpend

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PolicySpend:
    """What a policy spends in the next period, currency units. K channels, C entities."""

    by_channel: Floats  # (K,)
    influence: Floats  # (C, K) on it of each entity: sqrt(C var) is the estimate's own error

    @property
    def total(self) -> float:
        return float(self.by_channel.sum())

    def without_negative(self) -> "PolicySpend":
        """A channel that is estimated below 0 is hardly used: it spends 0."""
        return replace(self, by_channel=np.maximum(self.by_channel, 0.0))


def mixed(first: PolicySpend, second: PolicySpend, share: float) -> PolicySpend:
    """Of entities dealt to two policies, the second with probability `share`."""
    return PolicySpend(
        (1.0 - share) * first.by_channel + share * second.by_channel,
        (1.0 - share) * first.influence + share * second.influence,
    )


@dataclass(frozen=True)
class SpendDoubt:
    """What a log's own past says of such forecasts."""

    today: TodaysSpend
    epochs: int
    """Of a period: so many nights can correct."""

    def of_total(self, spend: PolicySpend, level: float) -> Interval:
        """All channels together."""
        half = self._half(spend.total, spend.influence.sum(axis=1), 0, level)
        return _around(spend.total, half, level)

    def of_channel(self, spend: PolicySpend, k: int, level: float) -> Interval:
        """Of one channel."""
        estimate = float(spend.by_channel[k])
        return _around(estimate, self._half(estimate, spend.influence[:, k], 1 + k, level), level)

    def corrected(self, budget: float, least: Interval, most: Interval) -> Interval:
        """Of a budget that is corrected nightly, between the least and the most that can be spent in a
        period."""
        daily, weekly = self.today.daily, self.today.weekly[:, 0]
        aim = float(np.clip(budget, least.estimate, most.estimate))
        day = max(_root_mean_square(daily) * aim / self.epochs, self._luck(aim, 0) / np.sqrt(self.epochs))
        level = _root_mean_square(weekly) * aim / self.epochs
        half = _quantile(len(daily), most.level) * float(np.hypot(day, level))
        return Interval(aim, max(min(aim - half, most.low), 0.0), max(aim + half, least.high), most.level)

    def _half(self, estimate: float, influence: Floats, column: int, level: float) -> float:
        """influence (C,); column: of the rolling errors."""
        luck = self._luck(estimate, column)
        errors = self.today.weekly[:, column]
        week = max(_root_mean_square(errors) * abs(estimate), luck)
        own = float(np.sqrt(len(influence) * influence.var())) if len(influence) else 0.0
        return _quantile(len(errors), level) * float(np.hypot(own, week))

    def _luck(self, spend: float, column: int) -> float:
        """Standard deviation of such a spend in a period by the users' luck alone."""
        by_channel = self.today.by_channel
        known = float(by_channel.sum() if column == 0 else by_channel[column - 1])
        size = spend / known if known > 0 else 1.0
        return float(self.today.luck[column]) * float(np.sqrt(max(size, 0.0)))


def _around(estimate: float, half: float, level: float) -> Interval:
    return Interval(estimate, max(estimate - half, 0.0), estimate + half, level)


def _root_mean_square(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else 0.0


def _quantile(errors: int, level: float) -> float:
    """Of so many; of a log too short for any as if there were one."""
    return float(student.ppf((1 + level) / 2, max(errors, 1)))
