"""A policy tree as a query: `policy.sql`, to be run in a warehouse on the night's transitions.

It gives the action of `PolicyTree.choices`, decision by decision: features are rounded to the 32 bits in
which the tree was grown, thresholds written with all their digits, and a missing feature is 0, as in the
contract.
"""

from models.agents.distilled import Distilled, PolicyTree
from models.agents.trees import NOWHERE
from sql.database import identifier, literal

INDENT = "    "


def policy_sql(distilled: Distilled, *, as_of: str) -> str:
    """One row per decision of `transitions`: entity, step, action. Names of features and actions are quoted,
    whatever they hold; nothing of a log stands in a comment."""
    policy = distilled.policy
    d = len(policy.features)
    asked = sorted({int(k) for k in policy.tree.feature[policy.tree.low != NOWHERE]})
    columns = [
        f"CAST(CAST(coalesce(features[{k + 1}], 0) AS REAL) AS DOUBLE PRECISION) AS {_name(policy, k)}"
        for k in asked
        if k < d
    ]
    columns += [f"eligible[{k + 1}] AS {_possible(action)}" for k, action in enumerate(policy.actions)]
    listed = "".join(f",\n{INDENT * 2}{column}" for column in columns)
    return f"""-- The policy of {as_of} as a tree of {distilled.leaves} leaves.
-- It keeps {distilled.kept:.1%} of what its agent believes to gain, and does the same in
-- {distilled.fidelity:.1%} of the decisions of entities that did not grow it.
-- It takes what the agent favours, unsoftened: watch its spend.
-- Grain: one row per decision. Key: (entity, step).
-- Reads: transitions, as in transitions/transitions.parquet: features in the order and the units of
-- transitions/columns.json, and eligible, one truth value per action. Where the state has a table of its own,
-- write its columns into the first part.
WITH state AS (
    SELECT
        entity,
        step{listed}
    FROM transitions
)

SELECT
    entity,
    step,
    {_node(policy, 0, 1)} AS action
FROM state
"""


def _node(policy: PolicyTree, node: int, depth: int) -> str:
    tree, pad = policy.tree, INDENT * depth
    if tree.low[node] == NOWHERE:
        return _first_possible(policy, node)
    column = int(tree.feature[node])
    low, high = (_node(policy, int(child[node]), depth + 1) for child in (tree.low, tree.high))
    return (
        f"CASE\n{pad}{INDENT}WHEN {_low(policy, column, float(tree.threshold[node]))} THEN {low}\n"
        f"{pad}{INDENT}ELSE {high}\n{pad}END"
    )


def _low(policy: PolicyTree, column: int, threshold: float) -> str:
    d = len(policy.features)
    if column < d:
        return f"{_name(policy, column)} <= {threshold!r}{'' if 'e' in repr(threshold) else 'e0'}"
    return f"NOT {_possible(policy.actions[column - d])}"


def _first_possible(policy: PolicyTree, node: int) -> str:
    ranked = policy.loss[node].argsort(kind="stable")
    tried = " ".join(
        f"WHEN {_possible(policy.actions[a])} THEN {literal(policy.actions[a])}" for a in ranked.tolist()
    )
    return f"CASE {tried} END"


def _name(policy: PolicyTree, column: int) -> str:
    return identifier(policy.features[column].name)


def _possible(action: str) -> str:
    return identifier(f"{action} possible")
