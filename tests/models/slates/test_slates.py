"""Slates in worlds of one click model each: the estimator that suits is right, and the wrong one is named."""

import numpy as np
import pytest

from models.slates import CLICK_MODELS, SlateLog, evaluate_slates, examination
from models.worlds.decisions.slates import ATTRACTS, ITEMS, LOOKED_AT, POSITIONS, SlateWorld, softmax_policy
from sql.errors import LogError

LOGGED = softmax_policy(np.zeros((POSITIONS, ITEMS)) + 0.3 * np.arange(ITEMS))
BOLD = softmax_policy(np.linspace(4.0, 1.0, POSITIONS)[:, None] * ATTRACTS)


def slates(model: str, n: int, seed: int) -> SlateLog:
    item, clicks = SlateWorld(model).draw(n, LOGGED, seed)
    both = (np.broadcast_to(policy, (n, *policy.shape)) for policy in (LOGGED, BOLD))
    return SlateLog(item, clicks, *both)


@pytest.mark.parametrize("model", CLICK_MODELS)
def test_the_estimator_that_suits_holds_the_enumerated_value(model: str) -> None:
    """An estimate is off by more than four of its standard errors in one run of ten thousand."""
    found = evaluate_slates(slates(model, 20_000, 1)).all[model]
    error = (found.high - found.low) / 2 / 1.96
    assert abs(found.estimate - SlateWorld(model).value(BOLD)) < 4 * error


def test_a_log_of_readers_who_stop_contradicts_what_takes_positions_apart() -> None:
    """40,000 slates: the two models that take positions apart are seven standard errors off and more."""
    found = evaluate_slates(slates("cascade", 40_000, 2))
    assert {name for name, *_ in found.contradicted} == {"position", "item-position"}
    assert found.chosen == "cascade"
    assert found.value.estimate == pytest.approx(SlateWorld("cascade").value(BOLD), rel=0.05)


def test_a_model_that_holds_is_contradicted_in_few_logs() -> None:
    """Independent clicks: of 20 logs 5 % at most may be contradicted each; more than 4 once in 400 runs."""
    right = [evaluate_slates(slates("item-position", 4_000, 10 + k)).contradicted for k in range(20)]
    assert sum("item-position" in {name for name, *_ in one} for one in right) <= 4


def test_how_often_positions_are_looked_at_is_read_off_the_log() -> None:
    """Standard errors of .02."""
    found = examination(slates("position", 20_000, 3))
    assert found == pytest.approx(LOOKED_AT / LOOKED_AT[0], abs=0.1)


def test_a_probability_that_cannot_be_is_refused() -> None:
    log = slates("position", 10, 4)
    with pytest.raises(LogError, match="must lie above 0"):
        SlateLog(log.item, log.reward, np.zeros_like(log.behaviour), log.target)
