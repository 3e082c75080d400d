"""Facts about an entity as analysts say them: what a feature is, and which values lie on either side."""

import math
import re

from models.results import Explanation, TreeNode
from reports import numbers

YES_NO = ("yes/no", "1 = yes")
UNSAID = ("count", "share", "as logged", *YES_NO)
"""Units that the fact's own words make plain, or that say nothing."""

_PATTERNS = (
    (re.compile(r"^log\(1 \+ (.*)\)$"), r"\1"),  # thresholds are turned back as well
    (re.compile(r"^(sine|cosine) of the day of the week$"), r"day of the week (\1 wave)"),
    (re.compile(r"^user feature ([^=]*)=(.*)$"), r"\1 is \2"),
    (re.compile(r"^user feature (.*)$"), r"\1"),
    (re.compile(r"^(.*), halved every (\d+) days$"), r"recent \1 (half-life \2 days)"),
)


def fact_text(feature: str, text: str, entity: str) -> str:
    """A feature's line for analysts without formulas; its name where it has no line."""
    said = text or feature
    for pattern, words in _PATTERNS:
        said = pattern.sub(words, said)
    return said.replace("this entity", f"this {entity}")


def texts_of(explanation: Explanation, entity: str) -> dict[str, str]:
    """Feature -> words, for every feature of the explanation."""
    return {feature: fact_text(feature, text, entity) for feature, text, _ in explanation.importances}


def threshold_text(node: TreeNode, currency: str) -> str:
    """The value that a node asks about, with its unit; logarithms are turned back into what they measure."""
    value, unit = node.threshold, node.unit
    if value is not None and unit.startswith("log "):
        value, unit = round(math.expm1(value), 2), unit.removeprefix("log ")
    unit = currency if unit == "currency" else "" if unit in UNSAID else unit
    return numbers.plain(value) + (f"{numbers.NBSP}{unit}" if unit else "")


def is_yes_no(node: TreeNode) -> bool:
    """Also one category of a column: `zip_code=Urban`."""
    category = "=" in (node.feature or "") and node.threshold is not None and 0 < node.threshold < 1
    return category or node.unit in YES_NO


def branch_text(node: TreeNode, currency: str, *, below: bool) -> str:
    """Which values lead down a branch: `no`, `more than 2.5`, `up to 12.4 EUR`."""
    if is_yes_no(node):
        return "no" if below else "yes"
    return f"{'up to' if below else 'more than'} {threshold_text(node, currency)}"
