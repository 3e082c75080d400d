"""Slates: four click models, four estimators, values by enumeration."""

import numpy as np

from models.slates import CLICK_MODELS, SlateAnswer, SlateLog, evaluate_slates
from models.worlds.decisions.slates import ATTRACTS, ITEMS, POSITIONS, SlateWorld, softmax_policy
from tests.benchmarks.decisions.figure import Figure

DRAWS, SLATES = 20, 40_000
LOGGED = softmax_policy(np.zeros((POSITIONS, ITEMS)) + 0.3 * np.arange(ITEMS))
BOLD = softmax_policy(np.linspace(4.0, 1.0, POSITIONS)[:, None] * ATTRACTS)


def figures() -> list[Figure]:
    return [_world(model) for model in CLICK_MODELS]


def _world(model: str) -> Figure:
    world = SlateWorld(model)
    truth = world.value(BOLD)
    found = [_answer(world, seed) for seed in range(DRAWS)]
    off = [answer.value.estimate / truth - 1 for answer in found]
    named = [{name for name, *_ in answer.contradicted} for answer in found]
    wrong = set(CLICK_MODELS[: CLICK_MODELS.index(model)])
    all_named = sum(wrong <= one for one in named)
    falsely = sum(bool(one - wrong) for one in named)
    covered = sum(answer.value.low <= truth <= answer.value.high for answer in found)
    error = float(np.sqrt(np.mean(np.square(off))))
    means = {name: np.mean([answer.all[name].estimate for answer in found]) for name in CLICK_MODELS}
    told = ", ".join(f"{name} {mean / truth - 1:+.1%}" for name, mean in means.items())
    return Figure(
        f"clicks by `{model}`: the estimator chosen is within 5 %, wrong ones named, right ones in 5 %",
        f"root mean square error {error:.1%}; wrong ones named in {all_named} of {DRAWS} logs of {SLATES:,}, "
        f"a right one in {falsely}; the interval held in {covered}; on average {told}",
        error <= 0.05 and all_named >= DRAWS - 1 and falsely <= 3,
    )


def _answer(world: SlateWorld, seed: int) -> SlateAnswer:
    item, clicks = world.draw(SLATES, LOGGED, seed)
    both = (np.broadcast_to(policy, (SLATES, *policy.shape)) for policy in (LOGGED, BOLD))
    return evaluate_slates(SlateLog(item, clicks, *both))
