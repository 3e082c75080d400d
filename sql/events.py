"""The staged log: what `sql` hands to `models`. Money is int64 micros; entities are pseudonyms."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TableCount:
    """Fate of one contract table's rows: rows_in = good + duplicate + sum(quarantined) + late."""

    table: str
    rows_in: int
    good: int
    duplicate: int
    quarantined: dict[str, int]
    """Rows refused, per reason. A reason names the column and what was wrong."""
    not_yet_known: int
    """Rows whose knowledge_ts is on or after the as-of date: not bad, only later."""


@dataclass(frozen=True)
class Finding:
    """What staging measured of the log beyond its rows' fates: a health check of the night."""

    name: str
    is_doubtful: bool
    figure: float | None
    unit: str
    limit: str
    text: str
    """One or more full sentences; what would be right, where it is doubtful."""


@dataclass(frozen=True)
class InputFile:
    """One file that was read."""

    name: str
    """Path relative to the log folder."""
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Events:
    """Staged events. Every table is Parquet in `folder`, sorted by its unique key.

    entities      entity_key i64 | entry_day i32, last_day i32, entry_by_ad bool, segment str?,
                  f_<user feature> f64?
    exposures     entity_key i64, day i32, ordinal i32 | action i16, second_of_day i32, cost_micros i64,
                  clicks i32, propensity f64?, c_<context> f64?   (ordinal 0.. within a day, by (ts,
                  impression_id); cost includes click cost; action 0 = `none`: a logged decision not to
                  advertise)
    opportunities entity_key i64, day i32, action i16 | n i32, second_of_day i32 and propensity f64?
                  (of the first)
    arms          entity_key i64, day i32 | arm str, last_day i32?   (the arm of an experiment that it was put
                  into, and the last day with it, if it ended)
    clicks        entity_key i64, day i32, action i16 | n i32             (day of the click)
    bookings      entity_key i64, day i32, known_day i32 | purchases i32, revenue_micros i64,
                  margin_micros i64 (day of the purchase; net of returns; margin filled in by the margin rate)
    visits        entity_key i64, day i32 | n i32
    outcomes      entity_key i64, day i32, known_day i32, name str | value_micros i64   (of the log's own, in
                  millionths)
    attributed    action i16 | cost_micros i64, revenue_micros i64?, margin_micros i64?, impressions i64,
                  clicks i64, purchases i64
                  (last ad before each purchase within the attribution window: what a platform would claim)
    last_touch    entity_key i64, day i32 | action i16   (per purchase day: the last ad, for the rules)
    last_click    entity_key i64, day i32 | action i16
    totals        day i32, action i16 | cost_micros i64, revenue_micros i64?, impressions i64?, clicks i64?
                  (as reported; tier C logs have nothing else; action 0: sales that no channel claims)
    budgets       day i32, action i16 | planned_micros i64       (what was typed in, before the as-of date)
    experiments   action i16, first_day i32, last_day i32, unit str?, multiplier f64 | lift f64,
                  standard_error f64   (finished ones; margin per unit of spend; multiplier 0: a holdout)
    counts        test str?, day i32?, arm str | n i64, successes i64?, sum f64?, sum_of_squares f64?
                  (per arm of a test; successes, or both sums in the outcome's unit, or all three)
    geo           region str, day i32 | outcome f64, spend_micros i64?, treated bool?
    channel_days  day i32, action i16 | impressions i64, paid_impressions i64, cost_micros i64,
                  opportunities i64, clicks i64   (for checks of the log's own past; else the totals)
    shop_days     day i32 | purchases i64, revenue_micros i64, median_revenue_micros i64, visits i64
    largest_amounts  kind str, action i16, rank i32 | day i32, micros i64, rows_above_zero i64   (of `cost`
                  and `revenue`, the 20 largest rows)

    A day is days since 1970-01-01 in the study's time zone; second_of_day counts from its midnight. Actions
    index `actions`, whose 0 is `none` by the study's word; nothing has it where something is always chosen.
    """

    folder: Path
    tier: str
    """`A+`, `A`, `B` or `C`: what the logs can identify (DESIGN section 1)."""
    tier_reason: str
    actions: tuple[str, ...]
    context_columns: tuple[str, ...]
    user_features: tuple[str, ...]
    segments: tuple[str, ...]
    first_day: int
    last_day: int
    """The day before as_of, or the last day with an event where the log ends earlier."""
    delay_days: int
    """Quantile of the purchase reporting delay, in whole days."""
    excluded_days: tuple[int, ...]
    counts: tuple[TableCount, ...]
    inputs: tuple[InputFile, ...]
    notes: tuple[str, ...] = ()
    """What a careful reader should know: a fallback taken, a column absent."""
    findings: tuple[Finding, ...] = ()
    outcome_names: tuple[str, ...] = ()
    """Names in the mart `outcomes`, in byte order."""
    is_margin_revenue: bool = False
    """No purchase carries a margin, and the study sets no rate: all of what is sold counts as margin."""
    through_day: int | None = None
    """The day before as_of: to it the log tells what happened, and that nothing did. None: `last_day`."""
