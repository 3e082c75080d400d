"""Four planted groups of customers: the real night names who responds to what, in the study's words."""

import json
from pathlib import Path

import pytest

from flows.cli import main
from tests.conftest import REPOSITORY
from tests.flows.typed import page_text, run_here

pytestmark = pytest.mark.usefixtures("prefect_server")
STUDY = REPOSITORY / "flows/studies/segments.toml"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60,000 customers: groups differ by six standard errors and more."""
    folder = tmp_path_factory.mktemp("segments")
    assert main(["simulate", "segments", "--out", str(folder / "logs"), "--entities", "60000"]) == 0
    ended = run_here("run", STUDY, "--logs", "logs", "--as-of", "2026-11-20", "--out", "out", cwd=folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "out/segments/2026-11-20"


def test_the_groups_are_named_with_what_messages_do_in_them(night: Path) -> None:
    """The coupon brings the young with the app 4 EUR, others with it −1.5: intervals hold that but for one
    log in 50."""
    found = json.loads((night / "split.json").read_text())["segments"]
    assert found["against"] == "none" and found["p_value"] < 1e-6 and found["low"] > 0
    groups = {tuple(fact["fact"] for fact in one["facts"]): one for one in found["segments"]}
    assert set(groups) == {("age", "app"), ("app", "orders")} and len(found["segments"]) == 4
    coupon = [one["effects"][0] for one in found["segments"] if one["facts"][0]["fact"] == "age"]
    held = sorted((one["low"], one["high"]) for one in coupon)
    assert [low < truth < high for (low, high), truth in zip(held, (-1.5, 4.0), strict=True)] == [True, True]


def test_the_page_says_who_responds_differently(night: Path) -> None:
    said = page_text(night)
    said = said[: said.rindex("Data and method")]
    assert "4 groups respond differently" in said and "Coupon more than no message" in said
    assert "One half of the customers found the groups and each one&#39;s message" in said
    assert not any(word in said for word in (" ad ", " ads ", "channel", "users"))
