"""The worlds by name."""

from models.worlds.journey import Channel, JourneyConfig

DEMO = JourneyConfig(
    name="demo",
    channels=(
        # reaches those who would buy anyway: a brilliant attributed return, a poor true one
        Channel("search", 0.32, 0.02, 0.45, hazard=0.12, tiring=0.5, click_rate=0.08, delivery=1.0, delivery_visits=0.15),
        # create intent, in one segment each, and are hardly ever the last click
        Channel("social", 0.10, 0.35, 0.35, intent=(0.050, 0.012), click_rate=0.012, delivery=-0.4, delivery_shown=-0.1),
        Channel("video", 0.16, 0.25, 0.25, intent=(0.015, 0.075), click_rate=0.006, delivery=-0.6, delivery_shown=-0.1),
        # cheap, everywhere, and mostly tiring
        Channel("display", 0.05, 0.50, 0.50, intent=(0.010,), tiring=0.7, click_rate=0.004, delivery=-0.1, delivery_visits=0.05),
        Channel("retargeting", 0.12, 0.60, 0.70, needs_visit=True, hazard=0.22, click_rate=0.03, delivery=0.1, delivery_visits=0.2),
    ),
    segments=(("explorers", 0.5), ("regulars", 0.5)),
    purchase_hot=0.055,
    purchase_cold=0.0008,
    fatigue=0.16,
)  # fmt: skip

WORLDS: dict[str, JourneyConfig] = {world.name: world for world in (DEMO,)}
