"""What keeps today's split although a plan promises more."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.stages.judging import Promise
from flows.stages.night_stages import doubts_of
from models import split as splits
from models.evaluation.checks.effect_on_the_past import EFFECT_ON_THE_PAST
from models.results import FewDiffer, HealthCheck
from models.split.choice import SplitChoice
from reports.sentences.refusals import recorded

FEW = FewDiffer("profit")


def promise(**changes: Any) -> Promise:
    return Promise(cast(SplitChoice, SimpleNamespace()), **changes)


def check(name: str, status: str) -> HealthCheck:
    return HealthCheck(name, status, 1.0, "", "", "")


def test_nothing_in_the_way_is_no_doubt() -> None:
    sound = promise(witnesses=(check("witness: plan", "ok"),))
    assert doubts_of(sound, (check(EFFECT_ON_THE_PAST, "ok"),), "user") == []


@pytest.mark.parametrize(
    ("told", "checks", "doubt"),
    [
        (promise(witnesses=(check("witness: plan", "warn"),)), (), splits.DISPUTED),
        (promise(), (check(EFFECT_ON_THE_PAST, "warn"),), splits.UNSEEN),
        (promise(refused=FEW), (), recorded(FEW, "shop")),
    ],
)
def test_each_obstacle_is_a_doubt_of_its_own(
    told: Promise, checks: tuple[HealthCheck, ...], doubt: str
) -> None:
    """A promise that was refused is one too: no quicker figure may take its place and move money."""
    assert doubts_of(told, checks, "shop") == [doubt]
