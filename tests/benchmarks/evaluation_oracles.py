"""Numbers of two other libraries on small fixed logs, for the tests to compare with.

Not run by the tests: it writes `evaluation_oracles.json`, which is. In an environment of its own with
Python 3.11 (`pip install torch==2.13.0 scope-rl==0.2.1`, then `pip install --no-deps
--ignore-requires-python obp==0.5.7 pyieoe` and what obp asks for), from the repository's root:

    python tests/benchmarks/evaluation_oracles.py

The logs are made from fixed integers, so that the tests can rebuild them without these libraries.
Only estimators are used that agree with an independent computation: Open Bandit Pipeline's IPW, SNIPW, DM,
DR and SNDR, and SCOPE-RL's TIS, PDIS, DR and their self-normalised forms.
"""

import json
from pathlib import Path

import numpy as np

N_ACTIONS = 3
TRAJECTORIES, STEPS = 40, 5
ROUNDS = 120
GAMMA = 0.9


def fixed_log(n: int) -> dict[str, np.ndarray]:
    """n decisions: probabilities pi, mu (n, A), values q (n, A), logged action (n,) and reward (n,)."""
    i = np.arange(n)
    wave = np.stack([(i * 7 + a * 13) % 11 + 1.0 for a in range(N_ACTIONS)], axis=1)
    tide = np.stack([(i * 5 + a * 3) % 7 + 2.0 for a in range(N_ACTIONS)], axis=1)
    mu = wave / wave.sum(axis=1, keepdims=True)
    pi = tide / tide.sum(axis=1, keepdims=True)
    q = np.stack([((i * 3 + a * 5) % 13) / 6.0 for a in range(N_ACTIONS)], axis=1)
    action = (i * i + 3 * i) % 7 % N_ACTIONS
    reward = ((i * 11) % 17) / 8.0 + 0.5 * action
    return {"pi": pi, "mu": mu, "q": q, "action": action, "reward": reward}


def bandit_numbers() -> dict[str, float]:
    """Open Bandit Pipeline, one step."""
    from obp.ope import (
        DirectMethod,
        DoublyRobust,
        InverseProbabilityWeighting,
        SelfNormalizedDoublyRobust,
        SelfNormalizedInverseProbabilityWeighting,
    )

    log = fixed_log(ROUNDS)
    row = np.arange(ROUNDS)
    common = {
        "reward": log["reward"],
        "action": log["action"],
        "pscore": log["mu"][row, log["action"]],
        "action_dist": log["pi"][:, :, None],
        "estimated_rewards_by_reg_model": log["q"][:, :, None],
    }
    estimators = {
        "IPW": InverseProbabilityWeighting(),
        "SNIPW": SelfNormalizedInverseProbabilityWeighting(),
        "DM": DirectMethod(),
        "DR": DoublyRobust(),
        "SNDR": SelfNormalizedDoublyRobust(),
    }
    return {name: float(e.estimate_policy_value(**common)) for name, e in estimators.items()}


def trajectory_numbers() -> dict[str, float]:
    """SCOPE-RL, trajectories of a fixed length, discounted."""
    from scope_rl.ope import discrete

    log = fixed_log(TRAJECTORIES * STEPS)
    row = np.arange(TRAJECTORIES * STEPS)
    common = {
        "step_per_trajectory": STEPS,
        "action": log["action"],
        "reward": log["reward"],
        "pscore": log["mu"][row, log["action"]],
        "evaluation_policy_action_dist": log["pi"],
        "state_action_value_prediction": log["q"],
        "gamma": GAMMA,
    }
    estimators = {
        "TIS": discrete.TrajectoryWiseImportanceSampling(),
        "PDIS": discrete.PerDecisionImportanceSampling(),
        "DR": discrete.DoublyRobust(),
        "SNTIS": discrete.SelfNormalizedTIS(),
        "SNPDIS": discrete.SelfNormalizedPDIS(),
        "SNDR": discrete.SelfNormalizedDR(),
    }
    return {name: float(e.estimate_policy_value(**common)) for name, e in estimators.items()}


if __name__ == "__main__":
    np.issubsctype = np.issubdtype  # names that these libraries expect of an older numpy
    np.bool8 = np.bool_
    numbers = {"one step": bandit_numbers(), "trajectories": trajectory_numbers()}
    path = Path(__file__).with_name("evaluation_oracles.json")
    path.write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n")
    print(path.read_text())
