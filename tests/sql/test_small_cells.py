"""No figure tells of a few people: neither a small cell, nor what is left when the others are taken away."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_logs import Row, impression, mart, purchase, stage, write_log

from sql.small_cells import hidden_cells


@pytest.mark.parametrize(
    ("users", "least", "rest", "hidden"),
    [
        ((40, 30, 20), 10, 0, (False, False, False)),
        ((40, 30, 4), 10, 0, (False, True, True)),  # total - 40 - 30 would be the 4
        ((40, 6, 4), 10, 0, (False, True, True)),  # the two hide each other
        ((40, 0, 30), 10, 0, (False, False, False)),  # nobody is nobody's secret
        ((40, 30), 10, 3, (False, True)),  # 3 people are in no cell
        ((4, 3), 10, 0, (True, True)),
        ((12, 12, 5), 10, 0, (True, False, True)),  # of two alike, the first
        ((4, 3), 1, 0, (False, False)),
        ((), 10, 3, ()),
    ],
)
def test_small_cells_and_what_would_reveal_them(
    users: tuple[int, ...], least: int, rest: int, hidden: tuple[bool, ...]
) -> None:
    assert hidden_cells(users, least, rest) == hidden


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 12), st.integers(0, 15))
def test_what_is_not_shown_is_nobody_or_enough_people(users: list[int], least: int, rest: int) -> None:
    hidden = hidden_cells(users, least, rest)
    left = rest + sum(n for n, hide in zip(users, hidden, strict=True) if hide)
    shown = [n for n, hide in zip(users, hidden, strict=True) if not hide]
    assert all(n == 0 or n >= least for n in shown)
    assert left == 0 or left >= least or not any(shown)


def people(**of_segment: int) -> list[Row]:
    """Users by segment; `nowhere`: of no segment."""
    return [
        {
            "user_id": f"{segment}{n}",
            "entry_ts": "2026-01-01",
            "segment": None if segment == "nowhere" else segment,
            "city": f"city of {segment}",
        }
        for segment, count in of_segment.items()
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        (people(big=9, mid=6, small=5), {"big": 9, "mid": 6, "small": 5}),
        (people(big=9, mid=6, small=3), {"big": 9, "other": 9}),  # 3 alone would be all but `big` and `mid`
        (people(big=9, small=3, tiny=2), {"big": 9, "other": 5}),
        (people(big=9, mid=6, nowhere=2), {"big": 9, "other": 8}),
        (people(big=9, small=3, nowhere=7), {"big": 9, "other": 10}),
        (people(small=3, tiny=1), {None: 4}),
    ],
)
def test_a_small_segment_becomes_part_of_another(
    tmp_path: Path, users: list[Row], expected: dict[str | None, int]
) -> None:
    events = stage(write_log(tmp_path / "log", users=users), min_cell_users=5)
    found: dict[str | None, int] = {}
    for row in mart(events, "entities"):
        found[row["segment"]] = found.get(row["segment"], 0) + 1
    assert found == expected
    assert events.segments == tuple(sorted(name for name in expected if name))
    told = any(note.startswith("Segments of fewer than 5 users ") for note in events.notes)
    assert told == ("small" not in expected)
    assert not any("tiny" in note for note in events.notes)


def test_a_value_of_a_few_people_names_no_column(tmp_path: Path) -> None:
    """It could be an address."""
    users = people(big=9, mid=6, small=3)
    shown = [impression(n, "2026-01-01", "big0", device="rare") for n in range(30)]  # often, one person
    shown += [impression(40 + n, "2026-01-01", f"big{n}", device="usual") for n in range(5)]
    log = write_log(tmp_path / "log", users=users, impressions=shown)
    events = stage(log, min_cell_users=5, user_features=("city",), context=("device",))
    assert events.user_features == ("city=city of big", "city=city of mid")
    assert events.context_columns == ("device=usual",)
    alone = stage(log, min_cell_users=10, user_features=("city",))
    assert alone.user_features == ()
    assert "The column city has no value of 10 users or more; left out." in alone.notes


@pytest.mark.parametrize(
    ("by_ad", "remark"),
    [
        (3, "Fewer than 5 of 20 users entered with an ad"),
        (8, "8 of 20 users entered with an ad"),
        (18, "Nearly all of 20 users entered with an ad"),
        (20, "20 of 20 users entered with an ad"),
    ],
)
def test_a_count_of_a_few_people_is_not_written_out(tmp_path: Path, by_ad: int, remark: str) -> None:
    shown = [impression(n, "2026-01-01", f"u{n}") for n in range(by_ad)]
    bought = [purchase(n, "2026-01-02", f"u{n}") for n in range(by_ad, 20)]
    events = stage(write_log(tmp_path / "log", impressions=shown, purchases=bought), min_cell_users=5)
    assert any(note.startswith(remark) for note in events.notes)


def test_a_log_of_a_few_is_not_counted_in_a_remark(tmp_path: Path) -> None:
    """`Fewer than 10 of 3 users` would name the few, and say nothing."""
    shown = [impression(n, "2026-01-01", f"u{n}") for n in range(3)]
    notes = stage(write_log(tmp_path / "log", impressions=shown), min_cell_users=10).notes
    assert "Some users entered with an ad: who no ad reached is not seen." in notes
