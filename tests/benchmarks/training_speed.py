"""How fast networks train here: ours against d3rlpy's own `fit`, updates per second, and repeatability.

    python -m tests.benchmarks.training_speed [--device cpu|cuda] [--out FILE]

Needs torch, d3rlpy and numpy alone, so that it runs on a bare GPU machine. Ratios count, not seconds. On a
CPU, which others may use too, a second is one of the process's own; `speed_scoreboard` has that page.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import models.training  # noqa: F401  (silences d3rlpy's imports)

# isort: split

import numpy as np
import torch
from d3rlpy.dataset import MDPDataset
from d3rlpy.logging import NoopAdapterFactory
from d3rlpy.models.encoders import VectorEncoderFactory

from models.training.experience import Experience, Normalisation
from models.training.learners import ConservativeQ, double_q
from models.training.replay import PricedReplay
from models.training.train import TrainingPlan, pick_device, starting_values, train_network
from tests.benchmarks.training_told import told

ROWS, FEATURES, ACTIONS = 200_000, 60, 6
BATCHES = (256, 1024, 4096)
STEPS = 100
"""At the smallest batch; larger ones take as many rows in all."""
LEARNERS = {"dqn": double_q, "cql": ConservativeQ(0.05)}
HERE = Path(__file__).parent


def made_up_experience(rows: int = ROWS) -> Experience:
    """Experience of the demo's size and sparsity."""
    rng = np.random.default_rng(1)
    observations = rng.normal(size=(rows, FEATURES + ACTIONS + 1)).astype(np.float32)
    observations[:, FEATURES : FEATURES + ACTIONS] = 1
    at = np.arange(rows)
    return Experience(
        observations=observations,
        action=rng.integers(0, ACTIONS, rows),
        action_cost=rng.random(rows).astype(np.float32),
        row=at,
        next_row=np.minimum(at + 1, rows - 1),
        margin=(rng.random(rows) < 0.02).astype(np.float32),
        cost=rng.random(rows).astype(np.float32),
        terminal=(at % 100 == 99).astype(np.float32),
        interval_days=np.ones(rows, np.float32),
        normalisation=Normalisation(np.zeros(FEATURES), np.ones(FEATURES)),
        n_actions=ACTIONS,
        value_unit=20.0,
    )


def plan(device: str, algorithm: str, batch: int, steps: int) -> TrainingPlan:
    return TrainingPlan(
        algorithm=algorithm,
        learner=LEARNERS[algorithm],
        seed=1,
        steps=steps,
        batch_size=batch,
        hidden_units=(64, 64),
        learning_rate=1e-3,
        weight_decay=1e-4,
        max_price=4.0,
        discount_per_day=0.97,
        device=device,
    )


def updates_per_second(train: Callable[[int], object], device: str, steps: int) -> float:
    """Of a training of so many steps, without its set-up: the difference of a short one and a long one."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    seconds = []
    for n in (steps, 3 * steps):
        began = clock()
        train(n)
        seconds.append(clock() - began)
    return 2 * steps / max(seconds[1] - seconds[0], 1e-9)


def d3rlpy_dataset(experience: Experience) -> MDPDataset:
    """The same rows as d3rlpy keeps them, in episodes."""
    return MDPDataset(
        observations=experience.observations,
        actions=experience.action[:, None],
        rewards=experience.margin,
        terminals=experience.terminal,
        action_size=ACTIONS,
    )


def d3rlpy_fit(dataset: MDPDataset, device: str, algorithm: str, batch: int, steps: int) -> None:
    """d3rlpy's `fit` of the same algorithm as its users call it: plain networks of that size, its sampler."""
    common = {
        "learning_rate": 1e-3,
        "encoder_factory": VectorEncoderFactory(hidden_units=[64, 64]),
        "batch_size": batch,
        "gamma": 0.97,
        "target_update_interval": max(1, steps // 30),
    }
    learner = LEARNERS[algorithm](common, 20.0).create(device=False if device == "cpu" else device)
    learner.fit(
        dataset,
        n_steps=steps,
        n_steps_per_epoch=steps,
        logger_adapter=NoopAdapterFactory(),
        show_progress=False,
    )


def sampling_seconds(experience: Experience, batch: int, batches: int) -> tuple[float, float]:
    """Seconds per batch of our replay and of d3rlpy's own over the same rows."""
    ours = PricedReplay(experience, max_price=4.0, seed=1)
    theirs = d3rlpy_dataset(experience)
    found = []
    for buffer in (ours, theirs):
        buffer.sample_transition_batch(batch)
        began = time.perf_counter()
        for _ in range(batches):
            buffer.sample_transition_batch(batch)
        found.append((time.perf_counter() - began) / batches)
    return found[0], found[1]


def repeats(experience: Experience, device: str) -> bool:
    """Whether two trainings give the same bits, with torch's deterministic algorithms."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    values = starting_values(experience, discount_per_day=0.97)
    first, again = (
        train_network(experience, plan(device, "cql", 256, 30), values=values).weights for _ in range(2)
    )
    torch.use_deterministic_algorithms(before)
    return all(torch.equal(first[name], again[name]) for name in first)


def measure(device: str, steps: int = STEPS, rows: int = ROWS) -> dict[str, Any]:
    """Rates of every algorithm and batch, ours and d3rlpy's in turn; seconds of a sample; repeatability. For
    JSON."""
    experience = made_up_experience(rows)
    values, dataset = starting_values(experience, discount_per_day=0.97), d3rlpy_dataset(experience)
    rates = []
    for algorithm in LEARNERS:
        for batch in BATCHES:
            n = max(min(steps, 10), steps * BATCHES[0] // batch)
            ours = updates_per_second(
                lambda k, a=algorithm, b=batch: train_network(
                    experience, plan(device, a, b, k), values=values
                ),
                device,
                n,
            )
            theirs = updates_per_second(
                lambda k, a=algorithm, b=batch: d3rlpy_fit(dataset, device, a, b, k), device, n
            )
            rates.append({"algorithm": algorithm, "batch": batch, "ours": ours, "fit": theirs})
    sample = sampling_seconds(experience, BATCHES[0], 20)
    return {
        "on": torch.cuda.get_device_name() if device != "cpu" else f"CPU, {platform.machine()}",
        "torch": torch.__version__.split("+")[0],
        "threads": torch.get_num_threads(),
        "size": f"{rows:,} rows, {FEATURES} features, {ACTIONS} actions, 64 x 64 units",
        "rates": rates,
        "sample_us": {"batch": BATCHES[0], "ours": 1e6 * sample[0], "fit": 1e6 * sample[1]},
        "repeats": repeats(experience, device),
    }


def as_a_night_trains() -> None:
    """One thread, and sums that repeat."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # CUDA products that repeat bit for bit
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    as_a_night_trains()
    device = pick_device(arguments.device)
    lines = told([measure(device, arguments.steps, arguments.rows)])
    text = "\n".join(["# Training speed", "", *lines, "", "Regenerate: `make bench-training`.", ""])
    out = arguments.out or HERE / f"training_{'cpu' if device == 'cpu' else 'gpu'}.md"
    out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
