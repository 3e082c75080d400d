"""d3rlpy's fitted Q evaluation as shipped, beside ours, on a few logs of worlds with exact truth.

    python -m tests.benchmarks.evaluation_scoreboard_d3rlpy [--logs 3] [--steps 4000]

It evaluates the argmax of a policy only, and hard-codes a Huber loss with beta 1; so the target is greedy
here, and worlds with impossible actions are left out (it has no masks). Its state is given the days left.
4,000 updates are enough: on one log of each world 2,000 gave the same to within 1 % of the truth.
"""

import argparse
import zlib
from pathlib import Path

import d3rlpy
import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.reference.lstd_q import initial_values
from models.evaluation.reference.neural_fqe import NeuralFQE
from models.mdp.journeys import Journeys
from models.worlds.tabular import TabularWorld, states_of
from models.worlds.tabular_catalogue import open_case
from models.worlds.tabular_policies import optimal_rule
from tests.benchmarks.evaluation_page import PAGE, number, table, write_section

Floats = NDArray[np.float64]
WORLDS = ("rare-rewards", "one-step-mild", "five-rich", "five-strong")
LEARNING_RATE = 1e-3
BATCH = 256


def as_shipped(journeys: Journeys, world: TabularWorld, rule: Floats, *, steps: int, seed: int) -> float:
    """Mean margin per journey under a greedy rule (O, A), by d3rlpy's DiscreteFQE after `steps` updates."""
    d3rlpy.seed(seed)
    assert journeys.days_left is not None
    states, left = states_of(journeys), journeys.days_left - 1
    horizon, n_actions = len(world.enter), len(world.actions)
    observations = np.concatenate([np.eye(world.n_shown)[states], np.eye(horizon)[left]], axis=1)
    last = np.r_[np.diff(journeys.journey) != 0, True]
    dataset = d3rlpy.dataset.MDPDataset(
        observations.astype(np.float32),
        journeys.action[:, None].astype(np.int64),
        journeys.outcomes[:, :1].astype(np.float32),
        last.astype(np.float32),
        action_size=n_actions,
    )
    policy = d3rlpy.algos.DQNConfig().create(device="cpu:0")
    policy.create_impl((observations.shape[1],), n_actions)
    assert policy.impl is not None
    greedy = torch.as_tensor(rule.argmax(axis=1))

    def choose(x: torch.Tensor) -> torch.Tensor:
        return greedy[x[:, : world.n_shown].argmax(dim=1)]

    policy.impl.inner_predict_best_action = choose
    config = d3rlpy.ope.FQEConfig(learning_rate=LEARNING_RATE, batch_size=BATCH, gamma=1.0)
    fqe = d3rlpy.ope.DiscreteFQE(algo=policy, config=config, device="cpu:0")
    fqe.fit(
        dataset,
        n_steps=steps,
        n_steps_per_epoch=steps,
        show_progress=False,
        logger_adapter=d3rlpy.logging.NoopAdapterFactory(),
    )
    assert fqe.impl is not None and fqe.grad_step == steps
    first = journeys.t == 0
    chosen = rule[states[first]].argmax(axis=1)[:, None]
    return float(fqe.predict_value(observations[first].astype(np.float32), chosen).mean())


def rows_of(name: str, logs: int, steps: int, bar: Progress) -> list[str]:
    """One world's row: truth and mean estimates over a few logs."""
    case = open_case(name)
    weights = np.array([float(outcome == "margin") for outcome in case.world.outcomes])
    rule = optimal_rule(case.world, weights)
    task = bar.add_task(name, total=logs)
    theirs, neural, ours, headline = [], [], [], []
    for log in range(logs):
        rng = np.random.default_rng([1, zlib.crc32(name.encode()), log])
        journeys = case.draw(rng)
        states = states_of(journeys)
        value = DoublyRobust(journeys, case.mu[states], folds=2, ridge=1.0).value(rule[states])
        ours.append(journeys.scale * value.fitted_q[:, 0].sum())
        headline.append(journeys.scale * value.double_reinforcement[:, 0].sum())
        network = NeuralFQE(journeys, journeys.outcomes[:, :1], seed=log)
        neural.append(journeys.scale * initial_values(journeys, network.fit(rule[states])).sum())
        theirs.append(as_shipped(journeys, case.world, rule, steps=steps, seed=log))
        bar.advance(task)
    truth = float(case.world.truth(rule)[0])
    means = [float(np.mean(found)) for found in (theirs, neural, ours, headline)]
    off = [f"{100 * (mean / truth - 1):+.0f} %" for mean in means]
    return [name, number(truth, 2), *(f"{number(m, 2)} ({o})" for m, o in zip(means, off, strict=True))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with Progress() as bar:
        rows = [rows_of(name, options.logs, options.steps, bar) for name in WORLDS]
    text = (
        "## d3rlpy's FQE as shipped\n\nCommand: `python -m tests.benchmarks.evaluation_scoreboard_d3rlpy "
        f"--logs {options.logs} --steps {options.steps}`; mean over logs: {options.logs}; d3rlpy "
        f"{d3rlpy.__version__}, "
        f"learning rate {LEARNING_RATE:g}, batches of {BATCH}, no discount. The target is the best greedy "
        "rule, since it evaluates nothing else. Its Huber loss fits something near the median where rewards "
        "are rare: their margin all but vanishes.\n\n"
    )
    header = ["world", "true margin", "d3rlpy FQE", "our neural FQE", "our linear FQE", "our headline (DRL)"]
    write_section("d3rlpy", text + table(header, rows), options.page)


if __name__ == "__main__":
    main()
