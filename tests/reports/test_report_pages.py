"""The pages of charts: what their titles say, the table under every chart, and what an empty one says."""

from dataclasses import replace

import pytest
import samples
from pages import section

from models.results import (
    ChannelUplift,
    HealthCheck,
    NextExperiment,
    ResponseCurve,
)
from reports.charts import grid, heat, response, slope, waterfall
from reports.html import CHART_PAGES
from reports.numbers import MINUS, NBSP

ANCHORS = tuple(CHART_PAGES)


@pytest.mark.parametrize("anchor", ANCHORS)
@pytest.mark.parametrize("name", ["move", "move_partly", "keep"])
def test_every_chart_has_its_table_and_a_title(name: str, anchor: str) -> None:
    page = CHART_PAGES[anchor](samples.ALL[name]())
    assert not page.empty
    for part in page.parts:
        assert part.chart is None or part.twin is not None
        assert part.chart is None or (part.chart.finding and part.chart.reading)
        assert part.chart or part.table or part.empty or part.text


@pytest.mark.parametrize("anchor", ANCHORS)
def test_a_page_without_data_says_why_in_a_sentence_or_two(anchor: str) -> None:
    page = CHART_PAGES[anchor](samples.empty())
    assert page.parts == ()
    assert page.empty.endswith(".")
    assert page.empty.count(". ") <= 1


def test_impression_only_logs_draw_no_effect_of_any_channel() -> None:
    """Even where somebody fills the fields: at tier B nothing tells what an ad caused."""
    filled, bare = samples.move(), samples.no_evidence()
    drawn = filled.pictures
    night = samples.pictured(
        bare,
        channel_uplifts=drawn.channel_uplifts,
        response_curves=drawn.response_curves,
        segment_slopes=drawn.segment_slopes,
        exposure_values=drawn.exposure_values,
    )
    for anchor in ("page-4", "page-6", "page-8"):
        assert "<svg" not in section(night, anchor)


def test_impression_only_logs_say_once_that_nobody_is_left_to_compare_with() -> None:
    html = section(samples.no_evidence(), "page-10")
    assert "nobody who could have seen one and did not" in html and "nearly everybody saw an ad" not in html
    assert "nearly everybody saw an ad" in section(samples.keep(), "page-10")


def test_the_waterfall_ends_in_the_total() -> None:
    night = samples.move()
    uplift = night.split.uplift
    assert uplift is not None
    *parts, total = waterfall.steps(night, uplift)
    assert parts[0].start == total.start == 0
    assert parts[-1].end == pytest.approx(total.end)
    assert [p.start for p in parts[1:]] == pytest.approx([p.end for p in parts[:-1]])
    assert waterfall.finding(night, uplift) == (
        "search accounts for +6,500 of the +12,000 EUR a week; 1 of 3 parts is beyond doubt"
    )


def test_a_part_that_costs_is_told_with_its_sign() -> None:
    night = samples.move()
    uplift = night.split.uplift
    assert uplift is not None
    loss = ChannelUplift("search", -20_000.0, -22_000.0, -18_000.0)
    gain = ChannelUplift("video", 31_977.31, 20_000.0, 40_000.0)
    night = samples.pictured(night, channel_uplifts=(loss, gain))
    assert [s.name for s in waterfall.steps(night, uplift)] == ["video", "search", "Together"]
    assert f"{MINUS}20,000 ({MINUS}22,000 to {MINUS}18,000)" in section(night, "page-4")


def test_the_response_title_names_a_channel_only_where_it_surely_pays() -> None:
    night = samples.move()
    assert response.finding(night) == (
        "social still earns 2.64 on one more EUR at today’s budget (1.93 to 3.38); so does 1 other of 3"
    )
    rows = tuple(replace(r, marginal_iroas_low=0.2) for r in night.split.rows)
    unsure = replace(night, split=replace(night.split, rows=rows))
    assert response.finding(unsure) == "No channel is sure to earn back one more EUR at today’s budget"


def test_a_curve_is_a_guess_beyond_the_log() -> None:
    curve = ResponseCurve("search", (5e3, 1e4, 2e4), (-1e3, 0.0, 1e3), (-2e3, 0, 0), (0, 0, 2e3), 6e3, 15e3)
    html = section(samples.pictured(samples.move(), response_curves=(curve,)), "page-6")
    assert 'class="hatch"' in html.partition("<svg")[2]
    assert html.count("no, a guess") == 2
    assert html.count(">yes<") == 1


def test_a_line_is_straight_between_its_points_and_level_beyond() -> None:
    xs, ys = (0.0, 10.0, 20.0), (0.0, 5.0, 25.0)
    assert [grid.along(xs, ys, x) for x in (-3, 0, 5, 15, 20, 99)] == [0, 0, 2.5, 15, 25, 25]


def test_labels_keep_their_distance_and_their_order() -> None:
    placed = slope.spread([100.0, 101.0, 99.0, 300.0], 17, 40, 300)
    assert placed[2] < placed[0] < placed[1] < placed[3]
    assert all(b - a >= 17 - 1e-9 for a, b in zip(sorted(placed), sorted(placed)[1:], strict=False))
    assert min(placed) >= 40 and max(placed) <= 300


def test_claims_and_earnings_share_a_chart_in_one_unit() -> None:
    """Margin per euro on both sides; a channel of which the claimed margin is not known is left out."""
    night = samples.move()
    row = next(r for r in night.split.rows if r.channel == "search")
    assert row.marginal_iroas is not None and row.attributed_roas is not None
    known = replace(night, claimed_margins={"search": 1.8, "social": None})
    (claim,) = slope.claims(known)
    assert (claim.claimed, claim.earned) == (1.8, row.marginal_iroas) and row.attributed_roas != 1.8
    html = section(known, "page-7")
    assert "a margin of 1.80 per EUR" in html and "Both sides count margin per EUR" in html
    assert "revenue" not in html


def test_a_claim_within_the_interval_is_not_coloured() -> None:
    claim = slope.Claim("search", 1.2, 1.0, 0.5, 1.5)
    assert claim.tone == "unsure"
    assert replace(claim, claimed=5.3).tone == "down"
    assert replace(claim, claimed=0.1).tone == "up"


def test_cells_are_coloured_only_where_told_apart_from_one() -> None:
    night = samples.move()
    tones = {(s.channel, s.segment): heat.told_apart(s) for s in night.pictures.segment_slopes}
    assert tones[("search", "new")] == "down"  # 0.30 (-0.25 to 0.90)
    assert tones[("search", "returning")] == "unsure"  # 1.00 (0.45 to 1.60)
    assert tones[("social", "returning")] == "up"  # 2.40 (1.85 to 3.00)
    assert "" in tones.values()
    assert heat.finding(night).endswith("more surely pays in 3 of 9 cells, and surely does not in 3")
    paying = tuple(s for s in night.pictures.segment_slopes if heat.told_apart(s) != "down")
    assert heat.finding(samples.pictured(night, segment_slopes=paying)).endswith("surely does not in none")


@pytest.mark.parametrize("placebo", ["effect on the past", "logged policy"])
def test_no_cell_is_headlined_or_coloured_where_a_placebo_warns(placebo: str) -> None:
    night = samples.move()
    sound = HealthCheck("placebo", "ok", 0.4, "p-value", ">= 0.01", "No effect.", placebo)
    assert heat.finding(replace(night, health=(*night.health, sound))) == heat.finding(night)
    doubted = replace(night, health=(*night.health, replace(sound, status="warn")))
    told = "What one more EUR earns by channel and segment cannot be relied on tonight"
    assert heat.finding(doubted).startswith(told)
    sure, unsure = (section(n, "page-8").split("One ad more")[0] for n in (night, doubted))
    assert 'class="band up"' in sure and 'class="band down"' in sure
    assert 'class="band up"' not in unsure and 'class="band down"' not in unsure
    assert "Tonight none is coloured" in unsure


def test_many_segments_stand_in_blocks() -> None:
    one = samples.move().pictures.segment_slopes[0]
    night = samples.pictured(
        samples.move(), segment_slopes=tuple(replace(one, segment=f"s{i:02}") for i in range(20))
    )
    html = section(night, "page-8")
    assert all(f">s{i:02}<" in html for i in range(20))


def test_weeks_without_a_plan_say_what_would_add_it() -> None:
    night = samples.move()
    night = samples.pictured(
        night, week_spends=tuple(replace(w, budget=None) for w in night.pictures.week_spends)
    )
    assert "a budgets table in the study adds it" in section(night, "page-14")
    assert "the upright mark what was planned" in section(samples.move(), "page-14")


def test_the_back_test_does_not_claim_to_see_what_a_move_brought() -> None:
    html = section(samples.move(), "page-11")
    assert "What a move really brought cannot be seen afterwards" in html
    assert "realised uplift" not in html.lower()
    assert html.count("not over yet") >= 3
    assert "Spend came within the expected range on 3 of 4 nights that can be compared" in html


def test_spend_is_only_compared_where_the_budgets_were_typed_in() -> None:
    night = samples.move()
    html = section(night, "page-11")
    assert html.count(">yes<") >= 3 and html.count(">no, other budgets<") == 1 and ">not known<" in html
    assert html.count(">nothing to type in<") == 2  # the nights that kept the split
    assert html.count(">other budgets were typed in<") == 1
    unknown = tuple(replace(n, promised=1.0, followed=None) for n in night.pictures.past_nights)
    html = section(samples.pictured(night, past_nights=unknown), "page-11")
    assert "No spend can be compared: no night over by now" in html
    assert html.count(">not known what was typed in<") == 5
    kept = tuple(replace(n, promised=None, followed=False) for n in night.pictures.past_nights)
    html = section(samples.pictured(night, past_nights=kept), "page-11")
    assert ">other budgets were typed in<" in html and ">nothing to type in<" not in html


def test_page_one_proposes_no_holdout_that_was_not_worked_out() -> None:
    """Nor does it where another one is worth more; and where none is in time, the page says what is open."""
    sooner = "would decide it sooner"
    assert sooner in section(samples.keep(), "page-1")
    for experiments in ((), (NextExperiment("search", 0.1, 31, 4_001, None, 0.5),)):
        assert sooner not in section(samples.pictured(samples.keep(), next_experiments=experiments), "page-1")
    page = CHART_PAGES["page-12"](samples.pictured(samples.keep(), next_experiments=()))
    assert page.empty.replace(NBSP, " ") == (
        "What one more EUR earns is open for search, but a holdout of up to 20 % of users would have to run "
        "for more than 112 days to decide it."
    )


def test_the_best_experiment_leads() -> None:
    html = section(samples.move(), "page-12")
    assert html.index(
        "Hold 5 % of the users (2,001, drawn at random) back from video for 19 days"
    ) < html.index("<table>")
    worthless = NextExperiment("video", 0.05, 19, 2_001, None, 0.5)
    assert "not known" in section(samples.pictured(samples.move(), next_experiments=(worthless,)), "page-12")


def test_a_cell_of_a_few_people_says_so_and_shows_nothing() -> None:
    night = samples.move()
    first, *others = night.pictures.segment_slopes
    hidden = replace(first, estimate=None, low=None, high=None, few=True)
    before = section(night, "page-8")
    after = section(samples.pictured(night, segment_slopes=(hidden, *others)), "page-8")
    assert after.count("too few people<") == before.count("too few people<") + 1 == 1


def test_a_day_of_the_week_is_named_only_where_it_stands_out() -> None:
    night = samples.move()
    level = "No day of the week stands out: each takes about 4,129 EUR"
    assert level in section(night, "page-9").replace(NBSP, " ")
    *_, friday, _, _ = days = night.pictures.pacing
    one = tuple(replace(d, stands_out=d is friday) for d in days)
    named = section(samples.pictured(night, pacing=one), "page-9").replace(NBSP, " ")
    assert "Friday takes most, 4,913 EUR" in named and "takes least" not in named and level not in named


def test_a_split_by_segment_that_is_none_says_why() -> None:
    night = samples.move()
    asked = "The study asks for a budget per channel and segment (split.segments)"
    assert asked not in section(night, "page-2")
    alike = section(replace(night, segments_unused="alike"), "page-2")
    assert f"{asked}. They are of whole channels tonight: no segment answers to a channel otherwise" in alike
    few = section(replace(night, segments_unused="fewer than two"), "page-2")
    assert "these logs tell fewer than two segments" in few
