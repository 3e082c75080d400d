"""`allot evaluate`: a policy of your own, scored on the reporting users beside today's delivery."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.table import Table

from flows import stages
from flows.determinism import determinism
from flows.judging import judge
from flows.night import open_scratch
from flows.policy_file import ScaledChannels, read_policy_file
from flows.study import Study
from flows.tables import escape, print_table
from models.agents.ensembles import ensemble_of
from models.agents.policy import AgentPolicy
from models.evaluation import evaluate_policies, uplift
from models.policies import Policy
from models.results import PolicyEstimate
from models.rules import ScaledDelivery
from models.store import SavedEnsemble, load_ensemble, read_contract
from models.transition_table import Transitions
from sql.errors import StudyError

LOGGED = "logged"


@dataclass(frozen=True)
class SavedAgent:
    """A published ensemble and how it acts."""

    saved: SavedEnsemble
    price: float
    softness: float


def evaluate_file(study: Study, as_of: date, path: Path) -> None:
    """Print every outcome of the policy and of today's delivery, and the uplift of profit."""
    found = read_agent(path) if path.suffix == ".json" else read_policy_file(path)
    with open_scratch(study, as_of) as night, determinism(study):
        with night.progress.stage("read the logs"):
            events = stages.stage_logs(night)
        with night.progress.stage("build the transitions"):
            transitions = stages.build_transitions(night, events)
            users = stages.split_users(night, transitions)
        policy = fitting(found, path, transitions)
        with night.progress.stage("learn today's delivery"):
            behaviour = stages.fit_behaviour_policy(night, transitions)
        with night.progress.stage("evaluate the policy"):
            reporting = judge(night, transitions, users.report, behaviour)
            target = reporting.target(policy)
            estimates = evaluate_policies(
                {policy.name: target},
                reporting.journeys,
                reporting.behaviour,
                study.evaluation,
                currency=study.currency,
                period_days=study.split.period_days,
                entity_name=study.entity,
                seed=study.seed,
                doubly_robust=reporting.estimator,
            )
            gain = uplift(
                reporting.estimator,
                target,
                "profit",
                study.evaluation,
                seed=study.seed,
                entity_name=study.entity,
            )
    print_table(estimate_table(policy.name, estimates))
    if isinstance(gain, str):
        print(f"Against today's delivery: {gain}.")
    else:
        unit = next(row.unit for row in estimates if row.outcome == "profit")
        print(
            f"Against today's delivery: profit {gain.estimate:+,.2f} {unit} "
            f"({gain.low:+,.2f} to {gain.high:+,.2f} at {gain.level:.0%}), "
            f"better with probability {gain.probability_better:.3f}."
        )
    if events.tier not in ("A", "A+"):
        print(f"Careful: these logs are of tier {events.tier}; {events.tier_reason}")


def read_agent(path: Path) -> SavedAgent:
    """A policy that an earlier run published: its networks, and the price and softness it acts with."""
    contract = read_contract(path)
    saved = load_ensemble(path)
    try:
        return SavedAgent(saved, float(contract["price"]), float(contract["softness"]))
    except (KeyError, TypeError, ValueError) as error:
        raise StudyError(f"{path}: the policy is incomplete ({error}); publish it again.") from None


def fitting(found: SavedAgent | ScaledChannels, path: Path, transitions: Transitions) -> Policy:
    """The policy as it acts on these transitions; StudyError if it was made for other ones."""
    if isinstance(found, ScaledChannels):
        name = found.name if found.name != LOGGED else f"{found.name} (file)"
        return ScaledDelivery(found.vector(transitions.actions), name)
    wrong = found.saved.mismatch(transitions.feature_spec, transitions.actions)
    if wrong:
        raise StudyError(f"{path} cannot act on these logs: {wrong}.")
    return AgentPolicy(ensemble_of(found.saved), found.price, found.softness, found.saved.algorithm)


def estimate_table(policy: str, estimates: tuple[PolicyEstimate, ...]) -> Table:
    """Headline estimates (SNDR) of the policy and of today's delivery, one row per outcome."""
    headline = {(row.policy, row.outcome): row for row in estimates if row.estimator == "SNDR"}
    table = Table(box=None, pad_edge=False)
    for name in ("outcome", "unit"):
        table.add_column(name)
    for name in ("today", escape(policy), "low", "high"):
        table.add_column(name, justify="right")
    reasons = {row.reason for row in headline.values() if row.policy == policy}
    table.add_column("")
    for (name, outcome), row in headline.items():
        if name == policy:
            today = headline[LOGGED, outcome]
            figures = (today.estimate, row.estimate, row.low, row.high)
            shown = ("-" if figure is None else f"{figure:,.2f}" for figure in figures)
            why = row.reason if len(reasons) > 1 else ""  # one reason for all is told below the table
            table.add_row(escape(outcome), escape(row.unit), *shown, escape(why))
    return table
