"""The table of regions as a test: who was treated since when, which days count, what would tell."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.results import RegionsResult
from models.trials import asks_of_regions, judge_test_by_region, read_regions
from sql.errors import LogError
from sql.settings import DayRange
from tests.sql.tiny_logs import stage, write_table


def rows(*, effect: float = 3.0, treated: int = 3, regions: int = 15, start: int = 20, days: int = 30):
    rng = np.random.default_rng(1)
    return [
        {
            "region": f"r{r:02}",
            "day": f"2026-01-{t + 1:02}",
            "outcome": 50 + 2 * np.sin(t) + rng.standard_normal() + effect * (r < treated and t >= start),
            "spend": 2.0 if r < treated and t >= start else 0.0,
            "treated": r < treated and t >= start,
        }
        for r in range(regions)
        for t in range(days)
    ]


def judged(folder: Path, table: list[dict]) -> RegionsResult:
    write_table(folder / "log" / "geo.csv", table)
    events = stage(folder / "log")
    assert asks_of_regions(events)
    return judge_test_by_region(events, level=0.95)


def test_what_was_added_and_what_it_cost(tmp_path: Path) -> None:
    """A standard error of .25: 3.0 is found in any log, and missed by less than 1.25 but once in 10^6."""
    found = judged(tmp_path, rows())
    assert found.found and found.added.estimate == pytest.approx(3.0, abs=1.25)
    assert found.total.estimate == pytest.approx(30 * found.added.estimate)
    assert found.extra_spend == pytest.approx(60.0)
    assert found.per_spend.estimate == pytest.approx(found.added.estimate / 2)
    assert (found.log.first_day, found.log.start_day, found.log.days_with) == ("2026-01-01", "2026-01-21", 10)
    assert sum(r.weight for r in found.regions if not r.treated) == pytest.approx(1.0)
    assert [r.region for r in found.regions if r.treated] == ["r00", "r01", "r02"]
    gaps = [day.treated - day.expected for day in found.daily]
    assert np.mean(gaps[:20]) == pytest.approx(0.0, abs=1e-9)
    assert np.mean(gaps[20:]) == pytest.approx(found.added.estimate)


def test_nothing_found_says_how_many_more_would_tell(tmp_path: Path) -> None:
    found = judged(tmp_path, rows(effect=0.2, treated=2, days=22))
    assert not found.found and found.more_regions > 15 and found.more_days > 2


def test_few_control_regions_can_find_nothing(tmp_path: Path) -> None:
    """Four placebo groups: no p-value below 1 of 5, however large the effect."""
    found = judged(tmp_path, rows(effect=30.0, treated=1, regions=5))
    assert found.added.low > 0 and found.p_value == pytest.approx(0.2) and not found.found
    assert found.placebos == 4 < found.placebos_needed == 19


def test_days_with_gaps_and_after_the_treatment_are_left_out(tmp_path: Path) -> None:
    gaps = {("r07", "2026-01-04"), ("r01", "2026-01-21")}
    table = [r for r in rows() if (r["region"], r["day"]) not in gaps]
    after = [r | {"treated": r["treated"] and r["day"] < "2026-01-29"} for r in table]
    write_table(tmp_path / "log" / "geo.csv", after)
    panel = read_regions(stage(tmp_path / "log"))
    assert (panel.left_out, len(panel.days), panel.start) == (4, 26, 19)


def test_days_of_a_pause_can_be_left_out(tmp_path: Path) -> None:
    """From the 21st to the 30th, but for the 24th and 25th."""
    pause = DayRange(first=date(2026, 1, 24), last=date(2026, 1, 25), why="the pause")
    paused = [r | {"treated": r["treated"] and r["day"] not in ("2026-01-24", "2026-01-25")} for r in rows()]
    write_table(tmp_path / "log" / "geo.csv", paused)
    panel = read_regions(stage(tmp_path / "log", exclude=(pause,)))
    assert (panel.left_out, len(panel.days), panel.start) == (2, 28, 20)


@pytest.mark.parametrize(("level", "needed"), [(0.9, 9), (0.95, 19), (0.97, 33)])
def test_so_many_placebo_groups_can_find_something(tmp_path: Path, level: float, needed: int) -> None:
    """The smallest p-value, 1 of 1 + needed, is at most 1 - level, and with one group fewer it is not."""
    write_table(tmp_path / "log" / "geo.csv", rows(treated=1, regions=9))
    found = judge_test_by_region(stage(tmp_path / "log"), level=level)
    assert found.placebos_needed == needed
    assert 1 / (1 + needed) <= 1 - level + 1e-9 < 1 / needed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: r | {"treated": False}, "No row of the regions says `treated`"),
        (
            lambda r: r | {"treated": r["treated"] and (r["region"] != "r01" or r["day"] > "2026-01-25")},
            "r01 was treated from 2026-01-26 to 2026-01-30 and others from 2026-01-21",
        ),
        (
            lambda r: r | {"treated": r["treated"] and (r["region"] != "r01" or r["day"] < "2026-01-25")},
            "r01 was treated from 2026-01-21 to 2026-01-24 and others",
        ),
        (
            lambda r: r | {"treated": r["treated"] and r["day"] not in ("2026-01-24", "2026-01-25")},
            "r00 was not treated on 2026-01-24, between days on which it was",
        ),
        (
            lambda r: r | {"spend": None if (r["region"], r["day"]) == ("r09", "2026-01-03") else r["spend"]},
            "1 of 450 rows of the regions tell no spend, the first of r09 on 2026-01-03",
        ),
        (lambda r: r | {"treated": r["region"] < "r03"}, "true on days with treatment alone"),
        (lambda r: r if r["region"] != "r09" or r["day"] > "2026-01-22" else None, "Only 8 of 30 days"),
    ],
)
def test_a_log_that_is_no_such_test_is_refused_with_a_sentence(tmp_path: Path, change, sentence) -> None:
    with pytest.raises(LogError, match=sentence):
        judged(tmp_path, [changed for r in rows() if (changed := change(r))])
