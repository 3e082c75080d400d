"""Is the night fit to be believed? The checks of the log, of delivery and of the estimates."""

from flows.night import Night
from flows.stages.findings import Logged
from flows.stages.judging import RECOMMENDED, Judge
from flows.stages.spend import successes
from models import health
from models.behaviour import Behaviour
from models.evaluation import check_effect_on_the_past, check_logged_policy, followers_in_log
from models.health import DatedCheck, HealthLimits, LogFacts
from models.mdp import Transitions
from models.results import HealthCheck, PolicyEstimate
from models.trials import asks_of_a_table


def check_health(
    night: Night, logged: Logged, history: tuple[DatedCheck, ...], estimates: tuple[PolicyEstimate, ...] = ()
) -> tuple[HealthCheck, ...]:
    """Data and model checks; one that says stop forbids a verdict. estimates: none on a night that judged
    nothing."""
    study, events, transitions = night.study, logged.events, logged.transitions
    if asks_of_a_table(events):
        return health.check_table_of_a_test(events, study.logs.max_quarantined_share)
    if events.tier == "C":
        return health.check_totals(events, history, night.as_of, study.logs.max_quarantined_share)
    matter = {RECOMMENDED, *study.agents.algorithms}
    return health.check_health(
        LogFacts(
            events,
            night.as_of,
            study.decision.single_step,
            staged_cost_micros=health.staged_cost(
                events,
                first_day=int(transitions.day.min()),
                last_day=int(transitions.day.max()) + study.decision.epoch_days - 1,
                sample=transitions.entity if transitions.stands_for > 1 else None,
            ),
            purchases=successes(events, transitions),
            look_back_days=max(study.decision.windows_days),
            history=history,
        ),
        transitions,
        logged.behaviour,
        {row.policy: row.ess for row in estimates if row.policy in matter},
        HealthLimits(
            min_effective_sample_size=study.evaluation.min_effective_sample_size,
            min_none_overlap=study.split.min_none_overlap,
            max_quarantined_share=study.logs.max_quarantined_share,
        ),
    )


def check_placebos(
    night: Night, transitions: Transitions, behaviour: Behaviour, everybody: Judge
) -> tuple[HealthCheck, ...]:
    """Effects that cannot be: of today's delivery on itself, and of an ad on what was bought before it."""
    study = night.study
    itself = check_logged_policy(everybody.estimator)
    if study.decision.single_step:
        return (itself,)
    followers = followers_in_log(transitions, behaviour.probabilities)
    return itself, check_effect_on_the_past(followers, study.logs.min_cell_users)
