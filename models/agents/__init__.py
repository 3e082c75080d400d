"""Agents: offline reinforcement learning in force, as seed ensembles, priced, softened, explained."""

from models.agents.algorithms import ALGORITHMS, ActionEffects, Algorithm, algorithm_named
from models.agents.caps import ExposureCurve, exposure_residuals, exposure_values
from models.agents.ensembles import Agents, agent_of, effects_by, train_agents
from models.agents.explanation import explain, favoured
from models.agents.frontier import Evaluated, FrontierAnswer, MixturePolicy, PolicyFrontier, policy_frontier
from models.agents.networks_side_by_side import networks_side_by_side
from models.agents.newest_spend import NewestDecisions, newest_decisions
from models.agents.next_best_action import do_not_act, next_best_actions
from models.agents.policy import AgentPolicy
from models.agents.pricing import most_trusted, price_agent
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.store import load_ensemble, read_contract, save_ensemble, save_transitions
from models.agents.trials import Choosers, Trial, choosers_of, judged_budget

__all__ = [
    "ALGORITHMS",
    "ActionEffects",
    "AgentPolicy",
    "Agents",
    "Algorithm",
    "Choosers",
    "Evaluated",
    "ExposureCurve",
    "FrontierAnswer",
    "MixturePolicy",
    "NewestDecisions",
    "PolicyFrontier",
    "SavedEnsemble",
    "Trial",
    "agent_of",
    "algorithm_named",
    "choosers_of",
    "do_not_act",
    "effects_by",
    "explain",
    "exposure_residuals",
    "exposure_values",
    "favoured",
    "judged_budget",
    "load_ensemble",
    "most_trusted",
    "networks_side_by_side",
    "newest_decisions",
    "next_best_actions",
    "policy_frontier",
    "price_agent",
    "read_contract",
    "save_ensemble",
    "save_transitions",
    "train_agents",
]
