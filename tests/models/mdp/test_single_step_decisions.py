"""Which rows of a single-step log are decisions."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp.single_step_decisions import fill_propensities, read_decisions, refuse_partly_told
from sql.errors import LogError
from sql.events import Events


def events(
    folder: Path,
    *,
    shown: list[tuple[int, int, int]] = (),  # type: ignore[assignment]
    chances: list[tuple[int, int, int, float | None]] = (),  # type: ignore[assignment]
    arms: list[tuple] = (),  # type: ignore[assignment]
    actions: tuple[str, ...] = ("none", "a", "b"),
) -> Events:
    """shown (entity, day, action), chances (entity, day, action, propensity), arms (entity, day, arm,
    last day if it ends)."""
    pl.DataFrame(
        {
            "entity_key": [e for e, _, _ in shown],
            "day": [d for _, d, _ in shown],
            "ordinal": [0] * len(shown),
            "action": [a for _, _, a in shown],
            "second_of_day": [0] * len(shown),
            "cost_micros": [5] * len(shown),
            "clicks": [0] * len(shown),
            "propensity": [0.5] * len(shown),
        },
        schema_overrides={
            "entity_key": pl.Int64,
            "day": pl.Int32,
            "action": pl.Int16,
            "propensity": pl.Float64,
        },
    ).write_parquet(folder / "exposures.parquet")
    pl.DataFrame(
        {
            "entity_key": [e for e, *_ in chances],
            "day": [c[1] for c in chances],
            "action": [c[2] for c in chances],
            "n": [1] * len(chances),
            "second_of_day": [0] * len(chances),
            "propensity": [c[3] for c in chances],
        },
        schema_overrides={
            "entity_key": pl.Int64,
            "day": pl.Int32,
            "action": pl.Int16,
            "propensity": pl.Float64,
        },
    ).write_parquet(folder / "opportunities.parquet")
    pl.DataFrame(
        {
            "entity_key": [e for e, *_ in arms],
            "day": [a[1] for a in arms],
            "arm": [a[2] for a in arms],
            "last_day": [a[3] if len(a) > 3 else None for a in arms],
        },
        schema_overrides={
            "entity_key": pl.Int64,
            "day": pl.Int32,
            "arm": pl.String,
            "last_day": pl.Int32,
        },
    ).write_parquet(folder / "arms.parquet")
    return Events(folder, "A+", "", actions, (), (), (), 0, 9, 0, (), (), ())


def rows(found: pl.DataFrame) -> list[tuple]:
    return found.select("entity_key", "day", "action", "cost_micros", "propensity").rows()


def test_an_opportunity_that_was_passed_over_is_a_decision_for_none(tmp_path: Path) -> None:
    chances = [(1, 3, 1, 0.5), (2, 3, 1, 0.25), (2, 3, 2, 0.25)]
    found = read_decisions(events(tmp_path, shown=[(1, 3, 1)], chances=chances))
    assert rows(found) == [(1, 3, 1, 5, 0.5), (2, 3, 0, 0, 0.5)]


def test_a_holdout_is_a_decision_for_none_and_the_only_treatment_is_the_one_meant(tmp_path: Path) -> None:
    arms = [(1, 3, "treated"), (2, 4, "holdout"), (3, 4, "treated")]
    found = read_decisions(events(tmp_path, shown=[(1, 3, 1)], arms=arms, actions=("none", "a")))
    assert rows(found) == [(1, 3, 1, 5, 0.5), (2, 4, 0, 0, None), (3, 4, 1, 0, None)]


def test_an_ad_before_or_after_a_holdout_is_a_decision_of_its_own(tmp_path: Path) -> None:
    """Held out from day 3 to 5; 1 met ads on days 2 and 6, 2 had an opportunity on day 4 that was passed."""
    arms = [(1, 3, "holdout", 5), (2, 3, "holdout", 5)]
    found = read_decisions(
        events(tmp_path, shown=[(1, 2, 1), (1, 6, 1)], chances=[(2, 4, 1, 0.5)], arms=arms)
    )
    assert [row[:3] for row in rows(found)] == [(1, 2, 1), (1, 3, 0), (1, 6, 1), (2, 4, 0)]


@pytest.mark.parametrize(
    ("arms", "sentence"),
    [
        ([(2, 4, "treated")], "1 entities of the arms `treated` and `random` have no impression"),
        ([(2, 4, "usual")], "1 entities of the arm `usual`"),
        ([(1, 2, "holdout", 3)], "between `since` and `until`"),
        ([(1, 3, "holdout")], "1 rows of the arm `holdout` belong to entities with an impression"),
    ],
)
def test_an_arm_that_is_no_decision_is_refused(tmp_path: Path, arms: list, sentence: str) -> None:
    with pytest.raises(LogError, match=sentence):
        read_decisions(events(tmp_path, shown=[(1, 3, 1)], arms=arms))


def test_what_the_treatments_leave_is_the_probability_of_none():
    nan = np.nan
    action = np.array([1, 0, 2, 1])
    assert fill_propensities(action, np.array([0.5, nan, 0.2, 0.5])).tolist() == [
        0.5,
        pytest.approx(0.3),
        0.2,
        0.5,
    ]
    varying = fill_propensities(action, np.array([0.5, nan, 0.2, 0.4]))
    assert np.isnan(varying[1])


def test_probabilities_that_differ_are_told_of_every_decision_or_the_log_is_refused():
    nan, names = np.nan, ("none", "a")
    refuse_partly_told(np.array([0, 1, 1]), np.array([nan, 0.5, nan]), names)  # shares may be fixed
    refuse_partly_told(np.array([0, 1, 1]), np.array([0.5, 0.5, 0.2]), names)  # all are told
    with pytest.raises(
        LogError, match=r"1 of 3 decisions tell none, and of a those told differ \(from 0.2 to 0.5"
    ):
        refuse_partly_told(np.array([0, 1, 1]), np.array([nan, 0.5, 0.2]), names)
