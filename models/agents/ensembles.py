"""Train every agent of one night: seed ensembles, from last night's where the contract is equal, and what is
solved afresh."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.agents.algorithms import (
    ALGORITHMS,
    ActionEffects,
    Algorithm,
    InOneGo,
    Lesson,
    SeedNetworks,
    algorithm_named,
    steps_of_returns,
)
from models.agents.networks_side_by_side import networks_side_by_side
from models.agents.policy import ActionValues
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.store import load_ensemble
from models.mdp import Transitions
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

    ensembles: dict[str, SavedEnsemble]
    training: tuple[AgentTraining, ...]
    notes: tuple[str, ...]


def train_agents(
    transitions: Transitions,
    train_rows: NDArray[np.bool_],
    settings: LearningSettings,
    decision: DecisionSettings,
    behaviour: NDArray[np.float64],
    *,
    previous: Path | None = None,
    progress: Progress | None = None,
    algorithms: tuple[Algorithm, ...] = ALGORITHMS,
) -> Agents:
    """One agent per algorithm that the settings name, on the training entities alone. behaviour (n, A): mu
    of every row. ValueError where `algorithms` knows no such name.

    `previous`: the policies folder of an earlier night; an ensemble there whose contract (features, actions,
    network) is equal is trained on, any other is left and said so in the notes.
    """
    if not settings.algorithms:
        return Agents({}, (), ())
    if len(transitions.actions) < 2 or not np.any(train_rows):
        return Agents({}, (), ("no agent was trained: the training entities hold no ad to choose",))
    experience = build_experience(
        transitions,
        train_rows,
        discount_per_day=decision.discount_per_day,
        n_steps=steps_of_returns(settings, decision),
    )
    if len(experience.action) == 0 or not np.any(experience.margin):
        return Agents({}, (), ("no agent was trained: the training entities hold no decision with margin",))
    with one_blas_thread():
        values = starting_values(experience, discount_per_day=decision.discount_per_day)
    ensembles: dict[str, SavedEnsemble] = {}
    training: list[AgentTraining] = []
    notes: list[str] = []
    jobs: dict[str, list[Job]] = {}
    wanted = [algorithm_named(name, algorithms) for name in dict.fromkeys(settings.algorithms)]
    for algorithm in wanted:
        if not isinstance(algorithm.learns, SeedNetworks):
            continue
        start, note = _last_night(previous, algorithm.name, transitions, settings, algorithms)
        notes += [note] if note else []
        used = experience if start is None else _renormalised(experience, start, jobs)
        jobs[algorithm.name] = [
            Job(
                used,
                _plan(algorithm.name, algorithm.learns, seed, settings, decision),
                values,
                None if start is None else start.weights.get(seed),
            )
            for seed in settings.seeds
        ]
    lesson = Lesson(transitions, train_rows, behaviour, experience, settings, decision)
    networks, at_once = _taught(wanted, lesson, [job for some in jobs.values() for job in some], progress)
    for algorithm in wanted:
        name = algorithm.name
        if name in at_once:
            learnt = at_once[name]
            if isinstance(learnt, LogError):
                notes.append(f"no {algorithm.noun} was trained: {learnt}")
            else:
                ensembles[name] = learnt
            continue
        own = list(islice(networks, len(settings.seeds)))
        ensembles[name] = _saved(name, own, jobs[name][0].experience, transitions, settings)
        training += [_record(network) for network in own]
    return Agents(ensembles, tuple(training), tuple(notes))


def _taught(
    wanted: list[Algorithm], lesson: Lesson, jobs: list[Job], progress: Progress | None
) -> tuple[Iterator[TrainedNetwork], dict[str, SavedEnsemble | LogError]]:
    """Every job's network, and beside them what learns in one go, or why it does not."""
    trained: list[TrainedNetwork] = []
    at_once: dict[str, SavedEnsemble | LogError] = {}

    def train() -> None:
        trained.extend(train_networks(jobs, progress))

    def learn(name: str, learns: InOneGo) -> None:
        try:
            at_once[name] = learns.fit(lesson)
        except LogError as error:
            at_once[name] = error

    lessons: list[Callable[[], None]] = [train]
    lessons += [partial(learn, a.name, a.learns) for a in wanted if isinstance(a.learns, InOneGo)]
    networks_side_by_side(lambda task: task(), lessons)
    return iter(trained), at_once


def _plan(
    algorithm: str, learns: SeedNetworks, seed: int, settings: LearningSettings, decision: DecisionSettings
) -> TrainingPlan:
    return TrainingPlan(
        algorithm=algorithm,
        learner=learns.learner(settings),
        seed=seed,
        steps=settings.steps,
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
    transitions: Transitions,
    settings: LearningSettings,
    algorithms: tuple[Algorithm, ...],
) -> tuple[SavedEnsemble | None, str]:
    """The ensemble to start from, or why there is none."""
    path = None if previous is None else previous / f"{algorithm}.json"
    if path is None or not path.is_file():
        return None, ""
    try:
        saved = load_ensemble(path, algorithms)
    except StudyError:  # its sentence names a folder, and a report is the same in every folder
        return None, f"{algorithm} was trained afresh: the file of the night before is damaged"
    wrong = saved.mismatch(transitions.feature_spec, transitions.actions)
    if not wrong and (saved.hidden_units, saved.max_price) != (settings.hidden_units, settings.max_price):
        wrong = "the network's size or the highest price changed"
    if wrong:
        return None, f"{algorithm} was trained afresh: {wrong}"
    return saved, ""


def _renormalised(experience: Experience, start: SavedEnsemble, jobs: Mapping[str, list[Job]]) -> Experience:
    """The same experience in last night's normalisation and value unit, which the weights depend on; the one
    an earlier job has made already, where it will do, since it is large."""
    for known in (some[0].experience for some in jobs.values()):
        same = (
            (known.normalisation.mean, start.normalisation.mean),
            (known.normalisation.scale, start.normalisation.scale),
        )
        if known.value_unit == start.value_unit and all(np.array_equal(*pair) for pair in same):
            return known
    d = len(start.normalisation.mean)
    observations = experience.observations.copy()
    raw = observations[:, :d] * experience.normalisation.scale + experience.normalisation.mean
    observations[:, :d] = start.normalisation(raw)
    rescale = np.float32(experience.value_unit / start.value_unit)
    return replace(
        experience,
        observations=observations,
        margin=experience.margin * rescale,
        cost=experience.cost * rescale,
        action_cost=experience.action_cost * rescale,
        normalisation=start.normalisation,
        value_unit=start.value_unit,
    )


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


def _record(network: TrainedNetwork) -> AgentTraining:
    return AgentTraining(
        algorithm=network.plan.algorithm,
        seed=network.plan.seed,
        steps=network.steps_done,
        final_loss=network.final_loss,
        device="cpu" if network.plan.device == "cpu" else "cuda",
        warm_started=network.warm_started,
    )


def agent_of(saved: SavedEnsemble, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> ActionValues:
    """A saved agent ready to act."""
    return algorithm_named(saved.algorithm, algorithms).acts(saved)


def effects_by(agents: Agents, algorithms: tuple[Algorithm, ...] = ALGORITHMS) -> ActionEffects | None:
    """What every action brings, by the first agent that says so; None where none does."""
    for name, saved in agents.ensembles.items():
        effects = algorithm_named(name, algorithms).effects
        if effects is not None:
            return effects(saved)
    return None
