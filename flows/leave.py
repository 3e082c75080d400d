"""What the night leaves behind: next actions, the report, the published folder."""

from pathlib import Path

from flows.manifest import describe, git_commit
from flows.night import Night
from flows.personal import Personal
from flows.publish import publish
from models.agents.policy import AgentPolicy
from models.behaviour import Behaviour
from models.next_best_action import next_best_actions
from models.results import NightResult
from models.transition_table import Transitions
from reports.write import write_reports
from sql.events import Events


def recommend_next_actions(
    night: Night,
    transitions: Transitions,
    behaviour: Behaviour,
    best_agent: AgentPolicy | None,
    personal: Personal | None,
) -> None:
    """next_best_action.parquet: per user, what the personalised plan at the budget would show next; where
    there is none, the most trusted agent."""
    next_best_actions(
        transitions,
        (personal.plan if personal else None) or best_agent,
        behaviour.model,
        min_probability=night.study.evaluation.min_behaviour_probability,
    ).write_parquet(night.staging / "next_best_action.parquet", statistics=False)


def write_report(night: Night, result: NightResult) -> None:
    """Everything people and machines read, into the staging folder."""
    write_reports(result, night.staging)


def publish_night(night: Night, events: Events) -> Path:
    """Move the staging folder to OUT/<study>/<as_of>, whole or not at all. May be tried twice."""
    timings = {
        "run": night.run,
        "began": night.began.isoformat(timespec="seconds"),
        "commit": git_commit(),
        "threads": night.study.logs.threads,
        "seconds": {text: round(seconds, 3) for text, seconds in night.progress.seconds.items()},
    }
    described = describe(night.study, night.as_of, events, night.previous)
    return publish(night.staging, night.root, night.as_of, described, timings)
