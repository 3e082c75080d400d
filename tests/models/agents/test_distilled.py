"""A policy tree: it does what its agent does, in Python and in DuckDB alike, and names what drives it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pytest

from models.agents.distilled import AskedDecisions, Distilled, distil
from models.agents.policy_sql import policy_sql
from models.agents.store import save_transitions
from models.mdp.transition_table import Feature
from tests.models.agents.tables import table

ACTIONS = ("none", "video", 'a "b" \'; drop table state; --')
NAMES = ("visits_7d", "recency", 'odd "name"\n--', *(f"idle{i}" for i in range(5)))
SPEC = tuple(Feature(name, "count", "a feature") for name in NAMES)


@dataclass(frozen=True)
class Planted:
    """`video` brings 2 x0 beyond its price, the third action 1 where x1 is above a half."""

    algorithm: str = "planted"

    def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:
        x = np.asarray(features[:], float)
        third = np.where(x[:, 1] > 0.5, 2.0, -1.0)
        values = np.column_stack([np.zeros(len(x)), 2 * x[:, 0] - price, third])
        return np.where(eligible, values, -np.inf)


def asked(n: int = 8_000, seed: int = 1) -> AskedDecisions:
    rng = np.random.default_rng(seed)
    eligible = rng.random((n, 3)) < [1.0, 0.8, 0.6]
    mu = eligible / eligible.sum(axis=1, keepdims=True)
    return AskedDecisions(
        rng.normal(size=(n, len(NAMES))).astype(np.float32), eligible, mu, np.arange(n) // 4
    )


def distilled(**keys: int) -> Distilled:
    found = distil(Planted(), 1.0, asked(), SPEC, ACTIONS, **keys)
    assert found is not None
    return found


def test_the_tree_keeps_99_of_100_and_ranks_what_was_planted_first() -> None:
    found = distilled()
    assert found.kept >= 0.99 and found.fidelity > 0.9
    assert [name for name, _ in found.drivers][:2] == ["visits_7d", "recency"]
    new = asked(seed=2)
    values = Planted().action_values(new.features, new.eligible, 1.0)
    at = np.arange(len(values))
    usual = (np.where(new.eligible, values, 0) * new.behaviour).sum(axis=1)
    gain = values[at, found.policy.choices(new.features, new.eligible)] - usual
    assert gain.sum() >= 0.98 * (values.max(axis=1) - usual).sum()


def test_duckdb_gives_the_same_actions(tmp_path: Path) -> None:
    """Odd names stay names, a missing feature is 0, and what is not possible is not chosen."""
    found, new = distilled(), asked(seed=3)
    features = new.features[:].copy()
    features[::50, 0] = 0.0
    world = table(
        actions=ACTIONS,
        features=features,
        eligible=new.eligible,
        action=np.zeros(len(features), int),
        margin=np.zeros(len(features)),
        length=4,
    )
    save_transitions(world, tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW transitions AS FROM '{tmp_path}/transitions.parquet'")
        said = sorted(connection.execute(policy_sql(found, as_of="2026-11-20")).fetchall())
    mine = [ACTIONS[a] for a in found.policy.choices(features, new.eligible)]
    assert [action for _, _, action in said] == mine
    assert set(mine) == set(ACTIONS)


def test_no_end_of_it_is_about_few_entities() -> None:
    """Three entities who alone gain by far the most do not get a question of their own."""
    few, entity = asked(), np.arange(8_000) // 40
    features = few.features[:].copy()
    features[entity < 3, 4] = 90.0

    class Odd(Planted):
        def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:
            values = super().action_values(features, eligible, price)
            values[:, 1] += np.where(features[:, 4] > 50, 1e4, 0.0)
            return np.where(eligible, values, -np.inf)

    rows = AskedDecisions(features, few.eligible, few.behaviour, entity)
    alone, shielded = (distil(Odd(), 1.0, rows, SPEC, ACTIONS, min_entities=k) for k in (1, 10))
    assert alone is not None and shielded is not None
    odd = NAMES.index("idle1")
    trees = (alone.policy.tree, shielded.policy.tree)
    asks = [tree.feature[(tree.low >= 0) & (tree.threshold > 20)].tolist() for tree in trees]
    assert odd in asks[0] and odd not in asks[1]


def small(n: int, eligible: np.ndarray) -> Distilled | None:
    rows = asked(n)
    some = AskedDecisions(
        rows.features, eligible, eligible / eligible.sum(axis=1, keepdims=True), rows.entity
    )
    return distil(Planted(), 1.0, some, SPEC, ACTIONS)


def test_nothing_to_choose_is_no_tree() -> None:
    assert small(50, np.tile([True, False, False], (50, 1))) is None


@pytest.mark.parametrize("n", [1, 3, 40])
def test_a_handful_of_decisions_makes_a_tree_that_acts(n: int) -> None:
    possible = np.ones((n, 3), bool)
    found = small(n, possible)
    assert found is not None and found.policy.choices(asked(n).features, possible).max() < 3
