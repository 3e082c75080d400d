"""From staged events to the MDP table: small tables in, small tables out."""

import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp.build_transitions import TableLimits, build_transitions
from models.mdp.maturity import LeftOut, left_out
from models.mdp.transition_table import TERMINAL, TIMEOUT
from models.settings import DecisionSettings
from models.worlds import open_world
from sql.events import Events
from tests.models.worlds_to_events import events_of

EMPTY = {
    "exposures": ("entity_key", "day", "ordinal", "action", "cost_micros", "clicks", "propensity"),
    "opportunities": ("entity_key", "day", "action", "n", "propensity"),
    "clicks": ("entity_key", "day", "action", "n"),
    "bookings": ("entity_key", "day", "known_day", "purchases", "revenue_micros", "margin_micros"),
    "visits": ("entity_key", "day", "n"),
}


def marts(folder: Path, days: int = 10, **tables: list[tuple]) -> Events:
    """Events from rows written by hand; days count from 0."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in EMPTY.items():
        rows = tables.get(name, [])
        schema = {c: pl.Float64 if c == "propensity" else pl.Int64 for c in columns}
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / f"{name}.parquet")
    schema = {"entity_key": pl.Int64, "entry_day": pl.Int64, "segment": pl.String}
    entities = tables.get("entities", [(1, 0, None)])
    pl.DataFrame(entities, schema=schema, orient="row").write_parquet(folder / "entities.parquet")
    return Events(
        folder, "A", "", ("none", "mail", "video"), (), (), (), 0, days - 1, 2, (), (), ()
    )  # fmt: skip


def test_two_exposures_of_a_day_are_two_decisions(tmp_path: Path) -> None:
    events = marts(
        tmp_path,
        days=1,
        exposures=[(1, 0, 0, 2, 500, 0, None), (1, 0, 1, 1, 300, 1, None)],
        opportunities=[(1, 0, 1, 1, None), (1, 0, 2, 1, None)],
        bookings=[(1, 0, 0, 1, 9_000_000, 4_000_000)],
    )
    table = build_transitions(events, DecisionSettings())
    assert table.action.tolist() == [1, 2]  # no times to go by: by channel
    assert table.eligible.tolist() == [[True, True, False], [True, False, True]]
    assert table.elapsed_days.tolist() == [0, 1]
    # margin on the epoch's last row; the cost of each action on its own row; the click on its exposure
    assert table.outcomes.tolist() == [[0, 300, 0, 1, 0], [4_000_000, 0, 500, 0, 1]]


def test_without_opportunities_exposures_are_choices_in_turn(tmp_path: Path) -> None:
    exposures = [(1, 0, 0, 2, 500, 0, None), (1, 0, 1, 1, 300, 1, None)]
    table = build_transitions(marts(tmp_path, days=1, exposures=exposures), DecisionSettings(eligible="all"))
    assert table.action.tolist() == [2, 1]  # nothing is left to show, so no third row
    assert table.eligible.tolist() == [[True, True, True], [True, True, False]]
    names = [f.name for f in table.feature_spec]
    assert table.features[:, names.index("shown_today_video")].tolist() == [0, 1]
    assert table.features[:, names.index("shown_today_mail")].tolist() == [0, 0]


def test_an_opportunity_not_taken_is_a_decision_for_none(tmp_path: Path) -> None:
    table = build_transitions(marts(tmp_path, days=2, opportunities=[(1, 1, 2, 3, None)]), DecisionSettings())
    assert table.action.tolist() == [0, 0]
    assert table.eligible.tolist() == [[True, False, False], [True, False, True]]


def test_the_frequency_cap_ends_the_epoch(tmp_path: Path) -> None:
    tables = {
        "exposures": [(1, 0, 0, 1, 300, 0, None)],
        "opportunities": [(1, 0, 1, 1, None), (1, 0, 2, 1, None)],
    }
    capped = build_transitions(marts(tmp_path, days=1, **tables), DecisionSettings(max_per_epoch=1))
    free = build_transitions(marts(tmp_path, days=1, **tables), DecisionSettings(max_per_epoch=2))
    assert capped.action.tolist() == [1]
    assert free.action.tolist() == [1, 0]


def test_without_a_cap_the_most_the_log_ever_shows_is_the_cap(tmp_path: Path) -> None:
    """Delivery that never shows two ads a day has no choice left after the first."""
    both = [(1, 0, 1, 1, None), (1, 0, 2, 1, None), (1, 1, 1, 1, None), (1, 1, 2, 1, None)]
    one = [(1, 0, 0, 1, 300, 0, None)]
    two = [*one, (1, 1, 0, 1, 300, 0, None), (1, 1, 1, 2, 300, 0, None)]
    never = build_transitions(marts(tmp_path, days=1, exposures=one, opportunities=both), DecisionSettings())
    once = build_transitions(marts(tmp_path, days=2, exposures=two, opportunities=both), DecisionSettings())
    assert never.action.tolist() == [1]
    assert once.action.tolist() == [1, 0, 1, 2]


def test_an_exposure_before_entry_is_history_and_no_decision(tmp_path: Path) -> None:
    exposures = [(1, 0, 0, 1, 300, 0, None), (1, 2, 0, 1, 300, 0, None)]
    events = marts(tmp_path, days=4, entities=[(1, 2, None)], exposures=exposures)
    table = build_transitions(events, DecisionSettings())
    assert table.day.tolist() == [2, 3] and table.action.tolist() == [1, 0]
    shown = table.features[:, [f.name for f in table.feature_spec].index("shown_mail_30d")]
    assert shown.tolist() == [1, 2]


def test_a_purchase_is_state_only_once_it_is_known(tmp_path: Path) -> None:
    events = marts(tmp_path, days=6, bookings=[(1, 0, 3, 1, 5_000_000, 5_000_000)])
    table = build_transitions(events, DecisionSettings())
    known = table.features[:, [f.name for f in table.feature_spec].index("purchases_7d")]
    assert known.tolist() == [0, 0, 0, 0, 1, 1]  # reported on day 3, so first seen on day 4
    assert table.outcome("margin").tolist() == [5_000_000, 0, 0, 0, 0, 0]  # booked when it happened


def test_margin_of_an_inactive_entity_goes_to_its_last_decision(tmp_path: Path) -> None:
    events = marts(tmp_path, days=9, bookings=[(1, 8, 8, 1, 7_000_000, 7_000_000)])
    table = build_transitions(events, DecisionSettings(inactive_days=3))
    assert table.day.tolist() == [0, 1, 2, 3]
    assert table.outcome("margin").tolist() == [0, 0, 0, 7_000_000]


def test_a_timeout_is_not_a_terminal(tmp_path: Path) -> None:
    events = marts(tmp_path, days=10, entities=[(1, 0, None), (2, 0, None)], visits=[(2, 9, 1)])
    table = build_transitions(events, DecisionSettings(inactive_days=4))
    last = {key: table.end[table.entity == key][-1] for key in (1, 2)}
    assert last == {1: TERMINAL, 2: TIMEOUT}


def test_rows_younger_than_the_reporting_delay_or_near_an_excluded_day_are_immature(tmp_path: Path) -> None:
    events = replace(marts(tmp_path, days=10), excluded_days=(3,))
    table = build_transitions(events, DecisionSettings())
    # delay 2: days 8 and 9 are too young; a decision on day 3 to 5 cannot be told from the excluded day
    assert table.mature.tolist() == [True, True, True, False, False, False, True, True, False, False]
    assert left_out(table, events, DecisionSettings()) == LeftOut(young=0.2, excluded=0.3)


def test_every_micro_staged_is_in_the_table(tmp_path: Path) -> None:
    events = events_of(open_world("demo", entities=300, days=40), 40, tmp_path)
    table = build_transitions(events, DecisionSettings(max_per_epoch=1))
    exposures = pl.read_parquet(tmp_path / "exposures.parquet")
    assert table.outcomes[:, 1:6].sum() == exposures["cost_micros"].sum()
    assert (
        table.outcome("margin").sum() == pl.read_parquet(tmp_path / "bookings.parquet")["margin_micros"].sum()
    )
    assert (np.diff(table.entity) >= 0).all()
    assert table.eligible[np.arange(table.n_rows), table.action].all()


@pytest.mark.parametrize("chunk", [7, 1000])
def test_chunks_do_not_change_the_table(tmp_path: Path, chunk: int) -> None:
    events = events_of(open_world("demo", entities=60, days=20), 20, tmp_path)
    whole = build_transitions(events, DecisionSettings())
    parts = build_transitions(events, DecisionSettings(), limits=TableLimits(entities_per_chunk=chunk))
    for name in ("entity", "day", "action", "eligible", "features", "outcomes", "end", "step"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


@pytest.mark.parametrize(
    "decision",
    [DecisionSettings(), DecisionSettings(max_per_epoch=1), DecisionSettings(epoch_days=3)],
    ids=["by opportunity", "one a day", "three days"],
)
def test_the_table_does_not_depend_on_what_is_filled_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decision: DecisionSettings
) -> None:
    events = events_of(open_world("demo", entities=60, days=20), 20, tmp_path)
    whole = build_transitions(events, decision)
    builder = sys.modules["models.mdp.build_transitions"]  # the room has a function of that name
    monkeypatch.setattr(builder, "CACHE_BYTES", 1)
    monkeypatch.setattr(builder, "FEWEST_AT_A_TIME", 7)
    parts = build_transitions(events, decision)
    assert whole.next_decisions is not None and parts.next_decisions is not None
    for left, right in ((whole, parts), (whole.next_decisions, parts.next_decisions)):
        for name in {field.name for field in fields(left)} - {"next_decisions"}:
            np.testing.assert_array_equal(getattr(left, name), getattr(right, name), name)


def test_the_world_and_the_table_compute_the_same_state(tmp_path: Path) -> None:
    """What a policy sees in the truth test is, to the bit, what it was trained on."""
    table = build_transitions(
        events_of(open_world("demo", entities=500, days=40), 40, tmp_path), DecisionSettings(max_per_epoch=1)
    )
    world = open_world("demo", entities=500, days=40)
    seen = {}

    def spy(features: np.ndarray, eligible: np.ndarray, behaviour: np.ndarray) -> np.ndarray:
        seen[world.day] = (features, eligible)
        return behaviour

    assert world.actions == table.actions and world.feature_spec == table.feature_spec
    for _ in range(40):
        day, able = world.day, world.step(spy).opportunities.any(axis=1)
        rows = np.flatnonzero(table.day == day)
        rows = rows[np.isin(table.entity[rows], np.flatnonzero(able))]
        features, eligible = seen[day]
        assert np.array_equal(table.features[rows], features)
        assert np.array_equal(table.eligible[rows], eligible)


def test_all_decisions_of_a_day_know_its_opportunities(tmp_path: Path) -> None:
    events = marts(
        tmp_path,
        exposures=[(1, 0, 0, 1, 0, 0, 0.5), (1, 0, 1, 2, 0, 0, 0.5)],
        opportunities=[(1, 0, 1, 1, None), (1, 0, 2, 1, None)],
    )
    table = build_transitions(events, DecisionSettings(single_step=True))
    assert table.action.tolist() == [1, 2] and table.eligible.all()


def test_a_single_step_log_has_one_row_per_decision(tmp_path: Path) -> None:
    events = marts(
        tmp_path,
        days=20,
        entities=[(1, 0, None), (2, 0, None)],
        exposures=[(1, 0, 0, 1, 100, 1, 1 / 3), (2, 0, 0, 0, 0, 0, 1 / 3)],
        bookings=[(1, 3, 3, 1, 5_000_000, 5_000_000), (2, 15, 15, 1, 8_000_000, 8_000_000)],
    )
    table = build_transitions(events, DecisionSettings(single_step=True, horizon_days=14))
    assert table.action.tolist() == [1, 0]
    assert table.outcome("margin").tolist() == [5_000_000, 0]  # the second came after the horizon
    assert table.end.tolist() == [TERMINAL, TERMINAL]
    assert table.propensity is not None and table.propensity.tolist() == [1 / 3, 1 / 3]
    assert table.eligible.all()


def test_a_log_without_any_feature_still_tells_the_day(tmp_path: Path) -> None:
    exposures = [(1, 0, 0, 1, 100, 0, None), (2, 3, 0, 2, 100, 0, None)]
    events = marts(tmp_path, entities=[(1, 0, None), (2, 0, None)], exposures=exposures)
    table = build_transitions(events, DecisionSettings(single_step=True))
    assert [f.name for f in table.feature_spec] == ["weekday_sin", "weekday_cos"]
    monday = 2 * np.pi * (np.array([0, 3]) + 3) / 7  # 1970-01-01 was a Thursday
    np.testing.assert_allclose(table.features, np.column_stack([np.sin(monday), np.cos(monday)]), atol=1e-6)
    assert table.next_decisions is not None and table.next_decisions.features.shape == (2, 2)


def with_context(events: Events, **columns: list[float | None]) -> Events:
    """The same log with context columns of its impressions."""
    path = events.folder / "exposures.parquet"
    added = [pl.Series(f"c_{name}", values, pl.Float64) for name, values in columns.items()]
    pl.read_parquet(path).with_columns(added).write_parquet(path)
    return replace(events, context_columns=tuple(columns))


def test_context_is_state_from_the_day_after_it_was_logged(tmp_path: Path) -> None:
    """Of two ads on day 1 the later one's; a logged `none` counts; a gap leaves what was known."""
    exposures = [
        (1, 1, 0, 1, 100, 0, None),
        (1, 1, 1, 2, 100, 0, None),
        (1, 3, 0, 0, 0, 0, None),
        (1, 4, 0, 1, 100, 0, None),
        (2, 0, 0, 1, 100, 0, None),
    ]
    events = marts(tmp_path, days=6, entities=[(1, 0, None), (2, 4, None)], exposures=exposures)
    events = with_context(events, score=[7.0, 8.0, 9.0, None, 5.0], slot=[1.0, 2.0, None, 4.0, 6.0])
    table = build_transitions(events, DecisionSettings(max_per_epoch=1))
    names = [f.name for f in table.feature_spec]
    at = [names.index("last_score"), names.index("last_slot")]
    assert names[at[0] :] == ["last_score", "last_slot"]
    first = table.entity == 1
    by_day = dict(zip(table.day[first].tolist(), table.features[first][:, at].tolist(), strict=False))
    assert by_day == {0: [0, 0], 1: [0, 0], 2: [8, 2], 3: [8, 2], 4: [9, 2], 5: [9, 4]}
    # of an ad before entry as well: it is history
    assert table.features[table.entity == 2][:, at].tolist() == [[5, 6], [5, 6]]
    assert table.next_decisions is not None
    assert table.next_decisions.features[:, at].tolist() == [[9, 4], [5, 6]]


def test_context_does_not_depend_on_how_entities_are_cut(tmp_path: Path) -> None:
    entities = [(e, 0, None) for e in (3, 5, 8)]
    exposures = [(e, d, 0, 1, 100, 0, None) for e in (3, 5, 8) for d in (0, 2)]
    events = marts(tmp_path, days=4, entities=entities, exposures=exposures)
    events = with_context(events, score=[float(i) for i in range(6)])
    whole = build_transitions(events, DecisionSettings())
    assert (
        build_transitions(
            events, DecisionSettings(), limits=TableLimits(entities_per_chunk=2)
        ).features.tobytes()
        == whole.features.tobytes()
    )
