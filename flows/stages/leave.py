"""What the night leaves behind: next actions, the report, the published folder."""

from pathlib import Path

import polars as pl

from flows.night import Night
from flows.publishing.manifest import describe, git_commit
from flows.publishing.publish import publish
from flows.publishing.told import privacy_of
from flows.publishing.upload import upload_night
from flows.stages.personal import Personal
from models.agents import do_not_act, next_best_actions, told_actions
from models.behaviour import Behaviour
from models.mdp import TodaysBudget, Transitions
from models.results import NightResult
from models.trials import arms_for_entities
from reports.pages.personal import how_sure, why_not_to_act
from reports.write import write_reports
from sql.events import Events

TESTED = "test"
"""What speaks for the answer of a test is told with it."""


def recommend_next_actions(
    night: Night,
    transitions: Transitions,
    behaviour: Behaviour,
    budget: TodaysBudget,
    personal: Personal | None,
    result: NightResult,
) -> None:
    """next_best_action.parquet: per user, what the personalised plan at the budget shows next, or what a
    test answered; where the report says not to act on it, so does the file. `evidence` says what speaks for
    the plan as a whole: a night that keeps today's split may have one for which nothing sure does."""
    study = night.study
    trial = result.levels.advised if result.levels else result.trial
    tested = None if trial is None else arms_for_entities(trial, transitions)
    if tested is not None:
        table, evidence = told_actions(transitions, tested), TESTED
    elif personal is None or personal.plan is None or why_not_to_act(result):
        table, evidence = do_not_act(transitions), None
    else:
        evidence = how_sure(result)
        table = next_best_actions(
            transitions,
            personal.plan,
            behaviour.model,
            min_probability=study.evaluation.min_behaviour_probability,
            budget=(study.split.total or budget.total) / budget.total if budget.total > 0 else 1.0,
            lately_days=None if study.decision.single_step else study.split.period_days,
        )
    beside = ("entity", "action", "supported")
    told = pl.lit(evidence, dtype=pl.String).alias("evidence")
    table = table.select(*beside, told, pl.exclude(*beside))
    table.write_parquet(night.staging / "next_best_action.parquet", statistics=False)


def write_report(night: Night, result: NightResult) -> None:
    """Everything people and machines read, into the staging folder."""
    write_reports(result, night.staging)


def publish_night(night: Night, events: Events, result: NightResult) -> Path:
    """Move the staging folder to OUT/<study>/<as_of>, whole or not at all. May be tried twice."""
    timings = {
        "run": night.run,
        "began": night.began.isoformat(timespec="seconds"),
        "commit": git_commit(),
        "threads": night.study.logs.threads,
        "seconds": {text: round(seconds, 3) for text, seconds in night.progress.seconds.items()},
    }
    described = describe(night.study, night.as_of, events, night.previous)
    described |= privacy_of(result.shared, night.root, night.as_of)
    return publish(night.staging, night.root, night.as_of, described, timings)


def copy_to_store(night: Night, folder: Path) -> None:
    """Copy the published folder to the study's object store, its manifest last. May be tried twice."""
    address = night.study.publish.address
    if address is not None:
        upload_night(folder, address.below(night.study.name, folder.name), night.progress.step)
