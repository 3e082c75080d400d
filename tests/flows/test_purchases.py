"""What purchases count for in a night: as expected where ads do not change that, as logged elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from flows.night import Night, open_scratch
from flows.stages.night_stages import fit_behaviour_policy
from flows.stages.purchases import Valued, value_purchases
from flows.study import read_study
from models.mdp import MARGIN_AS_LOGGED
from tests.flows.short_night import STUDY
from tests.models.evaluation.basket_shop import shop


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    path = tmp_path_factory.mktemp("worth") / "shop.toml"
    path.write_text(STUDY)
    study = read_study(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOT_PSEUDONYM_KEY", "a key for simulated users only")
        with open_scratch(study, date(2026, 11, 20)) as opened:
            yield opened


def valued(night: Night, bigger: float = 0.0, **changed: object) -> tuple[Valued, np.ndarray]:
    """What a night makes of a log whose ads make baskets bigger, and the margin as it was logged."""
    study = night.study
    for section, values in changed.items():
        study = study.model_copy(update={section: getattr(study, section).model_copy(update=values)})
    log, _ = shop(1, bigger)
    night = replace(night, study=study)
    return value_purchases(night, log, fit_behaviour_policy(night, log)), log.outcome("margin")


def test_a_purchase_counts_for_what_could_be_expected(night: Night) -> None:
    found, logged = valued(night)
    bought = logged > 0
    assert found.transitions.outcome("margin")[bought].std() < 0.1 * logged[bought].std()
    assert np.array_equal(found.transitions.outcome(MARGIN_AS_LOGGED), logged)
    (check,) = found.checks
    assert check.status == "ok" and check.figure >= 0.1


def test_ads_that_change_it_leave_every_margin_as_logged(night: Night) -> None:
    found, logged = valued(night, bigger=0.4)
    assert np.array_equal(found.transitions.outcome("margin"), logged)
    (check,) = found.checks
    assert check.status == "ok" and check.figure < 0.1  # nothing is wrong: it was asked, and heeded


@pytest.mark.parametrize(
    "changed",
    [
        {"evaluation": {"purchase_worth": "logged"}},
        {"decision": {"single_step": True}},
        {"decision": {"levels": (0.0, 10.0, 20.0)}},
    ],
)
def test_where_it_is_not_asked_nothing_changes(night: Night, changed: dict[str, object]) -> None:
    found, logged = valued(night, **changed)
    assert np.array_equal(found.transitions.outcome("margin"), logged)
    assert not found.checks
