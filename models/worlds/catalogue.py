"""The worlds by name: the demo, and one world per difficulty a split learnt from logs can meet."""

from models.worlds.channels import DISPLAY, RETARGETING, SEARCH, SOCIAL, VIDEO
from models.worlds.config import JourneyConfig
from models.worlds.cross import WorldSpec

DEMO = JourneyConfig(
    name="demo",
    channels=(SEARCH, SOCIAL, VIDEO, DISPLAY, RETARGETING),
    segments=(("explorers", 0.5), ("regulars", 0.5)),
    purchase_hot=0.055,
    purchase_cold=0.0008,
    fatigue=0.16,
)

_SPECS = (
    WorldSpec("fatigue", "the plain case: delivery follows the log, ads tire and at last do harm"),
    WorldSpec("additive", "every exposure acts alike: nothing bends the response", response="additive"),
    WorldSpec("saturating", "returns diminish and never turn into harm", response="saturating"),
    WorldSpec("random-delivery", "no confounding: delivery ignores the customer", confounding="none"),
    WorldSpec(
        "hidden-targeting",
        "the platform senses intent that no log shows: tier A misleads, A+ does not",
        confounding="hidden",
    ),
    WorldSpec("no-carry-over", "an exposure acts on its own day only", carry_over_days=0),
    WorldSpec(
        "carry-over", "effects last a month: a short tail credits an ad with half of it", carry_over_days=30
    ),
    WorldSpec("rare", "dear and rare purchases: few events carry the evidence", purchase_rate=0.001),
    WorldSpec("frequent", "cheap and frequent purchases: all the evidence there can be", purchase_rate=0.02),
    WorldSpec("delayed", "purchases become known two weeks late", delay_days=14),
    WorldSpec("three-channels", "few channels, each a large share of the budget", channels=3),
    WorldSpec("twelve-channels", "many channels, each with little evidence of its own", channels=12),
    WorldSpec(
        "harmful-channel",
        "display drives purchases away: its effect must be representable, and it must be cut",
        harmful="display",
    ),
    WorldSpec(
        "bigger-baskets",
        "search makes what is bought worth more: margins as logged must count, and not purchases alone",
        bigger_baskets="search",
    ),
    WorldSpec(
        "shocks",
        "budgets jump by 30 % from day to day: the variation that daily totals need",
        budget_shocks=0.3,
    ),
    WorldSpec("null-effects", "ads change nothing but cost: every reallocation is false", null="effects"),
    WorldSpec(
        "null-equal",
        "all channels earn the same per unit of spend: every reallocation is false",
        null="equal",
        response="additive",
    ),
)

SPECS: dict[str, WorldSpec] = {spec.name: spec for spec in _SPECS}
"""What each is for stands in its `purpose`."""

WORLDS: dict[str, JourneyConfig] = {
    "demo": DEMO,
    **{name: spec.config() for name, spec in SPECS.items()},
}


def tail_days_of(name: str) -> int:
    """How long after a period the outcomes of this world's exposures are worth counting."""
    return SPECS[name].tail_days if name in SPECS else 14
