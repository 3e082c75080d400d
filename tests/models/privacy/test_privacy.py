"""What is handed on: how much one person can add, how large the noise is, and what all of it tells."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models.privacy import (
    KeyedNoise,
    PrivacySettings,
    Told,
    Tonight,
    bounded_statistics,
    epsilon_at,
    loss_of,
    noise_scale,
    part_of,
    share_aggregates,
    together,
)
from models.results import PrivacyLoss
from tests.models.privacy.logs import FRIDAY, KEY, log_of

SMALL = PrivacySettings(noise="laplace", epsilon=1.0, most_decisions=3, most_money=20.0)


def some_people(n: int, seed: int = 1) -> dict[int, list[tuple[int, float, float]]]:
    rng = np.random.default_rng(seed)
    return {
        key: [
            (int(rng.integers(3)), float(rng.exponential(10)), float(rng.normal(0, 30)))
            for _ in range(rng.integers(1, 9))
        ]
        for key in range(n)
    }


def test_a_busy_person_counts_for_no_more_than_the_settings_say() -> None:
    told = {
        s.name: s for s in bounded_statistics(log_of({1: [(1, 15.0, 90.0)] * 5, 2: [(0, 0.0, -1.0)]}), SMALL)
    }
    assert told["entities"].exact == (2, 1, 0)  # all, search, video
    assert told["decisions"].exact == (3, 0)  # of five
    assert told["cost"].exact == (20_000_000, 0)  # of 45
    assert told["margin"].exact == (19_000_000,)  # 20 of 450, and -1


def test_no_person_moves_a_statistic_by_more_than_its_sensitivity() -> None:
    """Of ten logs each of six people is left out of in turn."""
    for seed in range(10):
        people = some_people(6, seed)
        whole = bounded_statistics(log_of(people), SMALL)
        for key in people:
            less = bounded_statistics(log_of({k: v for k, v in people.items() if k != key}), SMALL)
            for one, without in zip(whole, less, strict=True):
                moved = np.array(one.exact) - np.array(without.exact)
                assert np.abs(moved).sum() <= one.l1
                assert math.sqrt((moved.astype(float) ** 2).sum()) <= one.l2


def test_losses_add_up_and_gaussian_nights_by_the_root_of_their_number() -> None:
    laplace, gaussian = loss_of("laplace", 0.5, 1e-6), loss_of("gaussian", 0.5, 1e-6)
    assert epsilon_at(together(*[laplace] * 9), 1e-6) == pytest.approx(4.5)
    assert epsilon_at(gaussian, 1e-6) == pytest.approx(0.5)  # what was asked for
    assert 1.5 < epsilon_at(together(*[gaussian] * 9), 1e-6) < 1.6  # a little over three times
    assert together(*[part_of(gaussian, 4)] * 4).rho == pytest.approx(gaussian.rho)
    mixed = together(laplace, gaussian)
    assert epsilon_at(mixed, 1e-6) == pytest.approx(0.5 + 0.5)


def test_the_scale_is_the_sensitivity_over_the_loss() -> None:
    assert noise_scale(PrivacyLoss(epsilon=0.5), l1=3.0, l2=99.0) == 6.0
    assert noise_scale(PrivacyLoss(rho=0.125), l1=99.0, l2=3.0) == 6.0


@pytest.mark.parametrize("kind", ["laplace", "gaussian"])
def test_draws_have_the_distribution_they_say(kind: str) -> None:
    """Kolmogorov's distance of 20,000 draws, below 1.95 / sqrt(n) but for one key in a thousand."""
    noise = KeyedNoise(KEY, ["shop"])
    draws = np.sort([getattr(noise, kind)(str(i), 2.0) for i in range(20_000)])
    if kind == "laplace":
        share = np.where(draws < 0, 0.5 * np.exp(draws / 2), 1 - 0.5 * np.exp(-draws / 2))
    else:
        share = np.array([0.5 * (1 + math.erf(x / 2 / math.sqrt(2))) for x in draws])
    assert np.abs(share - np.arange(len(draws)) / len(draws)).max() < 1.95 / math.sqrt(len(draws))


def test_the_same_night_has_the_same_noise_and_no_other_night_has_it() -> None:
    log = log_of(some_people(200))
    first = share_aggregates(log, SMALL, FRIDAY, ())
    assert share_aggregates(log, SMALL, FRIDAY, ()) == first

    exact = {
        (s.name, c): v for s in bounded_statistics(log, SMALL) for c, v in zip(s.cells, s.exact, strict=True)
    }

    def noise(settings: PrivacySettings, tonight: Tonight) -> np.ndarray:
        shared = share_aggregates(log, settings, tonight, ())
        raw = bounded_statistics(log, settings)
        truth = {(s.name, c): v for s in raw for c, v in zip(s.cells, s.exact, strict=True)}
        return np.array(
            [f.value - truth[f.statistic, f.action] / (1e6 if f.money else 1) for f in shared.figures]
        )

    tonight = noise(SMALL, FRIDAY)
    assert len(tonight) == len(exact) and np.abs(tonight).min() > 0
    for other in (
        replace(FRIDAY, key=KEY[::-1]),
        replace(FRIDAY, as_of="2026-11-21"),
        replace(FRIDAY, study="b"),
    ):
        assert not np.isclose(noise(SMALL, other), tonight).any()
    half = SMALL.model_copy(update={"epsilon": 0.5})  # twice the scale, and not twice the same draws:
    assert not np.isclose(noise(half, FRIDAY), 2 * tonight, atol=1).all()  # two files would give both away


def test_one_more_row_in_the_log_changes_all_noise() -> None:
    """Else the difference of two reruns would be what that person added, exactly."""
    people = some_people(200)
    more = {**people, 999: [(1, 5.0, 5.0)]}
    one, two = (share_aggregates(log_of(p), SMALL, FRIDAY, ()) for p in (people, more))
    video = [
        next(f.value for f in s.figures if (f.statistic, f.action) == ("cost", "video")) for s in (one, two)
    ]
    assert video[0] != video[1]  # nothing of what was added is a video
    assert one.version != two.version


def test_actions_of_a_few_people_are_not_shown() -> None:
    """Noise of a scale of 12: one night in 10^36 shows an action that nobody was given, at 1,000 or more."""
    log = log_of({k: [(1, 1.0, 1.0)] for k in range(3000)})
    shared = share_aggregates(log, SMALL, replace(FRIDAY, least=1000), ())
    assert {f.action for f in shared.figures} == {"", "search"} and shared.hidden == 1


def test_nights_add_up_until_no_more_may_be_told() -> None:
    log = log_of(some_people(100))
    week = SMALL.model_copy(update={"max_epsilon": 3.0})
    loss = PrivacyLoss(epsilon=1.0)
    told = [Told(f"2026-11-{day}", "abc", loss, PrivacyLoss()) for day in (18, 19)]
    third = share_aggregates(log, week, FRIDAY, told)
    assert (third.total_epsilon, third.nights, bool(third.figures)) == (3.0, 3, True)
    told.append(Told(FRIDAY.as_of, third.version, third.loss, third.replaced))
    again = share_aggregates(log, week, FRIDAY, told)
    assert again == third  # a rerun tells nothing new
    fourth = share_aggregates(log, week, replace(FRIDAY, as_of="2026-11-21"), told)
    assert (fourth.total_epsilon, fourth.figures, fourth.version) == (3.0, (), "")


def test_what_a_rerun_takes_the_place_of_stays_told() -> None:
    log = log_of(some_people(100))
    before = [Told(FRIDAY.as_of, "an older log's", PrivacyLoss(epsilon=1.0), PrivacyLoss(epsilon=2.0))]
    shared = share_aggregates(log, SMALL, FRIDAY, before)
    assert shared.replaced == PrivacyLoss(epsilon=3.0) and shared.total_epsilon == 4.0


def test_nothing_is_told_where_nobody_knows_what_was_told_before() -> None:
    shared = share_aggregates(log_of(some_people(100)), SMALL, FRIDAY, None)
    assert (shared.figures, shared.total_epsilon, shared.withheld) == ((), None, "unread")


def test_a_sample_is_not_told_about() -> None:
    """One entity more or less moves the share that is drawn, and with it others."""
    shared = share_aggregates(replace(log_of(some_people(100)), stands_for=2.0), SMALL, FRIDAY, ())
    assert (shared.figures, shared.total_epsilon, shared.withheld) == ((), 0.0, "sampled")
