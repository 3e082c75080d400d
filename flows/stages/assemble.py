"""The night's result for the reports: everything side by side, nothing computed anew."""

from dataclasses import replace
from typing import Literal

import numpy as np

from flows.flat_settings import flatten
from flows.night import Night
from flows.publishing.manifest import code_version
from flows.stages.days import days_out, iso_day
from flows.stages.findings import Decided, Judged, Logged
from flows.stages.judging import Judge
from flows.stages.personal import Personal, recommended_plan
from flows.stages.rules import told
from flows.stages.spend import attributed_margin
from models.agents import ALGORITHMS, AgentPolicy, explain, favoured
from models.mdp import left_out
from models.policies import KNOWN_POLICIES, Policy
from models.results import (
    Explanation,
    HealthCheck,
    NightResult,
    Pictures,
    PolicyNote,
    TableFate,
    Vocabulary,
)
from reports.words import said

EXPLAINED_ROWS = 4000
SAID_OF = {one.name: one for one in (*KNOWN_POLICIES, *ALGORITHMS)}
"""What the registries say of the plans that every night compares, by name."""


def assemble_result(
    night: Night,
    logged: Logged,
    health: tuple[HealthCheck, ...],
    decided: Decided,
    pictures: Pictures,
    judged: Judged | None,
) -> NightResult:
    """Everything a report needs. judged: None on a night that could judge nothing."""
    study, events = night.study, logged.events
    transitions, behaviour = logged.transitions, logged.behaviour
    evaluation = judged.evaluation if judged else None
    left = left_out(transitions, events, study.decision)
    return NightResult(
        study=study.name,
        as_of=night.as_of.isoformat(),
        currency=study.currency,
        time_zone=study.time_zone,
        vocabulary=study.words,
        tier=events.tier,
        tier_reason=events.tier_reason,
        logged_from=iso_day(events.first_day),
        logged_to=iso_day(events.last_day),
        users=logged.folds.entities,
        users_compared=evaluation.users if evaluation else None,
        users_judged=judged.everybody.journeys.n_clusters if judged else None,
        decisions=transitions.n_rows,
        horizon_days=study.decision.horizon_days,
        tail_days=0 if study.decision.single_step else study.decision.tail_days,
        per=study.evaluation.per,
        actions=transitions.actions,
        split=decided.split,
        evaluation=evaluation.estimates if evaluation else (),
        evidence=evaluation.evidence if evaluation else (),
        policies=tuple(_note(policy, study.words) for policy in evaluation.policies) if evaluation else (),
        frontier=decided.frontier,
        trial=decided.trial,
        levels=decided.levels,
        tests=decided.tests,
        regions=decided.regions,
        personal=judged.personal.page if judged and judged.personal else None,
        calibration=behaviour.calibration,
        overlap=behaviour.overlap,
        health=health,
        explanation=_explained(judged) if judged else None,
        training=judged.agents.training if judged else (),
        tables=tuple(
            TableFate(
                table=count.table,
                rows_in=count.rows_in,
                good=count.good,
                duplicate=count.duplicate,
                not_yet_known=count.not_yet_known,
                quarantined=count.quarantined,
            )
            for count in events.counts
        ),
        notes=(
            *night.notes,
            *events.notes,
            *logged.notes,
            *pictures.notes,
            *behaviour.notes,
            *(judged.agents.notes if judged else ()),
        ),
        immature_share=left.young,
        segments_unused=segments_unused(
            len(transitions.segments), is_cut=judged.promise.chosen.cells is not None
        )
        if judged and study.split.segments
        else "",
        excluded=days_out(study.exclude, events),
        excluded_share=left.excluded,
        code_version=code_version(),
        settings=flatten(study),
        pictures=pictures,
        claimed_margins=attributed_margin(events),
        users_in_log=_in_log(logged),
    )


def segments_unused(segments: int, *, is_cut: bool) -> Literal["", "alike", "fewer than two"]:
    """Why no budget is of a segment though the study asks for such: the search cut no channel, or none of the
    cuts promised more. is_cut: the chosen split has budgets by segment."""
    if is_cut:
        return ""
    return "fewer than two" if segments < 2 else "alike"


def _in_log(logged: Logged) -> int | None:
    """Entities that a sample stands for; None where it is all of them."""
    each = logged.transitions.stands_for
    return None if each == 1 else round(each * logged.folds.entities)


def _note(policy: Policy, words: Vocabulary) -> PolicyNote:
    """An analyst's own rule has its own words; the others take the study's."""
    known = SAID_OF.get(policy.name)
    if known is None:
        return PolicyNote(policy=policy.name, label=policy.name, text=getattr(policy, "text", ""))
    return PolicyNote(policy=policy.name, label=known.label, text=said(words, known.text))


def _explained(judged: Judged) -> Explanation | None:
    found = explanation_of(judged.everybody, judged.best_agent, judged.personal)
    return None if found is None else replace(found, rules=told(judged.rules), one_step=judged.one_step)


def explanation_of(
    judge: Judge, best_agent: AgentPolicy | None, personal: Personal | None
) -> Explanation | None:
    """Of the plan that decides who is shown what, on decisions with a choice, where journeys
    have one: their tails have none; None without a plan."""
    policy = recommended_plan(best_agent, personal)
    if policy is None or best_agent is None:
        return None
    transitions, rows = judge.transitions, judge.journeys.rows
    asked = np.flatnonzero(judge.journeys.eligible.sum(axis=1) >= 2)
    asked = asked[:: max(1, -(-len(asked) // EXPLAINED_ROWS))]
    rows, behaviour = rows[asked], judge.behaviour[asked]
    eligible = judge.journeys.eligible[asked]

    def recommended(features: np.ndarray) -> np.ndarray:
        return favoured(policy, features, eligible, behaviour)

    features = transitions.features[rows]
    told = explain(
        best_agent.name,
        recommended(features),
        features,
        eligible,
        transitions.feature_spec,
        transitions.actions,
        recommended,
        judge.night.study.seed,
        entity=transitions.entity[rows],
        min_users=judge.night.study.logs.min_cell_users,
    )
    return None if told is None else replace(told, at_budget=policy is not best_agent)
