"""Page 13: why the plan does what it does."""

from dataclasses import dataclass

from models.results import Explanation, NightResult, TreeNode
from reports import estimates, evidence, facts, numbers
from reports.charts.importances import importances
from reports.charts.tree import action_text, children, question, tree
from reports.pages.personal import delivery_knows_more, why_not_to_act
from reports.svg import Chart
from reports.tables import Column, Table, figure, text_column

DO_NOT_ACT = (
    "Delivery reacts to something that these logs do not hold, so what this plan seems to earn may be its "
    "doing: do not act on it tonight."
)


@dataclass(frozen=True)
class ExplanationPage:
    plan: str
    empty: str
    caution: str
    """Why the plan should not be acted on tonight, or empty."""
    next_choices: str
    """What next_best_action.parquet holds."""
    at_budget: bool
    rules: str
    """What policy.sql holds; empty where it is not written."""
    one_step: str
    """Is a rule that looks one step ahead enough? Empty where nobody asked."""
    importances: Chart | None
    importances_table: Table | None
    tree: Chart | None
    tree_table: Table | None


def ends_of(
    node: TreeNode, entity: str, currency: str, path: tuple[str, ...] = ()
) -> list[tuple[str, TreeNode]]:
    """Every end of the tree with the conditions that lead to it."""
    if not children(node):
        return [("; ".join(path) or "always", node)]
    found: list[tuple[str, TreeNode]] = []
    for child in children(node):
        condition = f"{question(node, entity)}: {facts.branch_text(node, currency, below=child is node.low)}"
        found += ends_of(child, entity, currency, (*path, condition))
    return found


def rules_text(result: NightResult, explanation: Explanation) -> str:
    """How well the rules in policy.sql stand for their agent, and what they ask about first."""
    rules = explanation.rules
    if rules is None:
        return ""
    words = facts.texts_of(explanation, result.entity)
    first = [facts.words_for(name, words) for name in rules.drivers[:2]]
    asks = f" They ask first about: {'; '.join(first)}." if first else ""
    return (
        f"policies/policy.sql holds “{estimates.label(result, rules.agent)}” as "
        f"{numbers.count(rules.leaves)} rules that a warehouse can run: they do the same in "
        f"{numbers.percent(rules.fidelity)} of decisions and keep {numbers.percent(rules.kept)} of what it "
        f"believes to gain.{asks}"
    )


def one_step_text(result: NightResult, explanation: Explanation) -> str:
    """Does looking further than the next decision earn anything?"""
    found = explanation.one_step
    if found is None:
        return ""
    rule, ahead = (estimates.label(result, name) for name in (found.rule, found.against))
    if found.verdict == "enough":
        return (
            f"A one-step rule is enough: “{rule}” looks no further than the next decision, and surely keeps "
            f"{numbers.percent(found.kept)} of what any plan that does would add."
        )
    if found.verdict == "look ahead":
        return f"Looking ahead pays: “{ahead}” surely earns more than “{rule}”, which does not."
    short = f"“{rule}”, which looks one step ahead alone,"
    return f"These logs cannot tell whether {short} does as well as “{ahead}”."


def next_choices(result: NightResult) -> str:
    """What the file beside this page says of everybody: the plan's next choice, or not to act."""
    if result.trial is not None or result.levels is not None or not (why := why_not_to_act(result)):
        return f"holds its next choice for every {result.entity}."
    return f"says do_not_act for every {result.entity} tonight. {why[:1].upper()}{why[1:]}"


def explanation_page(result: NightResult) -> ExplanationPage:
    e = result.explanation
    if e is None:
        why = "No personalised plan was learned from these logs, so there is nothing to explain."
        return ExplanationPage("", why, "", "", False, "", "", None, None, None, None)
    drawn = tree(e, result.vocabulary, result.currency)
    matter = [row for row in e.importances if row[2] > 0]
    idle = len(e.importances) - len(matter)
    bars = Table(
        "Facts by how much they matter" + (f"; {idle} more change nothing" if idle else ""),
        (text_column("Fact"), text_column("Column"), Column("Choices that change without it")),
        [
            [facts.fact_text(name, text, result.entity), name, figure(numbers.share(v), numbers.percent(v))]
            for name, text, v in matter
        ],
    )
    ends = Table(
        "The rules, one end a row",
        (text_column("When"), text_column("The plan favours"), Column("In"), Column("Decisions")),
        [
            [
                when,
                action_text(node.action, result.vocabulary),
                figure(numbers.share(node.share), numbers.percent(node.share)),
                figure(node.rows, numbers.count(node.rows)),
            ]
            for when, node in (ends_of(e.tree, result.entity, result.currency) if e.tree else [])
        ],
    )
    return ExplanationPage(
        plan=estimates.label(result, e.policy),
        empty="",
        caution=DO_NOT_ACT if delivery_knows_more(result) else evidence.caution(result, e.policy),
        next_choices=next_choices(result),
        at_budget=e.at_budget,
        rules="" if why_not_to_act(result) else rules_text(result, e),
        one_step=one_step_text(result, e),
        importances=importances(e, result.vocabulary) if matter else None,
        importances_table=bars if matter else None,
        tree=drawn,
        tree_table=ends if drawn else None,
    )
