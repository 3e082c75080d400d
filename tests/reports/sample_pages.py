"""What a night knows beside its verdict: the gain’s parts, curves, segments, pacing, the past, a trial."""

from datetime import date, timedelta

from models.results import (
    BeyondCap,
    ChannelUplift,
    ExposureValue,
    FrequencyCap,
    NextExperiment,
    PacingDay,
    PastNight,
    PersonalFrontier,
    PersonalPoint,
    ResponseCurve,
    SegmentSlope,
    SplitDecision,
    SplitRow,
    ValueLeft,
    WeekSpend,
)

TONIGHT = date(2026, 11, 20)
SEGMENTS = ("new", "returning", "lapsed for more than a year, e-mail only")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

NOTHING: dict[str, object] = {
    "channel_uplifts": (),
    "personal": None,
    "response_curves": (),
    "segment_slopes": (),
    "exposure_values": (),
    "exposure_days": 0,
    "frequency_caps": (),
    "pacing": (),
    "week_spends": (),
    "past_nights": (),
    "next_experiments": (),
}


def pages(split: SplitDecision, channels: tuple[str, ...]) -> dict[str, object]:
    """Everything that fills the pages of a night with the given split."""
    if not split.rows:
        return NOTHING
    return {
        "channel_uplifts": parts(split),
        "personal": personal(split.budget_current, channels),
        "response_curves": tuple(curve(row, i) for i, row in enumerate(split.rows)),
        "segment_slopes": slopes(channels),
        "exposure_values": exposures(channels[:5]),
        "exposure_days": 15,
        "frequency_caps": caps(channels[:5]),
        "pacing": days(split.budget_recommended * 7 / split.period_days),
        "week_spends": weeks(split.budget_current * 7 / split.period_days),
        "past_nights": nights(split),
        "next_experiments": experiments(channels),
    }


def parts(split: SplitDecision) -> tuple[ChannelUplift, ...]:
    """Unequal parts of either sign that add up to the uplift."""
    total = split.uplift or split.considered
    if total is None:
        return ()
    n = len(split.rows)
    weights = [(-0.4 if i % 4 == 3 else 1.0) / (i + 1) for i in range(n)]
    half = (total.high - total.low) / 2
    return tuple(
        ChannelUplift(
            row.channel,
            total.estimate * w / sum(weights),
            total.estimate * w / sum(weights) - half * (0.25 + abs(w) / 3),
            total.estimate * w / sum(weights) + half * (0.25 + abs(w) / 3),
        )
        for row, w in zip(split.rows, weights, strict=True)
    )


def personal(today: float, channels: tuple[str, ...]) -> PersonalFrontier:
    """Earns a fifth more than the split, and cannot spend less than a third or more than 1.6 times today's
    budget."""
    points = []
    for times in (0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0):
        spend = today * min(times, 1.6)
        value = 108_000 * (1 - 2.7 ** (-1.7 * min(times, 1.6)))
        each = {c: spend / len(channels) for c in channels}
        points.append(
            PersonalPoint(
                today * times,
                spend,
                spend * 0.98,
                spend * 1.02,
                each,
                value,
                value - 5_000,
                value + 5_400,
                corrected_low=spend * 0.99,
                corrected_high=spend * 1.01,
            )
        )
    left = (
        ValueLeft("channel", 6_204.0, 1_310.0, 11_080.0, today, today * 1.01),
        ValueLeft("channel and segment", 2_950.0, -810.0, 6_730.0, today, today * 0.99),
    )
    return PersonalFrontier("cql", today, most=today * 1.6, least=today / 3, points=tuple(points), left=left)


def curve(row: SplitRow, i: int) -> ResponseCurve:
    """Saturating, 0 at today's budget, with a band that widens away from it."""
    today, slope = row.current, 0.4 + 0.9 * (i % 3)
    budgets = tuple(today * k / 4 for k in range(1, 11))
    margin = tuple(slope * today * 1.4 * ((b / today) ** 0.7 - 1) for b in budgets)
    reach = tuple(0.12 * today + abs(b - today) * 0.8 for b in budgets)
    low = tuple(m - r for m, r in zip(margin, reach, strict=True))
    high = tuple(m + r for m, r in zip(margin, reach, strict=True))
    return ResponseCurve(row.channel, budgets, margin, low, high, 0.55 * today, 1.6 * today)


def slopes(channels: tuple[str, ...]) -> tuple[SegmentSlope, ...]:
    found = []
    for i, channel in enumerate(channels):
        for j, segment in enumerate(SEGMENTS):
            if (i + j) % 5 == 4:
                found.append(SegmentSlope(channel, segment, None, None, None))
                continue
            middle = 0.3 + 0.7 * ((2 * i + j) % 4)
            found.append(SegmentSlope(channel, segment, middle, middle - 0.55, middle + 0.6))
    return tuple(found)


def exposures(channels: tuple[str, ...]) -> tuple[ExposureValue, ...]:
    return tuple(
        ExposureValue(c, n, 0.09 / n - 0.008 * i, 0.06 / n - 0.008 * i - 0.004, 0.12 / n + 0.004, 0.021)
        for i, c in enumerate(channels)
        for n in range(1, 8)
    )


def caps(channels: tuple[str, ...]) -> tuple[FrequencyCap, ...]:
    first, *others = channels
    return (
        FrequencyCap(first, 5, BeyondCap(6, 0.004, 0.009, 0.021)),
        *(FrequencyCap(c, None) for c in others),
    )


def days(week: float) -> tuple[PacingDay, ...]:
    shares = (0.13, 0.13, 0.14, 0.15, 0.17, 0.15, 0.13)
    return tuple(
        PacingDay(d, week * s, week * s * 0.88, week * s * 1.13) for d, s in zip(DAYS, shares, strict=True)
    )


def weeks(week: float) -> tuple[WeekSpend, ...]:
    start = date(2026, 10, 12)
    return tuple(
        WeekSpend((start + timedelta(weeks=i)).isoformat(), week * (0.93 + 0.03 * i), week if i > 1 else None)
        for i in range(5)
    )


def quiet_nights() -> tuple[PastNight, ...]:
    """Nights that promised nothing, and of which no budget is on record."""
    return tuple(
        PastNight((TONIGHT - timedelta(days=k)).isoformat(), "NO_EVIDENCE", None, None, None, None)
        for k in (2, 1)
    )


def nights(split: SplitDecision) -> tuple[PastNight, ...]:
    """Eight nights: of the last ones the period is not over yet."""
    found = []
    total = split.budget_recommended
    for k in range(8, 0, -1):
        night = (TONIGHT - timedelta(days=2 * k)).isoformat()
        over, moved = k > 3, k % 3 != 0
        verdict = "KEEP" if not moved else "MOVE_PARTLY" if k % 2 else "MOVE"
        budgets = tuple((r.channel, round(r.recommended * (1 + 0.02 * (k % 3)), 2)) for r in split.rows)
        found.append(
            PastNight(
                as_of=night,
                verdict=verdict,
                promised=0.31 * total - 140.0 * k if moved else None,
                low=0.05 * total - 140.0 * k if moved else None,
                high=0.62 * total - 140.0 * k if moved else None,
                realised=2.1 * total + 310.0 * k if over else None,
                before=2.0 * total,
                expected_spend=0.995 * total,
                spend_low=0.97 * total,
                spend_high=1.02 * total,
                realised_spend=total * (1.06 if k == 7 else 0.99) if over else None,
                budgets=budgets,
                followed={8: True, 7: True, 5: False, 4: True}.get(k),
            )
        )
    return tuple(found)


def experiments(channels: tuple[str, ...]) -> tuple[NextExperiment, ...]:
    first, last = channels[0], channels[-1]
    return (
        NextExperiment(last, 0.05, 19, 2_001, 640.0, 0.5),
        NextExperiment(first, 0.1, 31, 4_001, None, 0.5),
    )
