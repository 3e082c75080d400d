"""Which one? Arms of a randomised test: their values, all differences at once, and what may be said.

Read in this order: `trial_log`, `checks`, `adjustment`, `arm_scores`, `simultaneous`, `comparison`,
`guardrails`, `verdict`, `policy_tree`, `rule`, `parts`, `judge`; `effect_tree` and `segments` say which
groups respond differently; `study_log` reads a study's log, `plan` says who is given what; `counts` judges
counts, `counted_log` all tests of a table of them; `geo`, `geo_log` a test by region; `pooled` a test of
several sites, by `site_sums` and `ridge_sums`.
"""

from models.trials.arm_scores import DoublyRobustScores, RowScores
from models.trials.checks import balance_check, check_trial, sample_ratio_check
from models.trials.comparison import Comparison, compare_arms
from models.trials.counted_log import Counting, judge_counted_tests
from models.trials.counts import (
    ArmCounts,
    CountedVerdict,
    false_discoveries,
    judge_counts,
    successes,
)
from models.trials.geo import GeoEffect, judge_regions
from models.trials.geo_log import judge_test_by_region, read_regions
from models.trials.guardrails import (
    Guarded,
    guardrail_of_a_table,
    guardrail_without_idle,
    hold_to_guardrails,
)
from models.trials.judge import judge_trial
from models.trials.parts import find_parts
from models.trials.plan import arms_for_entities
from models.trials.policy_tree import PolicyTree, best_trees, fit_policy_tree
from models.trials.pooled import PooledTest, alone, pool_arms
from models.trials.rule import find_rule
from models.trials.segments import Segments, find_segments
from models.trials.site_sums import of_arms_and_covariates, refuse_small_cells, telling_of_many
from models.trials.study_log import StudiedTrial, asks_which_one, read_trial, same_for_everybody
from models.trials.table_of_a_test import asks_of_a_table, asks_of_counts, asks_of_regions
from models.trials.trial_log import TrialLog
from models.trials.verdict import decide_which

__all__ = [
    "ArmCounts",
    "Comparison",
    "CountedVerdict",
    "Counting",
    "DoublyRobustScores",
    "GeoEffect",
    "Guarded",
    "PolicyTree",
    "PooledTest",
    "RowScores",
    "Segments",
    "StudiedTrial",
    "TrialLog",
    "alone",
    "arms_for_entities",
    "asks_of_a_table",
    "asks_of_counts",
    "asks_of_regions",
    "asks_which_one",
    "balance_check",
    "best_trees",
    "check_trial",
    "compare_arms",
    "decide_which",
    "false_discoveries",
    "find_parts",
    "find_rule",
    "find_segments",
    "fit_policy_tree",
    "guardrail_of_a_table",
    "guardrail_without_idle",
    "hold_to_guardrails",
    "judge_counted_tests",
    "judge_counts",
    "judge_regions",
    "judge_test_by_region",
    "judge_trial",
    "of_arms_and_covariates",
    "pool_arms",
    "read_regions",
    "read_trial",
    "refuse_small_cells",
    "same_for_everybody",
    "sample_ratio_check",
    "successes",
    "telling_of_many",
]
