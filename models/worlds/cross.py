"""The cross of worlds: one specification per point on the axes that decide whether a split can be learnt.

Each axis changes one thing and leaves the economics alone: rarer purchases are dearer, longer carry-over is
weaker per day, more channels reach fewer people each. What is then harder is harder for that reason only.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from models.worlds.channels import LIBRARY, NULL_EQUAL
from models.worlds.config import Channel, JourneyConfig, config_key
from sql.errors import StudyError

Confounding = Literal["none", "logged", "hidden"]
Response = Literal["additive", "saturating", "fatigue"]
Null = Literal["", "effects", "equal"]

HOT_SHARE = 0.09
"""About how many customers have intent on a day: what an opportunity's chance averages to."""
BASE_RATE = 0.0056
"""Purchases per customer and day of the base world under today's delivery (measured)."""
BASE_CARRY_OVER = 0.6
SENSING = 1.5
"""Log-odds by which the platform of a hidden world prefers customers with intent."""
BASKET = 0.2
"""Rise of the log of what a purchase is worth on the day of an ad that makes baskets bigger."""
STRENGTH = {"fatigue": 1.0, "saturating": 1.1, "additive": 0.7}
"""Scale of all effects by response, so that advertising as a whole stays worth about as much."""


@dataclass(frozen=True)
class WorldSpec:
    """One world. Days are days, rates per customer and day; StudyError for a value that makes no world."""

    name: str
    purpose: str = ""
    confounding: Confounding = "logged"
    """none: delivery and opportunities ignore the customer. logged: both follow what the log shows.
    hidden: the platform also senses intent, which no log shows."""
    response: Response = "fatigue"
    """additive: every exposure acts alike. saturating: less and less. fatigue: less, and at last harm."""
    carry_over_days: float = 7.0
    """After so many days nine tenths of an exposure's direct effect are over; 0: it acts on its day only."""
    purchase_rate: float = 0.005
    """About so many purchases per customer and day."""
    delay_days: float = 0.0
    """Mean delay of a purchase's report."""
    channels: int = 5
    entities: int = 20_000
    budget_shocks: float = 0.0
    """Standard deviation of the log of each channel's daily delivery against its plan."""
    null: Null = ""
    """effects: ads change nothing but cost, so that the uplift of any split at the same spend is exactly 0
    and a smaller budget is worth what it saves. equal: every channel earns the same per unit of spend from
    the same people, so that no reallocation helps; advertising as a whole does."""
    harmful: str = ""
    """A channel that drives purchases away."""
    bigger_baskets: str = ""
    """A channel whose ads make a purchase worth more, and not purchases more likely alone."""

    def __post_init__(self) -> None:
        for name, allowed in (
            ("confounding", ("none", "logged", "hidden")),
            ("response", ("additive", "saturating", "fatigue")),
            ("null", ("", "effects", "equal")),
            ("channels", tuple(LIBRARY)),
        ):
            if getattr(self, name) not in allowed:
                known = ", ".join(str(value) for value in allowed if value)
                raise StudyError(f"{name} of a world is {getattr(self, name)!r}; it can be {known}.")
        for name, low, high in (
            ("carry_over_days", 0, 90),
            ("purchase_rate", 0.0001, 0.03),
            ("delay_days", 0, 60),
            ("entities", 1, 10_000_000),
            ("budget_shocks", 0, 1),
        ):
            if not low <= getattr(self, name) <= high:
                raise StudyError(
                    f"{name} of a world is {getattr(self, name)}; it can be from {low} to {high}."
                )
        for name in filter(None, (self.harmful, self.bigger_baskets)):
            if name not in (c.name for c in LIBRARY[self.channels]):
                raise StudyError(f"a world of {self.channels} channels has none named {name!r}.")
        if self.null == "equal" and (self.harmful or self.channels == 12):
            raise StudyError("a world of equal channels has 3 or 5 of them, and none that is harmful.")

    @property
    def carry_over(self) -> float:
        """Share of an exposure's remaining effect that survives a day."""
        return 0.1 ** (1 / self.carry_over_days) if self.carry_over_days else 0.0

    @property
    def tail_days(self) -> int:
        """How long outcomes of a period's exposures are worth counting: direct effects and the intent they
        created have mostly faded."""
        return 7 if self.carry_over_days <= 0 else 14 if self.carry_over_days <= 7 else 35

    @property
    def key(self) -> str:
        """A short hash of all that decides the truth; not of name and purpose."""
        return f"{config_key(self.config())}-{self.entities}"

    def config(self) -> JourneyConfig:
        """The constants of the world."""
        channels = NULL_EQUAL[: self.channels] if self.null == "equal" else LIBRARY[self.channels]
        if self.harmful:
            channels = tuple(_harmful(c) if c.name == self.harmful else c for c in channels)
        if self.bigger_baskets:
            channels = tuple(
                replace(c, basket=BASKET) if c.name == self.bigger_baskets else c for c in channels
            )
        if self.confounding == "none":
            channels = tuple(_blind(c) for c in channels)
        # The sum of an exposure's effects over all days hardly depends on how they spread; a power below 1,
        # since effects that overlap for long meet more people who have intent already.
        spread = ((1 - self.carry_over) / (1 - BASE_CARRY_OVER)) ** 0.85
        strength = 0.0 if self.null == "effects" else STRENGTH[self.response] * spread
        often = self.purchase_rate / BASE_RATE
        return JourneyConfig(
            name=self.name,
            channels=tuple(_scaled(c, strength) for c in channels),
            segments=(("explorers", 0.5), ("regulars", 0.5)),
            # without ads to create intent, as much of it comes by itself
            gain_intent=0.024 if self.null == "effects" else 0.012,
            purchase_hot=0.055 * often,
            purchase_cold=0.0008 * often,
            amount_mean=75.0 / often,
            carry_over=self.carry_over,
            fatigue={"additive": 0.0, "saturating": 0.25, "fatigue": 0.16}[self.response],
            saturating=self.response == "saturating",
            hidden_targeting=SENSING if self.confounding == "hidden" else 0.0,
            delay_days=self.delay_days,
            shocks=self.budget_shocks,
        )


def cross(**axes: tuple[Any, ...]) -> Iterator[WorldSpec]:
    """Every combination of the given values of the given axes, others at their default.

    `cross(response=("additive", "fatigue"), channels=(3, 12))` are four worlds, named by their values.
    """
    known = {f.name for f in fields(WorldSpec)} - {"name", "purpose"}
    for name in axes:
        if name not in known:
            raise StudyError(f"worlds have no axis {name!r}; they have {', '.join(sorted(known))}.")
    for values in itertools.product(*axes.values()):
        point = dict(zip(axes, values, strict=True))
        name = ", ".join(f"{axis} {value}" for axis, value in point.items())
        yield WorldSpec(name, **point)


def _scaled(channel: Channel, strength: float) -> Channel:
    return replace(
        channel,
        intent=tuple(strength * rise for rise in channel.intent),
        hazard=strength * channel.hazard,
    )


def _blind(channel: Channel) -> Channel:
    """Opportunities and delivery that know nothing of the customer, at the same volume."""
    reach = 0.35 if channel.needs_visit else 1.0  # about so many visited in the last seven days
    chance = reach * ((1 - HOT_SHARE) * channel.chance_cold + HOT_SHARE * channel.chance_hot)
    return replace(
        channel,
        chance_cold=chance,
        chance_hot=chance,
        needs_visit=False,
        delivery=channel.delivery + 0.3 * channel.delivery_visits,
        delivery_visits=0.0,
        delivery_shown=0.0,
    )


def _harmful(channel: Channel) -> Channel:
    """The channel, smaller than the others and in the way of what people came for."""
    return replace(channel, intent=(-0.001,), hazard=-0.04, delivery=channel.delivery - 0.6)
