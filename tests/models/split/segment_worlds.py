"""A world of segments: one decision a user, channels whose ads earn differently by segment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.mdp.journeys import Journeys
from models.policies.rules import ScaledDelivery
from models.results import Overlap
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.segments import Segments
from tests.models.split.deciding import choose

Floats = NDArray[np.float64]
NAMES = ("explorers", "regulars")
CHANNELS = ("social", "search")
MU = np.array([0.5, 0.25, 0.25])  # none | social | search
PERIOD_USERS = 10_000  # a budget period reaches so many


@dataclass(frozen=True)
class SegmentWorld:
    """Users are explorers or regulars, half of each. An ad costs 1; `effect` is what one earns."""

    effect: tuple[tuple[float, float], tuple[float, float]]
    """Per segment: (social, search), in currency."""
    noise: float = 1.5

    def log(self, seed: int, users: int = 4000) -> Segments:
        rng = np.random.default_rng(seed)
        segment = rng.integers(0, 2, users)
        action = (rng.random(users)[:, None] > MU.cumsum()).sum(axis=1)
        earned = np.column_stack([np.zeros(2), self.effect])[segment, action]
        margin = 2.0 + segment + earned + self.noise * rng.standard_normal(users)
        cost = (action[:, None] == [1, 2]).astype(float)
        index = np.arange(users)
        of_segment = np.eye(2)[segment]
        journeys = Journeys(
            rows=index, journey=index, t=np.zeros(users, np.int32), cluster=index,
            action=action.astype(np.int16), eligible=np.ones((users, 3), bool), features=of_segment - 0.5,
            outcomes=np.column_stack([margin, cost, cost.sum(axis=1), margin - cost.sum(axis=1)]),
            n_clusters=users, n_journeys=users, cluster_key=index + seed * 1_000_000,
            scale=PERIOD_USERS / users,
            outcome_names=("margin", "cost:social", "cost:search", "cost", "profit"),
            outcome_units=("currency",) * 5, actions=("none", *CHANNELS),
        )  # fmt: skip
        estimator = DoublyRobust(journeys, np.tile(MU, (users, 1)), folds=2, ridge=1.0)
        shares = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
        return Segments(estimator, of_segment.astype(np.float32), NAMES, (0, 1), shares)

    def profit(self, multipliers: Floats) -> float:
        """True profit per period above today's, multipliers (segments, channels): linear in them."""
        per_user = 0.25 * (np.array(self.effect) - 1.0) * (multipliers - 1.0)
        return float(PERIOD_USERS / 2 * per_user.sum())


def whole(segments: Segments) -> DeliveryValue:
    """The same entities, with whole channels."""
    estimator, journeys = segments.estimator, segments.estimator.journeys

    def contributions(multipliers: Floats) -> Floats:
        policy = ScaledDelivery(tuple(multipliers.tolist()), "scaled")
        return estimator.contributions(
            policy.probabilities(segments.features, journeys.eligible, estimator.behaviour)
        )

    return DeliveryValue(
        contributions, outcome_names=journeys.outcome_names, actions=journeys.actions, scale=journeys.scale,
        cluster_key=journeys.cluster_key,
    )  # fmt: skip


def chosen(segments: Segments, split: SplitSettings, **more: object) -> SplitChoice:
    return choose(
        whole(segments), tier="A", split=split, evaluation=EvaluationSettings(),
        overlap=tuple(Overlap(c, 6000, 0.25, 0.5, 0.0) for c in CHANNELS),
        current=dict.fromkeys(CHANNELS, 2500.0), segments=segments, **more,
    )  # fmt: skip
