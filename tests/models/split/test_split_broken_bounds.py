"""Today's split may break what the study asks of it, and that is said."""

from test_split_decision import NULL, SPLIT, decided

from models.results import (
    NothingSpent,
)
from models.settings import ChannelBounds
from models.split.confirm import no_evidence
from tests.told import told


def test_today_s_split_may_break_a_cap_or_a_floor_and_that_is_said() -> None:
    """Keeping is what the evidence says, and yet somebody wrote that it may not be so."""
    bounds = {"channel_a": ChannelBounds(max=3900.0), "channel_b": ChannelBounds(min=9050.0)}
    kept = decided(NULL, split=SPLIT.model_copy(update={"channels": bounds, "z": 30.0}))
    assert kept.verdict == "KEEP"
    assert [row.recommended for row in kept.rows] == list(NULL.spend)
    assert told(kept).why.endswith(
        "Today's split breaks these bounds of the study: channel_a spends 4,000 EUR today, above the 3,900 "
        "EUR it may get at most and channel_b spends 9,000 EUR today, below the 9,050 EUR it should get at "
        "least; if they must hold, change these budgets by hand, which these logs do not judge."
    )
    assert told(kept).reasons[0].endswith("; today's budget is above the 3,900 EUR it may get at most")
    assert "today's budget" not in told(kept).reasons[2]


def test_a_night_without_evidence_says_so_too() -> None:
    bounds = {"a": ChannelBounds(max=8.0)}
    split = SPLIT.model_copy(update={"channels": bounds})
    decision = no_evidence(NothingSpent(), current={"a": 10.0, "b": 20.0}, split=split)
    said = told(decision, "USD")
    assert "to split. Today's split breaks this bound of the study: a spends 10 USD" in said.why
    assert said.reasons[0].endswith("; today's budget is above the 8 USD it may get at most")


def test_bounds_that_today_s_split_keeps_are_not_mentioned() -> None:
    bounds = {"channel_a": ChannelBounds(min=4000.0, max=4000.0)}
    kept = decided(NULL, split=SPLIT.model_copy(update={"channels": bounds}))
    assert kept.verdict == "KEEP" and "bound" not in told(kept).why
