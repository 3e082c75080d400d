"""The personalised plan: what an agent earns at other budgets, and how much of it platforms can carry out."""

from dataclasses import dataclass, replace

from flows.night import Night
from flows.stages.judging import Candidates, Judge, by_segment
from flows.stages.spend import Spending
from models.agents import (
    AgentPolicy,
    Evaluated,
    FrontierAnswer,
    MixturePolicy,
    PolicyFrontier,
    networks_side_by_side,
    policy_frontier,
)
from models.evaluation import PolicyMoney
from models.mdp import TodaysBudget
from models.policies import Floats, Logged, Policy, ScaledDelivery
from models.results import PersonalFrontier, PersonalPoint, ValueLeft
from models.spending import SpendForecast
from models.split import CHANNEL_TIERS, SHARES, SplitChoice, by_cell, every_cell, projection, value_left
from reports.sentences import guardrails

CUT = 0.4
"""Of today's delivery in every channel: meets budgets that no agent goes down to."""
NO_BETTER = "No personalised plan that the logs support earns more than today's delivery beyond doubt."
GUARDED = "The personalised plan is held back."
BY_CHANNEL, BY_SEGMENT = "channel", "channel and segment"


@dataclass(frozen=True)
class Personal:
    """The page, and the plan at the budget for those who act on it; None where no agent is in it."""

    page: PersonalFrontier
    plan: MixturePolicy | None = None


def recommended_plan(
    best_agent: AgentPolicy | None, personal: Personal | None
) -> AgentPolicy | MixturePolicy | None:
    """Who is shown what: the personalised plan at the budget; where there is none, the most trusted agent."""
    return (personal.plan if personal else None) or best_agent


@dataclass(frozen=True)
class Part:
    """One part's users, and their money in the units of the log's budgets."""

    judge: Judge
    money: PolicyMoney

    def evaluate(self, policy: Policy, ahead: SpendForecast | None = None) -> Evaluated | None:
        """What it earns and spends; None where the log does not support it. ahead: of everybody's next
        period; without it, what it spends then is left open."""
        found = self.money.today if isinstance(policy, Logged) else self.money.of(self.judge.target(policy))
        if found is None:
            return None
        return Evaluated(found, None if ahead is None else ahead.of(policy, networks_side_by_side))


def part_of(judge: Judge, today: TodaysBudget) -> Part:
    """One part's users, whose delivery today spends today's budget."""
    return Part(judge, PolicyMoney(judge.estimator, judge.night.study.evaluation, today.total))


def personalise(
    night: Night,
    candidates: Candidates,
    chosen: SplitChoice,
    choosers: Judge,
    reporting: Judge,
    spending: Spending,
) -> Personal | None:
    """The frontier of the most trusted agent: corners from the choosing users, figures from the reporting
    ones; where nothing costs anything, the plan that earns most. None without an agent, and where logs cannot
    say what delivery causes."""
    study, agent = night.study, candidates.best_agent
    budget = study.split.total or spending.today.total
    if agent is None or chosen.tier not in CHANNEL_TIERS:
        return None
    page = PersonalFrontier(agent.name, budget)
    part, others = part_of(choosers, spending.today), part_of(reporting, spending.today)
    frontier, answers = frontiers(agent, part, others, spending.ahead)
    if not any(isinstance(corner.policy, AgentPolicy) for corner in answers.corners):
        return Personal(replace(page, empty=NO_BETTER))
    if budget <= 0:
        return _free(page, answers, reporting, others)
    least, most = answers.reach
    page = replace(
        page,
        least=least,
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
    if broken := _guarded(reporting, plan.policy):
        return Personal(replace(page, points=(), empty=broken))
    wanted = frontier.shared(answers).at(budget).contributions
    page = replace(page, left=_left(part, wanted, others, plan.contributions))
    return Personal(page, plan.policy)


def _guarded(reporting: Judge, policy: Policy) -> str:
    """The guardrail that a plan does not pass, in a sentence; empty where it passes all."""
    bounds = reporting.guardrails(reporting.target(policy))
    risk = next((one for one in bounds if not one.kept), None)
    return f"{GUARDED} {guardrails.broken(risk, reporting.night.study.entity)}" if risk else ""


def _free(page: PersonalFrontier, answers: PolicyFrontier, reporting: Judge, others: Part) -> Personal:
    """Without a budget: the plan that spends nothing and earns most; none where every one costs something."""
    if answers.reach[0] > 0:
        return Personal(replace(page, empty=NO_BETTER))
    plan = answers.at(0.0)
    if not any(isinstance(policy, AgentPolicy) for policy in plan.policy.used):
        return Personal(replace(page, usual=True, empty=NO_BETTER))
    if broken := _guarded(reporting, plan.policy):
        return Personal(replace(page, empty=broken))
    gain = (plan.contributions - others.money.today)[:, 0]
    level = reporting.night.study.evaluation.level
    return Personal(replace(page, free=reporting.interval(gain, level)), plan.policy)


def frontiers(
    agent: AgentPolicy, choosers: Part, reporting: Part, ahead: SpendForecast | None
) -> tuple[PolicyFrontier, PolicyFrontier]:
    """The agent's frontier as the choosing users have it, and the same corners as the reporting users do.
    What a corner spends in the next period everybody has said."""
    study = choosers.judge.night.study
    actions = choosers.judge.journeys.actions
    ahead = None if ahead is None else ahead.prepare()
    chosen = policy_frontier(
        _policies(agent, study.agents.max_price, len(actions) - 1),
        lambda policy: choosers.evaluate(policy, ahead),
        choosers.money.today,
        channels=actions[1:],
        z=study.split.z,
        level=study.evaluation.level,
        interval=choosers.judge.interval,
    )
    chosen = replace(chosen, doubt=None if ahead is None else ahead.doubt)
    told = chosen.revalued(reporting.evaluate, reporting.judge.interval, reporting.money.today)
    return chosen, told


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
    spend, margin, corrected = answer.spend_interval, answer.interval, answer.spend_corrected
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
        corrected_low=None if corrected is None else corrected.low,
        corrected_high=None if corrected is None else corrected.high,
    )


def _left(choosers: Part, wanted: Floats, reporting: Part, earned: Floats) -> tuple[ValueLeft, ...]:
    """What is lost where platforms take budgets per channel, and where per channel and segment.

    wanted (C, 1 + K): the plan's margin and spend by choosing user, earned: by reporting user. Empty where
    the log supports no such delivery.
    """
    part, judge, factor = choosers.judge, reporting.judge, choosers.money.factor
    m = projection(part.delivery, wanted[:, 1:].sum(axis=0) / factor)
    projected: list[tuple[str, Policy]] = [(BY_CHANNEL, ScaledDelivery((1.0, *m.tolist()), BY_CHANNEL))]
    segments = by_segment(part)
    if segments is not None:
        cells = every_cell(segments)
        m = projection(segments.delivery(cells), by_cell(wanted, cells, segments) / factor)
        projected.append((BY_SEGMENT, cells.policy((1.0, *m.tolist()), BY_SEGMENT)))
    found = [(by, reporting.money.of(judge.target(policy))) for by, policy in projected]
    level = judge.night.study.evaluation.level
    return tuple(
        value_left(earned, values, by=by, interval=judge.interval, level=level)
        for by, values in found
        if values is not None
    )
