"""A shop that decides every day how many of each SKU to order, with a truth that its test knows.

`low`, `usual` (what the shop calls leaving things as they are) or `high`, by lot. High levels sell more of
what runs fast; what runs slowly they leave on the shelves. Waste is a loss, no level costs anything itself,
and where much is ordered high, letters of complaint come.
"""

import csv
import random
from pathlib import Path

SKUS, DAYS = 400, 30
LEVELS = ("low", "usual", "high")
EARNED = {("fast", "low"): 2.0, ("fast", "usual"): 4.0, ("fast", "high"): 7.0,
          ("slow", "low"): 3.0, ("slow", "usual"): 2.0, ("slow", "high"): 0.5}  # fmt: skip
"""EUR that a SKU of a kind earns on average on a day at a level, before waste."""
WASTE = {"low": 0.0, "usual": 0.2, "high": 0.8}
"""EUR."""
COMPLAINTS = {"low": 0.05, "usual": 0.05, "high": 0.35}
"""Chance of one on a day."""

STUDY = """
name = "reorder"
currency = "EUR"
time_zone = "Europe/Berlin"
entity = "SKU"
[logs]
folder = "logs"
user_features = ["speed"]
[decision]
action = "reorder_level"
idle = "{idle}"
eligible = "all"
max_per_epoch = 1
horizon_days = 2
tail_days = 1
inactive_days = 365
[vocabulary]
success = "order"
[agents]
algorithms = ["advantage"]
seeds = [1]
steps = 5
prices = [1.0]
[evaluation]
min_effective_sample_size = 20
[split]
bootstrap = 5
[[outcome]]
name = "sold"
unit = "EUR"
role = "goal"
[[outcome]]
name = "waste"
unit = "EUR"
role = "goal"
weight = -1.0
[[outcome]]
name = "shelf"
unit = "boxes"
[[outcome]]
name = "complaints"
unit = "letters"
role = "guardrail"
worst = {worst}
"""


def best_gain_a_week(fast: int, slow: int) -> float:
    """EUR a week that so many SKUs of each kind earn more at their best level than at levels drawn by lot."""

    def gain(runs: str) -> float:
        earned = [EARNED[runs, level] - WASTE[level] for level in LEVELS]
        return max(earned) - sum(earned) / len(earned)

    return 7 * (fast * gain("fast") + slow * gain("slow"))


def write_shop(folder: Path, *, idle: str, worst: float) -> Path:
    """The study and its logs; returns the study's path."""
    draw = random.Random(7)
    speed = {f"s{k}": draw.choice(["fast", "slow"]) for k in range(SKUS)}
    ordered, followed = [], []
    for day in range(1, DAYS + 1):
        for sku, runs in speed.items():
            level = draw.choice(LEVELS)
            date = f"2026-03-{day:02}"
            ordered.append([f"{sku}-{day}", f"{date} 06:00", sku, level, 0, 1 / 3])
            sold = EARNED[runs, level] * draw.uniform(0.5, 1.5)
            followed.append([sku, f"{date} 20:00", "sold", f"{sold:.2f}"])
            followed.append([sku, f"{date} 20:00", "waste", f"{WASTE[level] * draw.uniform(0.5, 1.5):.2f}"])
            followed.append([sku, f"{date} 20:00", "shelf", draw.randint(1, 9)])
            if draw.random() < COMPLAINTS[level]:
                followed.append([sku, f"{date} 21:00", "complaints", 1])
    (folder / "logs").mkdir(parents=True)
    table(folder, "impressions", "impression_id ts user_id channel cost propensity", ordered)
    table(folder, "outcomes", "entity_id ts name value", followed)
    entered = [[sku, "2026-02-28 00:00", int(runs == "fast")] for sku, runs in speed.items()]
    table(folder, "users", "user_id entry_ts speed", entered)
    table(folder, "purchases", "purchase_id user_id ts revenue", [])
    study = folder / "reorder.toml"
    study.write_text(STUDY.format(idle=idle, worst=worst))
    return study


def table(folder: Path, name: str, header: str, rows: list[list[object]]) -> None:
    with (folder / f"logs/{name}.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([header.split(), *rows])
