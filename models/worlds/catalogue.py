"""The worlds by name."""

from models.worlds.journey import Channel, JourneyConfig

# reaches those who would buy anyway: a brilliant attributed return, a poor true one
_SEARCH = Channel(
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
_SOCIAL = Channel(
    "social",
    cost=0.10,
    chance_cold=0.35,
    chance_hot=0.35,
    intent=(0.050, 0.012),
    click_rate=0.012,
    delivery=-0.4,
    delivery_shown=-0.1,
)
_VIDEO = Channel(
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
_DISPLAY = Channel(
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
_RETARGETING = Channel(
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

DEMO = JourneyConfig(
    name="demo",
    channels=(_SEARCH, _SOCIAL, _VIDEO, _DISPLAY, _RETARGETING),
    segments=(("explorers", 0.5), ("regulars", 0.5)),
    purchase_hot=0.055,
    purchase_cold=0.0008,
    fatigue=0.16,
)

WORLDS: dict[str, JourneyConfig] = {world.name: world for world in (DEMO,)}
