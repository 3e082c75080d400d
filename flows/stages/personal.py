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
from models.evaluation import PolicyMoney, lower_bounds
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
    """Some users, and their money in the units of the log's budgets."""

    judge: Judge
    money: PolicyMoney

    def evaluate(self, policy: Policy, ahead: SpendForecast | None = None) -> Evaluated | None:
        """What it earns and spends; None where the log does not support it. ahead: of everybody's next
        period; without it, what it spends then is left open."""
        found = self.money.today if isinstance(policy, Logged) else self.of(policy)
        if found is None:
            return None
        return Evaluated(found, None if ahead is None else ahead.of(policy, networks_side_by_side))

    def of(self, policy: Policy) -> Floats | None:
        """(C, 1 + K) of its money; None where the log does not support it."""
        return self.money.of(self.money.look.acts(self.judge.target(policy)))


def part_of(judge: Judge, today: TodaysBudget) -> Part:
    """One part's users, whose delivery today spends today's budget."""
    return Part(judge, PolicyMoney(judge.money_look, judge.gate, today.total))


def personalise(
    night: Night,
    candidates: Candidates,
    chosen: SplitChoice,
    everybody: Judge,
    spending: Spending,
) -> Personal | None:
    """The frontier of the most trusted agent; where nothing costs anything, the plan that earns most. None
    without an agent, and where logs cannot say what delivery causes."""
    study, agent = night.study, candidates.best_agent
    budget = study.split.total or spending.today.total
    if agent is None or chosen.tier not in CHANNEL_TIERS:
        return None
    page = PersonalFrontier(agent.name, budget)
    part = part_of(everybody, spending.today)
    answers = frontier_of(agent, part, spending.ahead, candidates.looked_at)
    if not any(isinstance(corner.policy, AgentPolicy) for corner in answers.corners):
        return Personal(replace(page, empty=NO_BETTER))
    if budget <= 0:
        return _free(page, answers, part)
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
    if broken := _guarded(everybody, plan.policy):
        return Personal(replace(page, points=(), empty=broken))
    page = replace(page, left=_left(part, plan.contributions))
    return Personal(page, plan.policy)


def _guarded(everybody: Judge, policy: Policy) -> str:
    """The guardrail that a plan does not pass, in a sentence; empty where it passes all."""
    if not everybody.guarded:  # what a plan would do everywhere takes seconds to ask
        return ""
    bounds = everybody.guardrails(everybody.estimator.value(everybody.target(policy)))
    risk = next((one for one in bounds if not one.kept), None)
    return f"{GUARDED} {guardrails.broken(risk, everybody.night.study.entity)}" if risk else ""


def _free(page: PersonalFrontier, answers: PolicyFrontier, part: Part) -> Personal:
    """Without a budget: the plan that spends nothing and earns most; none where every one costs something."""
    if answers.reach[0] > 0:
        return Personal(replace(page, empty=NO_BETTER))
    plan = answers.at(0.0)
    if not any(isinstance(policy, AgentPolicy) for policy in plan.policy.used):
        return Personal(replace(page, usual=True, empty=NO_BETTER))
    if broken := _guarded(part.judge, plan.policy):
        return Personal(replace(page, empty=broken))
    gain = (plan.contributions - part.money.today)[:, 0]
    level = part.judge.night.study.evaluation.level
    return Personal(replace(page, free=part.judge.interval(gain, level)), plan.policy)


def frontier_of(
    agent: AgentPolicy, part: Part, ahead: SpendForecast | None, looked_at: int
) -> PolicyFrontier:
    """The agent's frontier. ahead: of what its corners spend next; looked_at: trials out of which it came,
    for whose sake bounds are wider."""
    judge, study = part.judge, part.judge.night.study
    channels = judge.journeys.actions[1:]
    policies = _policies(agent, study.agents.max_price, len(channels))
    ahead = None if ahead is None else ahead.prepare()

    def lows(margins: Floats) -> list[float]:
        m, error = margins.shape[1], 1.0 - study.evaluation.level  # one-sided, of all that was tried
        return lower_bounds(margins, judge.bootstrap, scale=1.0, error=error * m / (looked_at + m))

    found = policy_frontier(
        policies,
        lambda policy: part.evaluate(policy, ahead),
        part.money.today,
        channels=channels,
        z=study.split.z,
        level=study.evaluation.level,
        interval=judge.interval,
        lows=lows,
    )
    return replace(found, doubt=None if ahead is None else ahead.doubt)


def _policies(agent: AgentPolicy, max_price: float, channels: int) -> list[tuple[Policy, float]]:
    """The agent at its own price, at 0, where it shows whatever earns anything, and at the highest it knows;
    today's delivery and a cut of it. Each costs an evaluation: mixtures serve what lies between."""
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


def _left(part: Part, earned: Floats) -> tuple[ValueLeft, ...]:
    """What is lost where platforms take budgets per channel, and where per channel and segment.

    earned (C, 1 + K): the plan's margin and spend by user. Empty where the log supports no such delivery.
    """
    judge, factor = part.judge, part.money.factor
    m = projection(judge.delivery, earned[:, 1:].sum(axis=0) / factor)
    projected: list[tuple[str, Policy]] = [(BY_CHANNEL, ScaledDelivery((1.0, *m.tolist()), BY_CHANNEL))]
    segments = by_segment(judge)
    if segments is not None:
        cells = every_cell(segments)
        m = projection(segments.delivery(cells), by_cell(earned, cells, segments) / factor)
        projected.append((BY_SEGMENT, cells.policy((1.0, *m.tolist()), BY_SEGMENT)))
    found = [(by, part.of(policy)) for by, policy in projected]
    level = judge.night.study.evaluation.level
    return tuple(
        value_left(earned, values, by=by, interval=judge.interval, level=level)
        for by, values in found
        if values is not None
    )
