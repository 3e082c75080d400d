"""Days with several opportunities: every one is a decision of its own, in the order of its time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp.build_transitions import TableLimits, build_transitions
from models.mdp.logged_propensities import LoggedTransitions
from models.mdp.transition_table import IMPOSSIBLE, PASSED_OVER, SHOWN, TO_COME, Transitions
from models.settings import DecisionSettings
from sql.events import Events
from tests.models.mdp.test_transitions import marts

TWICE = DecisionSettings(max_per_epoch=2)
MAIL, VIDEO = 1, 2


def timed(events: Events, **seconds: list[int]) -> Events:
    """The same marts with the times of their rows."""
    for name, values in seconds.items():
        path = events.folder / f"{name}.parquet"
        pl.read_parquet(path).with_columns(pl.Series("second_of_day", values)).write_parquet(path)
    return events


def feature(t: Transitions, name: str) -> list[float]:
    return t.features[:, [f.name for f in t.feature_spec].index(name)].tolist()


def a_day(folder: Path, **tables: list[tuple]) -> Events:
    """One person meets a video at 8, shown, and a mail at 12, not shown."""
    events = marts(
        folder,
        days=2,
        opportunities=[(1, 0, MAIL, 1, None), (1, 0, VIDEO, 1, None)],
        exposures=[(1, 0, 0, VIDEO, 500, 1, None)],
        **tables,
    )
    return timed(events, opportunities=[12 * 3600, 8 * 3600], exposures=[8 * 3600])


def test_opportunities_are_decided_in_the_order_of_their_times(tmp_path: Path) -> None:
    t = build_transitions(a_day(tmp_path), TWICE)
    assert t.day.tolist() == [0, 0, 1]
    assert t.action.tolist() == [VIDEO, 0, 0]
    assert t.eligible.tolist() == [[True, False, True], [True, True, False], [True, False, False]]
    assert feature(t, "shown_today_video") == [0, 1, 0]
    assert feature(t, "shown_video_1d") == [0, 0, 1]
    assert t.elapsed_days.tolist() == [0, 1, 1]
    assert t.standing is not None  # of mail and video: all that the day offers, and what came of it so far
    assert t.standing.tolist() == [[TO_COME, TO_COME], [TO_COME, SHOWN], [IMPOSSIBLE, IMPOSSIBLE]]


def test_an_opportunity_that_was_let_pass_is_told_of_those_after_it(tmp_path: Path) -> None:
    """And one that came when no place was left, of those before it."""
    events = marts(
        tmp_path,
        days=1,
        opportunities=[(1, 0, MAIL, 1, None), (1, 0, VIDEO, 1, None), (1, 0, 3, 1, None)],
        exposures=[(1, 0, 0, VIDEO, 500, 1, None)],
    )
    events = timed(events, opportunities=[8 * 3600, 12 * 3600, 20 * 3600], exposures=[12 * 3600])
    events = replace(events, actions=("none", "mail", "video", "push"))
    every, one = (build_transitions(events, DecisionSettings(max_per_epoch=cap)) for cap in (2, 1))
    assert every.standing is not None and one.standing is None  # one ad a day is one choice
    assert every.standing.tolist() == [
        [TO_COME, TO_COME, TO_COME],
        [PASSED_OVER, TO_COME, TO_COME],
        [PASSED_OVER, SHOWN, TO_COME],
    ]


def test_costs_stand_with_their_ad_and_margin_with_the_days_last_decision(tmp_path: Path) -> None:
    t = build_transitions(a_day(tmp_path, bookings=[(1, 0, 0, 1, 9_000_000, 4_000_000)]), TWICE)
    assert t.outcomes.tolist() == [[0, 0, 500, 1, 0], [4_000_000, 0, 0, 0, 1], [0, 0, 0, 0, 0]]


def test_a_channel_with_several_opportunities_is_one_decision_at_the_first(tmp_path: Path) -> None:
    """Shown at 20 only: had the decision stood there, its place would tell what was decided."""
    events = marts(
        tmp_path,
        days=1,
        opportunities=[(1, 0, MAIL, 2, None), (1, 0, VIDEO, 1, None)],
        exposures=[(1, 0, 0, VIDEO, 500, 0, None), (1, 0, 1, MAIL, 300, 0, None)],
    )
    timed(events, opportunities=[8 * 3600, 12 * 3600], exposures=[12 * 3600, 20 * 3600])
    t = build_transitions(events, DecisionSettings())
    assert t.action.tolist() == [MAIL, VIDEO]
    assert feature(t, "shown_today_mail") == [0, 1] and feature(t, "shown_today_video") == [0, 0]


def test_opportunities_after_the_cap_are_no_decisions(tmp_path: Path) -> None:
    events = marts(
        tmp_path,
        days=2,
        opportunities=[(1, d, a, 1, None) for d in (0, 1) for a in (1, 2, 3)],
        exposures=[(1, 0, 0, 1, 100, 0, None), (1, 0, 1, 2, 100, 0, None), (1, 1, 0, 3, 100, 0, None)],
    )
    events = Events(**{**vars(events), "actions": ("none", "mail", "post", "video")})
    t = build_transitions(events, DecisionSettings())
    assert t.day.tolist() == [0, 0, 1, 1, 1]
    assert t.action.tolist() == [1, 2, 0, 0, 3]


def test_delivery_of_one_ad_a_day_decides_once(tmp_path: Path) -> None:
    t = build_transitions(a_day(tmp_path), DecisionSettings())
    assert t.action.tolist() == [VIDEO, 0] and t.eligible[0].tolist() == [True, True, True]
    assert "shown_today_video" not in [f.name for f in t.feature_spec]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_cost_margin_click_and_purchase_is_booked_once(tmp_path: Path, seed: int) -> None:
    events = random_marts(tmp_path, np.random.default_rng(seed))
    t = build_transitions(events, DecisionSettings(epoch_days=seed))
    exposures = pl.read_parquet(events.folder / "exposures.parquet")
    bookings = pl.read_parquet(events.folder / "bookings.parquet")
    for action, name in ((MAIL, "cost:mail"), (VIDEO, "cost:video")):
        assert t.outcome(name).sum() == exposures.filter(action=action)["cost_micros"].sum()
    assert t.outcome("clicks").sum() == exposures["clicks"].sum()
    assert t.outcome("margin").sum() == bookings["margin_micros"].sum()
    assert t.outcome("purchases").sum() == bookings["purchases"].sum()
    assert t.eligible[np.arange(t.n_rows), t.action].all()
    assert (t.eligible.sum(axis=1) <= 2).all()


def test_chunks_do_not_change_the_table(tmp_path: Path) -> None:
    events = random_marts(tmp_path, np.random.default_rng(3))
    whole = build_transitions(events, DecisionSettings())
    parts = build_transitions(events, DecisionSettings(), limits=TableLimits(entities_per_chunk=7))
    for name in ("entity", "day", "action", "eligible", "features", "outcomes", "end", "step", "standing"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


def random_marts(folder: Path, rng: np.random.Generator) -> Events:
    """40 people over 12 days, independent coins; the last five meet no opportunity at all."""
    opportunities, exposures, bookings, at, shown_at = [], [], [], [], []
    for person in range(40):
        for day in range(12):
            ordinal = 0
            for action in rng.permutation([MAIL, VIDEO]).tolist() if person < 35 else []:
                if rng.random() < 0.6:
                    opportunities.append((person, day, action, 1, None))
                    at.append(int(rng.integers(86_400)))
                    if rng.random() < 0.5:
                        exposures.append((person, day, ordinal, action, int(rng.integers(900)), 1, None))
                        shown_at.append(at[-1])
                        ordinal += 1
            if rng.random() < 0.2:
                bookings.append((person, day, day, 1, 1000, int(rng.integers(1000))))
    events = marts(
        folder,
        days=12,
        entities=[(person, 0, None) for person in range(40)],
        opportunities=opportunities,
        exposures=exposures,
        bookings=bookings,
    )
    return timed(events, opportunities=at, exposures=shown_at)


def test_an_opportunitys_propensity_is_the_probability_of_its_ad(tmp_path: Path) -> None:
    """They may well add up to more than 1: each is a coin of its own."""
    events = marts(
        tmp_path,
        days=2,
        opportunities=[(1, 0, MAIL, 1, 0.7), (1, 0, VIDEO, 1, 0.6), (1, 1, MAIL, 2, 0.7)],
        exposures=[(1, 0, 0, VIDEO, 500, 0, 0.6)],
    )
    timed(events, opportunities=[8, 12, 8], exposures=[12])
    t = build_transitions(events, TWICE)
    assert isinstance(t, LoggedTransitions) and t.delivery is not None and t.propensity is not None
    assert t.untold == ""
    assert t.delivery[:2].round(9).tolist() == [[0.3, 0.7, 0.0], [0.4, 0.0, 0.6]]
    assert t.propensity[:2].round(9).tolist() == [0.3, 0.6]
    assert np.isnan(t.delivery[2]).all()  # decided on twice


def test_propensities_are_not_believed_where_a_cap_may_bind(tmp_path: Path) -> None:
    """Three channels possible, two ads a day at most: a chance from before an ad is another one after it.
    With room for all the same figures are probabilities."""
    events = timed(
        marts(
            tmp_path,
            days=2,
            opportunities=[(1, 0, MAIL, 1, 0.4), (1, 0, VIDEO, 1, 0.6), (1, 0, 3, 1, 0.5)],
            exposures=[(1, 0, 0, VIDEO, 500, 1, 0.6)],
        ),
        opportunities=[12 * 3600, 8 * 3600, 14 * 3600],
        exposures=[8 * 3600],
    )
    events = replace(events, actions=("none", "mail", "video", "push"))
    bound, free = (build_transitions(events, DecisionSettings(max_per_epoch=cap)) for cap in (2, 3))
    assert isinstance(bound, LoggedTransitions) and isinstance(free, LoggedTransitions)
    assert bound.untold.startswith("at most 2 ads a day are shown of up to 3 possible")
    assert bound.delivery is None
    assert free.untold == "" and free.delivery is not None
