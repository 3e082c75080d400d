"""The value of the n-th exposure: known effects that tire, and the cap that follows."""

from dataclasses import replace

import numpy as np
import pytest

from models.agents.advantage import AdvantageModel
from models.agents.advantage_fit import Residuals
from models.agents.caps import exposure_values, suggested_cap
from models.agents.experience import Normalisation
from models.page_results import ExposureValue
from models.transition_table import Feature
from tests.models.agents.tables import table


def test_the_value_falls_as_it_was_made_to() -> None:
    """Exposure n earns 2 - n and is shown mostly to those who buy for 5 anyway; a learner that believes in
    nothing is corrected. Four estimates within 0.2: beyond four standard errors."""
    rng = np.random.default_rng(11)
    n = 60_000
    before, rich = rng.integers(0, 4, n), rng.random(n) < 0.5
    shows = np.where(rich, 0.7, 0.3)
    action = (rng.random(n) < shows).astype(int)
    margin = 5.0 * rich + action * (1.0 - before) + rng.normal(size=n)
    world = table(
        actions=("none", "ad"),
        features=before[:, None].astype(float),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=margin,
        cost=np.full(n, 0.5),
        length=2,
    )
    world = replace(world, feature_spec=(Feature("shown_ad_7d", "count", ""),))
    mu = np.column_stack([1 - shows, shows])
    ignorant = AdvantageModel(
        Normalisation(np.zeros(1), np.ones(1)), np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((3, 1, 2, 2)), 1
    )
    # the value of a state is not known to the learner: it is guessed at 2.5 for all
    outcome = np.column_stack([margin - 2.5, np.zeros(n)])
    found = Residuals(np.arange(n), world.entity, (action - shows)[:, None], outcome, np.array([0.5]))
    (curve,) = exposure_values(world, mu, found, ignorant)
    assert [v.n for v in curve.values] == [1, 2, 3, 4]
    assert [v.estimate for v in curve.values] == pytest.approx([1, 0, -1, -2], abs=0.2)
    assert all(v.low < v.estimate < v.high and v.cost == pytest.approx(0.5) for v in curve.values)
    assert curve.cap.cap == 1 and "Exposure 2 in seven days" in curve.cap.reason


def value(n: int, estimate: float, reach: float = 0.1, cost: float = 0.5) -> ExposureValue:
    return ExposureValue("ad", n, estimate, estimate - reach, estimate + reach, cost)


@pytest.mark.parametrize(
    ("values", "cap"),
    [
        ((value(1, 1.0), value(2, 0.3), value(3, 0.1)), 1),
        ((value(1, 0.1), value(2, 0.0)), 0),  # not even the first pays
        ((value(1, 1.0), value(2, 0.45)), None),  # below its cost, but not beyond doubt
        ((value(1, 1.0), value(2, 0.3), value(3, 0.9)), None),  # a dip that the next one takes back
        ((value(1, 1.0), value(2, 0.45), value(3, 0.3)), 2),
    ],
)
def test_a_cap_needs_evidence_that_lasts(values: tuple, cap: int | None) -> None:
    assert suggested_cap(values).cap == cap
