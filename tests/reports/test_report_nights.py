"""What earlier nights said, beside tonight: budgets, promises, and which of them a night recommended."""

from dataclasses import replace

import samples
from pages import section

from models.results import PastNight
from reports.charts import nights
from reports.numbers import NBSP


def test_the_largest_step_between_nights_is_named() -> None:
    split = {"2026-11-18": {"a": 100.0, "b": 50.0}, "2026-11-19": {"a": 130.0, "b": 45.0, "new": 9.0}}
    assert nights.largest_step(split) == ("2026-11-19", "a", 100.0, 130.0)
    assert nights.largest_step({"2026-11-18": {"a": 1.0}}) is None


def test_a_budget_that_a_night_kept_is_not_called_recommended() -> None:
    night = samples.keep()
    before = PastNight("2026-11-19", "KEEP", None, None, None, None, budgets=(("search", 7_000.0),))
    kept = samples.pictured(night, past_nights=(before,))
    assert nights.history_finding(kept).endswith("on 2026-11-20, which that night did not recommend")
    html = section(kept, "page-11")
    picture = html[html.index('<figure id="history">') :]
    assert 'class="dot accent"' not in picture.split("kept that night")[1].split("</svg>")[0]
    assert ">kept<" in picture and "budget a night recommended" not in html
    moved = samples.pictured(samples.move(), past_nights=(replace(before, verdict="MOVE"),))
    assert "did not recommend" not in nights.history_finding(moved) and nights.moved(moved) == {
        "2026-11-19",
        "2026-11-20",
    }


def test_nights_that_promised_nothing_need_no_chart() -> None:
    night = PastNight("2026-11-19", "KEEP", None, None, None, None)
    quiet = samples.pictured(samples.keep(), past_nights=(night,))
    assert "No night so far promised a gain" in section(quiet, "page-14")
    assert "Nothing is on record that changed since last night." in section(quiet, "page-11")


def test_the_title_of_the_promises_rounds_as_the_lines_do() -> None:
    night = samples.move()
    title = nights.finding(night).replace(NBSP, " ")
    assert title == "6 of the last 8 nights promised a gain, +7,800 to +8,800 EUR a week"
    shown = [nights.promised_text(p) for p in nights.promises(night)]
    assert shown[0].startswith("+7,800 (") and shown[-2].startswith("+8,800 (")
    one = samples.pictured(night, past_nights=(nights.past(night)[-1],))
    assert nights.finding(one).replace(NBSP, " ") == "The night before promised a gain, +8,800 EUR a week"


def test_only_the_latest_nights_are_shown() -> None:
    many = tuple(
        PastNight(f"2026-10-{d:02}", "MOVE", 5.0, 1.0, 9.0, None, budgets=(("search", 1.0),))
        for d in range(1, 31)
    )
    shown = nights.past(samples.pictured(samples.move(), past_nights=many[::-1]))
    assert [n.as_of for n in shown] == [f"2026-10-{d}" for d in range(17, 31)]
