"""What a night on daily totals publishes: today's split, each channel's evidence, and what is missing."""

from collections.abc import Mapping
from dataclasses import replace

from models.results import SplitDecision
from models.settings import SplitSettings
from models.split import no_evidence
from models.totals.results import ChannelTotals, TotalsEvidence

MISSING = (
    "Change the budgets of two or more channels by lot, every week for half a year, and name them in "
    "`totals.randomised`.",
    "Log, person by person, who could have been shown an ad and whether they were.",
)


def decide_on_totals(
    evidence: TotalsEvidence,
    *,
    split: SplitSettings,
    current: Mapping[str, float],
    attributed_roas: Mapping[str, float | None] | None = None,
    currency: str = "EUR",
) -> SplitDecision:
    """NO_EVIDENCE for a split, with the marginal returns that the totals identify in its rows.

    current: today's budget per period, by channel. Expected spend is today's; its range that of past budget
    periods, 90 % of them.
    """
    plain = no_evidence(
        f"Keep today's split. {evidence.summary}",
        current={c.channel: current[c.channel] for c in evidence.channels},
        split=split,
        held={c.channel: _reason(c) for c in evidence.channels},
        missing=MISSING if not evidence.may_split else MISSING[1:],
        attributed_roas=attributed_roas,
        currency=currency,
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
    return replace(plain, rows=tuple(rows))


def _reason(channel: ChannelTotals) -> str:
    """The row's phrase."""
    if channel.marginal_iroas is None:
        return f"kept: {channel.diagnosis.reason[:1].lower()}{channel.diagnosis.reason[1:].rstrip('.')}"
    doubt = "" if channel.by_lot else ", and cannot rule out that its budget moved with demand"
    if channel.marginal_iroas.low > 1:
        return f"kept: daily totals say that more would pay{doubt}"
    if channel.marginal_iroas.high < 1:
        return f"kept: daily totals say that less would pay{doubt}"
    return "kept: daily totals cannot tell whether more or less pays"
