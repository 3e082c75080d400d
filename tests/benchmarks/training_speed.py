"""How fast networks train here: our replay against d3rlpy's own, updates per second, and repeatability.

    python -m tests.benchmarks.training_speed [--device cpu|cuda] [--out FILE]

Needs torch, d3rlpy and numpy alone, so that it runs on a bare GPU machine. Ratios count, not seconds.
"""

import argparse
import os
import platform
import time
from pathlib import Path

import models.training  # noqa: F401  (silences d3rlpy's imports)

# isort: split

import numpy as np
import torch
from d3rlpy.dataset import MDPDataset

from models.training.experience import Experience, Normalisation
from models.training.learners import ConservativeQ, double_q
from models.training.replay import PricedReplay
from models.training.train import TrainingPlan, pick_device, starting_values, train_network

ROWS, FEATURES, ACTIONS = 200_000, 60, 6
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


def updates_per_second(experience: Experience, device: str, algorithm: str, batch: int, steps: int) -> float:
    """Of `train_network`, without its set-up."""
    values = starting_values(experience, discount_per_day=0.97)
    seconds = []
    for n in (steps, 3 * steps):  # the difference leaves the set-up out
        began = time.perf_counter()
        train_network(experience, plan(device, algorithm, batch, n), values=values)
        seconds.append(time.perf_counter() - began)
    return 2 * steps / max(seconds[1] - seconds[0], 1e-9)


def sampling_seconds(experience: Experience, batch: int, batches: int) -> tuple[float, float]:
    """Seconds per batch of our replay and of d3rlpy's own over the same rows."""
    ours = PricedReplay(experience, max_price=4.0, seed=1)
    theirs = MDPDataset(
        observations=experience.observations,
        actions=experience.action[:, None],
        rewards=experience.margin,
        terminals=experience.terminal,
        action_size=ACTIONS,
    )
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


def table(device: str, steps: int, rows: int) -> str:
    experience = made_up_experience(rows)
    name = torch.cuda.get_device_name() if device != "cpu" else f"CPU, {platform.machine()}"
    ours, theirs = sampling_seconds(experience, 256, 20)
    lines = [
        f"# Training speed on {name}",
        "",
        f"torch {torch.__version__.split('+')[0]}, {torch.get_num_threads()} thread(s), {rows:,} rows, "
        f"{FEATURES} features, {ACTIONS} actions, 64 x 64 units. Regenerate: `make bench-training`.",
        "",
        "| algorithm | batch | updates per second |",
        "|---|---|---|",
    ]
    for algorithm in LEARNERS:
        for batch in (256, 2048, 8192):
            rate = updates_per_second(experience, device, algorithm, batch, steps)
            lines.append(f"| {algorithm} | {batch:,} | {rate:,.0f} |")
    lines += [
        "",
        f"Sampling a batch of 256: {1e6 * ours:,.0f} microseconds; d3rlpy's own buffer "
        f"{1e6 * theirs:,.0f}, {theirs / ours:.0f} times as long.",
        "",
        f"Two trainings give the same bits: {'yes' if repeats(experience, device) else 'NO'}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # CUDA products that repeat bit for bit
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    device = pick_device(arguments.device)
    text = table(device, arguments.steps, arguments.rows)
    out = arguments.out or HERE / f"training_{'cpu' if device == 'cpu' else 'gpu'}.md"
    out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
