"""Reading the logs: the study's settings handed to the SQL layer."""

from pathlib import Path

from flows.night import Night
from flows.remove import remove
from flows.store.mirror import mirror_logs
from flows.study import Study
from flows.study_outcomes import needs_purchases, unknown_outcome
from models.mdp import MARGIN, Feature, features_of, usable_evidence
from models.policies import RulePolicy
from models.trials import asks_of_a_table
from sql.errors import AllotError, StudyError
from sql.events import Events
from sql.stage import stage_logs as stage_contract_logs

MIRROR = ".mirror"
"""Folder of the copy of logs that lie in an object store."""
GOODS_FOR_NOTHING = (
    "`decision.demand` asks what a price brings, but no purchase carries a margin and `decision.margin_rate` "
    "is not set: goods would cost nothing, and giving more of them away look best. Add a column margin to "
    "the purchases, what is left after discount and goods, or set the rate."
)


def stage_logs(night: Night) -> Events:
    """Contract, quarantine, pseudonyms, money in micros. Starts afresh, so it may be tried twice."""
    study, work = night.study, night.work / "events"
    folder = _log_folder(night)
    remove(work)
    work.mkdir()
    try:
        events = stage_contract_logs(
            study.logs,
            folder=folder,
            work=work,
            as_of=night.as_of,
            time_zone=study.time_zone,
            margin_rate=study.decision.margin_rate_set,
            attribution_days=study.decision.attribution_days,
            delay_quantile=study.decision.delay_quantile,
            single_step=study.decision.single_step,
            exclude=study.exclude,
            key=night.key,
            idle=study.decision.idle,
            currency=study.currency,
            needs_purchases=needs_purchases(study.outcome),
        )
    except AllotError as error:
        if study.log_store is None:
            raise
        raise type(error)(str(error).replace(str(folder), str(study.log_store))) from None
    unknown = unknown_outcome(study.outcome, events.outcome_names)
    if unknown is not None:
        raise StudyError(f"The study {study.name}: {unknown}")
    if events.is_margin_revenue and study.decision.demand and _earns_margin(study):
        raise StudyError(f"The study {study.name}: {GOODS_FOR_NOTHING}")
    events = usable_evidence(events, study.decision)
    _refuse_unknown_names(study, events)
    return events


def _refuse_unknown_names(study: Study, events: Events) -> None:
    """Of the study's rules, before anything is learnt. A table of counts or totals decides about nobody; what
    a network makes of the order of events has its names once it is taught."""
    if study.rules and events.tier != "C" and not asks_of_a_table(events) and study.state.encoder == "counts":
        policies_of(study, features_of(events, study.decision), events.actions)


def policies_of(
    study: Study, features: tuple[Feature, ...], actions: tuple[str, ...]
) -> tuple[RulePolicy, ...]:
    """The study's own rules over these features and actions. Raises StudyError for a name there is not."""
    return tuple(rules.policy(features, actions) for rules in study.rules)


def _earns_margin(study: Study) -> bool:
    """Whether margin is a goal: it is unless the study names others alone."""
    goals = [one.name for one in study.outcome if one.role == "goal"]
    return not goals or MARGIN in goals


def _log_folder(night: Night) -> Path:
    """Where the logs lie on this machine. What no study asks for any more is not left lying about."""
    study, kept = night.study, night.root / MIRROR
    if study.log_store is None or not study.logs.keep_copy:
        remove(kept)
    if study.log_store is None:
        return study.log_folder
    parent = kept if study.logs.keep_copy else night.work / MIRROR
    folder = mirror_logs(study.log_store, parent, night.progress.step)
    night.progress.uncounted()
    return folder
