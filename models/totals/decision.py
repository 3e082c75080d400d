"""What a night on daily totals publishes: today's split, each channel's evidence, and what is missing."""

from collections.abc import Mapping
from dataclasses import replace

from models.results import (
    Advice,
    ChangeByLot,
    LogPersons,
    RowReason,
    SplitDecision,
    TotalsSay,
    TotalsUnclear,
)
from models.settings import SplitSettings
from models.split import no_evidence
from models.totals.results import ChannelTotals, TotalsEvidence


def decide_on_totals(
    evidence: TotalsEvidence,
    *,
    split: SplitSettings,
    current: Mapping[str, float],
    attributed_roas: Mapping[str, float | None] | None = None,
) -> SplitDecision:
    """NO_EVIDENCE for a split, with the marginal returns that the totals identify in its rows.

    current: today's budget per period, by channel. Expected spend is today's; its range that of past budget
    periods, 90 % of them.
    """
    missing: tuple[Advice, ...] = (LogPersons(),) if evidence.may_split else (ChangeByLot(), LogPersons())
    plain = no_evidence(
        evidence.summary,
        current={c.channel: current[c.channel] for c in evidence.channels},
        split=split,
        held={c.channel: _reason(c) for c in evidence.channels},
        attributed_roas=attributed_roas,
    )
    rows = []
    for row, channel in zip(plain.rows, evidence.channels, strict=True):
        found, curve = channel.marginal_iroas, channel.curve
        if found is not None:
            row = replace(
                row,
                marginal_iroas=found.estimate,
                marginal_iroas_low=found.low,
                marginal_iroas_high=found.high,
            )
        if curve is not None:
            row = replace(
                row,
                expected_spend_low=min(curve.logged_low, row.expected_spend),
                expected_spend_high=max(curve.logged_high, row.expected_spend),
            )
        rows.append(row)
    return replace(plain, rows=tuple(rows), missing=missing)


def _reason(channel: ChannelTotals) -> RowReason:
    """Why the row is kept, by what its totals say."""
    found, unclear = channel.marginal_iroas, channel.diagnosis.reason
    if unclear is not None:
        return TotalsUnclear(unclear)
    if found is not None and found.low > 1:
        return TotalsSay("more", channel.by_lot)
    if found is not None and found.high < 1:
        return TotalsSay("less", channel.by_lot)
    return TotalsSay("either way", channel.by_lot)
