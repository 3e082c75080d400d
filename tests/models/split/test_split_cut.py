"""Today's budgets cut to the study's total: in proportion, as far as every bound allows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_split_decision import NULL, SPLIT, decided

from models.results import Changed, Interval, SpendChange, TodaysMoney
from models.settings import ChannelBounds, SplitSettings
from models.split.cut import cut_in_proportion, with_cut
from models.split.feasibility import conflict
from models.split.limits import budget_limits
from tests.told import told

TODAY = {"display": 186.25, "search": 490.0, "social": 315.0, "video": 605.5}
BOUNDS = {"search": ChannelBounds(max=450.0), "video": ChannelBounds(min=620.0)}


def test_a_cap_and_a_floor_hold_and_the_others_share_what_is_left() -> None:
    limits = budget_limits(TODAY, SplitSettings(total=1500.0, channels=BOUNDS, rounding=1.0))
    cut = cut_in_proportion(limits)
    assert cut.sum() == 1500.0 and cut[3] == 620.0
    assert limits.allows(cut)
    share = cut[[0, 1, 2]] / limits.current[[0, 1, 2]]
    assert share == pytest.approx(share.mean(), abs=0.01)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_it_keeps_every_limit(data: st.DataObject) -> None:
    spend = data.draw(st.lists(st.floats(200, 20_000), min_size=1, max_size=6))
    today = {f"c{k}": amount for k, amount in enumerate(spend)}
    share = st.floats(0.5, 2.0)
    bounds = {
        c: ChannelBounds(**{data.draw(st.sampled_from(["min", "max"])): amount * data.draw(share)})
        for c, amount in today.items()
        if data.draw(st.booleans())
    }
    split = SplitSettings(
        total=sum(spend) * data.draw(st.floats(0.5, 0.99)),
        channels=bounds,
        max_move_share=data.draw(st.floats(0.1, 2.0)),
        rounding=data.draw(st.sampled_from([0.01, 1.0, 10.0])),
    )
    assume(conflict(today, split) is None)
    limits = budget_limits(today, split)
    cut = cut_in_proportion(limits)
    assert np.all(cut >= limits.low - 1e-6) and np.all(cut <= limits.high + 1e-6)
    assert cut.sum() <= limits.budget * (1 + 1e-9)


def test_a_kept_split_above_the_total_says_which_budgets_keep_the_limits() -> None:
    bounds = {"channel_a": ChannelBounds(max=3500.0), "channel_b": ChannelBounds(min=9050.0)}
    split = SPLIT.model_copy(update={"channels": bounds, "total": 18_000.0, "z": 30.0})
    limits = budget_limits(dict(zip(NULL.channels, NULL.spend, strict=True)), split)
    kept = with_cut(decided(NULL, split=split), limits)
    assert kept.verdict == "KEEP" and kept.over_budget == 18_000.0
    assert sum(kept.cut_budgets) == pytest.approx(18_000.0) and limits.allows(np.array(kept.cut_budgets))
    said = told(kept).why
    assert "cutting in proportion, as far as your limits allow, takes no side. " in said
    assert said.endswith("it should get at least; the budgets so cut keep them.")


def test_a_budget_that_was_typed_in_is_not_called_spend() -> None:
    bounds = {"channel_a": ChannelBounds(max=3500.0)}
    split = SPLIT.model_copy(update={"channels": bounds, "total": 18_000.0, "z": 30.0})
    limits = budget_limits(dict(zip(NULL.channels, NULL.spend, strict=True)), split)
    money = TodaysMoney((3900.0, 8700.0, 6000.0))
    kept = replace(with_cut(decided(NULL, split=split), limits), today=money)
    said = told(replace(kept, spend=Interval(17_500.0, 16_000.0, 19_000.0, 0.95))).why
    assert (
        "Today's budgets, as typed in, add up to 19,000 EUR, above the budget of 18,000 EUR; the newest "
        "period spent 18,600 EUR of them, and the next is expected to spend 17,500 EUR (between 16,000 EUR "
        "and 19,000 EUR). If the cut must be made, cutting in proportion"
    ) in said
    assert "channel_a has a budget of 4,000 EUR today, above the 3,500 EUR it may get at most" in said
    changed = Changed("2026-11-19", "keeps", spend=(SpendChange("channel_a", 3_600.0, 4_000.0),))
    assert told(replace(kept, changed=changed)).changed.endswith(
        "The budgets typed in changed: channel_a from 3,600 EUR to 4,000 EUR."
    )
    spends = replace(kept, today=TodaysMoney(NULL.spend), changed=changed)
    assert "Today's spend of 19,000 EUR is above the budget" in told(spends).why
    assert "channel_a spends 4,000 EUR today" in told(spends).why
    assert "Spend itself changed" in told(spends).changed


def test_one_share_of_all_needs_no_budgets() -> None:
    split = SPLIT.model_copy(update={"total": 18_000.0, "z": 30.0})
    limits = budget_limits(dict(zip(NULL.channels, NULL.spend, strict=True)), split)
    kept = with_cut(decided(NULL, split=split), limits)
    assert kept.over_budget == 18_000.0 and kept.cut_budgets == ()
    assert "cutting every channel in proportion takes no side." in told(kept).why
