"""The benchmarks on real logs, where these are at hand: what their files are known to say."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import evaluation_hillstrom as hillstrom
from tests.benchmarks import evaluation_open_bandit as open_bandit
from tests.sql.tiny_logs import real_data

no_hillstrom = pytest.mark.skipif(real_data("hillstrom") is None, reason="the real log is not here")
no_open_bandit = pytest.mark.skipif(real_data("open_bandit_men") is None, reason="the real log is not here")


def folder(name: str) -> Path:
    found = real_data(name)
    assert found is not None
    return found


@no_hillstrom
def test_the_arms_earn_what_is_published():
    """1.423 USD per customer with men's mail, 1.077 with women's."""
    test = hillstrom.read_test(folder("hillstrom"))
    assert np.bincount(test.arm).tolist() == [21_306, 21_307, 21_387]
    assert hillstrom.truth_of(test, "always mens") == pytest.approx(1.423, abs=1e-3)
    assert hillstrom.truth_of(test, "always womens") == pytest.approx(1.077, abs=1e-3)


@no_hillstrom
def test_a_redraw_follows_the_logging_policy():
    """Shares of 20,000 customers within 4 standard errors: a false alarm in 5,000 over three arms."""
    test = hillstrom.read_test(folder("hillstrom"))
    arms = test.arm[hillstrom.redraw(test, 20_000, np.random.default_rng(1))]
    off = np.bincount(arms) / 20_000 - hillstrom.LOGGING
    assert np.all(np.abs(off) < 4 * np.sqrt(hillstrom.LOGGING * (1 - hillstrom.LOGGING) / 20_000) + 2e-3)


@no_hillstrom
def test_our_interval_covers_more_often_than_the_usual_one():
    """60 redraws of 1,000 customers: at least 50 of ours cover (one that covers 95 % falls below that once in
    5,800 runs), and ours miss less often."""
    test = hillstrom.read_test(folder("hillstrom"))
    found = [hillstrom.judge(test, 1_000, np.random.default_rng([2, i]))["always mens"] for i in range(60)]
    ours = sum(bool(r.covered) for r in found)
    assert ours >= 50
    assert ours > sum(r.usual_covered for r in found)


@no_open_bandit
def test_uniform_choice_is_valued_at_its_own_click_rate():
    """46 clicks in 10,000 impressions; the weights are all 1."""
    log = open_bandit.read_log(folder("open_bandit_men"), "random")
    uniform = np.full((3, log.n_items), 1 / log.n_items)
    rows = open_bandit.valued(log, uniform, open_bandit.FULL_DATA["random"], "uniform")
    assert [row[2] for row in rows] == ["0.46 %", "0.46 %"]
    assert rows[1][5] == "10000"


@no_open_bandit
def test_a_log_that_hardly_shows_most_items_is_refused():
    """Thompson sampling shows most items less than once in a hundred times: it says nothing about uniform
    choice, which shows them all alike."""
    log = open_bandit.read_log(folder("open_bandit_men"), "bts")
    behaviour = open_bandit.behaviour_of(log)
    assert behaviour.sum(axis=1) == pytest.approx(1.0)
    assert behaviour[np.arange(len(log.item)), log.item] == pytest.approx(log.propensity)
    uniform = np.full((3, log.n_items), 1 / log.n_items)
    rows = open_bandit.valued(log, uniform, open_bandit.FULL_DATA["random"], "to uniform")
    assert all(row[-1].startswith("no credible estimate") for row in rows)
