"""The personalised plan: what an agent earns at other budgets, and how much of it platforms can carry out."""

from dataclasses import dataclass, replace

import numpy as np

from flows.judging import Candidates, Judge
from flows.night import Night
from flows.spend import as_vector, spend_per_period
from models.agents.frontier import FrontierAnswer, MixturePolicy, policy_frontier
from models.agents.policy import AgentPolicy
from models.evaluation.support import refusal
from models.page_results import PersonalFrontier, PersonalPoint, ValueLeft
from models.policies import Floats, Policy
from models.rules import Logged, ScaledDelivery
from models.split import Segments, SplitChoice, segments_of
from models.split.choice import CHANNEL_TIERS
from models.split.frontier import SHARES
from models.split.projection import by_cell, every_cell, projection, value_left

CUT = 0.4
"""Of today's delivery in every channel: meets budgets that no agent goes down to."""
UNCLAIMED = "Impression-only logs cannot say what a personalised plan would cause."
NO_BETTER = "No personalised plan that the logs support earns more than today's delivery beyond doubt."
BY_CHANNEL, BY_SEGMENT = "channel", "channel and segment"


@dataclass(frozen=True)
class Personal:
    """The page, and the plan at the budget for those who act on it; None where agents are not all of it."""

    page: PersonalFrontier
    plan: MixturePolicy | None = None


@dataclass(frozen=True)
class _Part:
    """One part's users, with factors from the spend they estimate of today's delivery to the log's own."""

    judge: Judge
    factor: Floats  # (K,)

    def spending(self, policy: Policy) -> Floats | None:
        """(C, 1 + K) margin and the channels' spend per budget period; None where the log does not support
        the policy."""
        estimator, journeys = self.judge.estimator, self.judge.journeys
        if isinstance(policy, Logged):
            return self.in_budgets(estimator.logged)
        target = self.judge.target(policy)
        weights = estimator.marginal_weights(target)
        if refusal(estimator.support(target, weights), journeys.actions, self.judge.night.study.evaluation):
            return None
        return self.in_budgets(estimator.contributions(target, weights))

    def in_budgets(self, values: Floats) -> Floats:
        """(C, 1 + K) from contributions (C, o)."""
        journeys = self.judge.journeys
        names = journeys.outcome_names
        columns = [names.index(name) for name in ("margin", *(f"cost:{a}" for a in journeys.actions[1:]))]
        found: Floats = journeys.scale * values[:, columns] * np.append(1.0, self.factor)
        return found


def _part(judge: Judge, current: Floats) -> _Part:
    today = judge.delivery.today()[:, 1:].sum(axis=0)
    known = (today > 0) & (current > 0)
    return _Part(judge, np.divide(current, today, out=np.ones(len(current)), where=known))


def personalise(
    night: Night, tier: str, candidates: Candidates, chosen: SplitChoice, choosers: Judge, reporting: Judge
) -> Personal | None:
    """The frontier of the most trusted agent: corners from the choosing users, figures from the reporting
    ones. None without an agent or without a budget."""
    study, agent = night.study, candidates.best_agent
    spend = spend_per_period(reporting.transitions, study.split.period_days)
    current = as_vector(spend, reporting.transitions.actions)[1:]
    budget = study.split.total or float(current.sum())
    if agent is None or budget <= 0:
        return None
    page = PersonalFrontier(agent.name, budget)
    if tier not in CHANNEL_TIERS:
        return Personal(replace(page, empty=UNCLAIMED))
    part, others = _part(choosers, current), _part(reporting, current)
    frontier = policy_frontier(
        _policies(agent, study.agents.max_price, len(current)),
        part.spending,
        part.in_budgets(choosers.estimator.logged),
        channels=reporting.transitions.actions[1:],
        z=study.split.z,
        level=study.evaluation.level,
        interval=choosers.interval,
    )
    today = others.in_budgets(reporting.estimator.logged)
    answers = frontier.revalued(others.spending, reporting.interval, today)
    if not any(isinstance(corner.policy, AgentPolicy) for corner in answers.corners):
        return Personal(replace(page, empty=NO_BETTER))
    least, most = answers.reach
    page = replace(
        page,
        most=most,
        points=tuple(_point(answers.at(s * budget)) for s in SHARES if s * budget >= least),
        held=tuple((chosen.whole_channels or chosen).held),
    )
    if budget < least:
        return Personal(page)
    plan = answers.at(budget)
    agents = [isinstance(policy, AgentPolicy) for policy in plan.policy.used]
    if not any(agents):
        return Personal(replace(page, usual=True))
    wanted = frontier.shared(answers).at(budget).contributions
    page = replace(page, left=_left(part, wanted, others, plan.contributions))
    return Personal(page, plan.policy if all(agents) else None)


def by_segment(part: Judge) -> Segments | None:
    """One part's users by segment, whether or not platforms can be told; None without two segments."""
    split = part.night.study.split.model_copy(update={"segments": True})
    return segments_of(part.estimator, part.transitions, split)


def _policies(agent: AgentPolicy, max_price: float, channels: int) -> list[tuple[Policy, float]]:
    """The agent at its own price, at 0, where it shows whatever earns anything, and at the highest it knows;
    today's delivery and a cut of it. Each costs two evaluations: mixtures serve what lies between."""
    prices = sorted({0.0, agent.price, max_price})
    rules = (Logged(), ScaledDelivery((1.0,) + (CUT,) * channels, "today's delivery, cut"))
    return [
        *((replace(agent, price=price), price) for price in prices),
        *((rule, float("nan")) for rule in rules),
    ]


def _point(answer: FrontierAnswer) -> PersonalPoint:
    spend, margin = answer.spend_interval, answer.interval
    return PersonalPoint(
        budget=answer.budget,
        spend=spend.estimate,
        spend_low=spend.low,
        spend_high=spend.high,
        spend_by_channel=answer.spend_by_channel,
        value=margin.estimate,
        low=margin.low,
        high=margin.high,
        level=margin.level,
    )


def _left(choosers: _Part, wanted: Floats, reporting: _Part, earned: Floats) -> tuple[ValueLeft, ...]:
    """What is lost where platforms take budgets per channel, and where per channel and segment.

    wanted (C, 1 + K): the plan's margin and spend by choosing user, earned: by reporting user. Empty where
    the log supports no such delivery.
    """
    part, judge = choosers.judge, reporting.judge
    m = projection(part.delivery, wanted[:, 1:].sum(axis=0) / choosers.factor)
    projected: list[tuple[str, Policy]] = [(BY_CHANNEL, ScaledDelivery((1.0, *m.tolist()), BY_CHANNEL))]
    segments = by_segment(part)
    if segments is not None:
        cells = every_cell(segments)
        factor = choosers.factor[[cell.channel for cell in cells.cells]]
        m = projection(segments.delivery(cells), by_cell(wanted, cells, segments) / factor)
        projected.append((BY_SEGMENT, cells.policy((1.0, *m.tolist()), BY_SEGMENT)))
    found = [(by, reporting.spending(policy)) for by, policy in projected]
    level = judge.night.study.evaluation.level
    return tuple(
        value_left(earned, values, by=by, interval=judge.interval, level=level)
        for by, values in found
        if values is not None
    )
