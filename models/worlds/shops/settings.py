"""A shop's constants: the channels it buys on platforms, its customers, its calendar. Rates are per day."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ShopChannel:
    """One channel. The platform spends its daily budget and no more: it sets no probabilities of its own."""

    name: str
    price: float
    """Mean cost of one exposure, currency units."""
    chance_cold: float
    """Probability of an opportunity for a customer without intent,"""
    chance_hot: float
    """and with intent."""
    shown_share: float
    """Base budget: enough to show the channel to this share of those it could reach on a mean day."""
    hazard: tuple[float, ...]  # (S,)
    """Rise of the log purchase rate per exposure, by segment, for a rested customer."""
    intent: tuple[float, ...]  # (S,)
    """Rise of the probability of gaining intent per exposure, by segment, for a rested customer."""
    carry_over: float = 0.6
    """Share of an exposure's effect that survives a day."""
    needs_visit: bool = False
    """Reaches only visitors of the last seven days."""
    prefers_visitors: float = 0.0
    """Rise of the chance of an opportunity per visit of the last seven days, as a share of it."""
    bid_visits: float = 0.0
    """The auction's liking: log weight per visit of the last seven days,"""
    bid_shown: float = 0.0
    """and per exposure to this channel in the last seven days. Both 0: a lottery until the money is gone."""
    click_rate: float = 0.02


@dataclass(frozen=True)
class ShopSegment:
    """Customers who buy alike."""

    name: str
    share: float
    purchase_cold: float
    purchase_hot: float
    amount_mean: float
    """Mean order value, currency units."""
    margin_rate: float


@dataclass(frozen=True)
class ShopSettings:
    """One shop. Switches are strengths: 0 turns a mechanism off."""

    name: str
    channels: tuple[ShopChannel, ...]  # (K,) by name, as in the transition table
    segments: tuple[ShopSegment, ...]  # (S,) by name
    gain_intent: float = 0.012
    lose_intent: float = 0.2
    """Small: intent is slow, and search betrays it for weeks."""
    visit_cold: float = 0.04
    visit_hot: float = 0.4
    amount_sigma: float = 0.8
    """Of the log order value: 1.2 is a heavy tail."""
    max_per_day: int = 1
    """Cap on a customer's exposures a day. 1: the channels compete for the person."""
    max_probability: float = 0.98
    """Of showing a channel to anyone it could reach: an inventory that runs out leaves money unspent."""
    same_day: bool = True
    """An exposure acts on its own day already; else from the next day on."""
    fatigue: float = 0.1
    """Loss of an exposure's effect per unit of fatigue; beyond 1 / fatigue it does harm."""
    recovery: float = 0.75
    """Share of fatigue that survives a day; every exposure adds 1."""
    mood: float = 0.0
    """Standard deviation of the log purchase rate over a slow mood that no log shows,"""
    mood_response: float = 0.0
    """change of an ad's effect per standard deviation of it,"""
    mood_persistence: float = 0.97
    """and how much of it survives a day."""
    hidden_targeting: float = 0.0
    """Log weight of intent in every auction: what the platform knows and no log shows."""
    season: float = 0.0
    """Amplitude of demand over the season, and of all budgets,"""
    season_days: float = 90.0
    season_phase: float = 0.0
    """in days since the log's first."""
    drift: float = 0.0
    """Standard deviation of log demand from week to week (AR(1)), which all budgets follow,"""
    drift_persistence: float = 0.7
    """per week."""
    budget_shock: float = 0.1
    """Standard deviation of the log of a channel's budget from day to day, on its own."""
    delay_days: float = 2.0
    """Mean delay of a purchase's report."""
    late_share: float = 0.25
    """Share of customers who enter between the log's first day and its last week."""
    ad_effects: float = 1.0
    """Scale of all effects of ads; 0 in the null twin."""

    @property
    def margin_rate(self) -> float:
        """Of the mean order: a study's setting. The log's purchases carry margins of their own."""
        rows = [
            (s.share * (0.9 * s.purchase_cold + 0.1 * s.purchase_hot) * s.amount_mean, s.margin_rate)
            for s in self.segments
        ]
        return sum(weight * rate for weight, rate in rows) / sum(weight for weight, _ in rows)


def null_twin(settings: ShopSettings) -> ShopSettings:
    """The same shop, whose ads do nothing but cost: any gain in margin that is promised there is false."""
    return replace(settings, name=f"{settings.name}-null", ad_effects=0.0)


def calm(settings: ShopSettings) -> ShopSettings:
    """The same people and platforms on mean days: what base budgets are measured on, a twin's as well."""
    return replace(
        settings, name="", ad_effects=0.0, season=0.0, drift=0.0, budget_shock=0.0, late_share=0.0, mood=0.0
    )
