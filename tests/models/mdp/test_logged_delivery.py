"""A log of opportunities with propensities tells delivery's whole distribution, `none` included."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.behaviour.behaviour import fit_behaviour_policy
from models.behaviour.propensities import logged_probabilities
from models.mdp.build_transitions import TableLimits, build_transitions
from models.mdp.logged_propensities import LoggedTransitions
from models.mdp.transition_table import Transitions
from models.mdp.usable_evidence import usable_evidence
from models.settings import DecisionSettings
from models.worlds import LAST_DAY, open_world, simulate
from sql.errors import LogError
from sql.events import Events
from tests.models.mdp.test_transitions import marts
from tests.models.worlds_to_events import events_of
from tests.sql.tiny_logs import impression, stage, write_log

DAYS = 40
ONE_A_DAY = DecisionSettings(max_per_epoch=1)


def with_propensities(events: Events, behaviour: np.ndarray) -> Events:
    """The same log at tier A+: behaviour (days, n, A) as the platform had it."""
    for name in ("opportunities", "exposures"):
        path = events.folder / f"{name}.parquet"
        frame = pl.read_parquet(path)
        day = frame["day"].to_numpy() - events.first_day
        p = behaviour[day, frame["entity_key"].to_numpy(), frame["action"].to_numpy()]
        frame.with_columns(pl.Series("propensity", p)).write_parquet(path)
    return events


def mu_of(t: Transitions) -> tuple[str, np.ndarray, tuple[str, ...]]:
    """(source, mu, notes) where what the log does not tell is put at an equal share each."""
    uniform = t.eligible / t.eligible.sum(axis=1, keepdims=True)
    told = logged_probabilities(t, uniform, t.eligible.sum(axis=1) >= 2)
    return told.source, told.probabilities, told.notes


@dataclass(frozen=True)
class Hidden:
    """A log of the world whose platform senses intent, its table, and what no log holds."""

    events: Events
    t: LoggedTransitions
    truth: np.ndarray  # (n, A) the platform's own probabilities
    intent: np.ndarray  # (n,) whether the customer had intent before the decision


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Hidden:
    world = open_world("hidden-targeting", entities=1000, days=DAYS)
    behaviour, intent = [], []
    for _ in range(DAYS):
        intent.append(world.hot)
        behaviour.append(world.step().behaviour)
    again = open_world("hidden-targeting", entities=1000, days=DAYS)
    events = events_of(again, DAYS, tmp_path_factory.mktemp("hidden"))
    t = build_transitions(with_propensities(events, np.array(behaviour)), ONE_A_DAY)
    assert isinstance(t, LoggedTransitions)
    at = t.day - events.first_day, t.entity
    return Hidden(events, t, np.array(behaviour)[at], np.array(intent)[at].astype(float))


def imbalance(t: Transitions, mu: np.ndarray, intent: np.ndarray) -> np.ndarray:
    """(A,) z-scores of: weighted by 1 / mu, those met by an action have the intent of all who could be.

    Intent is hidden and older than the ad, so no ad can have an effect on it. Sums over decisions of an
    entity are independent of other entities.
    """
    found = []
    for k in range(len(t.actions)):
        rows = np.flatnonzero(t.eligible[:, k] & (t.eligible.sum(axis=1) >= 2))
        parts = intent[rows] * ((t.action[rows] == k) / mu[rows, k] - 1.0)
        per_entity = np.bincount(t.entity[rows], parts)
        found.append(per_entity.sum() / np.sqrt((per_entity**2).sum()))
    return np.array(found)


def test_the_tables_probabilities_are_the_worlds_own(hidden: Hidden) -> None:
    t, truth = hidden.t, hidden.truth
    choice = t.eligible.sum(axis=1) >= 2
    source, mu, notes = mu_of(t)
    assert source == "logged" and notes == () and choice.sum() > 4_000
    np.testing.assert_allclose(mu[choice], truth[choice], rtol=0, atol=1e-12)
    assert t.propensity is not None
    of_action = truth[np.arange(t.n_rows), t.action]
    np.testing.assert_allclose(t.propensity[choice], of_action[choice], rtol=0, atol=1e-12)


def test_effects_under_hidden_targeting_are_unbiased_with_logged_probabilities_alone(hidden: Hidden) -> None:
    """What no ad can cause shows no effect. Six z-scores below 4: false alarm about 4 in 10,000 worlds; the
    estimate, which cannot see intent, misses by far more."""
    t = hidden.t
    _, mu, _ = mu_of(t)
    assert np.abs(imbalance(t, mu, hidden.intent)).max() < 4
    estimated = fit_behaviour_policy(replace(t, delivery=None, propensity=None), folds=2, seed=1)
    assert estimated.source == "estimated"
    assert np.abs(imbalance(t, estimated.probabilities, hidden.intent)).max() > 6


def test_chunks_do_not_change_what_is_logged(hidden: Hidden) -> None:
    parts = build_transitions(hidden.events, ONE_A_DAY, limits=TableLimits(entities_per_chunk=400))
    assert isinstance(parts, LoggedTransitions)
    assert parts.delivery is not None and hidden.t.delivery is not None
    assert parts.delivery.tobytes() == hidden.t.delivery.tobytes()


def test_the_logs_on_disk_tell_it_too(tmp_path: Path) -> None:
    """From files through staging: every decision with a choice has its probabilities, and they add up."""
    simulate("hidden-targeting", out=tmp_path / "log", tier="A+", entities=300, days=25)
    events = stage(tmp_path / "log", as_of=LAST_DAY + timedelta(days=1))
    assert events.tier == "A+"
    t = build_transitions(events, DecisionSettings())
    source, mu, notes = mu_of(t)
    assert (source, notes) == ("logged", ())
    np.testing.assert_allclose(mu.sum(axis=1), 1, atol=1e-12)
    assert (mu[np.arange(t.n_rows), t.action] > 0).all() and (mu[~t.eligible] == 0).all()


def logged(folder: Path, decision: DecisionSettings = ONE_A_DAY, **tables: list[tuple]) -> Transitions:
    return build_transitions(marts(folder, **tables), decision)


def delivery_of(t: Transitions) -> list[list[float]] | None:
    assert isinstance(t, LoggedTransitions)
    return None if t.delivery is None else t.delivery.round(9).tolist()


def test_what_the_channels_leave_is_the_probability_of_none(tmp_path: Path) -> None:
    t = logged(
        tmp_path,
        days=3,
        opportunities=[(1, 0, 1, 1, 0.2), (1, 0, 2, 1, 0.5), (1, 1, 2, 1, 0.4)],
        exposures=[(1, 0, 0, 2, 500, 0, 0.5)],
    )
    assert t.action.tolist() == [2, 0, 0]
    assert delivery_of(t) == [[0.3, 0.2, 0.5], [0.6, 0.0, 0.4], [1.0, 0.0, 0.0]]
    assert t.propensity is not None and t.propensity.tolist() == [0.5, 0.6, 1.0]


@pytest.mark.parametrize(
    ("opportunities", "why"),
    [
        ([(1, 0, 1, 2, 0.2), (1, 0, 2, 1, 0.5)], "decided on twice"),
        ([(1, 0, 1, 1, None), (1, 0, 2, 1, 0.5)], "one channel does not tell"),
    ],
)
def test_a_decision_is_known_whole_or_not_at_all(
    tmp_path: Path, opportunities: list[tuple], why: str
) -> None:
    t = logged(tmp_path, days=1, opportunities=opportunities)
    assert np.isnan(np.array(delivery_of(t))).all(), why


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (DecisionSettings(epoch_days=2, max_per_epoch=1), "an epoch of 2 days"),
        (DecisionSettings(max_per_epoch=2, eligible="all"), "other channels"),
        (DecisionSettings(max_per_epoch=1, eligible="all"), "other channels"),
    ],
)
def test_a_sequence_of_choices_is_not_taken_for_one(
    tmp_path: Path, decision: DecisionSettings, why: str
) -> None:
    t = logged(tmp_path, decision, days=2, opportunities=[(1, 0, 1, 1, 0.2), (1, 0, 2, 1, 0.5)])
    assert delivery_of(t) is None
    source, _, (note,) = mu_of(t)
    assert source == "estimated" and note.startswith("The opportunities' propensities are of no use")
    assert why in note


def test_propensities_of_no_use_raise_no_tier(tmp_path: Path) -> None:
    """Two days are one decision here: what was logged for each day is not its probability."""
    chance = {"opportunity_id": "o1", "ts": "2026-01-01", "user_id": "u1", "channel": "search"}
    log = write_log(
        tmp_path / "log",
        impressions=[impression(1, "2026-01-01", "u1", propensity="0.5")],
        opportunities=[chance | {"propensity": "0.5"}],
    )
    events = stage(log)
    daily = usable_evidence(events, DecisionSettings())
    assert (daily.tier, daily.tier_reason) == ("A+", events.tier_reason)
    slower = usable_evidence(events, DecisionSettings(epoch_days=2, max_per_epoch=1))
    assert slower.tier == "A"
    assert slower.tier_reason == (
        "Opportunities are logged; their propensities are of no use, since an epoch of 2 days is several "
        "choices."
    )


@pytest.mark.parametrize(
    ("first", "second", "own", "sentence"),
    [
        (0.7, 0.6, 0.6, r"on 1 of 1 decisions .* add up to more than 1, first on day 1970-01-01"),
        (0.2, 0.5, 0.4, "the opportunity and its impression have different propensities"),
    ],
)
def test_propensities_that_contradict_each_other_are_refused(
    tmp_path: Path, first: float, second: float, own: float, sentence: str
) -> None:
    t = logged(
        tmp_path,
        days=1,
        opportunities=[(1, 0, 1, 1, first), (1, 0, 2, 1, second)],
        exposures=[(1, 0, 0, 2, 500, 0, own)],
    )
    with pytest.raises(LogError, match=sentence):
        fit_behaviour_policy(t, folds=2, seed=1)


def test_a_few_contradictions_are_not_believed(hidden: Hidden) -> None:
    t = hidden.t
    assert t.delivery is not None
    odd = np.flatnonzero(t.eligible.sum(axis=1) >= 2)[:3]
    delivery = t.delivery.copy()
    delivery[odd, 0] = -0.5
    source, mu, notes = mu_of(replace(t, delivery=delivery))
    assert source == "logged"
    assert notes == ("3 decisions have propensities that contradict each other: not believed.",)
    assert np.array_equal(mu[odd], t.eligible[odd] / t.eligible[odd].sum(axis=1, keepdims=True))


def test_where_some_days_tell_the_others_are_estimated(hidden: Hidden) -> None:
    t = hidden.t
    assert t.delivery is not None and t.propensity is not None
    early, choice = t.day < hidden.events.first_day + 20, t.eligible.sum(axis=1) >= 2
    delivery = np.where(early[:, None], np.nan, t.delivery)
    source, mu, notes = mu_of(replace(t, delivery=delivery, propensity=np.where(early, np.nan, t.propensity)))
    assert source == "estimated" and "carry delivery's probabilities" in notes[0]
    np.testing.assert_allclose(mu[choice & ~early], hidden.truth[choice & ~early], atol=1e-12)
    uniform = t.eligible / t.eligible.sum(axis=1, keepdims=True)
    assert np.array_equal(mu[choice & early], uniform[choice & early])
