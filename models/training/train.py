"""Train one network per algorithm and seed by d3rlpy, on CUDA where there is a GPU."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from d3rlpy import seed as seed_everything
from d3rlpy.logging import NoopAdapterFactory
from d3rlpy.optimizers import AdamFactory
from d3rlpy.optimizers.lr_schedulers import CosineAnnealingLRFactory

from models.training.experience import Experience, linear_values, mean_action_costs
from models.training.learners import Learner
from models.training.masked_q import MaskedDuelingQ, MaskedDuelingQFactory, encoder_factory
from models.training.replay import PricedReplay

STARTING_VALUES = ("margin_value", "cost_value", "action_cost")
Progress = Callable[[str, int, int], None]
"""Called with (what, steps done, steps in all)."""


@dataclass(frozen=True)
class TrainingPlan:
    """What one network is trained with; `models.settings.LearningSettings` explains each."""

    algorithm: str
    """Its name, for progress and records;"""
    learner: Learner
    """what it learns by."""
    seed: int
    steps: int
    batch_size: int
    hidden_units: tuple[int, ...]
    learning_rate: float
    weight_decay: float
    max_price: float
    discount_per_day: float
    device: str


@dataclass(frozen=True)
class TrainedNetwork:
    """A trained Q-network's weights on the CPU, and what was done."""

    plan: TrainingPlan
    weights: dict[str, torch.Tensor]
    steps_done: int
    final_loss: float
    """Mean loss of the last tenth of the steps, in value units."""
    warm_started: bool


def pick_device(wanted: str) -> str:
    """`cuda:0` where a GPU is there and not forbidden, else `cpu`."""
    if wanted == "cpu" or not torch.cuda.is_available():
        return "cpu"
    return "cuda:0"


def starting_values(experience: Experience, *, discount_per_day: float) -> dict[str, torch.Tensor]:
    """Linear values of today's delivery and mean action costs: where every network of a night starts."""
    margin, cost = linear_values(experience, discount_per_day=discount_per_day)
    arrays = (margin, cost, mean_action_costs(experience))
    return {k: torch.tensor(v, dtype=torch.float32) for k, v in zip(STARTING_VALUES, arrays, strict=True)}


@dataclass(frozen=True)
class Job:
    """One network to be trained."""

    experience: Experience
    plan: TrainingPlan
    values: dict[str, torch.Tensor]
    """`starting_values` of the experience: where the network starts,"""
    start: dict[str, torch.Tensor] | None = None
    """unless there are weights of the last night's network of the same plan to go on from."""


def train_network(
    experience: Experience,
    plan: TrainingPlan,
    *,
    values: dict[str, torch.Tensor],
    start: dict[str, torch.Tensor] | None = None,
    progress: Progress | None = None,
) -> TrainedNetwork:
    """Fit one price-conditioned network; `Job` explains the arguments.

    Raises RuntimeError if d3rlpy did not do the gradient steps asked for (it skips silently when steps
    are fewer than its epoch).
    """
    return train_networks([Job(experience, plan, values, start)], progress)[0]


def train_networks(jobs: Sequence[Job], progress: Progress | None = None) -> list[TrainedNetwork]:
    """Every job's network, as many side by side as there are processors; on a GPU one after the other.

    Networks share nothing but what they read: chance is drawn when they are made, one after the other, and
    then by each job's own replay, so that their number at a time changes no bit. RuntimeError as above.
    """
    threads = torch.get_num_threads()
    made = [_create(job) for job in jobs]
    on_gpu = any(job.plan.device != "cpu" for job in jobs)
    side_by_side = 1 if on_gpu else max(1, min(len(jobs), (os.cpu_count() or 1) // threads))
    if side_by_side == 1:
        return [_fit(job, algorithm, progress) for job, algorithm in zip(jobs, made, strict=True)]
    with ThreadPoolExecutor(
        side_by_side, initializer=torch.set_num_threads, initargs=(threads,)
    ) as pool:  # a new thread may have a number of its own
        return list(pool.map(_fit, jobs, made, [progress] * len(jobs)))


def _create(job: Job) -> Any:
    """d3rlpy's algorithm with its network where it starts."""
    experience, plan, start = job.experience, job.plan, job.start
    seed_everything(plan.seed)
    common = {
        "learning_rate": plan.learning_rate,
        # without annealing the advantages end wherever the last rare purchases pushed them: of three seeds
        # on one log one stopped advertising (1,000 steps, price 1.5); annealed, none did (600 steps, price 1)
        "optim_factory": AdamFactory(
            weight_decay=plan.weight_decay,
            lr_scheduler_factory=CosineAnnealingLRFactory(T_max=plan.steps),
        ),
        "encoder_factory": encoder_factory(plan.hidden_units),
        "q_func_factory": MaskedDuelingQFactory(max_price=plan.max_price),
        "batch_size": plan.batch_size,
        "gamma": plan.discount_per_day,
        "target_update_interval": max(1, plan.steps // 30),
    }
    device = False if plan.device == "cpu" else plan.device
    algorithm: Any = plan.learner(common, experience.value_unit).create(device=device)
    algorithm.create_impl((experience.observations.shape[1],), experience.n_actions)
    network = algorithm.impl.q_function[0]
    assert isinstance(network, MaskedDuelingQ)  # our own factory made it
    network.start_from(**{k: (start or job.values)[k].to(plan.device) for k in STARTING_VALUES})
    if start is not None:
        network.load_state_dict(start)
    target = algorithm.impl.modules.targ_q_funcs[0]
    target.start_from(**{k: getattr(network, k) for k in STARTING_VALUES})
    target.load_state_dict(network.state_dict())

    return algorithm


def _fit(job: Job, algorithm: Any, progress: Progress | None) -> TrainedNetwork:
    plan, network = job.plan, algorithm.impl.q_function[0]
    name = f"{plan.algorithm} seed {plan.seed}"

    def watch(_: object, __: int, step: int) -> None:
        if progress is not None and (step % 50 == 0 or step == plan.steps):
            progress(name, step, plan.steps)

    chunk = max(1, plan.steps // 10)
    while chunk > 1 and plan.steps % chunk:
        chunk -= 1
    history = algorithm.fit(
        PricedReplay(job.experience, max_price=plan.max_price, seed=plan.seed),
        n_steps=plan.steps,
        n_steps_per_epoch=chunk,
        logger_adapter=NoopAdapterFactory(),
        show_progress=False,
        callback=watch,
    )
    losses = [metrics["loss"] for _, metrics in history]
    if algorithm.grad_step != plan.steps:
        raise RuntimeError(f"{name}: asked for {plan.steps} gradient steps, d3rlpy did {algorithm.grad_step}")
    weights = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
    return TrainedNetwork(plan, weights, algorithm.grad_step, losses[-1], job.start is not None)
