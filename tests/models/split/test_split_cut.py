"""Today's budgets cut to the study's total: in proportion, as far as every bound allows."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_split_decision import NULL, SPLIT, decided

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


def test_one_share_of_all_needs_no_budgets() -> None:
    split = SPLIT.model_copy(update={"total": 18_000.0, "z": 30.0})
    limits = budget_limits(dict(zip(NULL.channels, NULL.spend, strict=True)), split)
    kept = with_cut(decided(NULL, split=split), limits)
    assert kept.over_budget == 18_000.0 and kept.cut_budgets == ()
    assert "cutting every channel in proportion takes no side." in told(kept).why
