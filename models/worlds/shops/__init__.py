"""Shops on platforms: the second family of worlds, drawn at random and by nobody's hand, with exact truth.

Read in this order: `settings`, `draw`, `calendar`, `delivery`, `customers` (with `memory`), `world`,
`budgets` and `opening`, `logs`, `truth`, `iroas`.
"""

from models.worlds.shops.draw import HALVES, Half, draw_setting
from models.worlds.shops.iroas import TrueSlope, marginal_iroas
from models.worlds.shops.logs import write_logs
from models.worlds.shops.opening import LAST_DAY, open_shop
from models.worlds.shops.settings import ShopChannel, ShopSegment, ShopSettings, null_twin
from models.worlds.shops.truth import ShopTruth, after_log, mature_starts, over_log
from models.worlds.shops.world import ShopDay, ShopWorld

__all__ = [
    "HALVES",
    "LAST_DAY",
    "Half",
    "ShopChannel",
    "ShopDay",
    "ShopSegment",
    "ShopSettings",
    "ShopTruth",
    "ShopWorld",
    "TrueSlope",
    "after_log",
    "draw_setting",
    "marginal_iroas",
    "mature_starts",
    "null_twin",
    "open_shop",
    "over_log",
    "write_logs",
]
