"""How much? Ordered levels, drawn by lot: the curve of their values, the best one, and which may be.

Read in this order: `scores`, `curve`, `sure`, `elasticity`, `judge`; `study_log` reads a study's log.
"""

from models.levels.curve import LevelCurve, fit_level_curve
from models.levels.judge import LevelsLog, judge_levels
from models.levels.scores import SecondPriceScores, StockScores
from models.levels.study_log import as_number, read_levels

__all__ = [
    "LevelCurve",
    "LevelsLog",
    "SecondPriceScores",
    "StockScores",
    "as_number",
    "fit_level_curve",
    "judge_levels",
    "read_levels",
]
