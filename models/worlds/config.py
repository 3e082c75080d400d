"""A journey world's constants: its channels, its customers, and how they respond."""

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Channel:
    """One advertising channel of a world. Prices in currency units, rates per day."""

    name: str
    cost: float
    """Mean cost of one exposure."""
    chance_cold: float
    """Probability of an opportunity for a customer without intent,"""
    chance_hot: float
    """and with intent."""
    needs_visit: bool = False
    """Only customers who visited in the last seven days (a retargeting list)."""
    intent: tuple[float, ...] = (0.0,)
    """Rise of the daily probability of gaining intent, per segment, for a rested customer."""
    hazard: float = 0.0
    """Rise of the log purchase rate while intent lasts."""
    tiring: float = 1.0
    """How much one exposure adds to fatigue."""
    basket: float = 0.0
    """Rise of the log of what a purchase is worth, while the effect lasts."""
    click_rate: float = 0.02
    delivery: float = 0.0
    """The platform's liking: log-odds against showing nothing,"""
    delivery_visits: float = 0.0
    """per visit of the last seven days,"""
    delivery_shown: float = 0.0
    """and per exposure to this channel in the last seven days."""


@dataclass(frozen=True)
class JourneyConfig:
    """A world's constants. All rates per day."""

    name: str
    channels: tuple[Channel, ...]
    segments: tuple[tuple[str, float], ...] = (("all", 1.0),)
    """Names and shares."""
    gain_intent: float = 0.012
    lose_intent: float = 0.25
    visit_cold: float = 0.04
    visit_hot: float = 0.45
    purchase_cold: float = 0.0006
    purchase_hot: float = 0.030
    amount_mean: float = 60.0
    amount_sigma: float = 0.6
    margin_rate: float = 0.4
    carry_over: float = 0.6
    """Share of an ad's remaining effect that survives a day."""
    recovery: float = 0.75
    """Share of fatigue that survives a day."""
    fatigue: float = 0.35
    """Loss of effect per unit of fatigue; beyond 1 / fatigue an ad does harm."""
    hidden_targeting: float = 0.0
    """How much the platform senses intent beyond what it logs; 0: it decides on logged features alone."""
    delay_days: float = 2.0
    """Mean delay of a purchase's report."""
    new_share: float = 0.3
    """Share of customers who arrive after the first day."""
    saturating: bool = False
    """Fatigue divides an ad's effect by 1 + fatigue instead: returns diminish and never turn into harm."""
    shocks: float = 0.0
    """Daily budget shocks: standard deviation of the log of each channel's delivery against its plan."""


def config_key(config: JourneyConfig) -> str:
    """A short hash of all that decides the truth of a world, and not of its name."""
    content = {name: value for name, value in asdict(config).items() if name != "name"}
    for channel in content["channels"]:
        if not channel["basket"]:  # truths on record are of worlds that had no such thing
            del channel["basket"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
