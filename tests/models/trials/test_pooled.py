"""A test that ran at three sites: their sums say what all their rows would, and no row is among them."""

from dataclasses import replace

import numpy as np
import pytest

from models.trials import TrialLog, alone, compare_arms, of_arms_and_covariates, pool_arms
from models.trials.checks import sample_ratio_check
from models.trials.site_sums import refuse_small_cells, telling_of_many
from sql.errors import LogError
from tests.models.trials.several_sites import SITES, Adder, on_all_rows, pooled, sites_of
from tests.models.trials.shops import Shop

SHOP = Shop(6000, lifts=(1.0, 1.3, 1.0), costs=(0.0, 0.4, 0.1), rate=0.06)


def several_decisions(log: TrialLog) -> TrialLog:
    """Every second entity decides twice, with probabilities that differ."""
    twice = np.repeat(np.arange(log.n), 1 + (np.arange(log.n) % 2))
    rng = np.random.default_rng(5)
    chance = 0.2 + 0.2 * rng.random(len(twice))
    return TrialLog(
        log.entity[twice], log.arm[twice], log.arms, log.idle, log.outcome[twice], log.cost[twice],
        log.covariates[twice], log.names, chance,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["fixed shares", "differing probabilities"])
def test_what_sites_add_up_to_is_what_all_rows_say(kind: str) -> None:
    log = SHOP.draw(3)
    if kind == "differing probabilities":
        log = several_decisions(log)
    said = pooled(sites_of(log), Adder(), log.planned)
    assert len(said) == SITES and said[0] == said[1] == said[2]

    expected = compare_arms(log, matters=1.0)
    for one, all_rows in zip(said[0].compared.arms, expected.arms, strict=True):
        assert (one.arm, one.entities) == (all_rows.arm, all_rows.entities)
        assert (one.mean, one.cost, one.estimate) == pytest.approx(
            (all_rows.mean, all_rows.cost, all_rows.estimate), rel=1e-9
        )
    for one, all_rows in zip(said[0].compared.differences, on_all_rows(log), strict=True):
        assert (one.arm, one.other, one.told_apart) == (all_rows.arm, all_rows.other, all_rows.told_apart)
        assert one.estimate == pytest.approx(all_rows.estimate, rel=1e-9, abs=1e-9)
        assert one.standard_error == pytest.approx(all_rows.standard_error, rel=1e-9)
        for mine, theirs in ((one.interval, all_rows.interval), (one.alone, all_rows.alone)):
            assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9, abs=1e-9)
    check, whole = said[0].check, sample_ratio_check(log)
    if kind == "fixed shares":  # else it needs every row's probability, and is not asked
        assert (check.passed, check.p_value) == (whole.passed, pytest.approx(whole.p_value, rel=1e-9))


def test_one_site_alone_says_the_same_as_several() -> None:
    log = SHOP.draw(4)
    apart, whole = pooled(sites_of(log), Adder(), log.planned)[0], pool_arms(log, alone, planned=log.planned)
    for one, other in zip(apart.compared.differences, whole.compared.differences, strict=True):
        assert (one.estimate, one.standard_error) == pytest.approx(
            (other.estimate, other.standard_error), rel=1e-9
        )


def test_what_a_site_sends_is_as_long_however_many_people_it_has() -> None:
    """Nothing of a row can be in it: its length and shape follow from arms, covariates and folds."""
    lengths = []
    for entities in (3000, 6000):
        adder = Adder()
        log = replace(SHOP, entities=entities).draw(3)
        pooled(sites_of(log), adder, log.planned)
        lengths.append([(name, sent.shape) for name, sent in adder.sent[0]])
    assert lengths[0] == lengths[1] and len(lengths[0]) == 4
    rows = {*sites_of(log)[0].outcome.tolist(), *sites_of(log)[0].covariates.ravel().tolist()} - {0.0, 1.0}
    assert not any(value in rows for _, sent in adder.sent[0] for value in sent.ravel().tolist())


def test_sums_of_a_few_people_are_refused_and_their_facts_stay() -> None:
    log = SHOP.draw(5)
    refuse_small_cells(log, 10)
    with pytest.raises(LogError, match="= 10 entities of the arm"):
        refuse_small_cells(log.of(np.arange(log.n) < 100), 10)
    rare = log.covariates.copy()
    rare[:, 1] = np.arange(log.n) < 4  # four people have it
    assert telling_of_many(replace(log, covariates=rare), 10) == ("taste", "spent")


def test_sites_with_other_arms_and_facts_find_a_common_order() -> None:
    log = SHOP.draw(6)
    here = of_arms_and_covariates(log, ("none", "c", "b"), "none", ("spent", "taste"))
    assert here.names == ("spent", "taste") and here.idle == 0
    assert (here.covariates == log.covariates[:, [2, 0]]).all()
    assert [here.arms[k] for k in here.arm[:50]] == [log.arms[k] for k in log.arm[:50]]
    treated = replace(log.of(log.arm > 0), arm=log.arm[log.arm > 0] - 1, arms=("b", "c"), idle=None)
    there = of_arms_and_covariates(treated, ("none", "c", "b"), "none", ("spent", "taste"))
    assert (there.idle, there.decisions[0]) == (0, 0)  # doing nothing is an arm of the others alone
