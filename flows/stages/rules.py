"""The most trusted agent as rules: a tree that people read and a warehouse runs, `policies/policy.sql`."""

from flows.night import Night
from flows.stages.judging import Judge
from models.agents import AgentPolicy, AskedDecisions, Distilled, distil, policy_sql
from models.results import NightResult, PolicyRules
from reports.pages.personal import why_not_to_act


def distil_agent(night: Night, agent: AgentPolicy | None, everybody: Judge) -> Distilled | None:
    """The agent's tree at its own price, learnt on everybody's decisions with a choice; None without one."""
    if agent is None:
        return None
    journeys, transitions = everybody.journeys, everybody.transitions
    entity = transitions.entity[journeys.rows]
    asked = AskedDecisions(everybody.features, journeys.eligible, everybody.behaviour, entity)
    return distil(
        agent.ensemble,
        agent.price,
        asked,
        transitions.feature_spec,
        transitions.actions,
        min_entities=night.study.logs.min_cell_users,
    )


def told(distilled: Distilled | None) -> PolicyRules | None:
    """What the report says of it."""
    if distilled is None:
        return None
    drivers = tuple(name for name, _ in distilled.drivers)
    return PolicyRules(distilled.agent, distilled.leaves, distilled.fidelity, distilled.kept, drivers)


def write_rules(night: Night, distilled: Distilled | None, result: NightResult) -> None:
    """`policies/policy.sql`; none on a night whose report says that nobody should act on the plan."""
    if distilled is None or why_not_to_act(result):
        return
    text = policy_sql(distilled, as_of=night.as_of.isoformat())
    (night.staging / "policies" / "policy.sql").write_text(text, encoding="utf-8")
