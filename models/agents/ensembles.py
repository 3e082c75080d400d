"""Train every agent of one night, fold by fold: seed ensembles, from last night's where the contract is
equal, and what is solved afresh."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.agents.algorithms import (
    ALGORITHMS,
    Algorithm,
    InOneGo,
    Lesson,
    SeedNetworks,
    algorithm_named,
    steps_of_returns,
)
from models.agents.folds import FoldedEffects, FoldedValues
from models.agents.networks_side_by_side import networks_side_by_side
from models.agents.saved_ensemble import SavedAgent, SavedEnsemble
from models.agents.store import load_agent
from models.mdp import AGENT_FOLDS, Folds, Transitions
from models.numerics import one_blas_thread
from models.results import AgentTraining
from models.settings import DecisionSettings, LearningSettings
from models.training import (
    Experience,
    Job,
    TrainedNetwork,
    TrainingPlan,
    build_experience,
    pick_device,
    starting_values,
    train_networks,
)
from sql.errors import LogError, StudyError

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Agents:
    """The night's agents by algorithm, what was done, and what a reader should know."""

    ensembles: dict[str, SavedAgent]
    training: tuple[AgentTraining, ...]
    notes: tuple[str, ...]


def train_agents(
    transitions: Transitions,
    folds: Folds,
    settings: LearningSettings,
    decision: DecisionSettings,
    behaviour: NDArray[np.float64],
    *,
    previous: Path | None = None,
    progress: Progress | None = None,
    algorithms: tuple[Algorithm, ...] = ALGORITHMS,
) -> Agents:
    """One agent per algorithm that the settings name: for every fold what the entities of the others teach.
    behaviour (n, A): mu of every row. ValueError where `algorithms` knows no such name.

    `previous`: the policies folder of an earlier night; an agent there whose contract (features, actions,
    network) is equal is trained on, each fold's networks by those who taught them; any other is left and said
    so in the notes.
    """
    if not settings.algorithms:
        return Agents({}, (), ())
    if len(transitions.actions) < 2 or not transitions.n_rows:
        return Agents({}, (), ("no agent was trained: the logs hold no ad to choose",))
    lessons = tuple(
        Lesson(
            transitions,
            folds.teachers(fold),
            behaviour,
            build_experience(
                transitions,
                folds.teachers(fold),
                discount_per_day=decision.discount_per_day,
                n_steps=steps_of_returns(settings, decision),
            ),
            settings,
            decision,
        )
        for fold in range(AGENT_FOLDS)
    )
    if any(len(one.experience.action) == 0 or not np.any(one.experience.margin) for one in lessons):
        return Agents({}, (), ("no agent was trained: a half of the entities has no decision with margin",))
    wanted = [algorithm_named(name, algorithms) for name in dict.fromkeys(settings.algorithms)]
    jobs, notes = _jobs(lessons, wanted, previous, algorithms)
    networks, at_once = _taught(wanted, lessons, [job for some in jobs.values() for job in some], progress)
    agents: dict[str, SavedAgent] = {}
    training: list[AgentTraining] = []
    for algorithm in wanted:
        name = algorithm.name
        if name in at_once:
            learnt = at_once[name]
            if isinstance(learnt, LogError):
                notes.append(f"no {algorithm.noun} was trained: {learnt}")
            else:
                agents[name] = learnt
            continue
        parts = []
        for fold in range(AGENT_FOLDS):
            own = list(islice(networks, len(settings.seeds)))
            experience = jobs[name][fold * len(settings.seeds)].experience
            parts.append(_saved(name, own, experience, transitions, settings))
            training += [_record(network, fold) for network in own]
        agents[name] = SavedAgent(tuple(parts))
    return Agents(agents, tuple(training), tuple(notes))


def _jobs(
    lessons: tuple[Lesson, ...],
    wanted: list[Algorithm],
    previous: Path | None,
    algorithms: tuple[Algorithm, ...],
) -> tuple[dict[str, list[Job]], list[str]]:
    """Every network to be trained, by algorithm, fold after fold, and what a reader should know."""
    settings, decision = lessons[0].settings, lessons[0].decision
    with one_blas_thread():
        values = [
            starting_values(one.experience, discount_per_day=decision.discount_per_day) for one in lessons
        ]
    jobs: dict[str, list[Job]] = {}
    notes: list[str] = []
    known: list[list[Experience]] = [[one.experience] for one in lessons]
    for algorithm in wanted:
        if not isinstance(algorithm.learns, SeedNetworks):
            continue
        start, note = _last_night(previous, algorithm.name, lessons[0], algorithms)
        notes += [note] if note else []
        jobs[algorithm.name] = []
        for fold, lesson in enumerate(lessons):
            part = None if start is None else start.folds[fold]
            used = lesson.experience if part is None else _renormalised(lesson.experience, part, known[fold])
            jobs[algorithm.name] += [
                Job(
                    used,
                    _plan(algorithm.name, algorithm.learns, seed, settings, decision),
                    values[fold],
                    None if part is None else part.weights.get(seed),
                )
                for seed in settings.seeds
            ]
    return jobs, notes


def _taught(
    wanted: list[Algorithm], lessons: tuple[Lesson, ...], jobs: list[Job], progress: Progress | None
) -> tuple[Iterator[TrainedNetwork], dict[str, SavedAgent | LogError]]:
    """Every job's network, and beside them what learns in one go, or why it does not."""
    trained: list[TrainedNetwork] = []
    at_once: dict[str, SavedAgent | LogError] = {}

    def train() -> None:
        trained.extend(train_networks(jobs, progress))

    def learn(name: str, learns: InOneGo) -> None:
        try:
            at_once[name] = SavedAgent(tuple(learns.fit(lesson) for lesson in lessons))
        except LogError as error:
            at_once[name] = error

    tasks: list[Callable[[], None]] = [train]
    tasks += [partial(learn, a.name, a.learns) for a in wanted if isinstance(a.learns, InOneGo)]
    networks_side_by_side(lambda task: task(), tasks)
    return iter(trained), at_once


def _plan(
    algorithm: str, learns: SeedNetworks, seed: int, settings: LearningSettings, decision: DecisionSettings
) -> TrainingPlan:
    """The steps of a seed are shared by its networks of all folds, so that folds cost no time."""
    return TrainingPlan(
        algorithm=algorithm,
        learner=learns.learner(settings),
        seed=seed,
        steps=-(-settings.steps // AGENT_FOLDS),
        batch_size=settings.batch_size,
        hidden_units=settings.hidden_units,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        max_price=settings.max_price,
        discount_per_day=decision.discount_per_day,
        device=pick_device(settings.device),
    )


def _last_night(
    previous: Path | None,
    algorithm: str,
    lesson: Lesson,
    algorithms: tuple[Algorithm, ...],
) -> tuple[SavedAgent | None, str]:
    """The agent to start from, or why there is none."""
    path = None if previous is None else previous / f"{algorithm}.json"
    if path is None or not path.is_file():
        return None, ""
    try:
        saved = load_agent(path, algorithms)
    except StudyError:  # its sentence names a folder, and a report is the same in every folder
        why = "the file of the night before is damaged, or of an earlier version"
        return None, f"{algorithm} was trained afresh: {why}"
    transitions, settings, first = lesson.transitions, lesson.settings, saved.folds[0]
    wrong = saved.mismatch(transitions.feature_spec, transitions.actions)
    if not wrong and (first.hidden_units, first.max_price) != (settings.hidden_units, settings.max_price):
        wrong = "the network's size or the highest price changed"
    if wrong:
        return None, f"{algorithm} was trained afresh: {wrong}"
    return saved, ""


def _renormalised(experience: Experience, start: SavedEnsemble, known: list[Experience]) -> Experience:
    """The same experience in last night's normalisation and value unit, which the weights depend on; the one
    that is `known` already, where it will do, since it is large. What is made is known from then on."""
    for one in known:
        same = (
            (one.normalisation.mean, start.normalisation.mean),
            (one.normalisation.scale, start.normalisation.scale),
        )
        if one.value_unit == start.value_unit and all(np.array_equal(*pair) for pair in same):
            return one
    d = len(start.normalisation.mean)
    observations = experience.observations.copy()
    raw = observations[:, :d] * experience.normalisation.scale + experience.normalisation.mean
    observations[:, :d] = start.normalisation(raw)
    rescale = np.float32(experience.value_unit / start.value_unit)
    made = replace(
        experience,
        observations=observations,
        margin=experience.margin * rescale,
        cost=experience.cost * rescale,
        action_cost=experience.action_cost * rescale,
        normalisation=start.normalisation,
        value_unit=start.value_unit,
    )
    known.append(made)
    return made


def _saved(
    algorithm: str,
    networks: list[TrainedNetwork],
    experience: Experience,
    transitions: Transitions,
    settings: LearningSettings,
) -> SavedEnsemble:
    return SavedEnsemble(
        algorithm=algorithm,
        features=transitions.feature_spec,
        actions=transitions.actions,
        normalisation=experience.normalisation,
        value_unit=experience.value_unit,
        max_price=settings.max_price,
        hidden_units=settings.hidden_units,
        weights={n.plan.seed: n.weights for n in networks},
    )


def _record(network: TrainedNetwork, fold: int) -> AgentTraining:
    return AgentTraining(
        algorithm=network.plan.algorithm,
        seed=network.plan.seed,
        fold=fold,
        steps=network.steps_done,
        final_loss=network.final_loss,
        device="cpu" if network.plan.device == "cpu" else "cuda",
        warm_started=network.warm_started,
    )


def agent_of(saved: SavedAgent, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> FoldedValues:
    """A saved agent ready to act."""
    acts = algorithm_named(saved.algorithm, algorithms).acts
    return FoldedValues(tuple(acts(part) for part in saved.folds))


def effects_by(agents: Agents, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> FoldedEffects | None:
    """What every action brings, by the first agent that says so; None where none does."""
    for name, saved in agents.ensembles.items():
        effects = algorithm_named(name, algorithms).effects
        if effects is not None:
            return FoldedEffects(tuple(effects(part) for part in saved.folds))
    return None
