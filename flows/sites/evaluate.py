"""`allot evaluate` over several logs: one policy, scored by all sites' sums. `models.evaluation.pooled` works
them out; docs/sites.md has the protocol."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from rich.table import Table

from flows.evaluate import OUTCOME, by_the_state, read_policy
from flows.evaluation_words import uplift_sentence, verdict
from flows.night import Night, open_scratch
from flows.policy_files.file import ScaledChannels
from flows.policy_files.rules import RuleFile
from flows.process.determinism import determinism
from flows.sites.rounds import Rounds
from flows.stages import night_stages as stages
from flows.study import Study
from flows.tables import escape, print_table
from models.behaviour import logged_in_full
from models.evaluation import DoublyRobust, PolicyOfSites, Telling, site_journeys, uplift_of_sites
from models.mdp import Feature, FeatureRows, JourneyTerms, Sites, Transitions
from models.policies import probabilities_in
from models.results import Uplift
from reports.sentences import refusals
from sql.errors import LogError, StudyError
from sql.events import Events

COVERS = (
    "Over several sites: one policy of multipliers or rules against today's delivery, where every decision "
    "carries the probability of every action; intervals without the bootstrap. Refused: delivery that would "
    "have to be learnt, tables of decisions, agents, and a sum of fewer than logs.min_cell_users."
)
"""What is covered, in a sentence or two."""
TIERS = ("A+", "A", "B", "C")
"""The best first."""


@dataclass(frozen=True)
class SiteLog:
    """One site's table, as it was read; it stays with the site."""

    name: str
    night: Night
    events: Events
    transitions: Transitions


def evaluate_sites(studies: Sequence[tuple[str, Study]], as_of: date, path: Path) -> None:
    """Print the policy's outcomes beside today's over all sites. studies: each site's name, and the study
    with its log. Raises StudyError and LogError as `site_policy` does."""
    first = studies[0][1]
    found = read_policy(path)
    if not isinstance(found, ScaledChannels | RuleFile):
        raise StudyError(f"{path} holds neither multipliers nor rules. {COVERS}")
    with ExitStack() as stack, determinism(first):
        logs = [read_site(stack.enter_context(open_scratch(study, as_of)), name) for name, study in studies]
        rounds = Rounds([log.name for log in logs])
        with logs[0].night.progress.stage("evaluate the policy"):
            said, columns = site_policy(logs, found, rounds)
    everything = {f.name for log in logs for f in log.transitions.feature_spec}
    _print(first, said, logs, sorted(everything - set(columns)))


def site_policy(
    logs: Sequence[SiteLog], found: ScaledChannels | RuleFile, rounds: Rounds
) -> tuple[PolicyOfSites, tuple[str, ...]]:
    """What all sites say of a policy, and the features it was adjusted for.

    Raises StudyError where sites' logs do not fit together; LogError
    where a site's propensities are not whole, or a sum would be of a few.
    """
    shared = _shared_features(logs)
    settings, decision = logs[0].night.study.evaluation, logs[0].night.study.decision
    terms = JourneyTerms(
        decision.horizon_days, decision.tail_days, decision.single_step, logs[0].night.study.split.period_days
    )

    def program(number: int, sites: Sites) -> tuple[PolicyOfSites, tuple[str, ...]]:
        log = logs[number]
        table, least = log.transitions, log.night.study.logs.min_cell_users
        policy = by_the_state(found, table)
        delivery = _told(log)
        own = {f: k for k, f in enumerate(table.feature_spec)}
        telling = Telling(tuple(own[f] for f in shared), settings.folds, least)
        journeys, columns = site_journeys(table, terms, sites, telling)
        behaviour = journeys.delivery(delivery)
        target = probabilities_in(
            policy, FeatureRows(table.features, journeys.rows), journeys.eligible, behaviour
        )
        dr = DoublyRobust(
            journeys,
            behaviour,
            folds=settings.folds,
            ridge=settings.ridge,
            min_behaviour_probability=settings.min_behaviour_probability,
        )
        said = uplift_of_sites(dr, np.asarray(target, np.float64), policy.name, settings)
        return said, tuple(table.feature_spec[k].name for k in columns)

    return rounds.run(program)[0]


def read_site(night: Night, name: str) -> SiteLog:
    """A site's own log, staged and built as a night's."""
    with night.progress.stage(f"read the logs of {name}"):
        events = stages.stage_logs(night)
    with night.progress.stage(f"build the transitions of {name}"):
        return SiteLog(name, night, events, stages.build_transitions(night, events))


def _told(log: SiteLog) -> np.ndarray:
    try:
        return logged_in_full(log.transitions)
    except LogError as error:
        raise LogError(f"{log.name}: {error}") from None


def _shared_features(logs: Sequence[SiteLog]) -> tuple[Feature, ...]:
    """Those of every site, in the first one's order. Raises StudyError where actions or outcomes differ."""
    first = logs[0].transitions
    for log in logs[1:]:
        table = log.transitions
        for what, mine, theirs in (
            ("actions", table.actions, first.actions),
            ("outcomes", table.outcome_spec, first.outcome_spec),
        ):
            if mine != theirs:
                raise StudyError(
                    f"{log.name} logs other {what} than {logs[0].name}; they cannot be added up."
                )
    common = set.intersection(*({*log.transitions.feature_spec} for log in logs))
    return tuple(f for f in first.feature_spec if f in common)


def _print(study: Study, said: PolicyOfSites, logs: Sequence[SiteLog], left_out: list[str]) -> None:
    table = Table("outcome", box=None, pad_edge=False)
    for name in ("today", "policy", "difference", "low", "high"):
        table.add_column(name, justify="right")
    for row in said.outcomes:
        gain = row.uplift
        figures: list[float | None] = [row.today, row.value, None, None, None]
        if isinstance(gain, Uplift):
            figures[2:] = [gain.estimate, gain.low, gain.high]
        table.add_row(escape(row.outcome), *("-" if f is None else f"{f:,.2f}" for f in figures))
    print_table(table)
    gain = next(row.uplift for row in said.outcomes if row.outcome == OUTCOME)
    unit = f"{study.currency} per {study.split.period_days} days"
    print(uplift_sentence(gain, unit, study.entity))
    for row in said.outcomes:
        if not isinstance(row.uplift, Uplift):
            print(f"No figure for {escape(row.outcome)}: {refusals.recorded(row.uplift, study.entity)}.")
    print(
        f"{len(logs)} sites, {said.entities:,} {study.words.entities}. Effective sample size: "
        f"{said.effective_journeys:,.0f} of {said.journeys:,} journeys at the thinnest step, "
        f"{said.whole_journeys:,.0f} that went this way from end to end."
    )
    if left_out:
        print(f"Not adjusted for, since a site cannot show it: {', '.join(left_out)}.")
    worst = max(logs, key=lambda log: TIERS.index(log.events.tier))
    print(verdict(gain, worst.events.tier, worst.events.tier_reason, said.witness))
    print(COVERS)
