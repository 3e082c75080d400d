"""The state: what was known about an entity strictly before a decision, advanced one epoch at a time.

The one place where what grows with time is computed, eligible actions and the day's own sub-steps included;
`context_state` adds context columns, `static_features` what users bring along, and single-step studies have
these alone. The transition table replays logs through it, and the simulated
worlds call it while a policy is in force, so that a policy sees in the truth test what it was trained on.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.mdp.transition_table import Feature

GROWING = ("tenure", "margin_so_far", "spend_so_far")
"""Features that only ever grow while an entity stays."""
WEEKDAY = (
    Feature("weekday_sin", "share", "sine of the day of the week", plain="day of the week (sine wave)"),
    Feature("weekday_cos", "share", "cosine of the day of the week", plain="day of the week (cosine wave)"),
)
SHORT_HALF_LIFE_DAYS, LONG_HALF_LIFE_DAYS = 2.0, 10.0


def weekday_waves(day: NDArray[np.integer]) -> NDArray[np.float64]:
    """(m, 2) the features of `WEEKDAY`; day (m,) in days since 1970-01-01, which was a Thursday."""
    weekday = 2 * np.pi * ((day + 3) % 7) / 7
    return np.stack([np.sin(weekday), np.cos(weekday)], axis=1)


@dataclass(frozen=True)
class EpochEvents:
    """What happened in one epoch, per entity. K = actions other than `none`."""

    exposures: NDArray[np.float32]  # (n, K) number shown
    clicks: NDArray[np.float32]  # (n, K)
    opportunities: NDArray[np.float32]  # (n, K) number of opportunities
    visits: NDArray[np.float32]  # (n,)
    known_purchases: NDArray[np.float32]  # (n,) reported in this epoch
    known_margin: NDArray[np.float32]  # (n,) currency units reported in this epoch
    spend: NDArray[np.float32]  # (n,) currency units

    def at(self, epoch: int) -> "EpochEvents":
        """One epoch, where these are the events of many: each of the arrays with epochs before all else."""
        return EpochEvents(*(getattr(self, field.name)[epoch] for field in fields(self)))


def history_features(
    actions: tuple[str, ...], windows_days: tuple[int, ...], epoch_days: int, *, several: bool = False
) -> tuple[Feature, ...]:
    """The state's features in order, with units and one line each. `actions[0]` is `none`.

    several: whether an epoch can hold several ads, so that what was shown earlier in it is known by channel.
    """
    channels = actions[1:]
    spec = []
    for w in _windows(windows_days, epoch_days):
        days = w * epoch_days
        spec += [_counted(f"shown_{c}_{days}d", f"times {c} was shown in the last", days) for c in channels]
    for w in _windows(windows_days, epoch_days)[1:]:
        days = w * epoch_days
        spec += [_counted(f"clicks_{c}_{days}d", f"clicks on {c} in the last", days) for c in channels]
    for w in _windows(windows_days, epoch_days):
        days = w * epoch_days
        spec.append(_counted(f"visits_{days}d", "visits in the last", days))
    for w in _windows(windows_days, epoch_days)[1:]:
        days = w * epoch_days
        spec.append(_counted(f"purchases_{days}d", "purchases known from the last", days))
    spec += [
        _fading(f"shown_stock_{c}", f"exposures to {c}", SHORT_HALF_LIFE_DAYS, "recent") for c in channels
    ]
    for name, half_life, group in (
        ("short", SHORT_HALF_LIFE_DAYS, "recent"),
        ("long", LONG_HALF_LIFE_DAYS, "rest"),
    ):
        spec += [
            _fading(f"opportunity_{name}_{c}", f"opportunities for {c}", half_life, group) for c in channels
        ]
    spec += [
        _fading("visit_stock", "visits", SHORT_HALF_LIFE_DAYS, "recent"),
        Feature(
            "purchase_recency",
            "share",
            "exp(-days since the last known purchase / 10), 0 if none",
            "recent",
            "how recent the last known purchase is, from 1 (just now) to 0 (long ago, or none)",
        ),
        _logarithm("margin_so_far", "currency", "margin known so far"),
        _logarithm("spend_so_far", "currency", "advertising spent on this entity so far"),
        _logarithm("tenure", "days", "days since entry"),
        *WEEKDAY,
    ]
    if several:
        when = "earlier the same day" if epoch_days == 1 else "earlier in the same epoch"
        spec += [
            Feature(f"shown_today_{c}", "count", f"whether {c} was decided for {when}") for c in channels
        ]
    else:
        spec.append(Feature("shown_this_epoch", "count", "exposures earlier in the same epoch"))
    spec += [Feature(f"eligible_{c}", "yes/no", f"{c} can be shown now", "recent") for c in channels]
    return tuple(spec)


def _counted(name: str, what: str, days: int) -> Feature:
    """A count of the last days. Contracts of saved policies keep `1 days`; people read `day`."""
    return Feature(name, "count", f"{what} {days} days", plain=f"{what} day" if days == 1 else "")


def _fading(name: str, what: str, half_life_days: float, group: str) -> Feature:
    """A count whose past fades."""
    text = f"{what}, halved every {half_life_days:g} days"
    return Feature(name, "count", text, group, f"recent {what} (half-life {half_life_days:g} days)")


def _logarithm(name: str, unit: str, what: str) -> Feature:
    """Readers see what it is the logarithm of: thresholds are turned back as well."""
    return Feature(name, f"log {unit}", f"log(1 + {what})", plain=what)


class History:
    """Running state of n entities over K channels; `features` before `advance`, epoch by epoch.

    Held feature by feature, d x n, so that whatever passes is a sum of long rows.
    """

    def __init__(
        self, n: int, n_channels: int, windows_days: tuple[int, ...], epoch_days: int, spare: int = 0
    ) -> None:
        """spare: columns that `features` leaves free behind its own."""
        self.n, self.k = n, n_channels
        self.epoch_days, self._spare = epoch_days, spare
        self.windows = _windows(windows_days, epoch_days)
        streams = 2 * n_channels + 2  # exposures, clicks, visits, known purchases
        self._ring = np.zeros((max(self.windows), streams, n), np.float32)
        self._sums = np.zeros((len(self.windows), streams, n), np.float32)  # counts over each window
        self._stocks = np.zeros((3 * n_channels + 1, n), np.float32)  # exposures, opportunities twice, visits
        short = np.float32(0.5 ** (epoch_days / SHORT_HALF_LIFE_DAYS))
        long = np.float32(0.5 ** (epoch_days / LONG_HALF_LIFE_DAYS))
        self._fade = np.repeat([short, short, long, short], [n_channels, n_channels, n_channels, 1])[:, None]
        self._since_purchase = np.full(n, np.inf, np.float32)  # days
        self._margin = np.zeros(n, np.float32)
        self._spend = np.zeros(n, np.float32)
        self._epoch = 0

    def features(
        self,
        day: int,
        tenure_days: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        shown: NDArray[np.float32],
        rows: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """State (m, d) of the entities `rows` (m,) at a decision on `day` (days since 1970-01-01):
        tenure (m,), eligible actions (m, 1 + K), exposures earlier in the same epoch, in all (m, 1) or by
        channel (m, K)."""
        k, sums = self.k, self._sums
        scalars = [
            np.exp(-self._since_purchase / 10),
            np.log1p(np.maximum(self._margin, 0)),
            np.log1p(self._spend),
        ]
        counts = [*sums[:, :k], *sums[1:, k : 2 * k], sums[:, 2 * k], sums[1:, 2 * k + 1]]
        known = [*counts, self._stocks, scalars]
        tenure = sum(len(block) for block in known)
        width = tenure + 1 + len(WEEKDAY) + shown.shape[1] + k
        of_all = np.empty((self.n, width + self._spare), np.float32)
        of_all[:, :tenure] = np.concatenate(known).T
        found = of_all.take(rows, axis=0)
        found[:, tenure] = np.log1p(np.maximum(tenure_days, 0))
        found[:, tenure + 1 : tenure + 1 + len(WEEKDAY)] = weekday_waves(np.array([day]))
        found[:, width - k - shown.shape[1] : width - k] = shown
        found[:, width - k : width] = eligible[:, 1:]
        return found

    def lately_possible(self) -> NDArray[np.bool_]:
        """Actions other than `none` with an opportunity in about the last month. (n, K)"""
        return self._stocks[2 * self.k : 3 * self.k].T > 0.1  # one opportunity fades to 0.1 in 33 days

    def advance(self, events: EpochEvents) -> None:
        """Let one epoch pass."""
        k, now = self.k, self._epoch % len(self._ring)
        today = np.empty_like(self._ring[now])
        today[:k], today[k : 2 * k] = events.exposures.T, events.clicks.T
        today[2 * k], today[2 * k + 1] = events.visits, events.known_purchases
        self._sums += today  # counts are small integers: exact in float32
        for sums, window in zip(self._sums, self.windows, strict=True):
            sums -= self._ring[(self._epoch - window) % len(self._ring)]
        self._ring[now] = today
        chances = np.asarray(events.opportunities.T, np.float32)
        self._stocks += np.concatenate([today[:k], chances, chances, today[2 * k : 2 * k + 1]])
        self._stocks *= self._fade
        self._since_purchase[events.known_purchases > 0] = 0
        self._since_purchase += np.float32(self.epoch_days)
        self._margin += events.known_margin
        self._spend += events.spend
        self._epoch += 1


def _windows(windows_days: tuple[int, ...], epoch_days: int) -> tuple[int, ...]:
    """Look-back windows in epochs, ascending, each at least one epoch, none twice."""
    return tuple(sorted({max(1, round(days / epoch_days)) for days in windows_days}))
