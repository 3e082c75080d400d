"""Page 13: why the plan does what it does."""

from dataclasses import dataclass

from models.results import NightResult, TreeNode
from reports import estimates, numbers
from reports.charts.importances import importances
from reports.charts.tree import action_text, branch_text, children, question, tree
from reports.svg import Chart
from reports.tables import Column, Table, figure, text_column


@dataclass(frozen=True)
class ExplanationPage:
    plan: str
    empty: str
    importances: Chart | None
    importances_table: Table | None
    tree: Chart | None
    tree_table: Table | None


def _leaves(node: TreeNode, texts: dict[str, str], path: tuple[str, ...] = ()) -> list[tuple[str, TreeNode]]:
    """Every end of the tree with the conditions that lead to it."""
    if not children(node):
        return [("; ".join(path) or "always", node)]
    found: list[tuple[str, TreeNode]] = []
    for child in children(node):
        condition = f"{question(node, texts)}: {branch_text(node, below=child is node.low)}"
        found += _leaves(child, texts, (*path, condition))
    return found


def explanation_page(result: NightResult) -> ExplanationPage:
    e = result.explanation
    if e is None:
        why = "No personalised plan was learned from these logs, so there is nothing to explain."
        return ExplanationPage("", why, None, None, None, None)
    drawn = tree(e)
    bars = Table(
        "Facts by how much they matter",
        (text_column("Fact"), text_column("Column"), Column("Choices that change without it")),
        [
            [text or name, name, figure(numbers.share(v), numbers.percent(v))]
            for name, text, v in e.importances
        ],
    )
    texts = {feature: text or feature for feature, text, _ in e.importances}
    ends = Table(
        "The rules, one end a row",
        (text_column("When"), text_column("The plan mostly shows"), Column("In"), Column("Decisions")),
        [
            [
                when,
                action_text(node.action),
                figure(numbers.share(node.share), numbers.percent(node.share)),
                figure(node.rows, numbers.count(node.rows)),
            ]
            for when, node in (_leaves(e.tree, texts) if e.tree else [])
        ],
    )
    return ExplanationPage(
        plan=estimates.label(result, e.policy),
        empty="",
        importances=importances(e) if e.importances else None,
        importances_table=bars if e.importances else None,
        tree=drawn,
        tree_table=ends if drawn else None,
    )
