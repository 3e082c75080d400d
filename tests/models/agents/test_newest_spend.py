"""Spend of the newest days: an agent that looks at the state spends differently once the state moves on."""

from dataclasses import replace

import numpy as np
import pytest

from models.agents.newest_spend import NewestDecisions, mean_costs, newest_decisions
from models.agents.policy import AgentPolicy
from models.agents.pricing import Grid, find_finalists
from models.agents.trials import Looks, Sample, Told
from models.evaluation.intervals.gamma_interval import Gross
from models.mdp.transition_table import Transitions
from tests.models.agents.tables import table

DAYS = 28


def log() -> Transitions:
    """Fifty customers over four weeks, each shown an ad for 2 every other day; x is the week, 0 to 3."""
    n = 50 * DAYS
    day = np.tile(np.arange(DAYS), 50)
    return table(
        actions=("none", "search"),
        features=(day // 7)[:, None].astype(float),
        eligible=np.ones((n, 2)),
        action=(day % 2 == 1).astype(int),
        margin=np.zeros(n),
        cost=np.full(n, 2.0),
        length=DAYS,
    )


def shows(share: np.ndarray) -> np.ndarray:
    """(n, 2) an ad with these probabilities (n,)."""
    return np.column_stack([1 - share, share])


def newest(rows: Transitions) -> NewestDecisions:
    half = np.full((rows.n_rows, 2), 0.5)
    return newest_decisions(rows, np.ones(rows.n_rows, bool), half, single_step=False)


def test_the_newest_decisions_are_those_of_the_last_week() -> None:
    found = newest(log())
    assert found.features[:, 0].tolist() == [3.0] * 350 and found.behaviour.shape == (350, 2)
    assert found.cost.tolist() == mean_costs(log()).tolist() == [0.0, 2.0]


def test_an_epoch_longer_than_a_week_counts_as_a_whole() -> None:
    weeks = replace(log(), day=(14 * (log().day // 14)).astype(np.int32))  # epochs of a fortnight
    assert len(newest(weeks).features) == 50 * 14


def test_drift_by_hand() -> None:
    """Ads for a tenth of the people in week 0, three more tenths each week; evaluated are weeks 0 to 2."""
    rows = log()
    judged = rows.features[:, 0] < 3
    share = 0.1 + 0.3 * rows.features[:, 0]
    today = shows(np.full(judged.sum(), 0.5))
    drift = newest(rows).drift(shows(np.full(350, 1.0)), shows(share[judged]), today)
    assert drift == pytest.approx((1.0 / 0.5) / (0.4 / 0.5))


def test_todays_delivery_never_drifts_against_itself() -> None:
    rows = log()
    rising = shows(0.1 + 0.3 * rows.features[:, 0])
    found = newest_decisions(rows, np.ones(rows.n_rows, bool), rising, single_step=False)
    judged = rising[rows.features[:, 0] < 3]
    assert found.drift(found.behaviour, judged, judged) == 1.0


def test_without_spend_or_in_single_steps_there_is_no_drift() -> None:
    rows = log()
    nothing = shows(np.zeros(350))
    assert newest(rows).drift(nothing, shows(np.full(9, 0.5)), shows(np.full(9, 0.5))) == 1.0
    half = np.full((rows.n_rows, 2), 0.5)
    found = newest_decisions(rows, np.ones(rows.n_rows, bool), half, single_step=True)
    assert found.features.shape == (0, 1)
    assert found.drift(found.behaviour, half, half) == 1.0


class MoreEveryWeek:
    """Shows an ad where its worth, rising with the week, exceeds the price."""

    def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:  # noqa: ARG002
        return np.column_stack([np.zeros(len(features)), 1.0 + features[:, 0] - price])


def test_the_price_is_found_for_the_newest_weeks_spend() -> None:
    """What meets the budget on average overspends it by now. Softly, so that spend falls smoothly."""
    rows = log()
    judged = rows.features[:, 0] < 3
    half = shows(np.full(int(judged.sum()), 0.5))

    def look(target: np.ndarray) -> tuple[np.ndarray, float]:
        spend = float(target[:, 1].sum())
        return np.array([0.4, 0.6]) * spend, spend

    eligible, fold = np.ones((len(half), 2), bool), np.zeros(len(half), np.int64)
    found = {}
    for name, known in (("average", None), ("newest", newest(rows))):
        sample = Sample(rows.features[judged], eligible, half, fold, look, 600.0, 1.0, known)

        def told(policy: AgentPolicy, sample: Sample = sample) -> Told:
            """As the looks have it."""
            trial = Looks(policy.ensemble, sample).trial(policy.price, policy.softness)
            assert trial is not None
            return Told(trial, np.zeros(2), Gross(np.zeros((2, 1)), np.zeros((2, 1)), np.ones(2)))

        trials = find_finalists(MoreEveryWeek(), name, sample, Grid((0.0,), (1.0,), 9.0), told).told
        most = max(trials, key=lambda one: one.trial.spend).trial
        assert 594 <= most.spend <= 600
        found[name] = most.price
    assert found["newest"] > found["average"] + 0.5
