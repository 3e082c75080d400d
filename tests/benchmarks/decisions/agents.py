"""Every agent of the registry against a known answer: planning, finite differences, what is realised."""

import duckdb
import numpy as np
import polars as pl

from models.agents.algorithms import ALGORITHMS
from models.agents.distilled import AskedDecisions, Distilled, distil
from models.agents.policy import AgentPolicy
from models.agents.policy_sql import policy_sql
from tests.benchmarks.decisions.figure import Figure
from tests.models.agents.goodwill import NAMES, Rule, truth
from tests.models.agents.judged import Judged
from tests.models.agents.tables import mu_of
from tests.models.agents.test_distilled import NAMES as PLANTED
from tests.models.agents.test_distilled import distilled
from tests.models.agents.test_gradient import both_gradients
from tests.models.agents.test_tabular import chain, dynamic_programming, taught

LOGS, ENTITIES = 2, 3_000
RULE_LOGS = 6
PRICE = 1.0
DRIVERS = PLANTED[:2]
REALISED_ON = 10_000


def figures() -> list[Figure]:
    """The exact ones first, then the rules, then what is realised in the goodwill world."""
    logs = [Judged(tuple(a.name for a in ALGORITHMS), 1.0, 200 + seed, ENTITIES) for seed in range(LOGS)]
    alone = [Judged(("advantage",), 1.0, 200 + seed, ENTITIES) for seed in range(RULE_LOGS)]
    return [
        planning(),
        differences(),
        drivers(),
        *rules("advantage", "the advantage learner's", alone),
        *rules("dqn", "an undertrained DQN's (300 steps)", logs),
        *realised(logs),
    ]


def planning() -> Figure:
    """Fitted Q in a world whose every state is a cell."""
    world = chain()
    agent = taught(world, mu_of(world))
    states, possible = np.arange(5, dtype=np.float32)[:, None], np.ones((5, 2), bool)
    off = max(
        np.abs(agent.action_values(states, possible, price) / dynamic_programming(world, price) - 1).max()
        for price in (0.5, 1.0, 3.7)
    )
    return Figure(
        "tabular Q is dynamic programming where every cell was seen",
        f"off by {off:.1e} at most",
        bool(off < 1e-5),
    )


def differences() -> Figure:
    """The policy gradient at three prices, as a share of the steepest slope."""
    off = 0.0
    for price in (0.0, 1.0, 2.5):
        found, exact = both_gradients(price)
        off = max(off, float(np.abs(found - exact).max() / np.abs(exact).max()))
    return Figure(
        "the policy gradient is the finite difference of the exact value to 1 %", f"to {off:.1e}", off < 0.01
    )


def drivers() -> Figure:
    """The tree of a policy that was written by hand, of two of eight features."""
    ranked = [name for name, _ in distilled().drivers]
    said = ", ".join(ranked[:2])
    return Figure("the two drivers planted in a policy are ranked first", said, ranked[:2] == [*DRIVERS])


def rules(name: str, whose: str, logs: list[Judged]) -> list[Figure]:
    """An agent's trees: what they lose, whether DuckDB agrees, what they ask first."""
    kept, fidelity, leaves, right = list[float](), list[float](), list[int](), 0
    same, rows = True, 0
    for log in logs:
        policy, tree = log.policies[name], tree_of(log, name)
        greedy = AgentPolicy(policy.ensemble, PRICE, 0.0, policy.name)
        whole, cut = (
            truth(rule, carry=1.0, n=REALISED_ON)[0] for rule in (greedy.probabilities, rule_of(tree))
        )
        kept.append(cut / whole)
        fidelity.append(tree.fidelity)
        leaves.append(tree.leaves)
        right += tree.drivers[0][0] == "keen"  # goodwill sells, and changes nothing about what an ad adds
        same, rows = same and agrees(log, tree), rows + log.log[0].n_rows
    return [
        Figure(
            f"{whose} policy tree loses at most 1 % of the agent's uplift",
            f"it keeps {np.mean(kept):.1%} of what the agent realises on average, {min(kept):.1%} to "
            f"{max(kept):.1%} in {len(kept)} logs, with {min(leaves)} to {max(leaves)} leaves; same action "
            f"in {min(fidelity):.0%} to {max(fidelity):.0%} of decisions",
            bool(np.mean(kept) >= 0.99),
        ),
        Figure(
            f"{whose} policy.sql in DuckDB gives the tree's actions",
            f"{'in all' if same else 'not in all'} of {rows} decisions",
            same,
        ),
        Figure(
            f"{whose} tree ranks what decides the gain first, of eight features",
            f"in {right} of {len(logs)} logs",
            right == len(logs),
        ),
    ]


def tree_of(log: Judged, name: str) -> Distilled:
    """Of what all entities taught, as a night distils it."""
    table, mu = log.log
    asked = AskedDecisions(table.features, table.eligible, mu, table.entity)
    found = distil(log.policies[name].ensemble, PRICE, asked, table.feature_spec, table.actions)
    assert found is not None
    return found


def rule_of(tree: Distilled) -> Rule:
    """The tree's actions, for sure."""
    return lambda features, eligible, _: np.eye(eligible.shape[1])[tree.policy.choices(features, eligible)]


def agrees(log: Judged, tree: Distilled) -> bool:
    """Does DuckDB give the tree's action in every row?"""
    table, _ = log.log
    transitions = pl.DataFrame(  # noqa: F841 (DuckDB finds it by its name)
        {
            "entity": table.entity,
            "step": table.step,
            "features": pl.Series(table.features, dtype=pl.Array(pl.Float32, len(NAMES))),
            "eligible": pl.Series(table.eligible, dtype=pl.Array(pl.Boolean, len(table.actions))),
        }
    ).to_arrow()
    with duckdb.connect() as connection:
        said = sorted(connection.execute(policy_sql(tree, as_of="2026-11-20")).fetchall())
    mine = tree.policy.choices(table.features, table.eligible)
    return [action for _, _, action in said] == [table.actions[a] for a in mine]


def realised(logs: list[Judged]) -> list[Figure]:
    """What every agent realises in force, at a price of 1 and the softness it is judged at."""
    found = []
    for algorithm in ALGORITHMS:
        gains = [
            truth(log.policies[algorithm.name].probabilities, carry=1.0, n=REALISED_ON)[0] for log in logs
        ]
        promised = [log.told[algorithm.name].trial.uplift for log in logs if algorithm.name in log.told]
        said = f"{np.mean(promised):.2f}" if promised else "nothing"
        found.append(
            Figure(
                f"{algorithm.noun} earns more than today's delivery, with carry-over",
                f"+{np.mean(gains):.2f} a head ({min(gains):.2f} to {max(gains):.2f} in {LOGS} logs of "
                f"{ENTITIES} people); everybody says {said}",
                min(gains) > 0,
            )
        )
    return found
