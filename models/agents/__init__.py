"""Agents: offline reinforcement learning in force, as seed ensembles, priced, softened, explained."""

from models.agents.algorithms import ALGORITHMS, ActionEffects, Algorithm, algorithm_named
from models.agents.caps import ExposureCurve, exposure_residuals, exposure_values
from models.agents.distilled import AskedDecisions, Distilled, PolicyTree, distil
from models.agents.ensembles import Agents, agent_of, effects_by, train_agents
from models.agents.explanation import explain, favoured
from models.agents.folds import FoldedEffects, FoldedValues
from models.agents.frontier import Evaluated, FrontierAnswer, MixturePolicy, PolicyFrontier, policy_frontier
from models.agents.networks_side_by_side import networks_side_by_side
from models.agents.newest_spend import NewestDecisions, newest_decisions
from models.agents.next_best_action import do_not_act, next_best_actions, told_actions
from models.agents.one_step import one_step_enough
from models.agents.onnx_file import policy_onnx
from models.agents.policy import AgentPolicy
from models.agents.policy_sql import policy_sql
from models.agents.pricing import Finalists, Grid, Priced, choose_among, find_finalists
from models.agents.saved_ensemble import SavedAgent, SavedEnsemble
from models.agents.store import load_agent, read_contract, save_agent, save_transitions
from models.agents.trials import Sample, Told, Trial, sample_of, spend_today, told_of

__all__ = [
    "ALGORITHMS",
    "ActionEffects",
    "AgentPolicy",
    "Agents",
    "Algorithm",
    "AskedDecisions",
    "Distilled",
    "Evaluated",
    "ExposureCurve",
    "Finalists",
    "FoldedEffects",
    "FoldedValues",
    "FrontierAnswer",
    "Grid",
    "MixturePolicy",
    "NewestDecisions",
    "PolicyFrontier",
    "PolicyTree",
    "Priced",
    "Sample",
    "SavedAgent",
    "SavedEnsemble",
    "Told",
    "Trial",
    "agent_of",
    "algorithm_named",
    "choose_among",
    "distil",
    "do_not_act",
    "effects_by",
    "explain",
    "exposure_residuals",
    "exposure_values",
    "favoured",
    "find_finalists",
    "load_agent",
    "networks_side_by_side",
    "newest_decisions",
    "next_best_actions",
    "one_step_enough",
    "policy_frontier",
    "policy_onnx",
    "policy_sql",
    "read_contract",
    "sample_of",
    "save_agent",
    "save_transitions",
    "spend_today",
    "told_actions",
    "told_of",
    "train_agents",
]
