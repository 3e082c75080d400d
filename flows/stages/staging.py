"""Reading the logs: the study's settings handed to the SQL layer."""

from flows.night import Night
from flows.publishing.remove import remove
from flows.study_outcomes import unknown_outcome
from models.mdp import usable_evidence
from sql.errors import StudyError
from sql.events import Events
from sql.stage import stage_logs as stage_contract_logs


def stage_logs(night: Night) -> Events:
    """Contract, quarantine, pseudonyms, money in micros. Starts afresh, so it may be tried twice."""
    study, work = night.study, night.work / "events"
    remove(work)
    work.mkdir()
    events = stage_contract_logs(
        study.logs,
        folder=study.log_folder,
        work=work,
        as_of=night.as_of,
        time_zone=study.time_zone,
        margin_rate=study.decision.margin_rate,
        attribution_days=study.decision.attribution_days,
        delay_quantile=study.decision.delay_quantile,
        single_step=study.decision.single_step,
        exclude=study.exclude,
        key=night.key,
        idle=study.decision.idle,
    )
    unknown = unknown_outcome(study.outcome, events.outcome_names)
    if unknown is not None:
        raise StudyError(f"The study {study.name}: {unknown}")
    return usable_evidence(events, study.decision)
