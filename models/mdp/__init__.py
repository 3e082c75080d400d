"""From staged events to the MDP table: decisions, state, masks, outcomes, and the journeys cut from it."""

from models.mdp.build_transitions import TableLimits, build_transitions, features_of
from models.mdp.daily_money import DailyMoney, planned_budgets, spend_in_totals, spend_of_exposures
from models.mdp.entity_sample import drawn_like
from models.mdp.feature_rows import FeatureRows, Features, feature_moments, some_of
from models.mdp.journeys import (
    MICROS,
    Journeys,
    JourneyTerms,
    cut_journeys,
    day_grid,
    elapsed_discounts,
)
from models.mdp.judgeable import why_unjudgeable
from models.mdp.logged_propensities import LoggedTransitions
from models.mdp.maturity import LeftOut, left_out
from models.mdp.newest_volume import newest_volume
from models.mdp.outcomes import (
    BUILT_IN,
    COST,
    GOAL,
    MARGIN,
    PROFIT,
    PURCHASES,
    derived_outcomes,
    goal_name,
    idle_cost_name,
    is_money,
    outcome_spec,
)
from models.mdp.purchase_worth import (
    MARGIN_AS_LOGGED,
    PurchaseWorth,
    expected_worth,
    with_expected_margin,
)
from models.mdp.sample_split import AGENT_FOLDS, Folds, deal_folds, fold_of, mixed_hash, uniform_of
from models.mdp.sequence_state import (
    ORDER,
    SequenceEncoder,
    SequenceState,
    inputs_of,
    sequence_features,
)
from models.mdp.sequence_teachers import Teachers, teachers_of
from models.mdp.single_step_decisions import SAME_PROBABILITY, read_decisions
from models.mdp.sites import ALONE, Sites
from models.mdp.state import GROWING, EpochEvents, History, history_features
from models.mdp.todays_budget import TodaysBudget, todays_budget
from models.mdp.transition_table import (
    AS_LOGGED,
    CONTINUES,
    IMPOSSIBLE,
    SHOWN,
    TIMEOUT,
    Feature,
    NextDecisions,
    Outcome,
    Transitions,
)
from models.mdp.usable_evidence import usable_evidence
from models.mdp.windows import Windows, cut_windows

__all__ = [
    "AGENT_FOLDS",
    "ALONE",
    "AS_LOGGED",
    "BUILT_IN",
    "CONTINUES",
    "COST",
    "GOAL",
    "GROWING",
    "IMPOSSIBLE",
    "MARGIN",
    "MARGIN_AS_LOGGED",
    "MICROS",
    "ORDER",
    "PROFIT",
    "PURCHASES",
    "SAME_PROBABILITY",
    "SHOWN",
    "TIMEOUT",
    "DailyMoney",
    "EpochEvents",
    "Feature",
    "FeatureRows",
    "Features",
    "Folds",
    "History",
    "JourneyTerms",
    "Journeys",
    "LeftOut",
    "LoggedTransitions",
    "NextDecisions",
    "Outcome",
    "PurchaseWorth",
    "SequenceEncoder",
    "SequenceState",
    "Sites",
    "TableLimits",
    "Teachers",
    "TodaysBudget",
    "Transitions",
    "Windows",
    "build_transitions",
    "cut_journeys",
    "cut_windows",
    "day_grid",
    "deal_folds",
    "derived_outcomes",
    "drawn_like",
    "elapsed_discounts",
    "expected_worth",
    "feature_moments",
    "features_of",
    "fold_of",
    "goal_name",
    "history_features",
    "idle_cost_name",
    "inputs_of",
    "is_money",
    "left_out",
    "mixed_hash",
    "newest_volume",
    "outcome_spec",
    "planned_budgets",
    "read_decisions",
    "sequence_features",
    "some_of",
    "spend_in_totals",
    "spend_of_exposures",
    "teachers_of",
    "todays_budget",
    "uniform_of",
    "usable_evidence",
    "why_unjudgeable",
    "with_expected_margin",
]
