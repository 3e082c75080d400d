"""What keeps today's split although a plan promises more."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.stages.night_stages import first_doubt
from flows.stages.promise import Promise
from models.evaluation.checks.effect_on_the_past import EFFECT_ON_THE_PAST
from models.results import Disagreement, EstimatesDiffer, FewDiffer, HealthCheck, NotSupported, ReactsToHidden
from models.split.choice import SplitChoice

FEW = FewDiffer("profit")


def promise(**changes: Any) -> Promise:
    return Promise(cast(SplitChoice, SimpleNamespace()), **changes)


def check(name: str, status: str) -> HealthCheck:
    return HealthCheck(name, status, 1.0, "", "", "")


def test_nothing_in_the_way_is_no_doubt() -> None:
    sound = promise(witnesses=(check("witness: plan", "ok"),))
    assert first_doubt(sound, (check(EFFECT_ON_THE_PAST, "ok"),)) is None


@pytest.mark.parametrize(
    ("told", "checks", "doubt"),
    [
        (promise(witnesses=(check("witness: plan", "warn"),)), (), EstimatesDiffer()),
        (promise(), (check(EFFECT_ON_THE_PAST, "warn"),), ReactsToHidden()),
        (promise(refused=FEW), (), NotSupported(FEW)),
    ],
)
def test_each_obstacle_is_a_doubt_of_its_own(
    told: Promise, checks: tuple[HealthCheck, ...], doubt: Disagreement
) -> None:
    """A promise that was refused is one too: no quicker figure may take its place and move money."""
    assert first_doubt(told, checks) == doubt
