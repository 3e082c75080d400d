"""Why a row may not move, or not be cut: one sentence per kind."""

from models.results import (
    BudgetUnspent,
    CutUnseen,
    EligibleUnknown,
    Hold,
    ShownTooFewTimes,
    ShownTooRarely,
    SourcesDiffer,
    TooNew,
    Vocabulary,
)


def hold_text(hold: Hold, word: Vocabulary) -> str:
    """`held: shown only 12 times, too few to learn from`: to stand behind a row's name."""
    match hold:
        case EligibleUnknown():
            return f"held: the logs do not show which {word.entities} could have {word.seen} it"
        case ShownTooRarely():
            share = _percent(hold.share)
            return f"held: {word.shown} too rarely to learn from ({share} of the times it could be)"
        case ShownTooFewTimes():
            return f"held: {word.shown} only {hold.times} times, too few to learn from"
        case BudgetUnspent():
            return "held: nothing of its budget was spent"
        case TooNew():
            return f"held: too new, since the weeks whose {word.successes} are all known hold none of it"
        case SourcesDiffer():
            return (
                f"held: disputed, {word.entity}-level logs say {hold.user_level:.1f} per unit of spend "
                f"and {hold.source} {hold.wider:.1f}"
            )
        case CutUnseen():
            return (
                f"not cut: almost every eligible {word.entity} {word.saw} {word.a_treatment} "
                f"({_percent(hold.none_share)} {word.saw} none), so the logs do not show what a cut does"
            )


def _percent(share: float) -> str:
    """0.023 -> `2 %`, 0.0042 -> `0.4 %`."""
    return f"{100 * share:.0f} %" if share == 0 or share >= 0.0095 else f"{100 * share:.1g} %"
