"""What the demo night's advice really earns: every policy put in force in the world that wrote the logs.

    python -m tests.benchmarks.agents_truth out/demo/latest

Reads a published night of the demo study, realises each policy in the same futures (common random
numbers) for 90 days and a 30-day tail, trains the placebo (the same agents on shuffled margins), and
writes `tests/benchmarks/demo_policies.md`.
"""

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from models.agents.advantage import ALGORITHM, advantage_of
from models.agents.advantage_fit import fit_advantage
from models.agents.algorithms import SeedNetworks, algorithm_named, ensemble_of
from models.agents.ensembles import agent_of
from models.agents.folds import FoldedValues
from models.agents.policy import AgentPolicy, Ensemble, QNetwork
from models.agents.saved_ensemble import SavedAgent
from models.agents.store import load_agent, load_transitions, read_contract
from models.behaviour.behaviour import fit_behaviour_policy
from models.mdp.sample_split import deal_folds
from models.mdp.transition_table import Transitions
from models.policies.policy import Policy
from models.policies.rules import Always, ScaledDelivery, UniformEligible
from models.training.experience import build_experience
from models.training.learners import ConservativeQ, double_q
from models.training.train import TrainingPlan, starting_values, train_network
from models.worlds import open_world
from models.worlds.journey import JourneyWorld
from models.worlds.truth import Realised, realise, relative_uplift

TABLE = Path(__file__).with_name("demo_policies.md")


@dataclass(frozen=True)
class Row:
    """One policy's truth."""

    policy: str
    gain: float
    error: float
    spend: float
    share_worse: float


def split_policy(night: Path) -> Policy:
    """The recommended split as scaled delivery."""
    rows = json.loads((night / "split.json").read_text())["rows"]
    world = open_world("demo", entities=10, days=1)
    by_channel = {row["channel"]: row["recommended"] / row["current"] for row in rows if row["current"] > 0}
    return ScaledDelivery(
        (1.0, *(by_channel.get(a, 1.0) for a in world.actions[1:])), "recommended split", ""
    )


def agents(night: Path, world: JourneyWorld) -> list[Policy]:
    """The published agents at their published price, softened and greedy; each network alone, and the
    advantage learner without its pessimism."""
    policies: list[Policy] = []
    for path in sorted((night / "policies").glob("*.json")):
        contract = read_contract(path)
        saved = load_agent(path)
        wrong = saved.mismatch(world.feature_spec, world.actions)
        if wrong:
            raise SystemExit(f"{path} cannot act in the demo world: {wrong}")
        if contract["kind"] == ALGORITHM:
            policies += advantages(saved, contract["price"], contract["softness"])
            continue
        if not isinstance(algorithm_named(saved.algorithm).learns, SeedNetworks):
            values, name, price = agent_of(saved), saved.algorithm, contract["price"]
            policies.append(AgentPolicy(values, price, contract["softness"], f"{name}, as evaluated"))
            policies.append(AgentPolicy(values, price, 0.0, f"{name}, greedy"))
            continue
        ensemble, name, price = agent_of(saved), saved.algorithm, contract["price"]
        policies.append(AgentPolicy(ensemble, price, contract["softness"], f"{name}, as evaluated"))
        policies.append(AgentPolicy(ensemble, price, 0.0, f"{name}, greedy"))
        for fold, part in enumerate(saved.folds):
            networks = ensemble_of(part)
            for seed, network in zip(sorted(part.weights), networks.networks, strict=True):
                one = replace(networks, networks=(network,))
                label = f"{name}, greedy, fold {fold + 1}, seed {seed} alone"
                policies.append(AgentPolicy(one, price, 0.0, label))
    return policies


def advantages(saved: SavedAgent, price: float, softness: float) -> list[Policy]:
    """The published advantage learner."""
    models = tuple(advantage_of(part) for part in saved.folds)
    model = FoldedValues(models)
    bold = FoldedValues(tuple(replace(one, pessimism=0.0) for one in models))
    return [
        AgentPolicy(model, price, softness, "advantage, as evaluated"),
        AgentPolicy(model, price, 0.0, "advantage, greedy"),
        AgentPolicy(bold, price, 0.0, "advantage, greedy, no standard error taken off"),
    ]


def placebos(transitions: Transitions, steps: int) -> list[Policy]:
    """Agents trained on margins dealt out at random: they must not beat today's delivery."""
    teachers = deal_folds(transitions.entity).teachers(0)
    experience = build_experience(transitions, teachers, discount_per_day=0.97, n_steps=5)
    dealt = np.random.default_rng(7).permutation(experience.margin)
    shuffled = replace(experience, margin=dealt)
    values = starting_values(shuffled, discount_per_day=0.97)
    policies: list[Policy] = []
    for algorithm, learner in {"dqn": double_q, "cql": ConservativeQ(0.05)}.items():
        plan = TrainingPlan(algorithm, learner, 1, steps, 2048, (64, 64), 1e-3, 1e-4, 4.0, 0.97, "cpu")
        network = QNetwork(train_network(shuffled, plan, values=values).weights, plan.max_price)
        ensemble = Ensemble(algorithm, (network,), experience.normalisation, experience.value_unit, 4.0)
        policies.append(AgentPolicy(ensemble, 1.0, 0.0, f"{algorithm}, trained on shuffled margins"))
    outcomes = transitions.outcomes.copy()
    outcomes[:, 0] = np.random.default_rng(7).permutation(outcomes[:, 0])
    model = fit_advantage(
        replace(transitions, outcomes=outcomes),
        teachers,
        fit_behaviour_policy(transitions, folds=2, seed=1).probabilities,
        discount_per_day=0.97,
        n_steps=5,
        pessimism=1.0,
    )
    policies.append(AgentPolicy(model, 1.0, 0.0, "advantage, trained on shuffled margins"))
    return policies


def row(policy: Policy, realised: Realised, today: Realised) -> Row:
    gain, error = relative_uplift(realised, today)
    spend = realised.cost.sum() / today.cost.sum()
    return Row(policy.name, gain, error, float(spend), float((realised.profit < today.profit).mean()))


def kept_promise(world: JourneyWorld, policy: Policy) -> str:
    """What the recommended split realises over the promise's own horizon of 7 days and tail of 7."""
    horizon = {"days": 7, "tail_days": 7, "futures": tuple(range(500, 520))}
    today = realise(world, None, **horizon)
    gain = realise(world, policy.probabilities, **horizon).profit - today.profit
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return f"it realises {gain.mean():,.0f} (standard error {error:,.0f}, 20 futures) over that horizon"


def table(rows: list[Row], night: Path, days: int, futures: int, realised: str) -> str:
    split = json.loads((night / "split.json").read_text())
    uplift = split["uplift"]
    promised = "no uplift promised"
    if uplift is not None:
        promised = (
            f"promised {uplift['estimate']:,.0f} {split['currency']} a period "
            f"(95 % {uplift['low']:,.0f} to {uplift['high']:,.0f})"
        )
    lines = [
        "# What the demo's policies really earn",
        "",
        f"World `demo`, seed 1, 20,000 customers, 112 days of logs; night of {split['as_of']}: verdict "
        f"{split['verdict']}, {promised}; {realised}. "
        f"Each policy in force for {days} days and a 30-day tail, in "
        f"{futures} futures shared by all rows. Gain: realised profit against today's delivery, mean "
        "and standard error over futures (of one log: the error of having drawn that log is not in it).",
        "",
        "Regenerate: `make nightly && make bench-demo`.",
        "",
        "| policy | realised profit | standard error | spend | futures it loses |",
        "|---|---|---|---|---|",
    ]
    for r in rows:
        sign = "+" if r.gain >= 0 else "−"
        lines.append(
            f"| {r.policy} | {sign}{abs(100 * r.gain):.1f} % | {100 * r.error:.1f} | {r.spend:.2f} "
            f"| {r.share_worse:.0%} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("night", type=Path, help="folder of a published night of the demo study")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--futures", type=int, default=4)
    parser.add_argument("--out", type=Path, default=TABLE)
    arguments = parser.parse_args()
    night = arguments.night.resolve()
    transitions = load_transitions(night / "transitions")
    world = open_world("demo")
    for _ in track(range(112), description="living through the logs", console=Console(stderr=True)):
        world.step()
    none = Always(0, "no advertising")
    policies = [
        UniformEligible(),
        none,
        split_policy(night),
        *agents(night, world),
        *placebos(transitions, 600),
    ]
    seeds = tuple(1000 + i for i in range(arguments.futures))
    days = {"days": arguments.days, "tail_days": 30, "futures": seeds}
    today = realise(world, None, **days)
    rows = [
        row(policy, realise(world, policy.probabilities, **days), today)
        for policy in track(policies, description="putting policies in force", console=Console(stderr=True))
    ]
    rows.sort(key=lambda r: -r.gain)
    arguments.out.write_text(
        table(rows, night, arguments.days, arguments.futures, kept_promise(world, split_policy(night))),
        encoding="utf-8",
    )
    print(arguments.out)


if __name__ == "__main__":
    main()
