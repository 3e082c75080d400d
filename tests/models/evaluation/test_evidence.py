"""What a plan's figure says against today's delivery, and when it says nothing."""

from dataclasses import replace

import numpy as np

from models.evaluation.checks.witness import FALSE_ALARMS
from models.evaluation.estimators.policy_value import REMEMBERING, SIGNED, Uplifted
from models.evaluation.evidence import Contender, weigh, with_picked
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross
from models.results import PolicyEvidence, Uplift

PEOPLE = 2_000
HEADLINE = np.random.default_rng(1).normal(1.0, 5.0, PEOPLE)  # sum about 2,000, standard error about 220


def weighed(**witnesses: np.ndarray) -> PolicyEvidence:
    """The evidence of one plan whose headline is far above today's delivery."""
    none = Gross(np.zeros((PEOPLE, 1)), np.zeros((PEOPLE, 1)), np.zeros(PEOPLE))
    plan = Contender("plan", Uplifted(HEADLINE, witnesses, 200.0), none, None)
    bootstrap = BootstrapT(np.arange(PEOPLE), seed=0)
    (row,) = weigh([plan], bootstrap, outcome="profit", unit="EUR", scale=1.0, level=0.95)
    return row


def noisy(seed: int) -> np.ndarray:
    return HEADLINE + np.random.default_rng(seed).normal(0.0, 1.0, PEOPLE)


def test_a_plan_that_a_witness_confirms_is_better() -> None:
    row = weighed(**{REMEMBERING: noisy(2)})
    assert row.checked and row.verdict == "better"


def test_a_plan_that_no_witness_could_contradict_is_unchecked() -> None:
    """Signed weights widen the interval, and are not asked whether they differ."""
    for witnesses in ({}, {SIGNED: noisy(2)}):
        row = weighed(**witnesses)
        assert row.uplift is not None and row.uplift.low > 0  # the headline alone would have it better
        assert not row.checked and row.verdict == "unchecked" and row.disagreement is None


def test_what_was_picked_stays_unchecked() -> None:
    picked = Uplift("profit", 1_900.0, 1_200.0, 2_600.0, 0.9, 0.999)
    row = weighed()
    assert with_picked(row, picked, 800.0).verdict == "unchecked"
    assert with_picked(replace(row, checked=True), picked, 800.0).verdict == "better"


def test_what_was_picked_and_is_open_needs_nothing_hidden_to_turn() -> None:
    """Its own figure was beyond doubt; less what the best of many flatters it is not."""
    said = "A hidden cause would have to make the decisions that matter 1.02 times as likely."
    row = replace(weighed(), hidden_cause=1.02, hidden_cause_doubt=1.004, hidden_cause_text=said)
    sure = with_picked(row, Uplift("profit", 1_900.0, 1_200.0, 2_600.0, 0.9, 0.999), 800.0)
    assert (sure.hidden_cause_doubt, sure.hidden_cause_text) == (1.004, said)
    found = with_picked(row, Uplift("profit", 650.0, -27.0, 1_330.0, 0.9, 0.94), None)
    assert found.hidden_cause_doubt == 1
    assert found.hidden_cause_text == (
        "With nothing hidden the log already cannot tell a gain in profit from none."
    )
    unasked = with_picked(weighed(), Uplift("profit", 650.0, -27.0, 1_330.0, 0.9, 0.94), None)
    assert (unasked.hidden_cause_doubt, unasked.hidden_cause_text) == (None, "")


def test_the_limit_is_that_of_the_witness_that_was_asked() -> None:
    """3 % of sound headlines are disputed by the sharpest witness, 0.3 % by each of the others."""
    for name, limit in ((REMEMBERING, 2.17), ("SNDR", 2.97), ("SNPDIS", 2.97)):
        found = weighed(**{name: noisy(3)}).disagreement_limit
        assert name in FALSE_ALARMS and found is not None and round(found, 2) == limit
