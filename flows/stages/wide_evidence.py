"""Daily totals and lift tests beside user-level logs: a channel they contradict each other on is held."""

import polars as pl

from flows.night import Night
from flows.stages.judging import Judge
from flows.stages.obstacles import read_daily_totals
from models.results import TooShort, TotalsUnused
from models.split import CHANNEL_TIERS, marginal_iroas, prepare_slopes
from models.totals import (
    Combined,
    WideEvidence,
    combine,
    iroas_between,
    iroas_found,
    logged_tests,
    newest_tests,
    source_of,
    usable,
)
from sql.events import Events


def weigh_wide_evidence(night: Night, events: Events, everybody: Judge) -> WideEvidence:
    """What lift tests and daily totals say of each channel, against the users.

    Nothing where the logs have neither, or are of a tier that allows no split to speak for or against.
    """
    if events.tier not in CHANNEL_TIERS:
        return WideEvidence()
    by_totals, unused = _by_daily_totals(night, events, everybody)
    return WideEvidence((*_by_lift_tests(night, events, everybody), *by_totals), unused)


def _by_lift_tests(night: Night, events: Events, everybody: Judge) -> tuple[Combined, ...]:
    """Each channel's newest test, of the table `experiments` and of the study, against the same change of
    budget on the users. Of two that ended together the study's counts."""
    delivery, level = everybody.delivery, night.study.evaluation.level
    tests = newest_tests((*logged_tests(events), *night.study.totals.lift_test), delivery.channels)
    compared: list[Combined] = []
    for channel, test in sorted(tests.items()):
        user = usable(iroas_between(delivery, channel, test.multiplier, level)[0])
        compared += combine({channel: user}, {channel: iroas_found(test, level)}, source_of(test))
    return tuple(compared)


def _by_daily_totals(
    night: Night, events: Events, everybody: Judge
) -> tuple[tuple[Combined, ...], TotalsUnused | None]:
    """Channels whose marginal return the totals identify, against the users; or why none is."""
    rows = pl.scan_parquet(events.folder / "totals.parquet").select(pl.len()).collect().item()
    if not rows:
        return (), None
    totals = read_daily_totals(night, events)
    if isinstance(totals, TooShort):
        return (), TotalsUnused(totals.said)
    delivery, level = everybody.delivery, night.study.evaluation.level
    found = {c.channel: usable(c.marginal_iroas) for c in totals.channels if c.marginal_iroas is not None}
    prepare_slopes(delivery, [delivery.channels.index(channel) for channel in found])
    user = {
        channel: usable(marginal_iroas(delivery, delivery.channels.index(channel), level)[0])
        for channel in found
    }
    first = totals.channels[0]
    if found or first.diagnosis.reason is None:
        return combine(user, found), None
    unused = TotalsUnused(channel=first.channel, why=first.diagnosis.reason)
    return combine(user, found), unused
