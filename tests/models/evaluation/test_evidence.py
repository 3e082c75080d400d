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


def test_the_limit_is_that_of_the_witness_that_was_asked() -> None:
    """3 % of sound headlines are disputed by the sharpest witness, 0.3 % by each of the others."""
    for name, limit in ((REMEMBERING, 2.17), ("SNDR", 2.97), ("SNPDIS", 2.97)):
        found = weighed(**{name: noisy(3)}).disagreement_limit
        assert name in FALSE_ALARMS and found is not None and round(found, 2) == limit
