"""What the night's result says of what was chosen."""

from flows.stages.assemble import segments_unused


def test_budgets_of_whole_channels_are_explained_where_the_study_asks_for_segments() -> None:
    assert segments_unused(2, is_cut=True) == ""
    assert segments_unused(2, is_cut=False) == "alike"
    assert segments_unused(1, is_cut=False) == segments_unused(0, is_cut=False) == "fewer than two"
