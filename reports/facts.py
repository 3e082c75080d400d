"""Facts about an entity as analysts say them: what a feature is, and which values lie on either side."""

import math

from models.results import SEQUENCE, YES_NO, Explanation, TreeNode
from reports import numbers

FLAGS = (YES_NO, "1 = yes")
"""Units of facts that are yes or no."""
UNSAID = ("count", "number", "share", "as logged", *FLAGS)
"""Units that the fact's own words make plain, or that say nothing."""


def fact_text(feature: str, text: str, entity: str) -> str:
    """What a feature is, for analysts; its name where that is not known."""
    return (text or feature).replace("this entity", f"this {entity}")


def texts_of(explanation: Explanation, entity: str) -> dict[str, str]:
    """Feature -> words, for every feature of the explanation."""
    return {feature: fact_text(feature, text, entity) for feature, text, _ in explanation.importances}


def words_for(feature: str, known: dict[str, str]) -> str:
    """A feature in the words of `texts_of`; one number of the order of events as all of them."""
    together = known.get(SEQUENCE, feature) if feature.startswith(f"{SEQUENCE}_") else feature
    return known.get(feature, together)


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
    return category or node.unit in FLAGS


def branch_text(node: TreeNode, currency: str, *, below: bool) -> str:
    """Which values lead down a branch: `no`, `more than 2.5`, `up to 12.4 EUR`."""
    if is_yes_no(node):
        return "no" if below else "yes"
    return f"{'up to' if below else 'more than'} {threshold_text(node, currency)}"
