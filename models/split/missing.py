"""Which data or experiment would turn "keep" into a decision, a sentence each."""

import math
from collections.abc import Mapping

from models.results import Interval
from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.verdict import KEEP, NO_EVIDENCE

HOLDOUT_SHARE = 0.1
"""Share of random holdout suggested where the logs lack a comparison."""
LONGEST_WAIT_DAYS = 3 * 365


def missing_data(
    verdict: str,
    choice: SplitChoice,
    uplift: Interval | None,
    *,
    logged_days: int | None,
    entity: str,
    none_shares: Mapping[str, float],
    none_gate: float,
    waits: bool = False,
) -> tuple[str, ...]:
    """Sentences for KEEP and NO_EVIDENCE; empty for a move. `none_shares`: channel -> mean mu(none).

    The interval's width falls with the square root of the days, so an effect as estimated clears 0
    after days x (half width / estimate)^2. A holdout of share h lifts the share of eligible
    entities without an ad from p to the gate g after days x (g - p) / (h - p) of a log of that length.
    Logs of random delivery (tier A+) hold that comparison already, so no holdout is asked for. `waits`: the
    move waits for the bound that holds for every night.
    """
    if verdict not in (KEEP, NO_EVIDENCE):
        return ()
    share = f"a random {100 * HOLDOUT_SHARE:.0f} % of {entity}s without ads"
    holdout = "" if choice.tier == "A+" else share
    wanted = []
    if choice.tier not in CHANNEL_TIERS:
        wanted.append(
            f"Log every opportunity: which {entity}s could have been shown an ad, and whether they were; "
            f"or leave {share} for four weeks and log who they are."
        )
    wanted += _overlap_wanted(choice, logged_days, entity, none_shares, none_gate)
    if verdict == KEEP and uplift is None:
        wanted.append(
            f"Leaving {holdout} for some weeks would show what each channel earns more sharply than "
            "today's delivery does."
            if holdout
            else "Delivery is random already, so only a longer log, or budgets changed further on purpose, "
            "can show more."
        )
    if verdict == KEEP and uplift is not None and uplift.low <= 0:
        wanted.append(_sharper(uplift, logged_days, entity, holdout))
    if verdict == KEEP and waits:
        wanted.append(
            "If the effect is as large as it looks, some more nights of logs will carry it past chance; "
            "nothing needs to be done."
        )
    return tuple(wanted)


def _overlap_wanted(
    choice: SplitChoice,
    logged_days: int | None,
    entity: str,
    none_shares: Mapping[str, float],
    none_gate: float,
) -> list[str]:
    share = max(HOLDOUT_SHARE, 2 * none_gate)
    wanted = []
    limited = () if choice.limited_by is None else choice.limited_by.rare_none
    for channel in dict.fromkeys((*choice.held, *choice.uncut, *limited)):
        seen = none_shares.get(channel, 1.0)
        if seen >= none_gate:
            continue
        span = "for some weeks"
        if logged_days is not None:
            span = f"for about {_rough(logged_days * (none_gate - seen) / (share - seen))} days"
        wanted.append(
            f"Show no ads to a random {100 * share:.0f} % of the {entity}s who could see {channel} {span}: "
            "almost all of them saw one."
        )
    return wanted


def _sharper(uplift: Interval, logged_days: int | None, entity: str, holdout: str) -> str:
    """What it takes for the interval to leave 0."""
    if uplift.estimate <= 0:
        return (
            f"More logs of the same kind may not help: {entity}s who did not choose the change show no gain. "
            "Changing a budget on purpose for a random part of the audience would show more."
        )
    half = uplift.estimate - uplift.low
    if logged_days is None or not math.isfinite(half):
        other = f", or leaving {holdout} for some weeks," if holdout else ""
        return f"A longer log{other} would narrow the interval."
    days = logged_days * ((half / uplift.estimate) ** 2 - 1)
    if days > LONGEST_WAIT_DAYS:
        return (
            "The effect looks too small for logs like these to decide within three years; changing a budget "
            "on purpose for a random part of the audience would show more."
        )
    sooner = f"; leaving {holdout} would decide it sooner" if holdout else ""
    return (
        f"About {_rough(days)} more days of logs like these would decide it, if the effect is as large as it "
        f"looks{sooner}."
    )


def _rough(days: float) -> str:
    """Days rounded up to something one plans with."""
    whole = max(1, math.ceil(days))
    step = 1 if whole <= 20 else 5 if whole <= 60 else 10
    return f"{step * math.ceil(whole / step):,}"
