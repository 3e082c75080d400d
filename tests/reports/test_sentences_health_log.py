"""What the checks of the log and of its history found: one sentence per kind and status."""

from dataclasses import replace

import pytest
from sample_findings import Row, found, in_words

from models.results import (
    ActionMoved,
    AdCostOff,
    EnterByAd,
    FeatureMoved,
    FewSales,
    Immature,
    LogEnds,
    MoneyReconciles,
    NoGap,
    NoSilence,
    OrderOff,
    RowGap,
    RowsReconcile,
    RowsRefused,
    Silent,
    Sold,
    SpendAndSales,
    SpendOff,
    Steady,
    TooShortToTell,
)

LAST = LogEnds("2026-11-19", "2026-11-20")
DAY, DAYS = ("2026-11-03",), ("2026-11-03", "2026-11-05", "2026-11-07")
OFF = SpendOff("search", "2026-11-03", 2_000_000_000_000, 4_000_000.0, 214, 1_900_000_000_000, DAYS)

SAID: list[Row] = [
    ("ok", None, TooShortToTell(), "The log is too short to tell."),
    ("ok", 0, RowsReconcile(()), "Every row of the log is accounted for."),
    (
        "stop",
        2,
        RowsReconcile(("clicks", "visits")),
        "Rows of clicks, visits are unaccounted for: a fault of staging; do not use this night.",
    ),
    ("ok", 0.0, RowsRefused("", "", ""), "Next to no rows were refused."),
    (
        "warn",
        0.0213,
        RowsRefused("clicks", "no ts", "write one"),
        "2.1% of clicks was refused, mostly for: no ts. Write one.",
    ),
    (
        "warn",
        0.0213,
        RowsRefused("clicks", "no ts", ""),
        "2.1% of clicks was refused, mostly for: no ts. Mend it at the source.",
    ),
    ("ok", 0, MoneyReconciles(), "The decisions carry exactly the cost that was staged."),
    (
        "stop",
        -1_500_000,
        MoneyReconciles(),
        "The decisions carry -1.50 against the staged cost: money was lost or counted twice.",
    ),
    ("ok", 0, LAST, "The log ends on 2026-11-19."),
    (
        "warn",
        5,
        LAST,
        "The log ends on 2026-11-19, and the 5 days between it and the night are missing: check the export "
        "before moving money.",
    ),
    (
        "stop",
        30,
        LAST,
        "The log ends on 2026-11-19, and the 30 days between it and the night are missing: nobody can say "
        "from it what is spent today. Bring the export up to date, or ask as of the log's end with --as-of "
        "2026-11-20.",
    ),
    ("ok", 0.1, Immature(1), "Purchases are known within 1 day; younger decisions are left out."),
    ("ok", 0.1, Immature(3), "Purchases are known within 3 days; younger decisions are left out."),
    (
        "warn",
        0.4,
        Immature(3),
        "40% of the decisions are too young to be judged (delay 3 days) or were taken out: lengthen the log.",
    ),
    ("ok", 1_234, Sold(), "1,234 purchases."),
    ("warn", 120, Sold(), "Only 120 purchases: the intervals lean on few of them; a longer log helps most."),
    (
        "stop",
        0,
        Sold(),
        "No purchase in the log: nothing can be said about value. Check the purchases table.",
    ),
    ("ok", 0.0, EnterByAd(), "Entities enter by an event that no ad caused."),
    (
        "warn",
        0.25,
        EnterByAd(),
        "25% of the entities enter by an ad (immortal-time bias, in favour of ads): log visits or a users "
        "table with entry_ts.",
    ),
    ("ok", 0.1, FeatureMoved("visits_7d", (), 14), "The state looks as before; `visits_7d` moved most."),
    (
        "warn",
        0.5,
        FeatureMoved("visits_7d", ("a", "b"), 14),
        "`visits_7d` is distributed differently in the last 14 days (so are `a`, `b`): a season or a "
        "broken feed; find out which before trusting the night.",
    ),
    ("ok", 0.01, ActionMoved("tv", 0.1, 0.11), "Actions are taken as often as before."),
    (
        "warn",
        0.2,
        ActionMoved("tv", 0.1, 0.3),
        "20% of the decisions changed, `tv` most (10.0% to 30.0%): if the plan changed, start the log there.",
    ),
    ("ok", 1.0, NoGap(), "No row costs or earns far more than any other."),
    (
        "stop",
        5e4,
        RowGap("tv", 1, 2_000_000_000_000, 3_500_000, DAY),
        "1 row of tv is worth 2,000,000.00 EUR on 2026-11-03; the next largest is worth 3.50 EUR. Mend or "
        "remove what was mistyped in the export, or take out the day with [[exclude]].",
    ),
    (
        "stop",
        5e4,
        RowGap("", 3, 2_000_000_000_000, 3_500, DAYS),
        "3 rows of the purchases are worth 2,000,000.00 EUR at most on 2026-11-03, 2026-11-05 and 1 more "
        "day; the next largest is worth 0.0035 EUR. Mend or remove what was mistyped in the export, or "
        "take out the days with [[exclude]].",
    ),
    ("ok", None, FewSales(), "There are too few sales to tell."),
    ("ok", 0.5, SpendAndSales(5e6, 1e7), "What the ads cost and what was paid are of one size."),
    (
        "stop",
        500.0,
        SpendAndSales(5e9, 1e7),
        "The ads of this log cost 5,000.00 EUR, and all purchases brought 10.00 EUR: the costs look as if "
        'they were written in another unit. Say which in the study (`money_unit = "micros"` or "cents" of '
        "the table impressions), or mend the export.",
    ),
    (
        "stop",
        99.0,
        OFF,
        "search spent 2,000,000.00 EUR on 2026-11-03 (214 rows, the largest 1,900,000.00 EUR), where 4.00 "
        "EUR is usual (3 such days from 2026-11-03 to 2026-11-07). Mend the export or its `money_unit`, "
        "or take the day out with [[exclude]]; if it is real, say so with [[event]].",
    ),
    (
        "stop",
        99.0,
        replace(OFF, rows=0, largest_micros=0, days=DAY),
        "search spent 2,000,000.00 EUR on 2026-11-03, where 4.00 EUR is usual. Mend the export or its "
        "`money_unit`, or take the day out with [[exclude]]; if it is real, say so with [[event]].",
    ),
    (
        "stop",
        99.0,
        AdCostOff("tv", "2026-11-03", 9e6, 9e3, 1_200, 10_800_000_000, DAY),
        "An ad of tv cost 9.00 EUR on 2026-11-03 (1,200 rows, 10,800.00 EUR in all), where 0.009 EUR is "
        "usual: the cost was written in another unit on some days. Mend the export, so that one "
        "`money_unit` holds for all its rows, or take the days out with [[exclude]].",
    ),
    (
        "stop",
        99.0,
        OrderOff("2026-11-03", 1_200, 9_000_000_000, 9e6, DAY),
        "The middle one of 1,200 purchases on 2026-11-03 is worth 9,000.00 EUR, where 9.00 EUR is usual: "
        "revenue was written in another unit on some days. Mend the export, so that one `money_unit` "
        "holds for the whole table purchases, or take the days out with [[exclude]].",
    ),
    ("ok", 0.0, NoSilence(), "No long stretch of days lacks plan that the weeks before had."),
]
SILENT = Silent("tv", "2026-11-03", "2026-11-05", 3, 0, 214.4, 2)
FEEDS = {
    "impressions": "Bring the feed up to date, or take the days out with [[exclude]]; if the channel was "
    "paused on purpose, log its opportunities of those days with eligible = false.",
    "opportunities": "Bring the feed up to date, or take the days out with [[exclude]].",
    "ads with a cost": "Bring the costs up to date, or take the days out with [[exclude]].",
    "visits": "Bring the feed up to date, or take the days out with [[exclude]]; if it was closed, say so "
    "with [[event]].",
}
STEADY = {
    "spend by day": "No day's spend stands far above the others.",
    "cost of an ad": "An ad costs about the same on every day.",
    "value of an order": "Purchases are worth about the same on every day.",
}


@pytest.mark.parametrize(("status", "figure", "finding", "said"), SAID)
def test_a_finding_in_words(status: str, figure: float | None, finding: object, said: str) -> None:
    assert in_words(found(status, figure, finding)) == said


@pytest.mark.parametrize("kind", STEADY)
def test_a_log_without_odd_days_in_words(kind: str) -> None:
    assert in_words(found("ok", 1.0, Steady(), kind)) == STEADY[kind]


@pytest.mark.parametrize("feed", FEEDS)
def test_a_silent_feed_in_words(feed: str) -> None:
    silent = replace(found("stop", 3.0, SILENT, "silence"), subject=feed)
    assert in_words(silent) == (
        f"The log holds no {feed} of tv from 2026-11-03 to 2026-11-05 (3 days), where about 214 are usual; "
        f"so it is with 2 more channels. {FEEDS[feed]}"
    )
    shop = Silent("", "2026-11-03", "2026-11-03", 1, 1_200, 90_000.0, 0)
    assert in_words(replace(silent, found=shop)).startswith(
        f"The log holds only 1,200 {feed} on 2026-11-03, where about 90,000 are usual. "
    )


def test_what_staging_says_itself_stays_as_it_is() -> None:
    assert in_words(found("warn", 1.0, "Ids look odd.")) == "Ids look odd."
