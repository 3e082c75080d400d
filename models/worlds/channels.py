"""The channels worlds are made of."""

from dataclasses import replace

from models.worlds.config import Channel

# reaches those who would buy anyway: a brilliant attributed return, a poor true one
SEARCH = Channel(
    "search",
    cost=0.32,
    chance_cold=0.02,
    chance_hot=0.45,
    hazard=0.12,
    tiring=0.5,
    click_rate=0.08,
    delivery=1.0,
    delivery_visits=0.15,
)
# social and video create intent, each in one segment, and are hardly ever the last click
SOCIAL = Channel(
    "social",
    cost=0.10,
    chance_cold=0.35,
    chance_hot=0.35,
    intent=(0.050, 0.012),
    click_rate=0.012,
    delivery=-0.4,
    delivery_shown=-0.1,
)
VIDEO = Channel(
    "video",
    cost=0.16,
    chance_cold=0.25,
    chance_hot=0.25,
    intent=(0.015, 0.075),
    click_rate=0.006,
    delivery=-0.6,
    delivery_shown=-0.1,
)
# cheap, everywhere, and mostly tiring
DISPLAY = Channel(
    "display",
    cost=0.05,
    chance_cold=0.50,
    chance_hot=0.50,
    intent=(0.010,),
    tiring=0.7,
    click_rate=0.004,
    delivery=-0.1,
    delivery_visits=0.05,
)
RETARGETING = Channel(
    "retargeting",
    cost=0.12,
    chance_cold=0.60,
    chance_hot=0.70,
    needs_visit=True,
    hazard=0.22,
    click_rate=0.03,
    delivery=0.1,
    delivery_visits=0.2,
)


# where last clicks mislead less than in the demo, so that no rule of thumb is right or wrong everywhere
_SEARCH = replace(SEARCH, hazard=0.24)
_RETARGETING = replace(RETARGETING, hazard=0.32)
_SOCIAL = replace(SOCIAL, intent=(0.045, 0.012))
_VIDEO = replace(VIDEO, intent=(0.015, 0.068))
_DISPLAY = replace(DISPLAY, intent=(0.012,))


def _thin(channel: Channel, name: str, **changes: object) -> Channel:
    """Another channel of the kind; each of twelve reaches fewer people than each of five."""
    changes = {"delivery": channel.delivery - 0.3, **changes}
    rarer = {"chance_cold": 0.5 * channel.chance_cold, "chance_hot": 0.5 * channel.chance_hot}
    return replace(channel, name=name, **{**rarer, **changes})  # type: ignore[arg-type]


_TWELVE = (
    _thin(_SEARCH, "search-brand", chance_cold=0.01, chance_hot=0.40, hazard=0.10, cost=0.20),
    _thin(_SEARCH, "search-generic", chance_cold=0.015, chance_hot=0.25, hazard=0.34, cost=0.38),
    _thin(_SOCIAL, "social-feed"),
    _thin(_SOCIAL, "social-stories", intent=(0.035, 0.010), cost=0.09),
    _thin(_VIDEO, "video"),
    _thin(_VIDEO, "connected-tv", intent=(0.030, 0.080), cost=0.24),
    _thin(_DISPLAY, "display"),
    _thin(_DISPLAY, "native", intent=(0.016,), cost=0.06),
    _thin(_DISPLAY, "audio", intent=(0.020,), cost=0.08, tiring=0.5),
    _thin(_RETARGETING, "retargeting"),
    _thin(_RETARGETING, "retargeting-video", hazard=0.45, cost=0.18),
    _thin(_SOCIAL, "affiliate", intent=(0.012, 0.025), cost=0.11),
)

LIBRARY: dict[int, tuple[Channel, ...]] = {
    3: (_SEARCH, _SOCIAL, _DISPLAY),
    5: (_SEARCH, _SOCIAL, _VIDEO, _DISPLAY, _RETARGETING),
    12: _TWELVE,
}
"""By number of channels."""


def _alike(name: str, cost: float, delivery: float) -> Channel:
    """Reaches whom all of its kind reach, and earns the same per unit of spend."""
    return Channel(
        name,
        cost=cost,
        chance_cold=0.30,
        chance_hot=0.40,
        intent=(0.22 * cost,),
        tiring=7 * cost,
        click_rate=0.012,
        delivery=delivery,
        delivery_visits=0.05,
    )


NULL_EQUAL = (
    _alike("search", 0.13, -0.4),
    _alike("social", 0.12, -0.7),
    _alike("display", 0.11, -0.5),
    _alike("video", 0.125, -0.9),
    _alike("affiliate", 0.115, -0.6),
)
"""Channels of different prices and sizes among which moving money changes nothing."""
