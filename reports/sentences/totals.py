"""What daily totals tell, and why they tell no more: one sentence per kind."""

from models.results import (
    FewMoves,
    FollowsSales,
    MovesWithOthers,
    SalesSwing,
    SpendHardlyMoves,
    TotalsTell,
    Unidentified,
    Vocabulary,
)
from reports.words import listed


def unidentified_text(why: Unidentified, channel: str, word: Vocabulary) -> str:
    """Why daily totals do not tell what a channel earns: a full sentence."""
    match why:
        case SpendHardlyMoves():
            return (
                f"The spend of {channel} hardly moves beside trend, season and weekday: by "
                f"{100 * why.variation:.0f} % of its mean, and at least {100 * why.needed:.0f} % are needed."
            )
        case MovesWithOthers():
            return (
                f"The spend of {channel} moves with other {word.actions}: only {100 * why.own:.0f} % of its "
                "moves are its own."
            )
        case FewMoves():
            return (
                f"The spend of {channel} moved about {max(1, round(why.moves))} times on its own, at least "
                f"{why.needed:.0f} are needed."
            )
        case FollowsSales():
            return (
                f"The spend of {channel} follows sales: its coming week goes with today's sales, which "
                f"no {word.treatment} can cause (p = {why.p:.1g})."
            )
        case SalesSwing():
            return (
                f"Sales swing too much for the moves of {channel}: the data narrow its return hardly at all."
            )


def totals_text(told: TotalsTell, word: Vocabulary) -> str:
    """What all daily totals together tell: full sentences."""
    parts = []
    if told.known:
        parts.append(f"Daily totals tell roughly what {listed(told.known)} {_earn(told.known)}.")
    if told.unknown:
        who = "They" if told.known else "Daily totals"
        parts.append(f"{who} cannot tell what {listed(told.unknown)} {_earn(told.unknown)}.")
    if len(told.by_lot) < 2:
        parts.append(
            "Budgets that were not changed by lot may have moved with demand, so daily totals alone move no "
            f"money: change the budgets of two or more {word.actions} by lot, and name them in "
            "`totals.randomised`."
        )
    else:
        parts.append(
            f"The budgets of {listed(told.by_lot)} were changed by lot, so that their returns can be "
            "believed as they stand; a split on daily totals is not computed."
        )
    return " ".join(parts)


def _earn(channels: tuple[str, ...]) -> str:
    return "earns" if len(channels) == 1 else "earn"
