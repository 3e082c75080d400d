"""Feeds that fall silent: days on which a log holds nothing of what it held every week before.

What was expected is what the same weekdays brought in the weeks before. At least twenty rows must be
missing, nineteen of twenty, and for longer than the log was ever silent before. Independent counts (Poisson)
do that by chance less than once in ten million stretches of days. A channel that starts or ends is no
silence: its opportunities end with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.health.daily_log import Counts, DailyLog
from models.health.spend_checks import DatedCheck, day_text
from models.results import HealthCheck, NoSilence, Silent

SILENT_SHARE = 0.05
FEWEST_MISSING = 20.0
LONGER = 1.5
"""Times the longest pause before: a channel that runs every other week is silent in every other."""
WEEKS = 4
SHORT_DAYS = 2
"""As long as a log may be late: a warning, and no stop."""


@dataclass(frozen=True)
class Silence:
    """Days in a row, as places in the daily log, both included."""

    first: int
    last: int
    counted: int
    expected: float

    @property
    def length_days(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Feed:
    """What is counted, and in whose company it must fall silent."""

    name: str
    """Of the check, and of what the log lacks."""
    counts: str
    """Measure of the daily log,"""
    company: str
    """and the one that shows that the channel goes on; empty: the log itself does."""


FEEDS = (
    Feed("impressions", "impressions", "opportunities"),
    Feed("opportunities", "opportunities", "impressions"),
    Feed("clicks", "clicks", "impressions"),
    Feed("ads with a cost", "paid_impressions", "impressions"),
)


def silence_findings(log: DailyLog, *, by_channel: bool) -> tuple[DatedCheck, ...]:
    """One check per feed; the longest silence of each is told. by_channel: channels have feeds of their own,
    which daily totals have not."""
    found = [_of_shop(log, "purchases"), _of_shop(log, "visits")]
    return (*found, *(_of_channels(log, feed) for feed in FEEDS if by_channel))


def silences(
    counts: Counts,
    *,
    company: Counts | None = None,
    reported_share: NDArray[np.float64] | None = None,
    report_lag: Counts | None = None,
    marked: NDArray[np.bool_] | None = None,
) -> list[Silence]:
    """Runs of days without what was there before, in order.

    counts (n, K) per day and channel; they are silent together. company (n, K): how far each channel goes on
    otherwise, which is as much as can be expected of it. reported_share (n,): how much of a day's count is
    known by the log's end. report_lag (n,): days that rows were behind, evening by evening. marked (n,): days
    with a reason.
    """
    total = counts.sum(axis=1)
    share = np.ones(len(total)) if reported_share is None else reported_share
    silent = total <= SILENT_SHARE * total.mean() * share if len(total) else np.zeros(0, np.bool_)
    if marked is not None:
        silent &= ~marked
    found, longest = [], 0
    for first, last in runs(silent):
        behind = 0 if report_lag is None else int(report_lag[:first].max(initial=0))
        expected = _expected(counts, share, first, last)
        if company is not None:
            expected *= _going_on(company, first, last)
        run = Silence(first, last, int(total[first : last + 1].sum()), float(expected.sum()))
        usual = max(longest, behind)
        if first > 0:  # days before the first row are no pause: the feed starts
            longest = max(longest, run.length_days)
        missing = run.expected >= FEWEST_MISSING and run.counted <= SILENT_SHARE * run.expected
        if missing and run.length_days > LONGER * usual:
            found.append(run)
    return found


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _expected(counts: Counts, share: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
    """What the same weekdays brought in up to four earlier stretches, the second smallest of them; with fewer
    the smallest, and 0 with fewer than two. (K,)"""
    length = last - first + 1
    lag = 7 * -(-length // 7)
    stretches = [
        share[first : last + 1] @ counts[start : start + length]
        for start in range(first - lag, first - lag - 7 * WEEKS, -7)
        if start >= 0
    ]
    if len(stretches) < 2:
        return np.zeros(counts.shape[1])
    middle: NDArray[np.float64] = np.sort(np.array(stretches), axis=0)[len(stretches) // 3]
    return middle


def _going_on(company: Counts, first: int, last: int) -> NDArray[np.float64]:
    """Share of its usual at which each channel goes on, 1 at most. (K,)"""
    seen = company[first : last + 1].sum(axis=0)
    usual = _expected(company, np.ones(len(company)), first, last)
    return np.minimum(seen / np.maximum(usual, 1.0), 1.0)


def _of_shop(log: DailyLog, name: str) -> DatedCheck:
    found = (
        _sales_silent(log)
        if name == "purchases"
        else silences(log.shop_days[name][:, None], marked=log.marked)
    )
    return _finding(log, name, [(run, "") for run in found])


def _sales_silent(log: DailyLog) -> list[Silence]:
    return silences(
        log.shop_days["purchases"][:, None],
        reported_share=log.reported_share,
        report_lag=log.report_lag,
        marked=log.marked,
    )


def _of_channels(log: DailyLog, feed: Feed) -> DatedCheck:
    """The silence of all channels together where there is one, else those of single channels."""
    counts, company = log.channel_days[feed.counts], log.channel_days[feed.company]
    together = silences(counts, company=company, marked=log.marked)
    alone = silences(counts, marked=log.marked)
    if feed.counts == "impressions":
        together += [run for run in alone if _all_ads_end(log, run)]
    sold = _sales_silent(log) if alone else []
    together += [run for run in alone if _sells_nothing(sold, run)]
    single = [
        (run, channel)
        for k, channel in enumerate(log.channels)
        for run in silences(counts[:, [k]], company=company[:, [k]], marked=log.marked)
    ]
    return _finding(log, feed.name, [(run, "") for run in together] or single)


def _all_ads_end(log: DailyLog, run: Silence) -> bool:
    """No ad and no opportunity in any channel to the log's end: where all stop at once, nobody knows what is
    spent today."""
    quiet = not any(log.channel_days[name][run.first :].any() for name in ("impressions", "opportunities"))
    return quiet and run.last == len(log) - 1


def _sells_nothing(sold: list[Silence], run: Silence) -> bool:
    """The shop's purchases fall silent on the same days: the log itself does, and no channel was paused.
    sold: when they do."""
    return any(one.first <= run.first and run.last <= one.last for one in sold)


def _finding(log: DailyLog, name: str, found: list[tuple[Silence, str]]) -> DatedCheck:
    """The longest silence; every day of all of them is doubted."""
    unit = "days"
    if not found:
        return DatedCheck(HealthCheck("silence", "ok", 0.0, unit, f"<= {SHORT_DAYS}", NoSilence(), name))
    run, channel = max(found, key=lambda f: (f[0].length_days, f[0].expected, f[1]))
    days = sorted({int(d) for r, _ in found for d in log.day[r.first : r.last + 1]})
    others = sorted({c for _, c in found} - {channel})
    told = Silent(
        channel, day_text(log.day[run.first]), day_text(log.day[run.last]), run.length_days, run.counted,
        run.expected, len(others),
    )  # fmt: skip
    status = "stop" if run.length_days > SHORT_DAYS else "warn"
    check = HealthCheck("silence", status, float(run.length_days), unit, f"<= {SHORT_DAYS}", told, name)
    return DatedCheck(check, tuple(days))
