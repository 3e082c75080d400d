"""Choosing and confirming a split with no more said than a test is about."""

from collections.abc import Mapping

from models.evaluation import Believed
from models.results import Hold, Overlap, SplitDecision
from models.settings import EvaluationSettings, SplitSettings
from models.split.choice import SplitChoice
from models.split.confirm import confirm_split, delivered
from models.split.delivery import DeliveryValue
from models.split.doubt import Doubt, IntervalMethod, bootstrap_interval
from models.split.optimiser import choose_split
from models.split.segments import Segments
from models.split.steadiness import EarlierNight
from models.split.terms import Budgets, Known, LoggedFacts, Terms
from models.split.verdict import Objections, Standing


def choose(
    delivery: DeliveryValue,
    *,
    tier: str,
    split: SplitSettings,
    evaluation: EvaluationSettings,
    overlap: tuple[Overlap, ...],
    current: Mapping[str, float] | None = None,
    spent: Mapping[str, float] | None = None,
    valued: Mapping[str, float] | None = None,
    held: Mapping[str, Hold] | None = None,
    segments: Segments | None = None,
    earlier: EarlierNight | None = None,
) -> SplitChoice:
    return choose_split(
        delivery,
        Terms(split, evaluation),
        Known(tier, overlap, held or {}, earlier),
        Budgets(current, spent, valued),
        segments=segments,
    )


def confirm(
    choice: SplitChoice,
    delivery: DeliveryValue,
    *,
    split: SplitSettings,
    objections: Objections | None = None,
    attributed_roas: Mapping[str, float | None] | None = None,
    overlap: tuple[Overlap, ...] = (),
    logged_days: int | None = None,
    interval: IntervalMethod | None = None,
    believed: Believed | None = None,
    segments: Segments | None = None,
    earlier: EarlierNight | None = None,
) -> SplitDecision:
    asked = delivered(choice, delivery, segments)
    return confirm_split(
        choice,
        asked,
        split,
        LoggedFacts(overlap, logged_days, attributed_roas or {}),
        Standing(objections or Objections(), believed, earlier),
        Doubt(interval or bootstrap_interval(asked.cluster_key)),
    )
