"""Checks of the log itself, in words."""

from models.results import (
    ActionMoved,
    EnterByAd,
    FeatureMoved,
    HealthCheck,
    Immature,
    LogEnds,
    MoneyReconciles,
    RowsReconcile,
    RowsRefused,
    Sold,
    Vocabulary,
)

OfLog = (
    RowsReconcile | RowsRefused | MoneyReconciles | LogEnds | Immature | Sold | EnterByAd | FeatureMoved
    | ActionMoved
)  # fmt: skip


def _days(n: int) -> str:
    return f"{n} day{'' if n == 1 else 's'}"


def log_text(check: HealthCheck, found: OfLog, word: Vocabulary) -> str:
    """What was found, and what to do about it."""
    figure, ok = check.figure or 0.0, check.status == "ok"
    match found:
        case RowsReconcile():
            if ok:
                return "Every row of the log is accounted for."
            off = ", ".join(found.off)
            return f"Rows of {off} are unaccounted for: a fault of staging; do not use this night."
        case RowsRefused():
            if ok:
                return "Next to no rows were refused."
            advice = found.way_out or "mend it at the source"
            return (
                f"{figure:.1%} of {found.table} was refused, mostly for: {found.reason}. "
                f"{advice[:1].upper()}{advice[1:]}."
            )
        case MoneyReconciles():
            if ok:
                return "The decisions carry exactly the cost that was staged."
            return (
                f"The decisions carry {figure / 1e6:+,.2f} against the staged cost: money was lost or "
                f"counted twice."
            )
        case LogEnds():
            return _ends(check.status, figure, found)
        case Immature():
            if ok:
                return (
                    f"{word.successes[:1].upper()}{word.successes[1:]} are known within "
                    f"{_days(found.delay_days)}; younger decisions are left out."
                )
            return (
                f"{figure:.0%} of the decisions are too young to be judged (delay {_days(found.delay_days)}) "
                f"or were taken out: lengthen the log."
            )
        case Sold():
            return _sold(check.status, figure, word)
        case EnterByAd():
            ads = word.treatments
            if ok:
                return f"Entities enter by an event that no {word.treatment} caused."
            return (
                f"{figure:.0%} of the entities enter by {word.a_treatment} (immortal-time bias, in favour of "
                f"{ads}): log visits or a users table with entry_ts."
            )
        case FeatureMoved():
            if ok:
                return f"The state looks as before; `{found.feature}` moved most."
            also = ", ".join(f"`{name}`" for name in found.also)
            so = f" (so are {also})" if also else ""
            return (
                f"`{found.feature}` is distributed differently in the last {found.days} days{so}: a season "
                f"or a broken feed; find out which before trusting the night."
            )
        case ActionMoved():
            if ok:
                return "Actions are taken as often as before."
            return (
                f"{figure:.0%} of the decisions changed, `{found.action}` most ({found.before:.1%} to "
                f"{found.after:.1%}): if the plan changed, start the log there."
            )


def _ends(status: str, stale: float, found: LogEnds) -> str:
    if status == "ok":
        return f"The log ends on {found.last}."
    ends = f"The log ends on {found.last}, and the {stale:.0f} days between it and the night are missing"
    if status == "warn":
        return f"{ends}: check the export before moving money."
    return (
        f"{ends}: nobody can say from it what is spent today. Bring the export up to date, or ask as of the "
        f"log's end with --as-of {found.next_day}."
    )


def _sold(status: str, figure: float, word: Vocabulary) -> str:
    if status == "stop":
        return f"No {word.success} in the log: nothing can be said about value. Check the purchases table."
    if status == "warn":
        few = "the intervals lean on few of them; a longer log helps most"
        return f"Only {figure:,.0f} {word.successes}: {few}."
    return f"{figure:,.0f} {word.successes}."
