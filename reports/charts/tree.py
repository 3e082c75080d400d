"""The small decision tree that imitates the plan: left to right if wide, an outline if narrow."""

from models.results import Explanation, TreeNode, Vocabulary
from reports import facts, numbers
from reports.svg import NARROW, Chart, Drawing, Layout, chart, wrap

ROW = 62
"""Px per leaf."""
INDENT = 16
Said = tuple[Vocabulary, str]
"""The study's words, and the currency."""


def depth(node: TreeNode) -> int:
    return 1 + max((depth(child) for child in children(node)), default=0)


def leaves(node: TreeNode) -> int:
    return sum(map(leaves, children(node))) or 1


def nodes(node: TreeNode) -> int:
    return 1 + sum(map(nodes, children(node)))


def children(node: TreeNode) -> list[TreeNode]:
    """The branch at or below the threshold first."""
    return [child for child in (node.low, node.high) if child is not None]


def action_text(action: str, word: Vocabulary) -> str:
    return word.nothing if action == "none" else action


def question(node: TreeNode, entity: str) -> str:
    return facts.fact_text(node.feature or "", node.text, entity)


def _asks(node: TreeNode, said: Said) -> str:
    """The line below a question: `yes or no?`, `up to 2.5?`."""
    return "yes or no?" if facts.is_yes_no(node) else f"{facts.branch_text(node, said[1], below=True)}?"


def _mark(node: TreeNode, *, below: bool) -> str:
    """A branch's label."""
    if facts.is_yes_no(node):
        return "no" if below else "yes"
    return "≤" if below else ">"


def _answer(node: TreeNode, *, below: bool) -> str:
    """A branch's answer to the line `_asks`: a number that is `up to` the threshold says yes."""
    return "yes: " if below is not facts.is_yes_no(node) else "no: "


def finding(explanation: Explanation, word: Vocabulary) -> str:
    root = explanation.tree
    if root is not None and not children(root):
        favoured = action_text(root.action, word)
        does = f"The plan favours {favoured} in {numbers.percent(root.share)} of decisions"
        return does if root.share == 1 else f"{does}; no simple rule tells the others apart"
    gain = explanation.fidelity - explanation.fidelity_of_majority
    against = (
        f"always guessing the commonest choice agrees in {numbers.percent(explanation.fidelity_of_majority)}"
    )
    agrees = f"these rules agree with the plan in {numbers.percent(explanation.fidelity)} of decisions"
    if gain < 0.02:
        return f"No simple rule explains the plan: {agrees}, {against}"
    return f"{agrees[:1].upper()}{agrees[1:]}; {against}"


def _leaf_lines(node: TreeNode, said: Said) -> tuple[str, str]:
    share = f"{numbers.percent(node.share)} of {numbers.count(node.rows)} decisions"
    return action_text(node.action, said[0]), share


def _draw_wide(d: Drawing, node: TreeNode, said: Said, x: float, y: float, column: float) -> None:
    """Draws `node` centred on its leaves, which start at `y`."""
    height = leaves(node) * ROW
    middle = y + height / 2
    box = column - 50
    if not children(node):
        name, share = _leaf_lines(node, said)
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
        d.text(x + box + 19, end - 5, _mark(node, below=below), "strong")
        _draw_wide(d, child, said, x + column, offset, column)
        offset += leaves(child) * ROW
    asked = wrap(question(node, said[0].entity), box - 18)
    half = 12 + 8.5 * len(asked)
    d.rect(x, middle - half, box, 2 * half, "node", question(node, said[0].entity))
    for i, line in enumerate(asked):
        d.text(x + 10, middle - half + 17 + 17 * i, line)
    d.text(x + 10, middle + half - 7, _asks(node, said), "quiet", within=box - 18)


def _draw_outline(d: Drawing, node: TreeNode, said: Said, level: int, y: float, lead: str) -> float:
    """Draws `node` as an indented entry at `y` and returns the y below its last descendant."""
    x = INDENT * level
    for i in range(level):
        d.line(INDENT * i + 4, y, INDENT * i + 4, y + 42, "branch")
    room = d.width - x
    if children(node):
        d.text(x, y + 15, f"{lead}{question(node, said[0].entity)}", "", within=room)
        d.text(x, y + 32, _asks(node, said), "quiet", within=room)
    else:
        name, share = _leaf_lines(node, said)
        d.text(x, y + 15, f"{lead}{name}", "strong", within=room)
        d.text(x, y + 32, share, "quiet", within=room)
    y += 42
    for child in children(node):
        y = _draw_outline(d, child, said, level + 1, y, _answer(node, below=child is node.low))
    return y


def tree(explanation: Explanation, word: Vocabulary, currency: str) -> Chart | None:
    """None without a tree."""
    root = explanation.tree
    if root is None:
        return None
    reading = (
        "Start at the first question and follow the answer; each end says which choice the plan favours "
        "there, and how often: the one it makes more likely than today’s delivery does, by most. "
        "The rules imitate the plan; they do not replace it."
    )

    def draw(layout: Layout) -> Drawing:
        if layout is NARROW:
            d = Drawing(layout.width, 42 * nodes(root) + 4)
            _draw_outline(d, root, (word, currency), 0, 2, "")
            return d
        d = Drawing(layout.width, leaves(root) * ROW + 8)
        levels = depth(root)
        _draw_wide(d, root, (word, currency), 1, 4, min((layout.width + 48) / levels, 320))
        return d

    return chart("tree", finding(explanation, word), reading, draw)
