"""Scales with round ticks, and the findings that charts put into their titles."""

import re
from dataclasses import replace

import pytest
import samples

from models.results import FrontierPoint
from models.results.vocabulary import Vocabulary
from reports import estimates
from reports.charts import dumbbell, forest, frontier, tree, whiskers
from reports.numbers import NBSP
from reports.scales import Scale, round_scale, round_ticks, tick_text
from reports.svg import Drawing, fit, text_width, wrap


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 20_000, [0, 5_000, 10_000, 15_000, 20_000]),
        (-1_410, 3_214, [-1_000, 0, 1_000, 2_000, 3_000]),
        (0.0, 0.12, [0, 0.025, 0.05, 0.075, 0.1]),
        (3, 3.4, [3, 3.1, 3.2, 3.3, 3.4]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert round_ticks(low, high, 5) == pytest.approx(ticks)


@pytest.mark.parametrize("values", [[0.0], [5.0, 5.0], [-3.0, 17.2], [1e-6, 2e-6], [0.0, 1e12], []])
def test_a_scale_holds_its_values_and_maps_its_ends(values: list[float]) -> None:
    scale = round_scale(values, 10, 110)
    assert scale.low < scale.high
    assert all(scale.low <= v <= scale.high for v in values)
    assert (scale(scale.low), scale(scale.high)) == (10, 110)


def test_values_beyond_the_axis_are_held_at_its_end() -> None:
    assert Scale(0, 10, 0, 100).held(25) == 100


def test_tick_labels_have_the_decimals_they_need() -> None:
    assert [tick_text([0, 0.5, 1.0])(v) for v in (0, 0.5)] == ["0.0", "0.5"]
    assert tick_text([0, 5_000])(5_000) == "5,000"
    assert tick_text([0, 0.25], percent=True)(0.25) == f"25{NBSP}%"


def test_long_labels_are_cut_to_their_room() -> None:
    for text in (samples.LONG, "W" * 60, "检" * 60, samples.SCRIPT):
        assert text_width(fit(text, 120)) <= 120
        assert all(text_width(line) <= 120 for line in wrap(text, 120))
        assert len(wrap(text, 120)) <= 2
    assert fit("search", 120) == "search"


def test_the_dumbbell_names_the_largest_move() -> None:
    assert dumbbell.finding(samples.move()) == (
        "search moves most: 14,012 → 12,600 EUR a week; 3 of 3 budgets change"
    )
    assert dumbbell.finding(samples.keep()) == "Every channel keeps today’s budget"


def test_a_bound_far_beyond_all_budgets_does_not_squash_them() -> None:
    rows = samples.move().split.rows
    far = (replace(rows[0], max_allowed=1e9), *rows[1:])
    assert dumbbell.axis_end(far) < 50_000


def point(price: float, budget: float) -> FrontierPoint:
    return FrontierPoint(price, budget, budget, {"search": budget}, 2 * budget, budget, 3 * budget)


def test_where_one_more_euro_earns_one() -> None:
    assert frontier.break_even([point(2, 10), point(1, 20), point(0.5, 30)]) == (20, 20)
    assert frontier.break_even([point(2, 10), point(1.5, 20), point(0.5, 30)]) == (20, 30)
    assert frontier.break_even([point(3, 10), point(2, 20)]) is None


def test_the_frontier_says_so_when_every_plan_still_pays() -> None:
    night = replace(samples.move(), frontier=(point(3, 10_000), point(2, 20_000)))
    said = "By best guess, one more EUR still earns more than 1 up to 20,000 EUR a week"
    assert frontier.finding(night) == said


def test_the_forest_says_where_the_ways_of_estimating_part() -> None:
    night = samples.move()
    rows = estimates.of_outcome(night, "profit")
    assert forest.finding(night, rows) == (
        "The ways of estimating agree on 6 of the 7 plans that have a figure; they part on “DQN, "
        "personalised”"
    )
    agreed = replace(night, evidence=tuple(e for e in night.evidence if e.verdict != "disputed"))
    assert forest.finding(agreed, rows) == (
        "The ways of estimating agree on all of the 6 plans that have a figure"
    )
    unweighed = replace(night, evidence=())
    assert forest.finding(unweighed, rows) == "57 of 64 estimates have enough evidence"


def test_the_forest_leaves_the_raw_estimators_out() -> None:
    chart = forest.forest(samples.move())
    assert chart is not None
    for name in ("DRL", "SNDR", "SNPDIS", "FQE", "logged mean"):
        assert f">{name}</text>" in chart.svg
    for name in ("DR", "PDIS", "TIS"):
        assert f">{name}</text>" not in chart.svg


def test_one_endless_interval_does_not_squash_the_others() -> None:
    rows = [e for e in samples.move().evaluation if e.outcome == "profit"]
    endless = replace(rows[0], low=-1e9, high=1e9)
    shown = whiskers.shown_range(forest.drawn([endless, *rows[1:]]))
    assert max(shown) - min(shown) < 1e6


def test_hatching_stays_within_its_rectangle() -> None:
    d = Drawing(100, 40)
    d.hatch(10, 5, 60, 8)
    d.hatch(10, 5, 8, 30)  # higher than wide
    for part, right, bottom in ((d.parts[0], 70, 13), (d.parts[1], 18, 35)):
        points = re.findall(r"[ML]([\d.]+) ([\d.]+)", str(part))
        assert len(points) >= 6
        assert all(10 <= float(x) <= right and 5 <= float(y) <= bottom for x, y in points)


def test_a_tree_no_better_than_guessing_says_so() -> None:
    explanation = samples.explanation(("search", "social"))
    assert tree.finding(explanation, Vocabulary()).startswith("These rules agree")
    useless = replace(explanation, fidelity=0.62)
    assert tree.finding(useless, Vocabulary()).startswith("No simple rule explains the plan")
