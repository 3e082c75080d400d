"""Open Bandit Pipeline and SCOPE-RL beside ours, on the same logs of worlds with exact truth.

Two environments, three steps. In allot's own, write the logs, with exact Q and exact marginal weights for the
peers (whatever error is left is theirs, not a model's):

    python -m tests.benchmarks.evaluation_peers write logs.npz [--logs 100]

In one where they are installed (`evaluation_oracles.py` has the recipe; Python 3.11):

    python tests/benchmarks/evaluation_peers.py score logs.npz theirs.json

And in allot's own again, the section of `evaluation.md`:

    python -m tests.benchmarks.evaluation_peers page logs.npz theirs.json

Worlds whose journeys all have the same length and where everything is always possible: they know no other.
Intervals are the peers' own, bootstrap (percentile) and t-test, nominal 95 %.
"""

import argparse
import json
import sys
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

WORLDS = ("one-step-mild", "one-step-rare", "five-rare", "five-strong", "ten-rare-strong")
RESAMPLES = 200


def write(path: Path, logs: int) -> None:
    """The logs, their exact nuisances, the truth, and our headline with its interval."""
    from models.evaluation.estimators.doubly_robust import DoublyRobust
    from models.evaluation.headline import value_intervals
    from models.evaluation.intervals.bootstrap_t import BootstrapT
    from models.worlds.tabular import states_of
    from models.worlds.tabular_catalogue import open_case

    arrays: dict[str, np.ndarray] = {}
    for name in WORLDS:
        case = open_case(name)
        q, rho = exact_values(case.world, case.target), exact_ratios(case.world, case.target, case.mu)
        ours = []
        for log in range(logs):
            journeys = case.draw(np.random.default_rng([1, zlib.crc32(name.encode()), log]))
            s, t, a = states_of(journeys), journeys.t, journeys.action.astype(np.int64)
            pi, mu, row = case.target[s], case.mu[s], np.arange(len(s))
            key = f"{name}/{log}"
            arrays[f"{key}/action"], arrays[f"{key}/reward"] = a, journeys.outcomes[:, 0]
            arrays[f"{key}/pi"], arrays[f"{key}/mu"], arrays[f"{key}/q"] = pi, mu, q[t, s]
            arrays[f"{key}/marginal"] = rho[t, s] * pi[row, a] / mu[row, a]
            value = DoublyRobust(journeys, mu, folds=2, ridge=1.0).value(pi)
            bootstrap = BootstrapT(journeys.cluster_key, seed=1)
            found = value_intervals(value, bootstrap, scale=journeys.scale, level=0.95)[0]
            ours.append([found.estimate, found.low, found.high] if found else [np.nan] * 3)
        arrays[f"{name}/ours"] = np.array(ours)
        arrays[f"{name}/truth"] = np.array(case.world.truth(case.target)[0])
        arrays[f"{name}/steps"] = np.array(len(case.world.enter))
    np.savez_compressed(path, logs=np.array(logs), **arrays)


def exact_values(world: Any, pi: np.ndarray) -> np.ndarray:
    """(T, S, A) Q of the margin at each step, by dynamic programming; everybody enters with T days left."""
    values, v = [], np.zeros(len(world.start))
    for _ in world.enter:
        q = world.mean[:, :, 0] + (1 - world.leave) * (world.move @ v)
        v = (pi * q).sum(axis=1)
        values.append(q)
    return np.array(values[::-1])


def exact_ratios(world: Any, pi: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """(T, S) how much more often pi meets a state at a step than mu does."""

    def occupancy(policy: np.ndarray) -> np.ndarray:
        here, out = world.start, []
        for _ in world.enter:
            out.append(here)
            here = np.einsum("s,sa,sa,sax->x", here, policy, 1 - world.leave, world.move)
        return np.array(out)

    return occupancy(pi) / np.maximum(occupancy(mu), 1e-300)


def score(path: Path, out: Path) -> None:
    """Every estimator of theirs on every log: estimate, low and high, per kind of interval."""
    np.issubsctype, np.bool8 = np.issubdtype, np.bool_  # names that these libraries expect of an older numpy
    logs = np.load(path)
    found: dict[str, dict[str, list[list[float]]]] = {}
    for name in WORLDS:
        steps = int(logs[f"{name}/steps"])
        rows = found.setdefault(name, {})
        for log in range(int(logs["logs"])):
            of_log = {k: logs[f"{name}/{log}/{k}"] for k in ("action", "reward", "pi", "mu", "q", "marginal")}
            scored = {**(_obp(of_log) if steps == 1 else {}), **_scope_rl(of_log, steps)}
            for estimator, figures in scored.items():
                rows.setdefault(estimator, []).append(figures)
        print(name, file=sys.stderr)
    versions = {name: version(name) for name in ("obp", "scope-rl")}
    out.write_text(json.dumps({"versions": versions, "found": found}))


def _obp(log: dict[str, np.ndarray]) -> dict[str, list[float]]:
    from obp.ope import (
        DoublyRobust,
        InverseProbabilityWeighting,
        SelfNormalizedDoublyRobust,
        SelfNormalizedInverseProbabilityWeighting,
    )

    common = {
        "reward": log["reward"],
        "action": log["action"],
        "pscore": log["mu"][np.arange(len(log["action"])), log["action"]],
        "action_dist": log["pi"][:, :, None],
        "position": np.zeros(len(log["action"]), int),
    }
    q = {"estimated_rewards_by_reg_model": log["q"][:, :, None]}
    found = {}
    for name, estimator, more in (
        ("OBP IPW", InverseProbabilityWeighting(), {}),
        ("OBP SNIPW", SelfNormalizedInverseProbabilityWeighting(), {}),
        ("OBP DR", DoublyRobust(), q),
        ("OBP SNDR", SelfNormalizedDoublyRobust(), q),
    ):
        interval = estimator.estimate_interval(
            **common, **more, n_bootstrap_samples=RESAMPLES, random_state=1
        )
        low, high = (float(v) for k, v in sorted(interval.items(), reverse=True) if "CI" in k)
        found[name] = [
            float(estimator.estimate_policy_value(**common, **more)),
            min(low, high),
            max(low, high),
        ]
    return found


def _scope_rl(log: dict[str, np.ndarray], steps: int) -> dict[str, list[float]]:
    from scope_rl.ope import discrete

    common = {
        "step_per_trajectory": steps,
        "action": log["action"],
        "reward": log["reward"],
        "pscore": log["mu"],
        "evaluation_policy_action_dist": log["pi"],
        "state_action_value_prediction": log["q"],
        "state_action_marginal_importance_weight": log["marginal"],
        "gamma": 1.0,
    }
    row = np.arange(len(log["action"]))
    common["pscore"] = log["mu"][row, log["action"]]
    estimators = {
        "PDIS": discrete.PerDecisionImportanceSampling(),
        "SNPDIS": discrete.SelfNormalizedPDIS(),
        "DR": discrete.DoublyRobust(),
        "SNDR": discrete.SelfNormalizedDR(),
        "DRL": discrete.DoubleReinforcementLearning(),
    }
    found = {}
    for name, estimator in estimators.items():
        value = float(estimator.estimate_policy_value(**common))
        for kind in ("bootstrap", "ttest"):
            interval = estimator.estimate_interval(
                **common, ci=kind, n_bootstrap_samples=RESAMPLES, random_state=1
            )
            bounds = [float(v) for k, v in interval.items() if "CI" in k]
            found[f"SCOPE-RL {name}, {kind}"] = [value, min(bounds), max(bounds)]
    return found


def page(path: Path, theirs: Path) -> None:
    """The section of evaluation.md."""
    from tests.benchmarks.evaluation_page import percent, signed, table, write_section

    logs, scored = np.load(path), json.loads(theirs.read_text())
    rows = []
    for name in WORLDS:
        truth = float(logs[f"{name}/truth"])
        found = {"ours: DRL": logs[f"{name}/ours"].tolist(), **scored["found"][name]}
        for estimator, figures in found.items():
            estimate, low, high = np.array(figures, float).T
            error = estimate / truth - 1
            covered = float(((low <= truth) & (truth <= high)).mean())
            rows.append(
                [
                    name,
                    f"**{estimator}**" if estimator.startswith("ours") else estimator,
                    percent(float(np.sqrt((error**2).mean())), 1),
                    signed(float(error.mean())),
                    percent(covered),
                    percent(float(np.median(high - low) / truth)),
                ]
            )
    count = int(logs["logs"])
    luck = np.sqrt(0.95 * 0.05 / count)
    versions = ", ".join(f"{name} {found}" for name, found in sorted(scored["versions"].items()))
    text = (
        "## Peers on the same logs\n\nCommands: see `tests/benchmarks/evaluation_peers.py`; "
        f"{versions}; {count} logs per world, margin. The peers are given the exact Q and the exact marginal "
        "weights; ours estimates both. Their bootstrap is the percentile one. Coverage should be 95 % (one "
        f"Monte-Carlo standard error is {percent(float(luck), 1)}); width is the median interval as a share "
        "of the truth.\n\n"
    )
    header = ["world", "estimator", "relative RMSE", "bias", "coverage", "width"]
    write_section("peers", text + table(header, rows))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("write", "score", "page"):
        step = steps.add_parser(name)
        step.add_argument("logs", type=Path)
        if name == "write":
            step.add_argument("--logs", type=int, default=100, dest="count")
        else:
            step.add_argument("theirs", type=Path)
    options = parser.parse_args()
    if options.step == "write":
        write(options.logs, options.count)
    elif options.step == "score":
        score(options.logs, options.theirs)
    else:
        page(options.logs, options.theirs)


if __name__ == "__main__":
    main()
