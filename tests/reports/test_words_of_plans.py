"""What is said of a plan is said in the study's words."""

import re

import pytest

from models.agents import ALGORITHMS
from models.policies import KNOWN_POLICIES
from models.results import Vocabulary
from reports.words import said

BIDS = Vocabulary(
    entity="auction", entities="auctions", person="auction", people="auctions",
    action="bid level", actions="bid levels", treatment="bid", treatments="bids",
    show="make", seen="made", nothing="no bid",
)  # fmt: skip
FOREIGN = re.compile(r"\b(ads?|users?|people|channels?|seen|shows?)\b")


@pytest.mark.parametrize("plan", [*ALGORITHMS, *KNOWN_POLICIES], ids=lambda plan: plan.name)
def test_a_study_of_bids_reads_of_bids(plan) -> None:
    text = said(BIDS, plan.text)
    assert not FOREIGN.search(text) and "{" not in text


def test_a_study_of_channels_reads_as_it_did() -> None:
    texts = {plan.name: said(Vocabulary(), plan.text) for plan in (*ALGORITHMS, *KNOWN_POLICIES)}
    assert texts["advantage"].startswith("What each ad causes beyond no ad,")
    assert texts["tabular"].startswith("People sorted into a few cells")
    assert texts["equal split"] == "The same budget for every channel, within its bounds."
