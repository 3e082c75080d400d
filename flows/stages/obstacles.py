"""What to do on a night that can judge nothing, or has daily totals alone: say why, and what they do tell."""

from dataclasses import replace

from flows.night import Night
from flows.stages.days import days_of
from flows.stages.findings import Decided
from flows.stages.spend import attributed_roas
from models import split as splits
from models.mdp import Folds, TodaysBudget, Transitions, why_unjudgeable
from models.results import NotDrawn, Obstacle, OneArm, SplitDecision, Stopped, TodaysMoney, TooShort
from models.totals import TotalsEvidence, decide_on_totals, fit_totals, read_totals
from models.trials import same_for_everybody
from sql.errors import LogError
from sql.events import Events
from sql.settings import DayRange

MOST_SPANS = 3
"""Stretches of excluded days that a sentence names."""


def learn_from_totals(night: Night, events: Events) -> TotalsEvidence | TooShort | None:
    """Tier C: what daily totals say, or why they say nothing. None where the logs hold more."""
    return read_daily_totals(night, events) if events.tier == "C" else None


def read_daily_totals(night: Night, events: Events) -> TotalsEvidence | TooShort:
    """What daily totals say, at any tier, or why they say nothing."""
    study = night.study
    try:
        return fit_totals(
            read_totals(events, margin_rate=study.decision.margin_rate),
            study.totals,
            period_days=study.split.period_days,
            level=study.evaluation.level,
            seed=study.seed,
            marked=days_of(study.event),
        )
    except LogError as too_little:
        return TooShort(str(too_little))


def find_obstacle(
    night: Night,
    transitions: Transitions,
    folds: Folds,
    budget: TodaysBudget,
    totals: TotalsEvidence | TooShort | None,
) -> Obstacle | None:
    """Why nothing can be judged yet, or None. Contradicting bounds are told before the long work begins."""
    study = night.study
    if totals is not None:
        return totals if isinstance(totals, TooShort) else totals.summary
    obstacle = why_unjudgeable(transitions, folds, study.decision, study.entity, study.logs.min_cell_users)
    if isinstance(obstacle, TooShort):
        obstacle = TooShort(obstacle.said + _taken_out(study.exclude))
    if study.decision.levels and not isinstance(obstacle, OneArm):
        return NotDrawn(same_for_everybody(transitions))
    if not obstacle:
        splits.check_bounds(budget.budgets, study.split, currency=study.currency)
    return obstacle


def _taken_out(exclude: tuple[DayRange, ...]) -> str:
    """What the study itself takes out of a log that is too short, to be told beside it."""
    if not exclude:
        return ""
    days = sum((span.last - span.first).days + 1 for span in exclude)
    spans = ", ".join(f"{span.first} to {span.last}" for span in exclude[:MOST_SPANS])
    more = f" and {len(exclude) - MOST_SPANS} more times" if len(exclude) > MOST_SPANS else ""
    return (
        f" The study takes out {days} {'day' if days == 1 else 'days'} with [[exclude]] ({spans}{more}): "
        "are all of them meant?"
    )


def decline(
    night: Night,
    events: Events,
    budget: TodaysBudget,
    obstacle: Obstacle | Stopped,
    totals: TotalsEvidence | TooShort | None,
) -> Decided:
    """NO_EVIDENCE, today's split, and no frontier: nothing could be judged."""
    study = night.study
    if isinstance(totals, TotalsEvidence):
        on_totals = decide_on_totals(
            totals, split=study.split, current=budget.budgets, attributed_roas=attributed_roas(events),
        )  # fmt: skip
        return Decided(_with_spend(on_totals, budget))
    decision = splits.no_evidence(
        obstacle,
        current=budget.budgets,
        spent=budget.spent,
        split=study.split,
        attributed_roas=attributed_roas(events),
    )
    return Decided(_with_spend(decision, budget))


def _with_spend(decision: SplitDecision, budget: TodaysBudget) -> SplitDecision:
    """The decision with what was spent of today's budgets, which are of whole channels here."""
    return replace(decision, today=TodaysMoney(tuple(budget.spent[row.channel] for row in decision.rows)))
