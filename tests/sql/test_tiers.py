"""What the logs can identify decides what may be claimed."""

from pathlib import Path
from typing import Any

import pytest
from tiny_logs import Row, column, impression, mart, stage, write_log, write_table

SHOWN = [impression(1, "2026-01-01", "u1"), impression(2, "2026-01-02", "u1")]
WITH_PROPENSITY = [row | {"propensity": "0.5"} for row in SHOWN]
NONE_LOGGED = impression(3, "2026-01-03", "u1", "none", "0", propensity="0.5")
CHANCE: Row = {"opportunity_id": "o1", "ts": "2026-01-01", "user_id": "u1", "channel": "search"}


def arm(name: str) -> Row:
    return {"user_id": "u1", "arm": name, "since": "2026-01-01"}


@pytest.mark.parametrize(
    ("tier", "tables"),
    [
        ("B", {"impressions": SHOWN}),
        ("B", {"impressions": WITH_PROPENSITY}),  # of what was shown only: who was not is unknown
        ("A+", {"impressions": [*WITH_PROPENSITY, NONE_LOGGED]}),
        ("B", {"impressions": [*SHOWN, NONE_LOGGED]}),
        ("A", {"impressions": SHOWN, "opportunities": [CHANCE]}),
        ("A", {"impressions": WITH_PROPENSITY, "opportunities": [CHANCE]}),
        ("A+", {"impressions": WITH_PROPENSITY, "opportunities": [CHANCE | {"propensity": "0.5"}]}),
        ("A+", {"impressions": SHOWN, "opportunities": [CHANCE | {"holdout": "true"}]}),
        ("B", {"impressions": SHOWN, "opportunities": [CHANCE | {"eligible": "false"}]}),
        ("A+", {"impressions": SHOWN, "arms": [arm("random")]}),
        ("A+", {"impressions": SHOWN, "arms": [arm("holdout")]}),
        ("B", {"impressions": SHOWN, "arms": [arm("usual")]}),
    ],
)
def test_tier(tmp_path: Path, tier: str, tables: dict[str, Any]) -> None:
    events = stage(write_log(tmp_path / "log", **tables))
    assert events.tier == tier
    assert events.tier_reason.endswith(".")


def test_in_a_single_step_log_every_row_is_a_decision(tmp_path: Path) -> None:
    """A bandit log has no `none`; its propensities are all there is."""
    log = write_log(tmp_path / "log", impressions=WITH_PROPENSITY)
    assert stage(log, single_step=True).tier == "A+"


def test_totals_alone_are_tier_c(tmp_path: Path) -> None:
    days = [
        {"date": "2026-01-01", "channel": "tv", "spend": "100", "revenue": "250", "clicks": None},
        {"date": "2026-01-02", "channel": "tv", "spend": "50.5", "revenue": None, "clicks": "7"},
        {"date": "2026-01-02", "channel": "radio", "spend": "10", "revenue": "5", "clicks": "1"},
    ]
    write_table(tmp_path / "log" / "totals.csv", days)
    events = stage(tmp_path / "log")
    assert (events.tier, events.actions) == ("C", ("none", "radio", "tv"))
    assert column(events, "attributed", "cost_micros", "revenue_micros", "clicks") == [
        (10_000_000, 5_000_000, 1),
        (150_500_000, None, 7),  # a day without its revenue leaves the claim unknown
    ]
    assert [row["revenue_micros"] for row in mart(events, "totals")] == [250_000_000, 5_000_000, None]


def test_totals_beside_impressions_name_no_action(tmp_path: Path) -> None:
    days = [{"date": "2026-01-01", "channel": c, "spend": "1"} for c in ("search", "tv")]
    events = stage(write_log(tmp_path / "log", impressions=SHOWN, totals=days))
    assert events.actions == ("none", "search")
    assert column(events, "totals", "action", "cost_micros") == [(1, 1_000_000)]
    assert column(events, "attributed", "cost_micros") == [200_000]
    assert any("tv" in note for note in events.notes)
