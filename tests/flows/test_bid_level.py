"""How much to bid: the real night on second-price auctions whose best bid is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from flows.cli import main
from models.worlds.decisions.bid_level import LEVELS, profit
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/bid_level.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bid_level")
    assert main(["simulate", "bid_level", "--out", str(folder / "logs"), "--entities", "8000"]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/bid_level/2026-11-20"


def test_one_bid_for_all_and_more_by_what_is_known_of_a_click(night: Path) -> None:
    """1 EUR may be best, .6 and 2 EUR may not: each is wrong in fewer than one log of 20."""
    split = json.loads((night / "split.json").read_text())
    assert split["verdict"] == "CHOOSE_BY_RULE" and split["rule"]["low"] > 0
    may_be_best = split["answer"]["may_be_best"]
    assert float(LEVELS[profit(LEVELS).argmax()]) in may_be_best and not {0.6, 2.0} & set(may_be_best)
    for told, truth in zip(split["levels"], profit(LEVELS), strict=True):
        assert told["low"] < told["value"] < told["high"]
        assert np.isclose(told["value"], truth, atol=0.05)


def test_the_page_says_it_in_the_studys_words(night: Path) -> None:
    said = page_text(night).replace("\u00a0", " ")
    assert "Bid by a rule: no one bid suits all." in said
    card = said[: said.index("Beside the best")]
    assert not any(word in card for word in (" ad ", " ads ", "channel", "users", "purchase"))
