"""When to order, and up to which stock? Demand from sales that hide it, and the best reorder point with a
cost per order.

Read in this order: `demand`, `reorder_point`.
"""

from models.restock.demand import Demand, demand_from_sales
from models.restock.reorder_point import DayCosts, ReorderPolicy, average_cost, best_reorder_policy

__all__ = ["DayCosts", "Demand", "ReorderPolicy", "average_cost", "best_reorder_policy", "demand_from_sales"]
