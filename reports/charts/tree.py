"""The small decision tree that imitates the plan: left to right if wide, an outline if narrow."""

from models.results import Explanation, TreeNode
from reports import numbers
from reports.svg import NARROW, Chart, Drawing, Layout, chart, wrap

ROW = 62
"""Px per leaf."""
INDENT = 16


def depth(node: TreeNode) -> int:
    return 1 + max((depth(child) for child in children(node)), default=0)


def leaves(node: TreeNode) -> int:
    return sum(map(leaves, children(node))) or 1


def nodes(node: TreeNode) -> int:
    return 1 + sum(map(nodes, children(node)))


def children(node: TreeNode) -> list[TreeNode]:
    """The branch at or below the threshold first."""
    return [child for child in (node.low, node.high) if child is not None]


def action_text(action: str) -> str:
    return "no ad" if action == "none" else action


def question(node: TreeNode, texts: dict[str, str]) -> str:
    return texts.get(node.feature or "", node.feature or "")


def branch_text(node: TreeNode, *, below: bool) -> str:
    """Which values lead down a branch: `up to 2.5 clicks`, `more than 2.5 clicks`."""
    unit = f"{numbers.NBSP}{node.unit}" if node.unit else ""
    return f"{'up to' if below else 'more than'} {numbers.plain(node.threshold)}{unit}"


def finding(explanation: Explanation) -> str:
    gain = explanation.fidelity - explanation.fidelity_of_majority
    against = (
        f"always guessing the commonest choice agrees in {numbers.percent(explanation.fidelity_of_majority)}"
    )
    agrees = f"these rules agree with the plan in {numbers.percent(explanation.fidelity)} of decisions"
    if gain < 0.02:
        return f"No simple rule explains the plan: {agrees}, {against}"
    return f"{agrees[:1].upper()}{agrees[1:]}; {against}"


def _leaf_lines(node: TreeNode) -> tuple[str, str]:
    share = f"{numbers.percent(node.share)} of {numbers.count(node.rows)} decisions"
    return action_text(node.action), share


def _draw_wide(d: Drawing, node: TreeNode, texts: dict[str, str], x: float, y: float, column: float) -> None:
    """Draws `node` centred on its leaves, which start at `y`."""
    height = leaves(node) * ROW
    middle = y + height / 2
    box = column - 50
    if not children(node):
        name, share = _leaf_lines(node)
        d.rect(x, middle - 20, box, 40, "leaf")
        d.text(x + 10, middle - 3, name, "strong", within=box - 18)
        d.text(x + 10, middle + 14, share, "quiet", within=box - 18)
        return
    offset = y
    for child in children(node):
        below = child is node.low
        end = offset + leaves(child) * ROW / 2
        bend = x + box + 14
        d.path([(x + box, middle), (bend, middle), (bend, end), (x + column, end)], "branch")
        d.text(x + box + 20, end - 5, "≤" if below else ">", "strong")
        _draw_wide(d, child, texts, x + column, offset, column)
        offset += leaves(child) * ROW
    asked = wrap(question(node, texts), box - 18)
    half = 12 + 8.5 * len(asked)
    d.rect(x, middle - half, box, 2 * half, "node", question(node, texts))
    for i, line in enumerate(asked):
        d.text(x + 10, middle - half + 17 + 17 * i, line)
    d.text(x + 10, middle + half - 7, f"{branch_text(node, below=True)}?", "quiet", within=box - 18)


def _draw_outline(
    d: Drawing, node: TreeNode, texts: dict[str, str], level: int, y: float, lead: str
) -> float:
    """Draws `node` as an indented entry at `y` and returns the y below its last descendant."""
    x = INDENT * level
    for i in range(level):
        d.line(INDENT * i + 4, y, INDENT * i + 4, y + 42, "branch")
    room = d.width - x
    if children(node):
        d.text(x, y + 15, f"{lead}{question(node, texts)}", "", within=room)
        d.text(x, y + 32, f"{branch_text(node, below=True)}?", "quiet", within=room)
    else:
        name, share = _leaf_lines(node)
        d.text(x, y + 15, f"{lead}{name}", "strong", within=room)
        d.text(x, y + 32, share, "quiet", within=room)
    y += 42
    for child in children(node):
        y = _draw_outline(d, child, texts, level + 1, y, "yes: " if child is node.low else "no: ")
    return y


def tree(explanation: Explanation) -> Chart | None:
    root = explanation.tree
    if root is None:
        return None
    texts = {feature: text or feature for feature, text, _ in explanation.importances}
    reading = (
        "Start at the first question and follow the answer; each end says what the plan mostly does "
        "there, and how often. "
        "The rules imitate the plan; they do not replace it."
    )

    def draw(layout: Layout) -> Drawing:
        if layout is NARROW:
            d = Drawing(layout.width, 42 * nodes(root) + 4)
            _draw_outline(d, root, texts, 0, 2, "")
            return d
        d = Drawing(layout.width, leaves(root) * ROW + 8)
        levels = depth(root)
        _draw_wide(d, root, texts, 1, 4, min((layout.width + 48) / levels, 320))
        return d

    return chart("tree", finding(explanation), reading, draw)
